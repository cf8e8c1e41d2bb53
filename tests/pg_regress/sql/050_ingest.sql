-- The life of one event, from the preliminary report to its withdrawal.
SET datestyle = iso, mdy;
\set VERBOSITY default
SET client_min_messages = warning;

CREATE FUNCTION pg_temp.counts(batch bigint) RETURNS TABLE (
    t text, staged bigint, ins bigint, upd bigint, same bigint, stale bigint, wdr bigint, dup bigint, rej bigint)
LANGUAGE sql AS $$
    SELECT table_name, staged, inserted, updated, unchanged, stale, withdrawn, duplicates, rejected
    FROM ntsb.batch_table
    WHERE batch_id = batch AND (staged > 0 OR withdrawn > 0) ORDER BY position $$;

-- Preliminary: an event with one aircraft and two findings.
SELECT ntsb_begin_batch('first.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Springfield  ', 'OH', 'USA', '395012N', '0834936W', 'SERS', '01/10/19 12:00:00'),
       ('20190106X00002', 'ERA19LA002', '12/31/19 00:00:00', 'Dayton', 'OH', 'USA', NULL, NULL, 'NONE', '01/11/20 12:00:00');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model, damage)
VALUES ('20190105X00001', '1', 'N123AB', 'CESSNA', '172N', 'SUBS'),
       ('20190106X00002', '1', 'NONE', 'PIPER', 'PA-28-140', 'NONE'),
       ('20990101X00009', '1', 'N9', 'BELL', '206', 'SUBS');
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, lchg_date)
VALUES ('20190105X00001', '1', '1', '0206304044', '01/10/19 12:00:00'),
       ('20190105X00001', '1', '2', '0106202022', '01/10/19 12:00:00'),
       ('20190105X00001', '1', '2', '0106202022', '01/10/19 12:00:00'),
       ('20190105X00001', '1', NULL, '0106202022', NULL);
INSERT INTO ntsb_staging.country VALUES ('USA', 'United States'), ('UNK', 'stays in a code list');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);
SELECT ev_id, ev_date, ev_city, ev_highest_injury, coord_source, round(lat::numeric, 4) AS lat, round(lon::numeric, 4) AS lon,
       tableoid::regclass AS partition FROM ntsb.events ORDER BY ev_id;
SELECT ev_id, regis_no, acft_make, damage FROM ntsb.aircraft ORDER BY 1;
SELECT table_name, row_key, column_name, defect, raw_value FROM ntsb.row_defects ORDER BY 2, 1, 3;
SELECT table_name, row_key, rule_id, column_name, value, reason, jsonb_strip_nulls(payload) AS payload
FROM ntsb.staging_quarantine ORDER BY quarantine_id;
SELECT count(*) AS left_in_staging FROM ntsb_staging.events;

-- The hash can be recomputed from the row.
SELECT count(*) AS rows, count(*) FILTER (WHERE encode(content_hash, 'hex') <>
       ntsb_content_hash(to_jsonb(e) - ntsb_unhashed_columns('events'))) AS wrong FROM ntsb.events e;

-- The same file again changes nothing.
SELECT ntsb_begin_batch('first.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '2019-01-02', 'Springfield', 'OH', 'USA', '395012N', '0834936W', 'SERS', '2019-01-10 12:00:00'),
       ('20190106X00002', 'ERA19LA002', '2019-12-31', 'Dayton', 'OH', 'USA', NULL, NULL, 'NONE', '2020-01-11 12:00:00');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);

-- The final report corrects the injury, drops a finding, changes one and adds one. A date moves to another decade.
SELECT ntsb_begin_batch('up01.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Springfield', 'OH', 'USA', '395012N', '0834936W', 'FATL', '06/01/20 00:00:00'),
       ('20190106X00002', 'ERA19LA002', '01/01/20 00:00:00', 'Dayton', 'OH', 'USA', NULL, NULL, 'NONE', '06/01/20 00:00:00');
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, lchg_date)
VALUES ('20190105X00001', '1', '1', '0206304099', '06/01/20 00:00:00'),
       ('20190105X00001', '1', '3', '0303404521', '06/01/20 00:00:00');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);
SELECT finding_no, finding_code, withdrawn_batch IS NOT NULL AS withdrawn FROM ntsb.findings ORDER BY 1;
SELECT e.ev_id, e.ev_year, k.ev_year AS key_year, e.tableoid::regclass AS partition
FROM ntsb.events e JOIN ntsb.event_key k USING (ev_id) ORDER BY 1;

-- An older file does not undo changes: its rows are stale, and the row that the newer file dropped stays withdrawn.
SELECT ntsb_begin_batch('first-again.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Springfield', 'OH', 'USA', '395012N', '0834936W', 'SERS', '01/10/19 12:00:00');
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, lchg_date)
VALUES ('20190105X00001', '1', '1', '0206304044', '01/10/19 12:00:00'),
       ('20190105X00001', '1', '2', '0106202022', '01/10/19 12:00:00'),
       ('20190105X00001', '1', '4', '0106202099', '01/10/19 12:00:00');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);

