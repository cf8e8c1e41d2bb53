-- Privileges, as an allow-list: only the owner may use what is not listed. The REST service logs in as one role
-- and switches to the caller's role for each request, so PostgreSQL enforces the privileges.

-- Lists each function of the extension and each relation of the schemas ntsb and asrs with the lowest role that may use it.
CREATE FUNCTION ntsb_privileges()
RETURNS TABLE (kind text, name text, role text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'function', unnest('{
        ntsb_accidents_in, ntsb_accidents_near, ntsb_aircraft_as_of, ntsb_aircraft_family, ntsb_airport_history,
        ntsb_annual_statistics, ntsb_asrs_report, ntsb_band, ntsb_bands, ntsb_build_task, ntsb_case_key,
        ntsb_case_link, ntsb_cause_category, ntsb_certificate_level, ntsb_change_log_head, ntsb_change_points,
        ntsb_changes_since, ntsb_check_leakage, ntsb_clean_code, ntsb_clean_date, ntsb_clean_number,
        ntsb_clean_text, ntsb_clean_time, ntsb_clean_timestamp, ntsb_code_meaning, ntsb_compare_models,
        ntsb_content_hash, ntsb_copy_command, ntsb_correlation_columns, ntsb_current_load, ntsb_daylight,
        ntsb_defects, ntsb_derive_features, ntsb_describe_model, ntsb_event_history, ntsb_feature_importance,
        ntsb_feature_leaks, ntsb_features, ntsb_find_airport, ntsb_flight_category, ntsb_geojson,
        ntsb_maintenance_due, ntsb_metrics, ntsb_missing_objects, ntsb_model_classes, ntsb_model_info,
        ntsb_next_run, ntsb_opposite_runway, ntsb_parse_metar, ntsb_phase_group, ntsb_privileges,
        ntsb_registration_history, ntsb_registration_on, ntsb_safety_recommendations, ntsb_search,
        ntsb_search_asrs, ntsb_search_columns, ntsb_search_query, ntsb_search_recommendations, ntsb_seasonality,
        ntsb_severity_label, ntsb_similar_accidents, ntsb_source_columns, ntsb_standard_city,
        ntsb_standard_code, ntsb_standard_make, ntsb_standard_model, ntsb_standard_runway, ntsb_sun_elevation,
        ntsb_tile, ntsb_time_measures, ntsb_time_series, ntsb_time_zone, ntsb_trend, ntsb_unhashed_columns,
        ntsb_validate_row, ntsb_verify_asrs_log, ntsb_verify_change_log, ntsb_weather_disagreements}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_event_facts, ntsb_explain_severity, ntsb_model_encode, ntsb_model_score, ntsb_predict,
        ntsb_predict_batch, ntsb_predict_causes, ntsb_predict_severity, ntsb_search_advanced}'::text[]), 'ntsb_api_user'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_association_rules, ntsb_cluster_accidents, ntsb_cluster_summary, ntsb_correlations, ntsb_density,
        ntsb_export_model, ntsb_forecast, ntsb_forecast_accuracy, ntsb_hotspots, ntsb_local_morans_i,
        ntsb_morans_i, ntsb_rules_digest}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_advance_relay, ntsb_begin_relay, ntsb_relay_batch, ntsb_relay_status}'::text[]), 'ntsb_relay'
    UNION ALL
    SELECT 'function', unnest('{
        ntsb_acknowledge_alert, ntsb_adopt_airports, ntsb_adopt_asrs, ntsb_adopt_cases, ntsb_adopt_exposure,
        ntsb_adopt_metar, ntsb_adopt_recommendations, ntsb_adopt_registry, ntsb_adopt_runways, ntsb_api_keys,
        ntsb_archive_decade, ntsb_attach_archive, ntsb_attach_shard, ntsb_begin_batch, ntsb_changed_events,
        ntsb_check_restore_drill, ntsb_check_rule, ntsb_create_api_key, ntsb_create_report,
        ntsb_create_warehouse, ntsb_define_dag, ntsb_detach_shard, ntsb_detect_drift, ntsb_discard_quarantine,
        ntsb_drop_dag, ntsb_enable_dag, ntsb_export_parquet, ntsb_fill_nearest_airports, ntsb_import_model,
        ntsb_ingest, ntsb_locate_by_airport, ntsb_maintain, ntsb_predict_pending, ntsb_prepare_shard,
        ntsb_promote_model, ntsb_raise_alert, ntsb_rebuild_search, ntsb_rebuild_star,
        ntsb_record_backup_failure, ntsb_record_backup_verification, ntsb_record_backups,
        ntsb_record_restore_drill, ntsb_refresh, ntsb_refresh_clusters, ntsb_refresh_features,
        ntsb_refresh_search, ntsb_refresh_star, ntsb_refresh_views, ntsb_release_quarantine, ntsb_repeat_batch,
        ntsb_repeat_metar, ntsb_repeat_registry, ntsb_request_run, ntsb_resolve_distributed_loads,
        ntsb_revoke_api_key, ntsb_run_dag, ntsb_run_dags, ntsb_train, ntsb_train_candidates, ntsb_train_model}'::text[]), 'ntsb_admin'
    UNION ALL
    SELECT 'internal', unnest('{
        chain_hash, chain_hash_step, check_search_limit, check_years, extract_type_names, find_next_run, grade_registration,
        is_coordinator, list_shard_tables, list_warehouse_objects, lock_number, measure_backups, measure_loads,
        measure_models, measure_pipelines, measure_server, measure_sources, rank_registration,
        rewrite_search_query, standardize_serial, standardize_us_mark}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'internal', unnest('{
        find_model, list_cause_targets, predict_row}'::text[]), 'ntsb_api_user'
    UNION ALL
    SELECT 'internal', unnest('{
        check_clustering, collect_drift_samples, convert_artifact, describe_artifact, flag_drifted_features,
        measure_code_drift, measure_number_drift}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'internal', unnest('{
        build_cloud_event, check_relay, check_relay_cursor, last_relay_position, name_relay_source,
        number_relay_rows, read_relay_alerts, read_relay_changes, read_relay_predictions, relay_lock_number}'::text[]), 'ntsb_relay'
    UNION ALL
    SELECT 'internal', unnest('{
        add_dim_members, add_related_events, add_search_documents, adopt_rows, aircraft_age, apply_privileges,
        apply_schema_privileges, begin_archiving, begin_distributed_load, begin_refresh, begin_registry,
        begin_star_refresh, build_search_segment, check_dag, check_dag_owner, check_moved_events, check_patch,
        check_registry_edition, check_shard_arguments, check_shard_years, check_task_limits, check_tasks,
        choose_mode, claim_task, clean_row, collect_accident_facts, collect_aircraft_states,
        collect_aircraft_versions, collect_causes, collect_certificates, collect_crew, collect_observations,
        collect_registrations, compare_asrs_reports, compare_recommendations, complete_task, complete_warehouse,
        continues_configuration, convert_asrs_report, convert_recommendation, create_shard_servers,
        create_shard_views, decide_distributed_load, delete_unused_members, describe_cause_code, describe_run,
        detach_star_events, discard_staged_events, drop_star_foreign_keys, fail_task, fill_registry_types,
        finish_run, index_asrs_report, index_recommendation, insert_star_bridges, is_staged,
        keep_former_registrations, keep_shard_rows, link_recommendations, list_own_stanzas,
        list_shard_connections, locate_weather_stations, lock_ingest, lock_quarantined_row, lock_refresh,
        log_asrs_changes, make_coordinator, match_registrations, merge_configuration, merge_configuration_step,
        notify_batch, place_report_time, raise_batch_alert, raise_late_alerts, raise_withdrawal_alert,
        read_archive, read_backup, read_metar_columns, read_shard_member, record_maintenance, record_objects,
        record_prepared, record_refresh, record_resolved, record_source, record_sync, recover_tasks,
        refresh_aircraft_ages, refresh_archived_events, refresh_code_meanings, refresh_dim_aircraft,
        refresh_dim_causes, refresh_dim_crew, refresh_event_reports, refresh_place_history, refresh_star_events,
        refresh_type_history, refresh_year_completeness, release_task_locks, remove_search_documents,
        require_dag, resolve_on_shard, stage_row, start_due_runs, store_accident_facts, store_asrs_reports,
        store_recommendations, store_registrations, store_registry_references, write_archive}'::text[]), 'ntsb_admin'
    UNION ALL
    SELECT 'internal', unnest('{
        check_api_key, list_revoked_api_keys}'::text[]), 'ntsb_service'
    UNION ALL
    SELECT 'table', unnest('{
        accident_cube, accident_features, accident_rates, accidents, aircraft, aircraft_enriched,
        aircraft_registration, aircraft_stats, aircraft_type_reference, airport, airport_identifier, alert,
        archive, archived_event, backup, batch, batch_table, bridge_event_aircraft, bridge_event_cause,
        bridge_event_crew, case_record, cause_stats, change_log, cluster_member, cluster_run, code_crosswalk,
        code_meaning, country, country_iso, crew_enriched, crew_stats, ct_iaids, ct_pre1982, ct_seqevt, dag,
        dag_run, data_dictionary, data_quality, dim_aircraft, dim_causes, dim_crew, dim_location, dim_time,
        dim_weather, distributed_load, distributed_load_shard, drift_report, dt_aircraft, dt_events,
        dt_flight_crew, eadmspub_datadictionary, engine_type_reference, engines, event_airport, event_enriched,
        event_key, event_runway, event_weather, events, events_sequence, exposure_hours, fact_accidents,
        feature, findings, flight_crew, flight_time, index_usage, injury, job_status, legacy_cause,
        legacy_event, maintenance, map_cells, metar, metar_file, model, model_performance, monthly_report,
        monthly_stats, moved_event, mv_accident_cube, mv_aircraft_stats, mv_cause_stats, mv_crew_stats,
        mv_map_cells, mv_monthly_stats, mv_phase_stats, mv_state_heatmap, mv_year_severity, mv_yearly_stats,
        narrative_version, narratives, ntsb_admin, occurrences, phase_stats, place_history, predictions,
        published_statistics, quarantine_counts, refresh_state, registration, registration_match, restore_drill,
        runway, safety_recommendation, safety_recommendation_addressee, safety_recommendation_event,
        safety_recommendation_history, schema_object, schema_version, schema_view, search_document,
        search_posting, search_segment, search_source, seq_of_events, sequence_group, shard, shard_member,
        source_state, source_status, state_heatmap, states, type_history, validation_rule, weather_station,
        year_completeness, year_severity, yearly_accident_rates, yearly_stats}'::text[]), 'ntsb_viewer'
    UNION ALL
    SELECT 'table', unnest('{
        batch_defects, dag_task, model_run, row_defects, staging_quarantine, task_run}'::text[]), 'ntsb_analyst'
    UNION ALL
    SELECT 'table', unnest('{
        relay_alert, relay_cursor, relay_prediction}'::text[]), 'ntsb_relay'
    UNION ALL
    SELECT 'table', unnest('{
        alert_delivery, api_key}'::text[]), 'ntsb_admin'
    UNION ALL
    SELECT 'asrs table', unnest('{
        aircraft, change_log, event, load, narrative, person, report, report_value}'::text[]), 'ntsb_viewer'
