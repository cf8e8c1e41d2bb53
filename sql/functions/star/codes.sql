-- What codes mean, out of the lists that the files bring. Where lists disagree, the dictionary of the
-- database goes before the general code lists.

CREATE FUNCTION ntsb_internal.star_codes() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_code ON COMMIT DROP AS
    WITH dictionary AS (
        SELECT lower(d."table") AS of_table, lower(d."column") AS of_column, d.ct_name,
               btrim(d.code_iaids) AS code, btrim(d.meaning) AS meaning
        FROM ntsb.eadmspub_datadictionary d WHERE d.withdrawn_batch IS NULL
    ), said AS (
        SELECT 1 AS rank, of_column AS kind, code, meaning FROM dictionary
        UNION ALL
        -- Parts of the codes since 2008, which the dictionary writes as 552xxx, xxx230, 01022214XX.
        SELECT 1, CASE WHEN code ~ '^\d{3}[xX]{3}$' THEN 'phase' ELSE 'event' END,
               substring(code FROM '\d{3}'), meaning
        FROM dictionary
        WHERE of_table = 'events_sequence' AND code ~ '^(\d{3}[xX]{3}|[xX]{3}\d{3})$'
        UNION ALL
        SELECT 1, CASE WHEN code ~ '^[xX]' THEN 'modifier' ELSE 'finding' END,
               substring(code FROM '\d+'), meaning
        FROM dictionary WHERE of_table = 'findings' AND code ~ '^(\d{8}[xX]{2}|[xX]{8}\d{2})$'
        UNION ALL
        SELECT 1, 'seqevt', code, meaning
        FROM dictionary WHERE of_table IN ('occurrences', 'seq_of_events') AND code ~ '^\d{3,}$'
        UNION ALL
        SELECT 2, 'seqevt', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'phase_of_flight', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL AND t.code BETWEEN 500 AND 699
        UNION ALL
        SELECT 2, n.of_column, btrim(t.code_iaids), btrim(t.meaning)
        FROM ntsb.ct_iaids t JOIN (SELECT DISTINCT of_column, ct_name FROM dictionary) n USING (ct_name)
        WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'state', btrim(t.state), initcap(btrim(t.name))
        FROM ntsb.states t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'state', code, initcap(meaning) FROM dictionary WHERE of_column = 'ev_state'
        UNION ALL
        SELECT 1, 'country', btrim(t.country_code), btrim(t.country_name)
        FROM ntsb.country t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'pre1982.' || lower(t.name), btrim(t.code), btrim(t.meang)
        FROM ntsb.ct_pre1982 t WHERE t.withdrawn_batch IS NULL
    )
    SELECT DISTINCT ON (kind, code) kind, code, meaning
    FROM said WHERE kind <> '' AND code <> '' AND meaning <> ''
    ORDER BY kind, code, rank, meaning COLLATE "C";

    DELETE FROM ntsb.code_meaning m
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_star_code c WHERE (c.kind, c.code) = (m.kind, m.code));
    INSERT INTO ntsb.code_meaning SELECT * FROM pg_temp.ntsb_star_code
    ON CONFLICT (kind, code) DO UPDATE SET meaning = excluded.meaning
    WHERE code_meaning.meaning <> excluded.meaning;
    DROP TABLE pg_temp.ntsb_star_code;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_codes() IS
'A step of ntsb_refresh_star: makes ntsb.code_meaning of the code lists that are loaded.';
