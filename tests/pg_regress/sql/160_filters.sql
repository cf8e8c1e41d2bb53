-- Accidents by filter, and errors of invalid filters.
CREATE DATABASE ntsb_conditions;
SELECT current_database() AS home \gset
\c ntsb_conditions
SET client_min_messages = warning;
CREATE EXTENSION pg_ntsb CASCADE;
CALL ntsb_create_warehouse();
SELECT ntsb_begin_batch('conditions.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_city, ev_state, ev_country, ev_highest_injury, inj_tot_f, wx_cond_basic, lchg_date) VALUES
    ('20200101X00001', '01/01/20', 'Reno', 'NV', 'USA', 'FATL', '2', 'VMC', '01/02/20'),
    ('20200102X00002', '01/02/20', 'Nome', 'AK', 'USA', 'NONE', NULL, 'IMC', '01/02/20'),
    ('20200103X00003', NULL, 'LAKE CITY', 'CA', 'USA', 'SERS', '0', NULL, '01/02/20'),
    ('20200104X00004', '01/04/20', 'Toronto', NULL, 'CA', NULL, '1', 'VMC', '01/02/20');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model, regis_no) VALUES
    ('20200101X00001', '1', 'CESSNA', '172S', 'N123AB'), ('20200101X00001', '2', 'PIPER', 'PA28-140', NULL),
    ('20200102X00002', '1', 'Cessna Aircraft Co', '208', 'N9'), ('20200103X00003', '1', 'BEECH', 'A36', NULL);
CALL ntsb_ingest(:batch);
CALL ntsb_refresh_star();
RESET client_min_messages;

SELECT ev_id, ev_date, place, aircraft, severity, fatalities
FROM ntsb_search_advanced('acft_make = ''CESSNA'' AND (ev_state IN (''ak'',''ca'') OR NOT wx_cond_basic = ''IMC'')');
SELECT ev_id, place FROM ntsb_search_advanced('ev_city ILIKE ''%o%'' AND NOT is_domestic OR fatalities > 1', 'ev_city');
SELECT ev_id FROM ntsb_search_advanced('aircraft_count = 2 AND ev_date BETWEEN ''2020-01-01'' AND DATE ''2020-12-31''');
SELECT count(*) FROM ntsb_search_advanced();
SELECT count(*) FROM ntsb_search_advanced('');
SELECT count(*) FROM ntsb_search_advanced('fatalities / (aircraft_count - 1) > 0');
SELECT ev_id FROM ntsb_search_advanced('CASE ev_state WHEN ''nv'' THEN 1 WHEN ''ak'' THEN 2 ELSE 3 END < 3', 'ev_date');
SELECT ev_id FROM ntsb_search_advanced('CASE severity WHEN NULL THEN TRUE WHEN ''fatl'' THEN TRUE END');
SELECT count(*) FROM ntsb_search_advanced('CASE NULL WHEN 1 THEN TRUE ELSE aircraft_count > 0 END');
-- Codes can also be written as their names.
SELECT ev_id, place FROM ntsb_search_advanced('severity IN (''Fatal'', ''sers'') AND ev_state <> ''Alaska''', 'ev_id');
SELECT column_name, value, ntsb_standard_code(column_name, value) AS code
FROM (VALUES ('severity', 'Fatal'), ('ev_state', 'alaska'), ('far_part', '91'), ('acft_category', 'Helicopter'),
             ('acft_make', 'CESSNA AIRCRAFT CO'), ('ev_city', 'LAKE  CITY'), ('ev_country', 'ca')) v (column_name, value);
-- An operand is parsed once, however deeply it is nested.
SET statement_timeout = '2s';
SELECT count(*) FROM ntsb_search_advanced(repeat('CASE ', 9) || 'fatalities' || repeat(' WHEN 1 THEN 2 WHEN 3 THEN 4 WHEN 5 THEN 6 WHEN 7 THEN 8 WHEN 9 THEN 0 END', 9) || ' IS NULL');
RESET statement_timeout;

-- Paging: nulls last, no row twice.
SELECT p.order_by, array_agg(p.ev_id ORDER BY p.page, p.no) AS all_pages
FROM (WITH RECURSIVE pages AS (
        SELECT o.order_by, 1 AS page, f.* FROM unnest(ARRAY['ev_date', 'ev_date DESC', 'ev_state asc', 'fatalities DESC', 'lat']) o (order_by),
            LATERAL ntsb_search_advanced(NULL, o.order_by, 1) WITH ORDINALITY f (ev_id, ev_date, place, aircraft, severity, fatalities, next_page, no)
        UNION ALL
        SELECT p.order_by, p.page + 1, f.* FROM pages p,
            LATERAL ntsb_search_advanced(NULL, p.order_by, 1, p.next_page) WITH ORDINALITY f (ev_id, ev_date, place, aircraft, severity, fatalities, next_page, no)
      ) SELECT * FROM pages) p GROUP BY 1 ORDER BY 1;

-- Errors with SQLSTATE and hint.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM ntsb_search_advanced('ev_year = 1; DROP TABLE ntsb.events');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('ev_year = ');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('ev_id IN (SELECT ev_id FROM ntsb.aircraft)');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('pg_sleep(1) IS NULL');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('content_hash IS NULL');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('ev_year = ''x''');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('length() > 1');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('ev_date > ''yesterday''');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced(repeat('(', 500) || 'TRUE' || repeat(')', 500));
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced(repeat('x', 1000000));
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('TRUE' || repeat(' OR greatest(.5' || repeat(',1', 98) || ') > 0', 8));
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('severity = ''FATALITY''');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('ev_country IN (''CA'', ''ZZ'')');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('TRUE', 'ev_date; DROP TABLE x');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('TRUE', max_rows => 0);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_search_advanced('TRUE', page => 'beef');
\echo SQLSTATE :LAST_ERROR_SQLSTATE

-- It only reads: no transaction id is assigned. All listed columns can be used in a filter.
BEGIN READ ONLY;
SELECT count(*) FROM ntsb_search_advanced('TRUE');
SELECT pg_current_xact_id_if_assigned() IS NULL AS wrote_nothing;
COMMIT;
SELECT count(*) AS columns, count(*) FILTER (WHERE EXISTS (SELECT FROM ntsb_search_advanced(column_name || ' IS NULL OR TRUE', column_name))) AS usable
FROM ntsb_search_columns();
\c :home
DROP DATABASE ntsb_conditions;
