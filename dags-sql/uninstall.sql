-- Removes what dags-sql/install.sql has scheduled and defined. The history of runs stays.
--
--   psql -d postgres -v database=ntsb -f dags-sql/uninstall.sql
--
-- Run it like install.sql. Without pg_cron it only removes the pipelines.
\set ON_ERROR_STOP on
\if :{?database}
\else
SELECT current_database() AS database \gset
\endif
SELECT current_database() AS cron_database, to_regclass('cron.job') IS NOT NULL AS has_cron \gset

\if :has_cron
SELECT jobname, cron.unschedule(jobname) AS removed
FROM (SELECT DISTINCT jobname FROM cron.job
      WHERE jobname IN ('ntsb_run_dags', 'ntsb_run_dags_2', 'ntsb_forget_old_runs',
                        'ntsb_nightly_refresh', 'ntsb_weekly_maintenance', 'ntsb_nightly_predictions', 'ntsb_monthly_drift')
        AND username = current_user) job
ORDER BY jobname;
\endif

\connect :"database"
SELECT set_config('search_path', format('%I, pg_catalog, pg_temp', n.nspname), false) AS search_path
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_ntsb' \gset
SELECT dag, ntsb_drop_dag(dag) AS dropped
FROM unnest('{arrival,nightly,predictions,drift,training,maintenance,reindex,retention,restore_drill,report}'::text[]) dag
ORDER BY dag;
