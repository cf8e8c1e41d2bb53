-- Occurrences and findings for the star schema, from the tables of each coding era.

CREATE FUNCTION ntsb_internal.collect_causes() RETURNS void
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
        -- A finding in the probable cause has cause_factor C until 2020, and cm_inpc T from 2024 on.
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
COMMENT ON FUNCTION ntsb_internal.collect_causes() IS
'Internal: step of ntsb_refresh_star. Collects the occurrences and findings of the selected events.';

-- The description depends only on the code: it comes from the dictionary, or else from all rows that have the code.
-- So a refresh and a rebuild give the same description.
CREATE FUNCTION ntsb_internal.describe_cause_code(era text, kind text, code text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_part text;
    second_part text;
BEGIN
    CASE era || ' ' || kind
    WHEN '2008 occurrence' THEN
        SELECT m.meaning INTO first_part FROM ntsb.code_meaning m WHERE m.kind = 'phase' AND m.code = left(describe_cause_code.code, 3);
        SELECT m.meaning INTO second_part FROM ntsb.code_meaning m WHERE m.kind = 'event' AND m.code = substr(describe_cause_code.code, 4);
        RETURN coalesce(first_part || ': ' || second_part,
            (SELECT min(o.occurrence_description COLLATE "C") FROM ntsb.events_sequence o
             WHERE o.occurrence_code = describe_cause_code.code AND o.withdrawn_batch IS NULL), second_part);
    WHEN '2008 finding' THEN
        SELECT m.meaning INTO first_part FROM ntsb.code_meaning m WHERE m.kind = 'finding' AND m.code = left(describe_cause_code.code, 8);
        SELECT m.meaning INTO second_part FROM ntsb.code_meaning m WHERE m.kind = 'modifier' AND m.code = substr(describe_cause_code.code, 9);
        RETURN coalesce(first_part || ' - ' || second_part,
            (SELECT min(regexp_replace(btrim(f.finding_description), ' *- *[CF]$', '') COLLATE "C") FROM ntsb.findings f
             WHERE f.finding_code = describe_cause_code.code AND f.withdrawn_batch IS NULL), first_part);
    WHEN '1982 occurrence', '1982 finding' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m WHERE m.kind = 'seqevt' AND m.code = describe_cause_code.code);
    WHEN '1962 occurrence' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m
                WHERE m.kind = 'pre1982.accident_type1' AND m.code = describe_cause_code.code);
    WHEN '1962 finding' THEN
        SELECT m.meaning INTO first_part FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor' AND m.code = split_part(describe_cause_code.code, '-', 1);
        SELECT m.meaning INTO second_part FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor'
          AND m.code = split_part(describe_cause_code.code, '-', 1) || split_part(describe_cause_code.code, '-', 3);
        RETURN concat_ws(': ', first_part, second_part);
    ELSE
        RETURN NULL;
    END CASE;
END
$$;
COMMENT ON FUNCTION ntsb_internal.describe_cause_code(text, text, text) IS
'Internal: step of ntsb_refresh_star. Returns the meaning of a code of an era, from ntsb.code_meaning or else from the rows that have the code.';

-- describe_all: the dictionary has changed, so every member is described again. Members of one code that differ in
-- in_probable_cause have the same description, so all of them are updated.
CREATE FUNCTION ntsb_internal.refresh_dim_causes(describe_all boolean) RETURNS void
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
    -- Includes the codes that the events had before, because fewer rows may describe them now.
    WITH described AS (
        SELECT d.cause_id, ntsb_internal.describe_cause_code(d.era, d.kind, d.code) AS description
        FROM ntsb.dim_causes d
        WHERE d.cause_id <> 0
          AND (describe_all OR (d.era, d.kind, d.code) IN (
                   SELECT c.era, c.kind, c.code FROM pg_temp.ntsb_star_cause c
                   UNION
                   SELECT o.era, o.kind, o.code FROM pg_temp.ntsb_star_former_member b
                   JOIN ntsb.dim_causes o ON o.cause_id = b.id WHERE b.dimension = 'causes'))
    )
    UPDATE ntsb.dim_causes d SET description = n.description
    FROM described n WHERE n.cause_id = d.cause_id AND n.description IS DISTINCT FROM d.description;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_dim_causes(boolean) IS
'Internal: step of ntsb_refresh_star. Adds members of ntsb.dim_causes and updates their descriptions; describe_all: of every member.';
