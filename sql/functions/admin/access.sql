-- Who may do what: an allow-list. What is not on it, only the owner may use. The REST service logs in as
-- one role and takes, for each request, the role of its caller; PostgreSQL enforces the rest.

-- Each function of the extension and each relation of schema ntsb, with the first role that may use it.
CREATE FUNCTION ntsb_privileges()
RETURNS TABLE (kind text, name text, role text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'function', unnest('{
        ntsb_accidents_in, ntsb_accidents_near, ntsb_aircraft_as_of, ntsb_aircraft_family,
        ntsb_airport_history, ntsb_band, ntsb_bands, ntsb_case_key, ntsb_cause_category,
        ntsb_certificate_level, ntsb_change_log_head, ntsb_change_points, ntsb_changes_since,
        ntsb_check_leakage, ntsb_clean_code, ntsb_clean_date, ntsb_clean_number, ntsb_clean_text,
        ntsb_clean_time, ntsb_clean_timestamp, ntsb_code_meaning, ntsb_compare_models,
        ntsb_content_hash, ntsb_copy_command, ntsb_correlation_columns, ntsb_current_load,
        ntsb_daylight, ntsb_defects, ntsb_derive_features, ntsb_describe_model, ntsb_event_history,
        ntsb_feature_importance, ntsb_feature_leaks, ntsb_features, ntsb_find_airport, ntsb_geojson,
        ntsb_maintenance_due, ntsb_missing_objects, ntsb_model_classes, ntsb_model_info,
        ntsb_phase_group, ntsb_privileges, ntsb_registration_history, ntsb_search,
        ntsb_search_columns, ntsb_search_query, ntsb_seasonality, ntsb_severity_label,
        ntsb_similar_accidents, ntsb_source_columns, ntsb_standard_city, ntsb_standard_code,
        ntsb_standard_make, ntsb_standard_model, ntsb_sun_elevation, ntsb_tile, ntsb_time_measures,
        ntsb_time_series, ntsb_time_zone, ntsb_trend, ntsb_unhashed_columns, ntsb_validate_row,
        ntsb_verify_change_log}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_event_facts, ntsb_explain_severity, ntsb_model_encode, ntsb_model_score, ntsb_predict,
        ntsb_predict_batch, ntsb_predict_causes, ntsb_predict_severity, ntsb_search_advanced}'::text[]), 'ntsb_api_user'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_association_rules, ntsb_cluster_accidents, ntsb_cluster_summary, ntsb_correlations,
        ntsb_density, ntsb_export_model, ntsb_forecast, ntsb_forecast_accuracy, ntsb_hotspots,
        ntsb_local_morans_i, ntsb_morans_i, ntsb_rules_digest}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_acknowledge_alert, ntsb_adopt_airports, ntsb_adopt_cases, ntsb_api_keys,
        ntsb_archive_decade, ntsb_attach_archive, ntsb_begin_batch, ntsb_changed_events,
        ntsb_check_rule, ntsb_create_api_key, ntsb_create_warehouse, ntsb_detect_drift,
        ntsb_discard_quarantine, ntsb_export_parquet, ntsb_fill_nearest_airports, ntsb_import_model,
        ntsb_ingest, ntsb_locate_by_airport, ntsb_maintain, ntsb_predict_pending,
        ntsb_promote_model, ntsb_raise_alert, ntsb_rebuild_search, ntsb_rebuild_star, ntsb_refresh,
        ntsb_refresh_clusters, ntsb_refresh_features, ntsb_refresh_search, ntsb_refresh_star,
        ntsb_refresh_views, ntsb_release_quarantine, ntsb_repeat_batch, ntsb_revoke_api_key,
        ntsb_train, ntsb_train_model}'::text[]), 'ntsb_admin'
    UNION ALL
    SELECT 'internal', unnest('{
        chain, chain_step, lock_number, search_names, search_rewrite, warehouse_objects}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'internal', unnest('{
        causes_told, model_asked, prediction}'::text[]), 'ntsb_api_user'
    UNION ALL
    SELECT 'internal', unnest('{
        artifact_info, check_clustering, convert_artifact, drift_of_codes, drift_of_numbers,
        drift_samples, drifted}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'internal', unnest('{
        adopt_rows, alert_of_batch, alert_of_withdrawal, apply_privileges, apply_schema_privileges,
        archive_begins, archive_follow, archive_read, archive_write, check_patch, choose_mode,
        clean_row, complete_warehouse, configuration, configuration_continues, configuration_step,
        follow_place_history, follow_type_history, held_row, lock_ingest, may_refresh,
        record_maintenance, record_objects, refreshed, search_index, search_retire, search_take_up,
        stage_row, star_aircraft, star_begins, star_bridges, star_causes, star_certificates,
        star_codes, star_configurations, star_crew, star_describe, star_detach, star_dim_aircraft,
        star_dim_causes, star_dim_crew, star_dim_places, star_drop_unused, star_facts, star_loosen,
        star_store, star_take_up, star_widen, star_years}'::text[]), 'ntsb_admin'
    UNION ALL
    SELECT 'internal', unnest('{
        check_api_key, revoked_api_keys}'::text[]), 'ntsb_service'
    UNION ALL
    SELECT 'table', unnest('{
        accident_cube, accident_features, accident_rates, accidents, aircraft, aircraft_enriched,
        aircraft_stats, airport, alert, archive, archived_event, batch, batch_table,
        bridge_event_aircraft, bridge_event_cause, bridge_event_crew, cause_stats, change_log,
        cluster_member, cluster_run, code_crosswalk, code_meaning, country, crew_enriched, crew_stats,
        ct_iaids, ct_pre1982, ct_seqevt, data_dictionary, data_quality, dim_aircraft, dim_causes,
        dim_crew, dim_location, dim_time, dim_weather, drift_report, dt_aircraft, dt_events,
        dt_flight_crew, eadmspub_datadictionary, engines, event_enriched, event_key, events,
        events_sequence, exposure_hours, fact_accidents, feature, findings, flight_crew, flight_time,
        index_usage, injury, legacy_cause, legacy_event, maintenance, map_cells, model,
        model_performance, monthly_stats, mv_accident_cube, mv_aircraft_stats, mv_cause_stats,
        mv_crew_stats, mv_map_cells, mv_monthly_stats, mv_phase_stats, mv_state_heatmap,
        mv_year_severity, mv_yearly_stats, narratives, ntsb_admin, occurrences, phase_stats,
        place_history, predictions, refresh_state, schema_object, schema_version, schema_view, search_document,
        search_posting, search_segment, search_source, seq_of_events, state_heatmap, states,
        type_history, validation_rule, year_completeness, year_severity, yearly_accident_rates,
        yearly_stats}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'table', unnest('{
        batch_defects, model_run, row_defects, staging_quarantine}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'table', unnest('{
        alert_delivery, api_key}'::text[]), 'ntsb_admin'
