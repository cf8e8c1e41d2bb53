-- The star schema: a calendar, versioned members, unknown members, and facts that follow the warehouse.

SET datestyle = iso, mdy;

-- Federal holidays and the days on which they are observed, in years in which the law changed.
SELECT full_date, day_name, holiday_name, observed_holiday_name
FROM ntsb.dim_time
WHERE (holiday_name IS NOT NULL OR observed_holiday_name IS NOT NULL)
  AND (year IN (1970, 1971, 2021) OR full_date = ANY ('{1985-01-21,1986-01-20,1977-10-24,1978-11-11,1978-11-10,2010-12-31,2020-06-19,2022-06-20}'::date[]))
ORDER BY full_date;
SELECT full_date, holiday_name FROM ntsb.dim_time WHERE full_date IN ('1985-01-21', '2020-06-19', '1978-10-23') ORDER BY 1;
SELECT min(full_date), max(full_date), count(*) FILTER (WHERE time_id <> 0) = max(full_date) - min(full_date) + 1 AS every_day,
       count(*) FILTER (WHERE is_weekend <> (extract(isodow FROM full_date) > 5)) AS wrong_weekends,
       count(*) FILTER (WHERE observed_holiday_name IS NOT NULL AND is_weekend) AS observed_on_weekends
FROM ntsb.dim_time;
-- Each holiday occurs once a year.
SELECT holiday_name, min(year), max(year), count(*) FROM ntsb.dim_time WHERE holiday_name IS NOT NULL GROUP BY 1 ORDER BY min(full_date), 1;

-- Every dimension has a member for unknown values.
SELECT (SELECT count(*) FROM ntsb.dim_time WHERE time_id = 0 AND full_date IS NULL) AS time,
       (SELECT count(*) FROM ntsb.dim_location WHERE location_id = 0 AND natural_key = '') AS location,
       (SELECT count(*) FROM ntsb.dim_aircraft WHERE aircraft_id = 0 AND regis_no IS NULL) AS aircraft,
       (SELECT count(*) FROM ntsb.dim_crew WHERE crew_id = 0 AND certificate IS NULL) AS crew,
       (SELECT count(*) FROM ntsb.dim_weather WHERE weather_id = 0 AND natural_key = '') AS weather,
       (SELECT count(*) FROM ntsb.dim_causes WHERE cause_id = 0 AND code IS NULL) AS causes;
SELECT conrelid::regclass AS table_name, count(*) AS foreign_keys,
       (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attname LIKE '%\_id' AND a.attnotnull
          AND a.attnum = ANY (SELECT unnest(k.conkey) FROM pg_constraint k WHERE k.conrelid = c.conrelid AND k.contype = 'f')) AS never_null
FROM pg_constraint c
WHERE contype = 'f' AND conrelid::regclass::text ~ '^ntsb\.(fact|bridge)_' GROUP BY conrelid ORDER BY 1::text;

-- One registration in three configurations. A missing value keeps the previous one, a value that becomes known
-- makes no new version, a different value makes one, and a different aircraft inherits nothing.
SELECT ntsb_begin_batch('star.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_type, ev_date, ev_state, ev_country, ev_highest_injury, inj_tot_f, wx_cond_basic, lchg_date) VALUES
    ('20010105X90001', 'STA01LA001', 'ACC', '01/05/01', 'CO', 'USA', 'NONE', NULL, 'VMC', '02/01/20'),
    ('20030607X90002', 'STA03LA002', 'ACC', '06/07/03', 'CO', 'USA', NULL, '2', 'IMC', '02/01/20'),
    ('20050809X90003', 'STA05LA003', 'ACC', '08/09/05', 'AK', 'USA', 'FATL', NULL, NULL, '02/01/20'),
    ('20091011X90004', 'STA09LA004', 'ACC', '10/11/09', NULL, 'CA', 'MINR', NULL, NULL, '02/01/20'),
    ('20101011X90005', 'STA10LA005', 'INC', NULL, NULL, NULL, NULL, NULL, NULL, '02/01/20');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model, acft_serial_no, acft_category, total_seats, damage, far_part, phase_flt_spec) VALUES
    ('20010105X90001', '1', 'N900ST', 'CESSNA', '172N', NULL, 'AIR', '4', 'MINR', '091', '540'),
    ('20030607X90002', '1', 'N900ST', 'Cessna', '172N', '172-71034', NULL, NULL, 'DEST', '091', '571'),
    ('20050809X90003', '1', 'N900ST', 'CESSNA', '172N', '17271034', 'AIR', '2', 'SUBS', '091', NULL),
    ('20050809X90003', '2', NULL, 'PIPER', 'PA-18', NULL, 'AIR', NULL, 'DEST', '091', NULL),
    ('20091011X90004', '1', 'N900ST', 'ROBINSON', 'R22', '0007', 'HELI', NULL, NULL, 'NUSN', NULL);
