-- Sundays: deletes what is old and of no further use. Data and the change log are never deleted.
SELECT ntsb_define_dag('retention', 'Deletes old runs, acknowledged alerts and drift reports', schedule => '45 10 * * 0', sla => '12 hours', tasks => ARRAY[
    -- The last run of each pipeline stays.
    ntsb_build_task('runs', $$DELETE FROM ntsb.dag_run r WHERE r.finished_at < now() - interval '400 days'
        AND EXISTS (SELECT FROM ntsb.dag_run n WHERE n.dag = r.dag AND n.run_id > r.run_id)$$),
    ntsb_build_task('alerts', $$DELETE FROM ntsb.alert WHERE acknowledged_at < now() - interval '400 days'$$),
    ntsb_build_task('drift_reports', $$DELETE FROM ntsb.drift_report WHERE reported_at < now() - interval '5 years'$$)]) AS retention;
