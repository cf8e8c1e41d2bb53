-- Sundays at 02:00 GMT: predicts the severity of the events that the model in Production has not predicted yet.
SELECT ntsb_define_dag('predictions', 'Severity of all events without a prediction', schedule => '0 2 * * 0', sla => '6 hours', tasks => ARRAY[
    ntsb_build_task('features', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('features'); CALL ntsb_refresh_features(); END $do$ $sql$, lock_timeout => '10 minutes'),
    ntsb_build_task('predictions', $sql$DO $do$ BEGIN
        IF EXISTS (SELECT FROM ntsb.model WHERE target = 'severity' AND stage = 'Production') THEN CALL ntsb_predict_pending(); END IF;
    END $do$ $sql$, depends_on => '{features}', timeout => '4 hours')]) AS predictions;
