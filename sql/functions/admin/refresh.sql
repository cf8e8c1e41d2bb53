-- Refreshes all derived data in one call.

CREATE PROCEDURE ntsb_refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CALL @extschema@.ntsb_refresh_star();
    CALL @extschema@.ntsb_refresh_views();
    CALL @extschema@.ntsb_refresh_features();
    CALL @extschema@.ntsb_refresh_search();
    CALL @extschema@.ntsb_refresh_clusters(NULL::double precision, NULL::integer, NULL::text);
END
$$;
COMMENT ON PROCEDURE ntsb_refresh() IS
'Refreshes all data derived from the warehouse after a load: the star schema, the materialized views, the features, the search index and the stored cluster runs. `ntsb load` calls it after each file. Errors: 3F000 no warehouse.';
