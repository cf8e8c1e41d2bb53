-- The codes of each column: those in the data dictionary, and those in the code list that it names.
WITH listed AS (
    SELECT lower("table") AS t, lower("column") AS c, ct_name, code_iaids AS code
    FROM ntsb.eadmspub_datadictionary
    WHERE "table" IS NOT NULL AND "column" IS NOT NULL AND withdrawn_batch IS NULL
), codes AS (
    SELECT t, c, code FROM listed WHERE code IS NOT NULL
    UNION
    SELECT l.t, l.c, i.code_iaids
    FROM (SELECT DISTINCT t, c, ct_name FROM listed WHERE code IS NOT NULL) l
    JOIN ntsb.ct_iaids i USING (ct_name)
    WHERE i.code_iaids IS NOT NULL AND i.withdrawn_batch IS NULL
    UNION
    SELECT 'states', 'state', state FROM ntsb.states WHERE withdrawn_batch IS NULL
    UNION
    SELECT 'country', 'country_code', country_code FROM ntsb.country WHERE withdrawn_batch IS NULL
    UNION
    SELECT 'ct_seqevt', 'code', code::text FROM ntsb.ct_seqevt WHERE withdrawn_batch IS NULL
), columns AS (
    SELECT t, c, jsonb_agg(code ORDER BY code) AS codes FROM codes GROUP BY t, c
), tables AS (
    SELECT t, jsonb_object_agg(c, codes) AS columns FROM columns GROUP BY t
)
SELECT coalesce(jsonb_object_agg(t, columns), '{}')::text FROM tables
