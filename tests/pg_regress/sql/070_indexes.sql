-- Simple queries use their index, and a query for one year scans one partition.
SET client_min_messages = warning;
SET datestyle = iso, mdy;
BEGIN;
SELECT ntsb_begin_batch('many.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_state, ev_country, dec_latitude, dec_longitude, ev_highest_injury)
SELECT to_char(d, 'YYYYMMDD') || 'X' || to_char(n, 'FM00000'), d::date, (ARRAY['OH', 'TX', 'CA', 'FL', 'AK', 'WY'])[1 + n % 6], 'USA',
       25 + n % 240 / 10.0, -120 + n % 500 / 10.0, (ARRAY['NONE', 'FATL', 'SERS', 'MINR'])[1 + n % 4]
FROM generate_series(1, 20000) n CROSS JOIN LATERAL (SELECT date '1982-01-01' + n / 10 * 7 AS d) x;
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model)
SELECT ev_id, '1', 'N' || row_number() OVER (ORDER BY ev_id), 'Make ' || right(ev_id, 2), right(ev_id, 3)
FROM ntsb_staging.events;
INSERT INTO ntsb_staging.ntsb_admin (ev_id, rec_stat, approval_date)
SELECT ev_id, (ARRAY['B', 'F', 'P'])[1 + right(ev_id, 1)::int % 3], ev_date FROM ntsb_staging.events;
INSERT INTO ntsb_staging.narratives (ev_id, aircraft_key, narr_cause)
SELECT ev_id, '1', 'The pilot''s failure number ' || right(ev_id, 5) || ' to maintain airspeed.' FROM ntsb_staging.events;
CALL ntsb_ingest(:batch);
COMMIT;
VACUUM (ANALYZE) ntsb.events;

CREATE FUNCTION pg_temp.list_used_indexes(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN (SELECT string_agg(DISTINCT regexp_replace(m[1], '_(19|20)\d0s|_other', ''), ', ')
            FROM regexp_matches(plan::text, '"Index Name": "([^"]+)"', 'g') m);
END $$;
CREATE FUNCTION pg_temp.list_scanned_tables(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN (SELECT string_agg(DISTINCT m[1], ', ') FROM regexp_matches(plan::text, '"Relation Name": "([^"]+)"', 'g') m);
END $$;

SELECT pg_temp.list_used_indexes($$SELECT count(*) FROM ntsb.events WHERE ev_date BETWEEN '2001-03-01' AND '2001-03-31'$$);
SELECT pg_temp.list_used_indexes($$SELECT count(*) FROM ntsb.events WHERE ev_date BETWEEN '2001-03-01' AND '2003-09-30' AND ev_highest_injury = 'FATL'$$);
SELECT pg_temp.list_used_indexes($$SELECT * FROM ntsb.events WHERE ev_state = 'WY' AND ev_year = 1990$$);
SELECT pg_temp.list_used_indexes($$SELECT * FROM ntsb.events WHERE ev_id = '19820108X00010'$$);
SELECT pg_temp.list_used_indexes($$SELECT * FROM ntsb.events WHERE ST_DWithin(geog, ST_Point(-100, 40)::geography, 20000)$$);
SELECT pg_temp.list_used_indexes($$SELECT * FROM ntsb.aircraft WHERE acft_make = 'Make 07' AND acft_model = '107'$$);
SELECT pg_temp.list_used_indexes($$SELECT * FROM ntsb.aircraft WHERE regis_no = 'N777'$$);
SELECT pg_temp.list_used_indexes($$SELECT ev_id FROM ntsb.narratives WHERE words @@ websearch_to_tsquery('english', '00123')$$);
SELECT pg_temp.list_used_indexes($$SELECT ev_id FROM ntsb.ntsb_admin WHERE rec_stat IN ('B', 'F') ORDER BY approval_date DESC LIMIT 20$$);
SELECT pg_temp.list_scanned_tables('SELECT count(*) FROM ntsb.events WHERE ev_year = 2022');
SELECT pg_temp.list_scanned_tables('SELECT count(*) FROM ntsb.events WHERE ev_year BETWEEN 1988 AND 1991');
