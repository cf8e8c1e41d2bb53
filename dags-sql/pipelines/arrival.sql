-- After new data: `ntsb sync` requests a run when it has loaded something.
SELECT ntsb_define_dag('arrival', 'Derived data and predictions after a file or cases of the API arrived', sla => '2 hours', tasks => ARRAY[
    ntsb_build_task('recommendations', 'SELECT ntsb_internal.link_recommendations() WHERE EXISTS (SELECT FROM ntsb.safety_recommendation_event)'),
    ntsb_build_task('star', 'CALL ntsb_refresh_star()'),
    ntsb_build_task('views', 'CALL ntsb_refresh_views()', depends_on => '{star}'),
    ntsb_build_task('features', 'CALL ntsb_refresh_features()', depends_on => '{star}'),
    ntsb_build_task('search', 'CALL ntsb_refresh_search()', depends_on => '{star}'),
    ntsb_build_task('clusters', 'CALL ntsb_refresh_clusters()', depends_on => '{star}'),
    -- Without a model in Production there is nothing to do.
    ntsb_build_task('predictions', $sql$DO $do$ BEGIN
        IF EXISTS (SELECT FROM ntsb.model WHERE target = 'severity' AND stage = 'Production') THEN CALL ntsb_predict_pending(); END IF;
    END $do$ $sql$, depends_on => '{features}')]) AS arrival;
