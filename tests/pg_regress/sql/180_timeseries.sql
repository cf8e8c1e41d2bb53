-- Time series of synthetic events with known results, and errors of invalid arguments.
CREATE DATABASE ntsb_time;
SELECT current_database() AS home \gset
\c ntsb_time
SET client_min_messages = warning;
CREATE EXTENSION pg_ntsb CASCADE;
CALL ntsb_create_warehouse();
-- Without events the series is empty and there is too little data to fit.
SELECT count(*) FROM ntsb_time_series();
\set VERBOSITY default
SELECT * FROM ntsb_forecast();
\echo SQLSTATE :LAST_ERROR_SQLSTATE

-- 2010 to 2020-05-10: two events per month, six in summer, and one more per month from 2015 on. 2013-02 has
-- none. All years but the last have findings.
CREATE TEMP TABLE synthetic_event AS
SELECT to_char(d, 'YYYYMMDD') || 'X' || lpad((row_number() OVER (ORDER BY d, n))::text, 5, '0') AS ev_id, d, n
FROM (SELECT (m + (n * interval '3 days'))::date AS d, n
      FROM generate_series(timestamp '2010-01-01', timestamp '2020-05-01', interval '1 month') m,
           generate_series(0, 6) n
      WHERE n < 2 + CASE WHEN extract(month FROM m) IN (6, 7, 8) THEN 4 ELSE 0 END + (m >= '2015-01-01')::integer
        AND m <> '2013-02-01') x
WHERE d <= '2020-05-10';
SELECT ntsb_begin_batch('time.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_type, ev_date, ev_year, ev_month, ev_state, ev_country, ev_highest_injury, inj_tot_f, wx_cond_basic, lchg_date)
SELECT ev_id, 'ACC', to_char(d, 'MM/DD/YY'), extract(year FROM d), extract(month FROM d), CASE WHEN n = 0 THEN 'AK' ELSE 'CA' END, 'USA',
       CASE WHEN n = 0 THEN 'FATL' ELSE 'NONE' END, CASE WHEN n = 0 THEN '2' END,
       CASE WHEN n IN (0, 3) THEN 'IMC' ELSE 'VMC' END, '01/02/22' FROM synthetic_event;
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model, num_eng)
SELECT ev_id, '1', CASE WHEN n % 2 = 0 THEN 'CESSNA' ELSE 'PIPER' END, 'X', 1 + n % 2 FROM synthetic_event;
INSERT INTO ntsb_staging.findings (ev_id, aircraft_key, finding_no, finding_code, finding_description)
SELECT ev_id, '1', code.no, code.code, code.means FROM synthetic_event,
    (VALUES ('1', '0206304044', 'Control'), ('2', '0106202020', 'Direction'), ('3', '0304102000', 'Wind')) code (no, code, means)
WHERE d < '2020-01-01' AND (code.no = '1' AND n < 4 OR code.no = '2' AND n IN (1, 2) OR code.no = '3' AND n = 5);
CALL ntsb_ingest(:batch);
CALL ntsb_refresh_star();
RESET client_min_messages;

SELECT * FROM ntsb_time_series(bucket => 'year');
SELECT * FROM ntsb_time_series('fatalities', 'month', 'ev_date >= ''2012-12-01'' AND ev_date < ''2013-05-01''');
SELECT bucket_start, value, status FROM ntsb_time_series('events', 'quarter') ORDER BY 1 DESC LIMIT 4;
SELECT bucket_start, value, status FROM ntsb_time_series('events', 'quarter', min_completeness => 0) ORDER BY 1 DESC LIMIT 2;
SELECT count(*) AS days, sum(value), min(bucket_start), max(bucket_start) FROM ntsb_time_series('events', 'day');
SELECT count(*) AS weeks, sum(value), count(*) FILTER (WHERE extract(isodow FROM bucket_start) = 1) AS mondays FROM ntsb_time_series('events', 'week');
-- A filtered series ends where the data ends. A state without events has zeros, not missing values.
SELECT count(*) AS months, sum(value) FROM ntsb_time_series('events', 'month', 'ev_state = ''TX''');

-- The fit leaves out 2020, whose findings are missing, and the incomplete May.
SELECT bucket_start, round(forecast::numeric, 1) AS forecast, lower <= forecast AND forecast <= upper AS is_within_interval, fitted_from, fitted_to, fitted_buckets
FROM ntsb_forecast(horizon => 8);
SELECT round(forecast::numeric, 1) AS flat, lower, upper FROM ntsb_forecast('events', 'month', 2, 0.8, 'ev_state = ''TX''');
SELECT method, compared, smape < 30 AS is_accurate, round(mase::numeric, 3) AS mase, coverage BETWEEN 0 AND 1 AS coverage_in_range, level FROM ntsb_forecast_accuracy(horizon => 6, origins => 5);
SELECT verdict, round(p_value::numeric, 4) AS p, round(tau::numeric, 3) AS tau, mann_kendall_s AS s, sen_slope, round(slope::numeric, 3) AS slope,
       fitted_from, fitted_to, fitted_buckets, left_out FROM ntsb_trend();
