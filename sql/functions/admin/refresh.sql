-- Refreshes all derived data in one call.

CREATE PROCEDURE ntsb_refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A standby cannot write, and a warehouse that is to be upgraded may lack the table.
    IF NOT pg_is_in_recovery() AND to_regclass('ntsb.safety_recommendation_event') IS NOT NULL THEN
        IF EXISTS (SELECT FROM ntsb.safety_recommendation_event) THEN
            PERFORM ntsb_internal.link_recommendations();
        END IF;
    END IF;
    IF ntsb_internal.is_coordinator() THEN
        -- The views are as new as their last refresh, because the facts are read from the shards.
        PERFORM ntsb_internal.record_refresh('star', 0, clock_timestamp(), 0);
        CALL @extschema@.ntsb_refresh_views();
        CALL @extschema@.ntsb_refresh_clusters(NULL::double precision, NULL::integer, NULL::text);
        RETURN;
    END IF;
    CALL @extschema@.ntsb_refresh_star();
    CALL @extschema@.ntsb_refresh_views();
    CALL @extschema@.ntsb_refresh_features();
    CALL @extschema@.ntsb_refresh_search();
    CALL @extschema@.ntsb_refresh_clusters(NULL::double precision, NULL::integer, NULL::text);
END
$$;
COMMENT ON PROCEDURE ntsb_refresh() IS
'Refreshes all data derived from the warehouse after a load: the star schema, the materialized views, the features, the search index, the stored cluster runs, and the links of safety recommendations to events. `ntsb load` calls it after each file. On a coordinator of shards it refreshes the views and clusters only. Errors: 3F000 no warehouse.';
