-- An ordinary role can own a warehouse, another reads only what it is granted, and neither needs a search_path.
SELECT current_database() AS home \gset
SET client_min_messages = warning;
CREATE ROLE ntsb_test_owner LOGIN;
CREATE ROLE ntsb_test_reader LOGIN;
CREATE DATABASE ntsb_roles OWNER ntsb_test_owner;
\c ntsb_roles
SET client_min_messages = warning;
CREATE SCHEMA tools;
GRANT USAGE ON SCHEMA tools TO PUBLIC;
CREATE EXTENSION postgis SCHEMA public;
CREATE EXTENSION btree_gist SCHEMA public;
CREATE EXTENSION pg_ntsb SCHEMA tools;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- Functions can be called only by granted roles.
CALL tools.ntsb_create_roles();
GRANT ntsb_admin TO ntsb_test_owner;

SET SESSION AUTHORIZATION ntsb_test_owner;
SET search_path = '';
CALL tools.ntsb_create_warehouse();
SELECT tools.ntsb_begin_batch('plain.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ('20200101X00001', '01/01/20', '01/02/20');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key) VALUES ('20200101X00001', '1');
CALL tools.ntsb_ingest(:batch);
SELECT inserted FROM ntsb.batch_table WHERE batch_id = :batch AND table_name IN ('events', 'aircraft');
SELECT table_name, action FROM tools.ntsb_event_history('20200101X00001');
SELECT count(*) FROM tools.ntsb_verify_change_log();
GRANT USAGE ON SCHEMA ntsb TO ntsb_test_reader;
GRANT SELECT ON ntsb.events TO ntsb_test_reader;
RESET SESSION AUTHORIZATION;

SET SESSION AUTHORIZATION ntsb_test_reader;
SET search_path = '';
SELECT ev_id FROM ntsb.events;
SELECT count(*) FROM ntsb.aircraft;
SELECT tools.ntsb_begin_batch('mine.csv');
DELETE FROM ntsb.events;
CALL tools.ntsb_create_warehouse();
RESET SESSION AUTHORIZATION;
RESET search_path;

-- Dropping the extension keeps the data.
DROP EXTENSION pg_ntsb;
SELECT count(*) FROM ntsb.events;
CREATE EXTENSION pg_ntsb SCHEMA tools;
SET SESSION AUTHORIZATION ntsb_test_owner;
CALL tools.ntsb_create_warehouse();
SELECT table_name, action FROM tools.ntsb_event_history('20200101X00001');
RESET SESSION AUTHORIZATION;
\c :home
DROP DATABASE ntsb_roles;
DROP ROLE ntsb_test_owner, ntsb_test_reader;
