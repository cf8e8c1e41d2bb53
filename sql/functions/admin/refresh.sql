-- What is derived from the warehouse, brought up to date in one call.

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
'Brings all that is derived from the warehouse up to date with what was loaded: star, views, search, clusters that are kept. `ntsb load` calls it after each file.';