SELECT verdict, mann_kendall_s AS s, sen_slope, fitted_to, left_out FROM ntsb_trend('events', 'month', min_completeness => 0);
SELECT bucket_start, round(level_before::numeric, 2) AS before, round(level_after::numeric, 2) AS after, round(change_percent) AS percent FROM ntsb_change_points('events', 'year');
SELECT position, name, round(index::numeric, 3) AS index, total, round(strength::numeric, 3) AS strength FROM ntsb_seasonality();
SELECT count(*), sum(total), round(avg(index)::numeric, 9) AS mean FROM ntsb_seasonality(by => 'weekday', measure => 'aircraft');

SELECT column_a, column_b, method, round(coefficient::numeric, 4) AS coefficient, round(p_value::numeric, 4) AS p, events
FROM ntsb_correlations('{fatalities,engine_count,severity,wx_cond_basic,pilot_age}', 'ev_year < 2019');
SELECT count(*) AS columns FROM ntsb_correlation_columns();
-- All listed columns can be used together.
SELECT count(*) AS pairs, count(DISTINCT method) AS methods FROM (SELECT array_agg(column_name) AS columns FROM ntsb_correlation_columns()) c, LATERAL ntsb_correlations(c.columns);

SELECT antecedent, consequent, events, round(support::numeric, 4) AS support, round(confidence::numeric, 4) AS confidence, round(lift::numeric, 4) AS lift, round(leverage::numeric, 4) AS leverage, antecedent_codes
FROM ntsb_association_rules(0.05, 0.1);
SELECT count(*) FROM ntsb_association_rules(filter => 'ev_state = ''TX''');

-- Accident rates, for years with exposure hours. The events of the test have no US registration, so 2010 gets one.
BEGIN;
UPDATE ntsb.fact_accidents SET is_us_civil_accident = true, is_general_aviation = true WHERE ev_year = 2010;
INSERT INTO ntsb.exposure_hours (ev_year, operations, acft_category, hours, source, edition) VALUES
    (2010, 'all', NULL, 400000, 'test data', '2011'), (2010, 'general_aviation', NULL, 200000, 'test data', '2011'),
    (2010, 'general_aviation', NULL, 100000, 'test data', '2012'), (2011, 'part_121', NULL, 1000, 'test data', '2012');
SELECT * FROM ntsb.accident_rates WHERE ev_year BETWEEN 2010 AND 2011 ORDER BY ev_year, operations;
SELECT * FROM ntsb.yearly_accident_rates WHERE ev_year BETWEEN 2010 AND 2011 ORDER BY ev_year;
ROLLBACK;
\set VERBOSITY terse
INSERT INTO ntsb.exposure_hours (ev_year, operations, hours, source, edition) VALUES (2010, 'all', 5, 'test data', '2011');
INSERT INTO ntsb.exposure_hours (ev_year, operations, hours, source, edition) VALUES (2010, 'all', 5, 'test data', '2011');
INSERT INTO ntsb.exposure_hours (ev_year, operations, hours, source, edition) VALUES (2012, 'all', 0, 'zero hours', '2013');
\set VERBOSITY default

-- Errors say what is allowed or required.
\set SHOW_CONTEXT never
SELECT * FROM ntsb_time_series('deaths');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_time_series(bucket => 'decade');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_time_series(filter => 'ev_id IN (SELECT 1)');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_time_series(min_completeness => 'NaN');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_forecast(bucket => 'year', horizon => 0);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_forecast(level => 1);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_trend(filter => 'ev_year > 2015');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_trend(bucket => 'day');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_seasonality(by => 'hour');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_change_points(strictness => -1);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_correlations('{fatalities,narr_cause}');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_correlations(NULL);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_correlations('{lat,lon,lat}');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_association_rules(2);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_association_rules(kinds => '{cause}');
\echo SQLSTATE :LAST_ERROR_SQLSTATE

-- The functions only read.
BEGIN READ ONLY;
SELECT count(*) FROM ntsb_forecast(), ntsb_correlations('{lat,severity}'), ntsb_association_rules();
SELECT pg_current_xact_id_if_assigned() IS NULL AS wrote_nothing;
COMMIT;
\c :home
DROP DATABASE ntsb_time;
