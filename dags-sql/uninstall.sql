-- Removes the jobs that dags-sql/install.sql and predictions.sql scheduled. Their results stay.
--
--   psql -d postgres -f dags-sql/uninstall.sql
\set ON_ERROR_STOP on
SELECT jobname, cron.unschedule(jobname) AS removed
FROM (SELECT DISTINCT jobname FROM cron.job
      WHERE jobname IN ('ntsb_nightly_refresh', 'ntsb_weekly_maintenance', 'ntsb_forget_old_runs',
                        'ntsb_nightly_predictions', 'ntsb_monthly_drift')
        AND username = current_user) job
ORDER BY jobname;