$$;
COMMENT ON FUNCTION ntsb_privileges() IS
'Who may use what: each function of the extension (EXECUTE) and each table or view of schema ntsb (SELECT), with the first role that may. The roles that follow may, too: ntsb_viewer, ntsb_api_user, ntsb_analyst, ntsb_admin; ntsb_service stands apart. What is not listed, only its owner may use.';

-- A role belongs to the whole server: another database may make it at the same moment.
CREATE FUNCTION ntsb_internal.need_role(name text, belongs_to text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parent text;
BEGIN
    IF to_regrole(name) IS NULL THEN
        BEGIN
            -- Each may what its parent may, but the service: that only by SET ROLE.
            EXECUTE format('CREATE ROLE %I NOLOGIN %s', name,
                           CASE WHEN name = 'ntsb_service' THEN 'NOINHERIT' ELSE 'INHERIT' END);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    FOREACH parent IN ARRAY belongs_to LOOP
        IF NOT pg_has_role(name::regrole, parent::regrole, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', parent, name);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.need_role(text, text[]) IS
'A part of ntsb_create_roles: makes a role where there is none of this name, and a member of others.';

-- Functions get their privileges here, not one by one: a function that is forgotten is closed to all.
CREATE FUNCTION ntsb_internal.apply_privileges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object record;
BEGIN
    FOR object IN
        SELECT p.oid, p.oid::regprocedure AS signature, g.role
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
        JOIN pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN @extschema@.ntsb_privileges() g ON g.name = p.proname
            AND g.kind = CASE n.nspname WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END
        WHERE pg_has_role(p.proowner, 'USAGE')
    LOOP
        -- Only where there is something to do: a change of privileges locks the row of the function.
        IF EXISTS (SELECT FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                   WHERE p.oid = object.oid AND a.grantee = 0) THEN
            EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', object.signature);
        END IF;
        IF to_regrole(object.role) IS NOT NULL AND NOT has_function_privilege(object.role, object.oid, 'EXECUTE') THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', object.signature, object.role);
        END IF;
    END LOOP;
    FOR object IN
        SELECT c.oid, c.relname, g.role
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
        JOIN @extschema@.ntsb_privileges() g ON g.kind = 'table' AND g.name = c.relname
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND to_regrole(g.role) IS NOT NULL
          AND pg_has_role(c.relowner, 'USAGE')
    LOOP
        IF NOT has_table_privilege(object.role, object.oid, 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON ntsb.%I TO %I', object.relname, object.role);
        END IF;
    END LOOP;
    PERFORM ntsb_internal.apply_schema_privileges();
END
$$;
COMMENT ON FUNCTION ntsb_internal.apply_privileges() IS
'A part of CREATE EXTENSION, ntsb_create_roles and ntsb_create_warehouse: takes the functions of the extension from PUBLIC and grants what ntsb_privileges() lists to those of its roles that exist, as far as the caller owns it.';

CREATE FUNCTION ntsb_internal.apply_schema_privileges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object record;
BEGIN
    -- The service prepares its statements before it takes a role.
    FOR object IN
        SELECT n.nspname, r.rolname
        FROM pg_namespace n
        JOIN pg_roles r ON r.rolname IN ('ntsb_viewer', 'ntsb_service')
        WHERE n.nspname IN ('ntsb', 'ntsb_internal', '@extschema@') AND NOT has_schema_privilege(r.rolname, n.oid, 'USAGE')
          AND pg_has_role(n.nspowner, 'USAGE')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', object.nspname, object.rolname);
    END LOOP;
    IF to_regclass('ntsb.api_key') IS NOT NULL AND to_regrole('ntsb_admin') IS NOT NULL
       AND NOT has_table_privilege('ntsb_admin', to_regclass('ntsb.api_key'), 'INSERT')
       AND (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = to_regclass('ntsb.api_key')) THEN
        GRANT INSERT, UPDATE ON ntsb.api_key TO ntsb_admin;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.apply_schema_privileges() IS
'A part of ntsb_internal.apply_privileges: USAGE on the schemas, and the keys of the REST service for ntsb_admin.';

CREATE PROCEDURE ntsb_create_roles()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ntsb_internal.need_role('ntsb_viewer', '{}'::text[]);
    PERFORM ntsb_internal.need_role('ntsb_api_user', '{ntsb_viewer}'::text[]);
    PERFORM ntsb_internal.need_role('ntsb_analyst', '{ntsb_api_user}'::text[]);
    PERFORM ntsb_internal.need_role('ntsb_admin', '{ntsb_analyst}'::text[]);
    PERFORM ntsb_internal.need_role('ntsb_service', '{ntsb_admin}'::text[]);
    PERFORM ntsb_internal.apply_privileges();
END
$$;
COMMENT ON PROCEDURE ntsb_create_roles() IS
'Creates the roles ntsb_viewer, ntsb_api_user, ntsb_analyst and ntsb_admin, each a member of the one before, and ntsb_service, which may take any of them by SET ROLE (CREATE ROLE web LOGIN PASSWORD ''...'' IN ROLE ntsb_service is what ntsb-rest logs in as), and grants them what ntsb_privileges() lists. Viewers read and search; ntsb_api_user also predicts and searches by conditions; ntsb_analyst also clusters, forecasts, correlates and reads refused rows; ntsb_admin also manages API keys and may call the functions that load, train and maintain, where it owns the tables. A plain role that is to own a warehouse: GRANT ntsb_admin TO owner. Idempotent. Needs CREATEROLE and ownership of the extension and the warehouse. Errors: 42501.';
