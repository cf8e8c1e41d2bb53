-- Occurrences and findings of the star, from the tables of each era of coding.

CREATE FUNCTION ntsb_internal.star_causes() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_cause ON COMMIT DROP AS
    WITH coded AS (
        SELECT ev_id, aircraft_key, '2008' AS era, 'occurrence' AS kind, occurrence_code AS code,
               occurrence_no AS item_no, 0 AS within, left(coalesce(phase_no, occurrence_code), 3) AS phase_code,
               coalesce(defining_ev, false) AS flagged, NULL AS modifier_code, NULL AS person_code,
               NULL::boolean AS in_probable_cause
        FROM pg_temp.ntsb_star_event JOIN ntsb.events_sequence USING (ev_id)
        WHERE withdrawn_batch IS NULL AND occurrence_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1982', 'occurrence', occurrence_code::text, occurrence_no, 0,
               phase_of_flight::text, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.occurrences USING (ev_id)
        WHERE withdrawn_batch IS NULL AND occurrence_code IS NOT NULL
        UNION ALL
        SELECT ev_id, 1, '1962', 'occurrence', t.code, t.item_no, 0, t.phase_code, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.legacy_event l USING (ev_id)
        CROSS JOIN LATERAL (VALUES (1, btrim(l.accident_type1), btrim(l.operation_phase1)),
                                   (2, btrim(l.accident_type2), btrim(l.operation_phase2))) t (item_no, code, phase_code)
        WHERE withdrawn_batch IS NULL AND t.code <> ''
        UNION ALL
        -- NTSB says "in the probable cause" as a cause (C) to 2020, and in cm_inpc from 2024 on.
        SELECT ev_id, aircraft_key, '2008', 'finding', finding_code, finding_no, 0, NULL, false,
               substr(finding_code, 9, 2), NULL,
               CASE WHEN cause_factor = 'C' OR cm_inpc = 'T' THEN true
                    WHEN cause_factor = 'F' OR cm_inpc = 'F' THEN false END
        FROM pg_temp.ntsb_star_event JOIN ntsb.findings USING (ev_id)
        WHERE withdrawn_batch IS NULL AND finding_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1982', 'finding', subj_code::text, occurrence_no,
               seq_event_no * 10 + group_code, NULL, false, modifier_code::text, person_code::text,
               CASE cause_factor WHEN 'C' THEN true WHEN 'F' THEN false END
        FROM pg_temp.ntsb_star_event JOIN ntsb.seq_of_events USING (ev_id)
        WHERE withdrawn_batch IS NULL AND subj_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1962', 'finding', concat_ws('-', coalesce(code_p, ''), coalesce(code_m, ''),
               coalesce(code_s, '')), cause_no, 0, NULL, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.legacy_cause USING (ev_id)
        WHERE withdrawn_batch IS NULL
    )
    SELECT c.*, ROW(c.era, c.kind, c.code, c.in_probable_cause)::text AS natural_key,
           row_number() OVER of_event AS position,
           row_number() OVER (PARTITION BY c.ev_id, c.kind ORDER BY NOT c.flagged, c.aircraft_key, c.era DESC,
                              c.item_no, c.within) = 1 AND c.kind = 'occurrence' AS is_defining,
           row_number() OVER (PARTITION BY c.ev_id, c.kind ORDER BY c.aircraft_key, c.era DESC,
                              c.item_no, c.within) = 1 AND c.kind = 'finding' AS is_first_finding
    FROM coded c
    WINDOW of_event AS (PARTITION BY c.ev_id ORDER BY c.kind DESC, c.aircraft_key, c.era DESC, c.item_no, c.within);
    CREATE INDEX ON pg_temp.ntsb_star_cause (ev_id);
    ANALYZE pg_temp.ntsb_star_cause;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_causes() IS
'A step of ntsb_refresh_star: occurrences and findings of the events to be taken up.';

