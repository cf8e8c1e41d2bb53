-- Each night: derived data, as after each load. Catches up after a load whose refresh failed.
SELECT ntsb_define_dag('nightly', 'Derived data: star schema, views, features, search, clusters', schedule => '30 9 * * *', sla => '3 hours', tasks => ARRAY[
    ntsb_build_task('recommendations', 'SELECT ntsb_internal.link_recommendations() WHERE EXISTS (SELECT FROM ntsb.safety_recommendation_event)'),
    ntsb_build_task('star', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('star'); CALL ntsb_refresh_star(); END $do$ $sql$, lock_timeout => '10 minutes'),
    ntsb_build_task('views', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('views'); CALL ntsb_refresh_views(); END $do$ $sql$, lock_timeout => '10 minutes', depends_on => '{star}'),
    ntsb_build_task('features', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('features'); CALL ntsb_refresh_features(); END $do$ $sql$, lock_timeout => '10 minutes', depends_on => '{star}'),
    ntsb_build_task('search', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('search'); CALL ntsb_refresh_search(); END $do$ $sql$, lock_timeout => '10 minutes', depends_on => '{star}'),
    ntsb_build_task('clusters', $sql$DO $do$ BEGIN
        PERFORM ntsb_internal.lock_refresh('clusters'); CALL ntsb_refresh_clusters(); END $do$ $sql$, lock_timeout => '10 minutes', depends_on => '{star}')]) AS nightly;
