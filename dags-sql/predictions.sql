-- Schedules predictions and drift reports with pg_cron 1.4 or later (five fields, in GMT).
--
--   psql -d postgres -v database=ntsb -f dags-sql/predictions.sql
--
-- Run it like dags-sql/install.sql, once a model is in Production (ntsb_promote_model): without one the jobs fail.
-- dags-sql/uninstall.sql removes them.
\set ON_ERROR_STOP on
\if :{?database}
\else
SELECT current_database() AS database \gset
\endif

-- One transaction: pg_cron can miss a change that commits while it reloads its jobs.
BEGIN;

-- After the nightly refresh: predicts events that have no prediction yet.
SELECT cron.schedule_in_database('ntsb_nightly_predictions', '0 11 * * *', 'CALL ntsb_predict_pending()', :'database') AS nightly_predictions;

-- Compares the last year with mostly finished reports with the ten years before; drift raises an alert.
SELECT cron.schedule_in_database('ntsb_monthly_drift', '30 11 1 * *', $$
    SELECT count(*) FILTER (WHERE drifted) AS drifted FROM ntsb_detect_drift(
        daterange((now() - interval '12 years')::date, (now() - interval '2 years')::date),
        daterange((now() - interval '2 years')::date, (now() - interval '1 year')::date))$$, :'database') AS monthly_drift;

SELECT count(cron.alter_job(jobid, database => :'database', active => true)) AS updated_jobs
FROM cron.job
WHERE jobname IN ('ntsb_nightly_predictions', 'ntsb_monthly_drift') AND username = current_user;
COMMIT;

SELECT jobname, schedule, database, left(btrim(regexp_replace(command, '\s+', ' ', 'g')), 60) AS command, active
FROM cron.job WHERE jobname IN ('ntsb_nightly_predictions', 'ntsb_monthly_drift') ORDER BY jobname;
