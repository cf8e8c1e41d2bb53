-- Each night: derived data, as after each load. Catches up after a load whose refresh failed.
SELECT ntsb_define_dag('nightly', 'Derived data: star schema, views, features, search, clusters', schedule => '30 9 * * *', sla => '3 hours', tasks => ARRAY[
    ntsb_build_task('recommendations', 'SELECT ntsb_internal.link_recommendations() WHERE EXISTS (SELECT FROM ntsb.safety_recommendation_event)'),
    ntsb_build_task('star', 'CALL ntsb_refresh_star()'),
    ntsb_build_task('views', 'CALL ntsb_refresh_views()', depends_on => '{star}'),
    ntsb_build_task('features', 'CALL ntsb_refresh_features()', depends_on => '{star}'),
    ntsb_build_task('search', 'CALL ntsb_refresh_search()', depends_on => '{star}'),
    ntsb_build_task('clusters', 'CALL ntsb_refresh_clusters()', depends_on => '{star}')]) AS nightly;