-- With force, an older file does overwrite newer data.
SELECT ntsb_begin_batch('forced.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Springfield', 'OH', 'USA', '395012N', '0834936W', 'SERS', '01/10/19 12:00:00');
CALL ntsb_ingest(:batch, force => true);
SELECT * FROM pg_temp.counts(:batch);

-- A newer file has the dropped finding again, so it is restored. A row with only a newer change date is unchanged.
SELECT ntsb_begin_batch('up02.mdb') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Springfield', 'OH', 'USA', '395012N', '0834936W', 'SERS', '07/01/20 00:00:00');
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, lchg_date)
VALUES ('20190105X00001', '1', '1', '0206304099', '07/01/20 00:00:00'),
       ('20190105X00001', '1', '2', '0106202022', '07/01/20 00:00:00'),
       ('20190105X00001', '1', '3', '0303404521', '07/01/20 00:00:00');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);
SELECT finding_no, lchg_date, withdrawn_batch FROM ntsb.findings ORDER BY 1;

-- A full file that lacks an event of its period withdraws the event and all its rows.
SELECT ntsb_begin_batch('next.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
VALUES ('20180106X00003', 'ERA18LA003', '01/05/18', 'Akron', 'OH', 'USA', NULL, NULL, 'NONE', '08/01/20 00:00:00'),
       ('20200106X00004', 'ERA20LA004', '01/05/20', 'Akron', 'OH', 'USA', NULL, NULL, 'NONE', '08/01/20 00:00:00'),
       ('20190106X00002', 'ERA19LA002', '01/01/20', 'Dayton', 'OH', 'USA', NULL, NULL, 'NONE', '06/01/20 00:00:00');
CALL ntsb_ingest(:batch);
SELECT * FROM pg_temp.counts(:batch);

-- The change history of the event, and the integrity of the log.
SELECT source, table_name, row_key, action, column_name, old_value, new_value
FROM ntsb_event_history('20190105X00001');
SELECT count(*) AS problems FROM ntsb_verify_change_log();

-- The log is append-only for everyone. Bypassing the trigger breaks the hash chain.
\set SHOW_CONTEXT never
UPDATE ntsb.change_log SET ev_id = NULL;
\echo SQLSTATE :LAST_ERROR_SQLSTATE
TRUNCATE ntsb.change_log;
\echo SQLSTATE :LAST_ERROR_SQLSTATE
BEGIN;
ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
UPDATE ntsb.change_log SET changes = '{"ev_highest_injury": {"old": "SERS", "new": "MINR"}}'
WHERE seq = (SELECT min(seq) FROM ntsb.change_log WHERE action = 'update');
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
UPDATE ntsb.change_log SET ev_id = '20200106X00004' WHERE seq = 3;
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
DELETE FROM ntsb.change_log WHERE seq = 2;
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
DELETE FROM ntsb.change_log WHERE seq = (SELECT max(seq) FROM ntsb.change_log);
SELECT problem FROM ntsb_verify_change_log();
ROLLBACK;
-- A forged entry with a valid hash belongs to no load. An entry moved to another load, or removed together with
-- the head in the load journal, disagrees with the counts of the loads.
CREATE FUNCTION pg_temp.forge(batch bigint) RETURNS void LANGUAGE sql AS $f$
    INSERT INTO ntsb.change_log
    SELECT l.seq + 1, batch, l.changed_at, l.table_name, l.row_key, l.ev_id, 'update', l.old_hash, l.new_hash, NULL,
           ntsb_internal.chain_hash_step(NULL, l.entry_hash, batch, l.changed_at, l.table_name, l.row_key, l.ev_id, 'update',
                           l.old_hash, l.new_hash, NULL)
    FROM ntsb.change_log l ORDER BY l.seq DESC LIMIT 1
$f$;
CREATE FUNCTION pg_temp.move_head() RETURNS void LANGUAGE sql AS $f$
    UPDATE ntsb.batch b SET last_seq = l.seq, chain_head = l.entry_hash
    FROM (SELECT seq, entry_hash FROM ntsb.change_log ORDER BY seq DESC LIMIT 1) l
    WHERE b.batch_id = (SELECT max(batch_id) FROM ntsb.batch)
$f$;
BEGIN;
SELECT pg_temp.forge(7);
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
SELECT pg_temp.forge(99);
SELECT pg_temp.move_head();
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
SELECT pg_temp.forge(6);
SELECT pg_temp.move_head();
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only;
DELETE FROM ntsb.change_log WHERE seq = (SELECT max(seq) FROM ntsb.change_log);
SELECT pg_temp.move_head();
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;
BEGIN;
UPDATE ntsb.batch SET last_seq = (SELECT max(seq) FROM ntsb.change_log) WHERE batch_id = 1;
SELECT * FROM ntsb_verify_change_log();
ROLLBACK;

-- ntsb_change_log_head() returns the head of the last load.
SELECT h.batch_id, h.seq = l.seq AS is_last, h.entry_hash = encode(l.entry_hash, 'hex') AS is_hash_of_last
FROM ntsb_change_log_head() h, (SELECT seq, entry_hash FROM ntsb.change_log ORDER BY seq DESC LIMIT 1) l;
