-- Defines the pipelines in dags-sql/pipelines, and lets pg_cron 1.4 or later run them.
--
--   psql -d postgres -v database=ntsb -f dags-sql/install.sql
--
-- Run it in the database where pg_cron is installed (cron.database_name), as the role that owns the warehouse.
-- `database` is the database of the warehouse, by default the same. Running it again updates what has changed.
-- dags-sql/uninstall.sql removes it. Without pg_cron it only defines the pipelines, and `ntsb run-dags` runs them.
-- With -v without_schedules=1 they run on request only, for schedulers such as Airflow.
--
-- pg_cron connects to the database as that role. This needs cron.use_background_workers = on, or an entry in
-- pg_hba.conf that lets the server connect to itself.
\set ON_ERROR_STOP on
\if :{?database}
\else
SELECT current_database() AS database \gset
\endif
SELECT current_database() AS cron_database, to_regclass('cron.job') IS NOT NULL AS has_cron \gset

\connect :"database"
SELECT set_config('search_path', format('%I, pg_catalog, pg_temp', n.nspname), false) AS search_path
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_ntsb' \gset
BEGIN;
\ir pipelines/arrival.sql
\ir pipelines/nightly.sql
\ir pipelines/predictions.sql
\ir pipelines/drift.sql
\ir pipelines/training.sql
\ir pipelines/maintenance.sql
\ir pipelines/reindex.sql
\ir pipelines/retention.sql
\ir pipelines/restore_drill.sql
\ir pipelines/report.sql
\if :{?without_schedules}
UPDATE ntsb.dag SET schedule = NULL, next_due_at = NULL
WHERE dag IN ('nightly', 'predictions', 'drift', 'training', 'maintenance', 'reindex', 'retention', 'restore_drill', 'report');
\endif
COMMIT;

\connect :"cron_database"
\if :has_cron
-- One transaction: pg_cron can miss a change that commits while it reloads its jobs.
BEGIN;
-- Of earlier releases.
SELECT count(cron.unschedule(jobname)) AS removed_jobs
FROM (SELECT DISTINCT jobname FROM cron.job
      WHERE jobname IN ('ntsb_nightly_refresh', 'ntsb_weekly_maintenance', 'ntsb_nightly_predictions', 'ntsb_monthly_drift')
        AND username = current_user) job;

-- pg_cron runs a job once at a time. The second job runs what is due while the first is busy with a long task.
SELECT cron.schedule_in_database('ntsb_run_dags', '* * * * *', 'CALL ntsb_run_dags()', :'database') AS run_dags;
SELECT cron.schedule_in_database('ntsb_run_dags_2', '* * * * *', 'CALL ntsb_run_dags()', :'database') AS run_dags_2;

-- pg_cron never deletes its run history; keeps 7 days of these jobs. ntsb.dag_run has the history of the pipelines.
SELECT cron.schedule('ntsb_forget_old_runs', '40 10 * * *', $$
    DELETE FROM cron.job_run_details
    WHERE end_time < now() - interval '7 days'
      AND jobid IN (SELECT jobid FROM cron.job WHERE jobname LIKE 'ntsb\_%')$$) AS forget_old_runs;

-- schedule_in_database does not change the database of an existing job.
SELECT count(cron.alter_job(jobid, database => :'database', active => true)) AS updated_jobs
FROM cron.job
WHERE jobname IN ('ntsb_run_dags', 'ntsb_run_dags_2') AND username = current_user;
COMMIT;

SELECT jobname, schedule, database, left(btrim(regexp_replace(command, '\s+', ' ', 'g')), 60) AS command, active
FROM cron.job WHERE jobname LIKE 'ntsb\_%' ORDER BY jobname;
\else
\echo 'pg_cron is not installed in this database: run the pipelines with `ntsb run-dags` each minute (docs/pipelines.md).'
\endif