INSERT INTO ntsb_staging.flight_crew (ev_id, aircraft_key, crew_no, crew_category, crew_age) VALUES
    ('20010105X90001', '1', '1', 'DSTU', '19'), ('20010105X90001', '1', '2', 'FLTI', '44'),
    ('20030607X90002', '1', '1', 'PLT', '61');
INSERT INTO ntsb_staging.dt_flight_crew (ev_id, aircraft_key, crew_no, col_name, code) VALUES
    ('20010105X90001', '1', '1', 'crew_cert_code', 'STU'),
    ('20010105X90001', '1', '2', 'crew_cert_code', 'CFI'), ('20010105X90001', '1', '2', 'crew_cert_code', 'COMM'),
    ('20030607X90002', '1', '1', 'crew_cert_code', 'PRI');
INSERT INTO ntsb_staging.events_sequence (ev_id, aircraft_key, occurrence_no, occurrence_code, phase_no, defining_ev) VALUES
    ('20091011X90004', '1', '1', '402240', '402', '0'), ('20091011X90004', '1', '2', '552230', '552', '1');
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, finding_description, cause_factor) VALUES
    ('20091011X90004', '1', '1', '0206304044', 'Personnel issues-Task performance-Use of equip/info-Aircraft control-Pilot - C', 'C'),
    ('20091011X90004', '1', '2', '0303403090', 'Environmental issues-Conditions/weather/phenomena-Wind-Gusts-Effect on operation - F', 'F');
INSERT INTO ntsb_staging.eadmspub_datadictionary ("table", "column", code_iaids, meaning) VALUES
    ('Events_Sequence', 'Occurrence_Code', '552xxx', 'Rolling out'), ('Events_Sequence', 'Occurrence_Code', 'xxx230', 'Lost its way'),
    ('events', 'wx_cond_basic', 'VMC', 'Visual');
INSERT INTO ntsb_staging.country (country_code, country_name) VALUES ('CA', 'Canada');
CALL ntsb_ingest(:batch);
CALL ntsb_refresh();
SELECT events > 4 AS processed, last_seq = (SELECT max(seq) FROM ntsb.change_log) AS up_to_date FROM ntsb.refresh_state WHERE what = 'star';

SELECT acft_make, acft_model, acft_serial_no, acft_category, total_seats, valid_from, valid_to, is_current
FROM ntsb.dim_aircraft WHERE regis_no = 'N900ST' ORDER BY valid_from;
SELECT d AS day, a.acft_make, a.total_seats, a.valid_from
FROM unnest('{2001-01-04,2001-01-05,2004-01-01,2005-08-08,2005-08-09,2009-10-11,2030-01-01}'::date[]) d
LEFT JOIN LATERAL ntsb_aircraft_as_of('n900st', d) a ON true ORDER BY 1;
SELECT f.ev_id, b.aircraft_key, d.regis_no, d.acft_make, d.total_seats, d.valid_from
FROM ntsb.bridge_event_aircraft b JOIN ntsb.fact_accidents f USING (accident_id)
JOIN ntsb.dim_aircraft d ON d.aircraft_id = b.aircraft_id WHERE f.ntsb_no LIKE 'STA%' ORDER BY 1, 2;

-- Facts, with unknown values.
SELECT ev_id, time_id, is_domestic, severity, fatalities, serious, uninjured, aircraft_count AS craft, damage, acft_make,
       phase_code AS phase_c, phase, cause_category AS category, location_id = 0 AS no_location, weather_id = 0 AS no_weather,
       crew_id = 0 AS no_crew, occurrence_cause_id = 0 AS no_event
FROM ntsb.fact_accidents WHERE ntsb_no LIKE 'STA%' ORDER BY ev_id;
SELECT b.position, c.kind, c.code, c.category, c.phase, c.in_probable_cause, b.is_defining, c.description
FROM ntsb.bridge_event_cause b JOIN ntsb.dim_causes c USING (cause_id) JOIN ntsb.fact_accidents f USING (accident_id)
WHERE f.ev_id = '20091011X90004' ORDER BY 1;
SELECT c.member, c.crew_category, c.certificates, c.certificate, c.age_group, b.is_pilot_in_command
FROM ntsb.bridge_event_crew b JOIN ntsb.dim_crew c USING (crew_id) WHERE c.member ~ 'X9000' ORDER BY 1;
SELECT ev_id, severity_label, weather, country_name, pilot_age, pilot_certificate, phase, defining_event_meaning, first_finding, probable_cause,
       is_final, year_completeness BETWEEN 0 AND 1 AS share FROM ntsb.accidents WHERE ntsb_no LIKE 'STA%' ORDER BY 1;

