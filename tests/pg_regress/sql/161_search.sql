-- Search: by words, similarity, registration and airport.
CREATE DATABASE ntsb_search;
SELECT current_database() AS home \gset
\c ntsb_search
SET client_min_messages = warning;
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
CREATE SCHEMA tools;
CREATE EXTENSION pg_ntsb SCHEMA tools;
SET search_path = '';
CALL tools.ntsb_create_warehouse();
SELECT tools.ntsb_begin_batch('words.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, ev_highest_injury, inj_tot_f, apt_name, ev_nr_apt_id, ev_nr_apt_loc, apt_dist, mid_air, lchg_date) VALUES
    ('20200101X00001', 'WPR20FA001', '01/01/20', 'Palo Alto', 'CA', 'USA', 'FATL', '2', 'Palo Alto', 'KPAO', 'OFAP', '2.5', NULL, '01/02/20'),
    ('20200102X00002', 'ANC20LA002', '01/02/20', 'Nome', 'AK', 'USA', 'NONE', NULL, NULL, NULL, NULL, NULL, NULL, '01/02/20'),
    ('20200103X00003', NULL, '01/03/20', 'The Dalles', 'OR', 'USA', 'SERS', '0', 'PALO ALTO', 'PAO', 'ONAP', NULL, 'Y', '01/02/20'),
    ('20190104X00004', NULL, '01/04/19', 'Toronto', NULL, 'CAN', NULL, '1', 'Palo Alto', NULL, NULL, NULL, NULL, '01/02/20'),
    ('20190105X00005', NULL, '01/05/19', 'Mountain View', 'CA', 'USA', 'NONE', NULL, 'palo alto', NULL, NULL, NULL, NULL, '01/02/20');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model, regis_no, far_part) VALUES
    ('20200101X00001', '1', 'CESSNA', '172S', 'N123AB', '091'), ('20200102X00002', '1', 'PIPER', 'PA28-140', 'N9', '091'),
    ('20200103X00003', '1', 'Cessna Aircraft Co', '172S', 'N-123AB', '091'), ('20200103X00003', '2', 'BEECH', 'A36', NULL, '135'),
    ('20190104X00004', '1', 'JUST AIRCRAFT', 'Highlander', 'C-FABC', 'NUSN'), ('20190105X00005', '1', 'CESSNA', '172S', 'N77', '091');
INSERT INTO ntsb_staging.narratives (ev_id, aircraft_key, narr_accf, narr_cause) VALUES
    ('20200101X00001', '1', 'The engine lost power shortly after takeoff. The fuel tanks were empty.', 'The pilot''s failure to refuel, which resulted in fuel exhaustion.'),
    ('20200102X00002', '1', 'The pilot landed long on the gravel and ran into trees.', NULL),
    ('20200103X00003', '1', 'Both airplanes collided on final. Power of the engine was normal.', 'The failure of both pilots to see and avoid.'),
    ('20200103X00003', '2', 'Both airplanes collided on final. Power of the engine was normal.', 'The failure of both pilots to see and avoid.'),
    ('20190105X00005', '1', 'The engine lost power during cruise; fuel exhaustion was found.', 'Fuel exhaustion.');
CALL tools.ntsb_ingest(:batch);
RESET client_min_messages;

-- Nothing is found before the first refresh.
SELECT count(*) FROM tools.ntsb_search('engine');
CALL tools.ntsb_refresh_search();
SELECT what, last_seq = (SELECT max(seq) FROM ntsb.change_log) AS up_to_date, events FROM ntsb.refresh_state;
SELECT ev_id, place, aircraft, severity, round(rank::numeric, 3) AS rank, snippet FROM tools.ntsb_search('fuel exhausted');
SELECT q AS query, tools.ntsb_search_query(q) AS parsed, ARRAY(SELECT ev_id FROM tools.ntsb_search(q)) AS found
FROM unnest(ARRAY['engine power', '"engine power"', '"lost power"', 'engine -fuel', '-"lost power" engine', 'nome OR dalles',
    'N123AB', 'pa-28', 'PA28140', 'cessnas', 'just', 'ANC20LA002', 'the', '"', '-', 'trees <2> (', 'zebra', '']) q;
SELECT ev_id FROM tools.ntsb_search('engine OR pilot', first_year => 2020, states => '{ca,ak}', make => 'CESSNA AIRCRAFT', severity => '{fatl}', domestic => true);

-- Events similar to the fuel exhaustion of 2020.
SELECT ev_id, round(score::numeric, 3) AS score, shared_words, shared_facts FROM tools.ntsb_similar_accidents('20200101X00001');

-- Registrations and airports in different spellings.
SELECT m AS registration, ARRAY(SELECT ev_id || '/' || aircraft_key || ' ' || role FROM tools.ntsb_registration_history(m)) AS events
FROM unnest(ARRAY['n123ab', 'N-123AB', '123AB', 'cfabc', '', 'N1', NULL]) m;
SELECT ev_date, aircraft, damage, severity, fatalities FROM tools.ntsb_registration_history('N123AB');
SELECT i AS airport, ARRAY(SELECT ev_id || ' ' || found_by FROM tools.ntsb_airport_history(i)) AS events
FROM unnest(ARRAY['KPAO', 'pao', 'Palo Alto', 'PVT', '', 'ORD', NULL]) i;
SELECT ev_date, airport_id, airport_name, place, on_airport, distance_miles FROM tools.ntsb_airport_history('PAO');

-- A refresh processes changes and withdrawals. Without changes it does nothing.
SELECT tools.ntsb_begin_batch('newer.csv', 'full') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, ev_highest_injury, inj_tot_f, lchg_date) VALUES
    ('20200101X00001', 'WPR20FA001', '01/01/20', 'Menlo Park', 'CA', 'USA', 'FATL', '2', '02/02/20'),
    ('20200102X00002', 'ANC20LA002', '01/02/20', 'Nome', 'AK', 'USA', 'NONE', NULL, '01/02/20'),
    ('20200105X00009', NULL, '01/05/20', 'Bend', 'OR', 'USA', 'NONE', NULL, '02/02/20');
SET client_min_messages = warning;
CALL tools.ntsb_ingest(:batch);
RESET client_min_messages;
CALL tools.ntsb_refresh_search();
SELECT ev_id, place FROM tools.ntsb_search('menlo OR nome OR dalles OR bend');
SELECT count(*) FROM ntsb.search_document;
CALL tools.ntsb_refresh_search();
SELECT events FROM ntsb.refresh_state WHERE what = 'search';
CALL tools.ntsb_rebuild_search();
SELECT ev_id, place FROM tools.ntsb_search('menlo OR nome OR dalles OR bend');

-- Errors with SQLSTATE and hint.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM tools.ntsb_search('x', page => 'beef');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM tools.ntsb_search('x', max_rows => 10001);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM tools.ntsb_similar_accidents('20200101X00001', 0);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT count(*) FROM tools.ntsb_similar_accidents('unknown');
UPDATE ntsb.search_segment SET lengths = '', ids = '', dead = '';
UPDATE ntsb.search_posting SET postings = '\xffffffffffffffff';
SELECT count(*) FROM tools.ntsb_search('pilot');
RESET search_path;
\c :home
DROP DATABASE ntsb_search;
