-- On the 1st of each month: compares the last year with mostly finished reports with the ten years before. Drift raises an
-- alert of kind drift. Without a model in Production there is nothing to do.
SELECT ntsb_define_dag('drift', 'Data drift of the model in Production', schedule => '30 11 1 * *', sla => '6 hours', tasks => ARRAY[
    ntsb_build_task('drift', $$SELECT CASE WHEN EXISTS (SELECT FROM ntsb.model WHERE target = 'severity' AND stage = 'Production') THEN
        (SELECT count(*) FILTER (WHERE drifted) FROM ntsb_detect_drift(
            daterange((now() - interval '12 years')::date, (now() - interval '2 years')::date),
            daterange((now() - interval '2 years')::date, (now() - interval '1 year')::date))) END$$)]) AS drift;
