-- Schedules the refresh and maintenance of the warehouse with pg_cron 1.4 or later (five fields, in GMT).
--
--   psql -d postgres -v database=ntsb -f dags-sql/install.sql
--
-- Run it in the database where pg_cron is installed (cron.database_name), as the role that owns the warehouse.
-- `database` is the database of the warehouse, by default the same. Jobs are identified by name, so running it
-- again updates them. dags-sql/uninstall.sql removes them.
--
-- pg_cron connects to the database as that role. This needs cron.use_background_workers = on, or an entry in
-- pg_hba.conf that lets the server connect to itself.
\set ON_ERROR_STOP on
\if :{?database}
\else
SELECT current_database() AS database \gset
\endif

-- One transaction: pg_cron can miss a change that commits while it reloads its jobs.
BEGIN;

-- Each load refreshes derived data; this catches up after a load whose refresh failed.
SELECT cron.schedule_in_database('ntsb_nightly_refresh', '30 9 * * *', 'CALL ntsb_refresh()', :'database') AS nightly_refresh;

-- VACUUM and REINDEX where needed, on Sundays.
SELECT cron.schedule_in_database('ntsb_weekly_maintenance', '0 10 * * 0', 'CALL ntsb_maintain()', :'database') AS weekly_maintenance;

-- pg_cron never deletes its run history; keeps 90 days of these jobs.
SELECT cron.schedule('ntsb_forget_old_runs', '45 10 * * 0', $$
    DELETE FROM cron.job_run_details
    WHERE end_time < now() - interval '90 days'
      AND jobid IN (SELECT jobid FROM cron.job WHERE jobname LIKE 'ntsb\_%')$$) AS forget_old_runs;

-- schedule_in_database does not change the database of an existing job.
SELECT count(cron.alter_job(jobid, database => :'database', active => true)) AS updated_jobs
FROM cron.job
WHERE jobname IN ('ntsb_nightly_refresh', 'ntsb_weekly_maintenance') AND username = current_user;
COMMIT;

SELECT jobname, schedule, database, left(btrim(regexp_replace(command, '\s+', ' ', 'g')), 60) AS command, active
FROM cron.job WHERE jobname LIKE 'ntsb\_%' ORDER BY jobname;
