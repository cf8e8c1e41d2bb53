-- Rules reject, drop and flag. Rejected rows go to quarantine and wait for a decision.
SET client_min_messages = warning;
SET datestyle = iso, mdy;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT current_database() AS home \gset
CREATE DATABASE ntsb_gates;
\c ntsb_gates
SET client_min_messages = warning;
SET datestyle = iso, mdy;
CREATE EXTENSION pg_ntsb CASCADE;
CALL ntsb_create_warehouse();
SELECT gate, count(*) > 10 AS more_than_10 FROM ntsb.validation_rule GROUP BY 1 ORDER BY 1;

-- An event in the future with its aircraft, a crew member without an aircraft, and one with an impossible age.
SELECT ntsb_begin_batch('first.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '2091-01-02', 'Springfield', '2019-01-10'),
       ('20190106X00002', 'ERA19LA002', '2019-01-06', 'Dayton', '2019-01-10');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make)
VALUES ('20190105X00001', '1', 'CESSNA'), ('20190106X00002', '1', 'PIPER');
INSERT INTO ntsb_staging.flight_crew (ev_id, aircraft_key, crew_no, crew_age)
VALUES ('20190106X00002', '1', '1', '215'), ('20190106X00002', '7', '1', '45');
CALL ntsb_ingest(:batch);
SELECT table_name, staged, inserted, rejected FROM ntsb.batch_table WHERE batch_id = :batch AND staged > 0 ORDER BY position;
SELECT quarantine_id, table_name, row_key, rule_id, column_name, value, reason, status
FROM ntsb.staging_quarantine ORDER BY quarantine_id;
SELECT table_name, column_name, defect, raw_value, action, reason FROM ntsb.row_defects ORDER BY 1, 2, 3;
SELECT table_name, column_name, rule_id, action, rows FROM ntsb.data_quality ORDER BY 1, 2, 3;
SELECT crew_age FROM ntsb.flight_crew;

