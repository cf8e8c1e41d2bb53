-- Meanings of codes, from the code lists in the files. Where lists disagree, the data dictionary takes precedence
-- over the general code lists.

CREATE FUNCTION ntsb_internal.refresh_code_meanings() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_code ON COMMIT DROP AS
    WITH dictionary AS (
        SELECT lower(d."table") AS table_name, lower(d."column") AS column_name, d.ct_name,
               btrim(d.code_iaids) AS code, btrim(d.meaning) AS meaning
        FROM ntsb.eadmspub_datadictionary d WHERE d.withdrawn_batch IS NULL
    ), candidate AS (
        SELECT 1 AS rank, column_name AS kind, code, meaning FROM dictionary
        UNION ALL
        -- Parts of codes since 2008, which the dictionary writes as 552xxx, xxx230 or 01022214XX.
        SELECT 1, CASE WHEN code ~ '^\d{3}[xX]{3}$' THEN 'phase' ELSE 'event' END,
               substring(code FROM '\d{3}'), meaning
        FROM dictionary
        WHERE table_name = 'events_sequence' AND code ~ '^(\d{3}[xX]{3}|[xX]{3}\d{3})$'
        UNION ALL
        SELECT 1, CASE WHEN code ~ '^[xX]' THEN 'modifier' ELSE 'finding' END,
               substring(code FROM '\d+'), meaning
        FROM dictionary WHERE table_name = 'findings' AND code ~ '^(\d{8}[xX]{2}|[xX]{8}\d{2})$'
        UNION ALL
        SELECT 1, 'seqevt', code, meaning
        FROM dictionary WHERE table_name IN ('occurrences', 'seq_of_events') AND code ~ '^\d{3,}$'
        UNION ALL
        SELECT 2, 'seqevt', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'phase_of_flight', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL AND t.code BETWEEN 500 AND 699
        UNION ALL
        SELECT 2, n.column_name, btrim(t.code_iaids), btrim(t.meaning)
        FROM ntsb.ct_iaids t JOIN (SELECT DISTINCT column_name, ct_name FROM dictionary) n USING (ct_name)
        WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'state', btrim(t.state), initcap(btrim(t.name))
        FROM ntsb.states t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'state', code, initcap(meaning) FROM dictionary WHERE column_name = 'ev_state'
        UNION ALL
        SELECT 1, 'country', btrim(t.country_code), btrim(t.country_name)
        FROM ntsb.country t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'pre1982.' || lower(t.name), btrim(t.code), btrim(t.meang)
        FROM ntsb.ct_pre1982 t WHERE t.withdrawn_batch IS NULL
    )
    SELECT DISTINCT ON (kind, code) kind, code, meaning
    FROM candidate WHERE kind <> '' AND code <> '' AND meaning <> ''
    ORDER BY kind, code, rank, meaning COLLATE "C";

    DELETE FROM ntsb.code_meaning m
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_star_code c WHERE (c.kind, c.code) = (m.kind, m.code));
    INSERT INTO ntsb.code_meaning SELECT * FROM pg_temp.ntsb_star_code
    ON CONFLICT (kind, code) DO UPDATE SET meaning = excluded.meaning
    WHERE code_meaning.meaning <> excluded.meaning;
    DROP TABLE pg_temp.ntsb_star_code;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_code_meanings() IS
'Internal: step of ntsb_refresh_star. Updates ntsb.code_meaning from the loaded code lists.';
