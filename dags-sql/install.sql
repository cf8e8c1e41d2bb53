-- Schedules what keeps the warehouse current, with pg_cron 1.4 or later: five fields, in GMT.
--
--   psql -d postgres -v database=ntsb -f dags-sql/install.sql
--
-- Run it in the database that pg_cron is installed in (cron.database_name), as the role that owns the
-- warehouse; `database` names the one that the warehouse is in, by default the same. Jobs are known by
-- their names: running it again brings them up to date and adds none. dags-sql/uninstall.sql takes
-- them away.
--
-- pg_cron connects to the database as that role: it needs cron.use_background_workers = on, or a line
-- in pg_hba.conf that lets the server connect to itself.
\set ON_ERROR_STOP on
\if :{?database}
\else
SELECT current_database() AS database \gset
\endif

-- All at once: pg_cron can miss a change that comes while it takes in another.
BEGIN;

-- Loads refresh what is derived from them; this catches up after one that could not.
SELECT cron.schedule_in_database('ntsb_nightly_refresh', '30 9 * * *', 'CALL ntsb_refresh()', :'database') AS nightly_refresh;

-- VACUUM and REINDEX by need, Sundays.
SELECT cron.schedule_in_database('ntsb_weekly_maintenance', '0 10 * * 0', 'CALL ntsb_maintain()', :'database') AS weekly_maintenance;

-- pg_cron keeps the record of every run for ever; three months of ours are enough.
SELECT cron.schedule('ntsb_forget_old_runs', '45 10 * * 0', $$
    DELETE FROM cron.job_run_details
    WHERE end_time < now() - interval '90 days'
      AND jobid IN (SELECT jobid FROM cron.job WHERE jobname LIKE 'ntsb\_%')$$) AS forget_old_runs;

-- pg_cron leaves the database of a job that it knows as it is.
SELECT count(cron.alter_job(jobid, database => :'database', active => true)) AS brought_up_to_date
FROM cron.job
WHERE jobname IN ('ntsb_nightly_refresh', 'ntsb_weekly_maintenance') AND username = current_user;
COMMIT;

SELECT jobname, schedule, database, left(btrim(regexp_replace(command, '\s+', ' ', 'g')), 60) AS command, active
FROM cron.job WHERE jobname LIKE 'ntsb\_%' ORDER BY jobname;
