-- CAROL cases in JSON identify an event by its NTSB number and contain part of its data. They add and correct
-- rows but withdraw nothing.
SET datestyle = iso, mdy;
SET client_min_messages = warning;

-- Two events from an Access file.
SELECT ntsb_begin_batch('before.mdb', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_time, ev_tmzn, ev_city, ev_state, ev_country, dec_latitude, dec_longitude, light_cond, ev_highest_injury, lchg_date)
VALUES ('20230105000001', 'CEN23LA001', '2023-01-03', '0150', 'UTC', 'Tulsa', 'OK', 'USA', '36.15', '-95.99', 'DAYL', 'NONE', '2023-02-01 12:00:00'),
       ('20230106000002', 'CEN23LA002', '2023-01-04', '1200', 'UTC', 'Enid', 'OK', 'USA', NULL, NULL, NULL, 'NONE', '2023-02-01 12:00:00');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, damage, unmanned, lchg_date)
VALUES ('20230105000001', '1', 'N1AA', 'CESSNA', 'SUBS', '0', '2023-02-01 12:00:00'),
       ('20230106000002', '1', 'N2AA', 'PIPER', 'SUBS', '0', '2023-02-01 12:00:00');
INSERT INTO ntsb_staging.injury (ev_id, aircraft_key, inj_person_category, injury_level, inj_person_count, lchg_date)
VALUES ('20230105000001', '1', 'PLT', 'NONE', '1', '2023-02-01 12:00:00'),
       ('20230105000001', '1', 'CPLT', 'NONE', '1', '2023-02-01 12:00:00');
INSERT INTO ntsb_staging.dt_events (ev_id, col_name, code, lchg_date)
VALUES ('20230105000001', 'wx_cond', 'CLR', '2023-02-01 12:00:00');
CALL ntsb_ingest(:batch);

-- A case of the first event with a provisional ev_id in local time, and a case of an unknown event.
SELECT ntsb_begin_batch('cases.json', 'increment') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_time, ev_city, ev_highest_injury, lchg_date)
VALUES ('20230102M00001', 'CEN23LA001', '2023-01-02', '1950', 'Tulsa', 'MINR', '2023-06-01'),
       ('20230103M00003', 'CEN23LA003', '2023-01-03', '0800', 'Ada', 'NONE', '2023-06-01');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_model, lchg_date)
VALUES ('20230102M00001', '1', 'N1AA', '172', '2023-06-01'),
       ('20230103M00003', '1', 'N3AA', '152', '2023-06-01');
INSERT INTO ntsb_staging.injury (ev_id, aircraft_key, inj_person_category, injury_level, inj_person_count, lchg_date)
VALUES ('20230102M00001', '1', 'ABRD', 'NONE', '2', '2023-06-01');
SELECT ntsb_adopt_cases(:batch) AS known;
CALL ntsb_ingest(:batch);
SELECT table_name, staged, inserted, updated, unchanged, withdrawn FROM ntsb.batch_table
WHERE batch_id = :batch AND staged > 0 ORDER BY position;
SELECT row_key, action, changes FROM ntsb.change_log WHERE batch_id = :batch ORDER BY row_key, action;

-- The same cases again change nothing, as both are known now. An older change date is stale.
SELECT ntsb_begin_batch('cases.json', 'increment') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_time, ev_city, ev_highest_injury, lchg_date)
VALUES ('20230102M00001', 'CEN23LA001', '2023-01-02', '1950', 'Tulsa', 'MINR', '2023-06-01'),
       ('20230103M00003', 'CEN23LA003', '2023-01-03', '0800', 'Ada', 'NONE', '2023-06-01'),
       ('20230104M00002', 'CEN23LA002', '2023-01-04', '1200', 'Elsewhere', 'FATL', '2023-01-20');
SELECT ntsb_adopt_cases(:batch) AS known;
CALL ntsb_ingest(:batch);
SELECT staged, unchanged, stale FROM ntsb.batch_table WHERE batch_id = :batch AND table_name = 'events';
SELECT count(*) AS events, count(DISTINCT ntsb_no) AS numbers FROM ntsb.events WHERE ntsb_no LIKE 'CEN23LA%';
SELECT count(*) AS problems FROM ntsb_verify_change_log();