$$;
COMMENT ON FUNCTION ntsb_privileges() IS
'The allow-list: each function of the extension (EXECUTE) and each table or view of the schemas ntsb (kind table) and asrs (kind asrs table; SELECT) with the lowest role that may use it. Higher roles may use it too, in the order ntsb_viewer, ntsb_api_user, ntsb_analyst, ntsb_admin; ntsb_relay is a member of ntsb_viewer, and ntsb_admin of ntsb_relay; ntsb_service is separate. Only the owner may use what is not listed.';

-- Roles are shared by all databases of the server: a concurrent session of another database may create the same role.
CREATE FUNCTION ntsb_internal.ensure_role(name text, parents text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parent text;
BEGIN
    IF to_regrole(name) IS NULL THEN
        BEGIN
            -- Each role inherits the privileges of its parent, except the service role, which must use SET ROLE.
            EXECUTE format('CREATE ROLE %I NOLOGIN %s', name,
                           CASE WHEN name = 'ntsb_service' THEN 'NOINHERIT' ELSE 'INHERIT' END);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    FOREACH parent IN ARRAY parents LOOP
        IF NOT pg_has_role(name::regrole, parent::regrole, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', parent, name);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.ensure_role(text, text[]) IS
'Internal: called by ntsb_create_roles. Creates a role if it does not exist and makes it a member of its parent roles.';

-- Privileges are granted here and not next to each function, so that a function missing from the list stays closed.
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
        -- Only if needed, because GRANT and REVOKE lock the function's row in pg_proc.
        IF EXISTS (SELECT FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                   WHERE p.oid = object.oid AND a.grantee = 0) THEN
            EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', object.signature);
        END IF;
        IF to_regrole(object.role) IS NOT NULL AND NOT has_function_privilege(object.role, object.oid, 'EXECUTE') THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', object.signature, object.role);
        END IF;
    END LOOP;
    FOR object IN
        SELECT c.oid, n.nspname, c.relname, g.role
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN @extschema@.ntsb_privileges() g ON g.name = c.relname
            AND (g.kind, n.nspname) IN (('table', 'ntsb'), ('asrs table', 'asrs'))
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND to_regrole(g.role) IS NOT NULL
          AND pg_has_role(c.relowner, 'USAGE')
    LOOP
        IF NOT has_table_privilege(object.role, object.oid, 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON %I.%I TO %I', object.nspname, object.relname, object.role);
        END IF;
    END LOOP;
    PERFORM ntsb_internal.apply_schema_privileges();
END
$$;
COMMENT ON FUNCTION ntsb_internal.apply_privileges() IS
'Internal: called by CREATE EXTENSION, ntsb_create_roles and ntsb_create_warehouse. Revokes EXECUTE on the functions of the extension from PUBLIC and grants what ntsb_privileges() lists to the roles that exist, for objects that the caller owns.';

CREATE FUNCTION ntsb_internal.apply_schema_privileges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object record;
BEGIN
    -- ntsb_service needs USAGE itself: it prepares its statements before it switches roles.
    FOR object IN
        SELECT n.nspname, r.rolname
        FROM pg_namespace n
        JOIN pg_roles r ON r.rolname IN ('ntsb_viewer', 'ntsb_service')
        WHERE n.nspname IN ('ntsb', 'asrs', 'ntsb_internal', '@extschema@') AND NOT has_schema_privilege(r.rolname, n.oid, 'USAGE')
          AND pg_has_role(n.nspowner, 'USAGE')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', object.nspname, object.rolname);
    END LOOP;
    FOR object IN
        SELECT c.oid, w.name, w.privilege
        FROM (VALUES ('ntsb.api_key', 'INSERT'), ('ntsb.api_key', 'UPDATE'), ('ntsb.alert', 'INSERT'),
                     ('ntsb.backup', 'INSERT'), ('ntsb.backup', 'UPDATE'), ('ntsb.restore_drill', 'INSERT')) w(name, privilege)
        JOIN pg_class c ON c.oid = to_regclass(w.name)
        WHERE to_regrole('ntsb_admin') IS NOT NULL AND pg_has_role(c.relowner, 'USAGE')
          AND NOT has_table_privilege('ntsb_admin', c.oid, w.privilege)
    LOOP
        EXECUTE format('GRANT %s ON %s TO ntsb_admin', object.privilege, object.name);
    END LOOP;
    IF to_regclass('ntsb.relay_cursor') IS NOT NULL AND to_regrole('ntsb_relay') IS NOT NULL
       AND NOT has_table_privilege('ntsb_relay', to_regclass('ntsb.relay_cursor'), 'INSERT')
       AND (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = to_regclass('ntsb.relay_cursor')) THEN
        GRANT INSERT, UPDATE, DELETE ON ntsb.relay_cursor TO ntsb_relay;
        GRANT INSERT ON ntsb.relay_alert, ntsb.relay_prediction TO ntsb_relay;
        GRANT SELECT ON SEQUENCE ntsb.relay_alert_position_seq, ntsb.relay_prediction_position_seq TO ntsb_relay;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.apply_schema_privileges() IS
'Internal: called by ntsb_internal.apply_privileges. Grants USAGE on the schemas, and lets ntsb_admin write the keys of the REST service, alerts, and records of backups and restore drills, and ntsb_relay its cursors.';

CREATE PROCEDURE ntsb_create_roles()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ntsb_internal.ensure_role('ntsb_viewer', '{}'::text[]);
    PERFORM ntsb_internal.ensure_role('ntsb_api_user', '{ntsb_viewer}'::text[]);
    PERFORM ntsb_internal.ensure_role('ntsb_analyst', '{ntsb_api_user}'::text[]);
    PERFORM ntsb_internal.ensure_role('ntsb_relay', '{ntsb_viewer}'::text[]);
    PERFORM ntsb_internal.ensure_role('ntsb_admin', '{ntsb_analyst,ntsb_relay}'::text[]);
    PERFORM ntsb_internal.ensure_role('ntsb_service', '{ntsb_admin}'::text[]);
    PERFORM ntsb_internal.apply_privileges();
END
$$;
COMMENT ON PROCEDURE ntsb_create_roles() IS
'Creates the roles ntsb_viewer, ntsb_api_user, ntsb_analyst and ntsb_admin, each a member of the one before, ntsb_relay for ntsb relay (reads as a viewer and writes its cursors; ntsb_admin is a member), and ntsb_service, which may switch to any of them with SET ROLE. ntsb-rest logs in as a member of ntsb_service (CREATE ROLE web LOGIN PASSWORD ''...'' IN ROLE ntsb_service). Grants the roles what ntsb_privileges() lists. Viewers read and search; ntsb_api_user also predicts and uses filter expressions; ntsb_analyst also clusters, forecasts, correlates and reads quarantined rows; ntsb_admin also manages API keys and may call the functions that load, train and maintain, if it owns the tables. To let an ordinary role own a warehouse: GRANT ntsb_admin TO owner. Idempotent. Needs CREATEROLE and ownership of the extension and the warehouse. Errors: 42501 missing privilege.';
