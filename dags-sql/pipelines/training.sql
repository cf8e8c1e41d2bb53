-- On the 2nd of each month: a candidate for each model in Production goes to Staging, with a comparison as an alert of kind
-- model_candidate. A person promotes it (ntsb promote).
SELECT ntsb_define_dag('training', 'Candidates for the models in Production, in Staging', schedule => '0 3 2 * *', sla => '24 hours', tasks => ARRAY[
    ntsb_build_task('features', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('features'); CALL ntsb_refresh_features(); END $do$ $sql$, lock_timeout => '10 minutes'),
    ntsb_build_task('candidates', 'SELECT ntsb_train_candidates()', depends_on => '{features}', timeout => '12 hours',
                    max_attempts => 2, backoff => '1 hour')]) AS training;