-- The same file again: the same result, and nothing is quarantined twice.
SELECT ntsb_begin_batch('first.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '2091-01-02', 'Springfield', '2019-01-10'),
       ('20190106X00002', 'ERA19LA002', '2019-01-06', 'Dayton', '2019-01-10');
CALL ntsb_ingest(:batch);
SELECT table_name, unchanged, rejected, withdrawn FROM ntsb.batch_table WHERE batch_id = :batch AND staged > 0;
SELECT count(*) AS quarantined FROM ntsb.staging_quarantine WHERE status = 'held';

-- A release fails while a rule is violated. It stores the event with its aircraft once the date is corrected, and
-- works only once.
SELECT quarantine_id AS event FROM ntsb.staging_quarantine WHERE table_name = 'events' \gset
SELECT quarantine_id AS crew FROM ntsb.staging_quarantine WHERE table_name = 'flight_crew' \gset
SELECT ntsb_release_quarantine(:event);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_release_quarantine(:event, waive => '{no.such_rule}');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_release_quarantine(:event, '{"ev_dat": "2019-01-02", "batch_id": 7}');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_release_quarantine(:event, '[]');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_release_quarantine(:event, '{"ev_date": "2019-01-02"}') > 0 AS released;
SELECT ev_id, ev_date, acft_make FROM ntsb.events JOIN ntsb.aircraft USING (ev_id) ORDER BY 1;
SELECT ntsb_release_quarantine(:crew);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_discard_quarantine(:crew, ' ');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_discard_quarantine(:crew, 'NTSB withdrew the aircraft');
\set VERBOSITY terse
SELECT ntsb_discard_quarantine(:crew, 'again');
\set VERBOSITY default
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_release_quarantine(4711);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT table_name, status, decided_by, decision - 'batch_id' AS decision FROM ntsb.staging_quarantine ORDER BY quarantine_id;
SELECT source, table_name, action FROM ntsb_event_history('20190105X00001');

-- Waiving a rule releases a row unchanged.
SELECT ntsb_begin_batch('second.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ('19610105X00001', '1961-01-02', '2019-01-10');
CALL ntsb_ingest(:batch);
SELECT quarantine_id AS old_event, rule_id AS rule FROM ntsb.staging_quarantine WHERE status = 'held' \gset
SELECT ntsb_release_quarantine(:old_event, waive => ARRAY[:'rule']) > 0 AS released;
SELECT ev_id, ev_date, tableoid::regclass FROM ntsb.events WHERE ev_year = 1961;

-- Rules also use other rows of the event: the age limit of airline pilots, the date of a medical examination.
SELECT ntsb_begin_batch('airline.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ('20190107X00003', '2019-01-07', '2019-01-10');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, far_part) VALUES ('20190107X00003', '1', '121');
INSERT INTO ntsb_staging.flight_crew (ev_id, aircraft_key, crew_no, crew_category, crew_age, date_lst_med)
VALUES ('20190107X00003', '1', '1', 'PLT', '72', '2019-02-01');
CALL ntsb_ingest(:batch);
SELECT column_name, defect, raw_value FROM ntsb.row_defects
WHERE row_key = '20190107X00003/1/1' AND table_name = 'flight_crew' AND column_name <> '*' ORDER BY 1;

-- An administrator can disable a rule, make it stricter and add rules.
UPDATE ntsb.validation_rule SET enabled = false WHERE rule_id = 'flight_crew.age_high';
SELECT rule_id, action FROM ntsb_validate_row('flight_crew', '{"ev_id": "20190106X00002", "aircraft_key": 1, "crew_no": 1, "crew_age": 120}');
UPDATE ntsb.validation_rule SET enabled = true, action = 'reject', threshold = 110 WHERE rule_id = 'flight_crew.age_high';
SELECT rule_id, action FROM ntsb_validate_row('flight_crew', '{"ev_id": "20190106X00002", "aircraft_key": 1, "crew_no": 1, "crew_age": 120}');
CALL ntsb_create_warehouse();
SELECT action, threshold FROM ntsb.validation_rule WHERE rule_id = 'flight_crew.age_high';
INSERT INTO ntsb.validation_rule (rule_id, gate, table_name, column_name, action, description, predicate)
VALUES ('custom.student_age', 2, 'flight_crew', 'crew_age', 'flag', 'Students here are at least 16', 'crew_age >= 16 OR crew_category <> ''DSTU''');
SELECT rule_id, gate, column_name, value, action, reason
FROM ntsb_validate_row('flight_crew', '{"ev_id": "20190106X00002", "aircraft_key": 1, "crew_no": 1, "crew_age": 15, "crew_category": "DSTU"}')
WHERE rule_id LIKE 'custom.%';
SELECT count(*) AS not_a_student
FROM ntsb_validate_row('flight_crew', '{"ev_id": "20190106X00002", "aircraft_key": 1, "crew_no": 1, "crew_age": 15, "crew_category": "PLT"}')
WHERE rule_id LIKE 'custom.%';

-- A predicate must be a boolean expression on one row. Anything else is refused with a reason.
INSERT INTO ntsb.validation_rule (rule_id, gate, table_name, action, description, predicate)
VALUES ('custom.bad', 2, 'events', 'flag', 'bad', 'pg_sleep(1) IS NULL');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
INSERT INTO ntsb.validation_rule (rule_id, gate, table_name, action, description, predicate)
VALUES ('custom.bad', 2, 'events', 'flag', 'bad', 'ev_id IN (SELECT ev_id FROM ntsb.events)');
INSERT INTO ntsb.validation_rule (rule_id, gate, table_name, action, description, predicate)
VALUES ('custom.bad', 2, 'events', 'flag', 'bad', 'ev_town = ''Dayton''');
INSERT INTO ntsb.validation_rule (rule_id, gate, table_name, action, description, predicate)
VALUES ('custom.bad', 2, 'incidents', 'flag', 'bad', 'true');
SELECT * FROM ntsb_validate_row('incidents', '{}');
SELECT * FROM ntsb_validate_row('events', '{"town": "Dayton"}');
SELECT * FROM ntsb_validate_row('events', '[]');
\c :home
DROP DATABASE ntsb_gates;