-- NTSB corrects a certificate. The previous version stays with its validity period.
SELECT ntsb_begin_batch('star2.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_type, ev_date, ev_state, ev_country, ev_highest_injury, inj_tot_f, wx_cond_basic, lchg_date)
VALUES ('20030607X90002', 'STA03LA002', 'ACC', '06/07/03', 'CO', 'USA', NULL, '2', 'IMC', '03/01/20');
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, acft_make, acft_model, acft_serial_no, acft_category, total_seats, damage, far_part)
VALUES ('20030607X90002', '1', 'N900ST', 'CESSNA', '172N', '17271034', 'AIR', '3', 'DEST', '091');
INSERT INTO ntsb_staging.flight_crew (ev_id, aircraft_key, crew_no, crew_category, crew_age) VALUES ('20030607X90002', '1', '1', 'PLT', '61');
INSERT INTO ntsb_staging.dt_flight_crew (ev_id, aircraft_key, crew_no, col_name, code) VALUES
    ('20030607X90002', '1', '1', 'crew_cert_code', 'COMM');
CALL ntsb_ingest(:batch);
CALL ntsb_refresh();
SELECT certificates, certificate, age_group, valid_from = '1900-01-01 00:00+00' AS from_the_beginning, is_current,
       valid_from = (SELECT max(changed_at) FROM ntsb.change_log WHERE batch_id = :batch) AS from_this_load
FROM ntsb.dim_crew WHERE member = '20030607X90002/1/1' ORDER BY valid_from;
-- The middle event now has three seats, which adds a version.
SELECT total_seats, valid_from, valid_to FROM ntsb.dim_aircraft WHERE regis_no = 'N900ST' ORDER BY valid_from;

-- A corrected code meaning reaches every member with that code.
SELECT ntsb_begin_batch('star3.csv') AS batch \gset
INSERT INTO ntsb_staging.eadmspub_datadictionary ("table", "column", code_iaids, meaning) VALUES
    ('Findings', 'findings_code', '02063040XX', 'Handling'), ('Findings', 'modifier_no', 'xxxxxxxx44', 'The pilot');
CALL ntsb_ingest(:batch);
CALL ntsb_refresh();
SELECT code, description FROM ntsb.dim_causes WHERE code = '0206304044';

-- Versions do not overlap and leave no gap, and one is current.
INSERT INTO ntsb.dim_aircraft (natural_key, regis_no, valid_from, valid_to) VALUES ('x', 'N900ST', '2012-01-01', '9999-12-31');
INSERT INTO ntsb.dim_aircraft (natural_key, regis_no, valid_from, valid_to) VALUES ('x', 'N900ST', '2004-01-01', '2005-08-09');
INSERT INTO ntsb.dim_aircraft (natural_key, regis_no, valid_from, valid_to) VALUES ('x', 'N900ST', '1990-01-01', '1995-01-01');
\set VERBOSITY terse
INSERT INTO ntsb.dim_aircraft (natural_key, regis_no, valid_from, valid_to) VALUES ('x', 'N900ST', '2012-01-01', '2011-01-01');
UPDATE ntsb.fact_accidents SET aircraft_id = -1 WHERE ntsb_no = 'STA01LA001';
UPDATE ntsb.fact_accidents SET time_id = NULL WHERE ntsb_no = 'STA01LA001';
\set VERBOSITY default

-- Without changes nothing is written, and a rebuild has the same facts.
SELECT refreshed_at AS before FROM ntsb.refresh_state WHERE what = 'star' \gset
CALL ntsb_refresh();
SELECT refreshed_at = :'before' AS unchanged FROM ntsb.refresh_state WHERE what = 'star';
SELECT count(*) AS facts FROM ntsb.fact_accidents \gset
CALL ntsb_rebuild_star();
SELECT count(*) = :facts AS same_facts FROM ntsb.fact_accidents;
SELECT count(*) AS keys FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text ~ '^ntsb\.(fact|bridge)_';

-- Airports, if loaded.
SELECT ntsb_fill_nearest_airports();

-- Bands. An impossible number has no band.
SELECT ntsb_band('age', 19), ntsb_band('age', 215), ntsb_band('total_hours', 100), ntsb_band('temp_c', -10.5);
SELECT ntsb_band('height', 3);
SELECT scale, string_agg(label, ' | ' ORDER BY position) FROM ntsb_bands() GROUP BY 1 ORDER BY 1;
SELECT ntsb_phase_group('2008', '552'), ntsb_phase_group('1982', '552'), ntsb_cause_category('1982', '24010'),
       ntsb_certificate_level('{CFI,COMM}');