-- What a member means follows from its code alone: from the dictionary, or else from all rows that
-- have the code. So it is the same however the member came to be.
CREATE FUNCTION ntsb_internal.star_describe(era text, kind text, code text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head text;
    tail text;
BEGIN
    CASE era || ' ' || kind
    WHEN '2008 occurrence' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m WHERE m.kind = 'phase' AND m.code = left(star_describe.code, 3);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m WHERE m.kind = 'event' AND m.code = substr(star_describe.code, 4);
        RETURN coalesce(head || ': ' || tail,
            (SELECT min(o.occurrence_description COLLATE "C") FROM ntsb.events_sequence o
             WHERE o.occurrence_code = star_describe.code AND o.withdrawn_batch IS NULL), tail);
    WHEN '2008 finding' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m WHERE m.kind = 'finding' AND m.code = left(star_describe.code, 8);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m WHERE m.kind = 'modifier' AND m.code = substr(star_describe.code, 9);
        RETURN coalesce(head || ' - ' || tail,
            (SELECT min(regexp_replace(btrim(f.finding_description), ' *- *[CF]$', '') COLLATE "C") FROM ntsb.findings f
             WHERE f.finding_code = star_describe.code AND f.withdrawn_batch IS NULL), head);
    WHEN '1982 occurrence', '1982 finding' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m WHERE m.kind = 'seqevt' AND m.code = star_describe.code);
    WHEN '1962 occurrence' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m
                WHERE m.kind = 'pre1982.accident_type1' AND m.code = star_describe.code);
    WHEN '1962 finding' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor' AND m.code = split_part(star_describe.code, '-', 1);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor'
          AND m.code = split_part(star_describe.code, '-', 1) || split_part(star_describe.code, '-', 3);
        RETURN concat_ws(': ', head, tail);
    ELSE
        RETURN NULL;
    END CASE;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_describe(text, text, text) IS
'A step of ntsb_refresh_star: what a code of an era means, by ntsb.code_meaning or else as rows with the code describe it.';

-- again: describe every member, as the dictionary has changed. Members of a code that differ in
-- in_probable_cause are described alike, so a code is described anew in all of them.
CREATE FUNCTION ntsb_internal.star_dim_causes(again boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.dim_causes (natural_key, era, kind, code, category, phase_code, phase, in_probable_cause)
    SELECT DISTINCT ON (c.natural_key) c.natural_key, c.era, c.kind, c.code,
           CASE c.kind WHEN 'finding' THEN @extschema@.ntsb_cause_category(c.era, c.code) END,
           p.phase_code, @extschema@.ntsb_phase_group(c.era, p.phase_code), c.in_probable_cause
    FROM pg_temp.ntsb_star_cause c
    CROSS JOIN LATERAL (SELECT CASE WHEN c.era = '2008' AND c.kind = 'occurrence' THEN left(c.code, 3) END) p (phase_code)
    ON CONFLICT (natural_key) DO NOTHING;
    -- Also for codes that stood in the events before: fewer rows may describe them now.
    WITH named AS (
        SELECT d.cause_id, ntsb_internal.star_describe(d.era, d.kind, d.code) AS description
        FROM ntsb.dim_causes d
        WHERE d.cause_id <> 0
          AND (again OR (d.era, d.kind, d.code) IN (
                   SELECT c.era, c.kind, c.code FROM pg_temp.ntsb_star_cause c
                   UNION
                   SELECT o.era, o.kind, o.code FROM pg_temp.ntsb_star_before b
                   JOIN ntsb.dim_causes o ON o.cause_id = b.id WHERE b.dimension = 'causes'))
    )
    UPDATE ntsb.dim_causes d SET description = n.description
    FROM named n WHERE n.cause_id = d.cause_id AND n.description IS DISTINCT FROM d.description;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_dim_causes(boolean) IS
'A step of ntsb_refresh_star: members of ntsb.dim_causes for the codes found, and what they mean; again: of all members.';
