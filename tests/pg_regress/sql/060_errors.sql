-- Errors of wrong calls: message, SQLSTATE and hint.
SELECT current_database() AS home \gset
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT ntsb_begin_batch('x.mdb', 'all');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
CALL ntsb_ingest(999999);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_begin_batch('empty.mdb') AS batch \gset
DO $$ BEGIN CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE NOTICE '%', regexp_replace(SQLERRM, '\d+', 'N'); END $$;
SELECT ntsb_unhashed_columns('incidents');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_copy_command('incidents', 'x.csv');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_copy_command('eadmspub_datadictionary', 'it''s.csv', ARRAY['Table', 'Category of Data']);
SELECT c.* FROM (SELECT 1 AS a) s CROSS JOIN LATERAL ntsb_internal.clean_row('events', s, NULL, NULL::ntsb_staging.clean_events) c;
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT count(*) FROM ntsb_event_history('19000101X00000');
CREATE DATABASE ntsb_without_warehouse;
\c ntsb_without_warehouse
SET client_min_messages = warning;
CREATE EXTENSION pg_ntsb CASCADE;
SELECT ntsb_begin_batch('x.mdb');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
CALL ntsb_ingest(1);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
\c :home
DROP DATABASE ntsb_without_warehouse;
