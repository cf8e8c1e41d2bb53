-- Who may do what. The REST service logs in as one role and takes, for each request, the role of its
-- caller: what that may not do, PostgreSQL refuses.

-- The functions and relations that need more than ntsb_viewer, and what each needs.
CREATE FUNCTION ntsb_guarded()
RETURNS TABLE (kind text, name text, role text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    VALUES ('function', 'ntsb_search_advanced', 'ntsb_api_user'),
           ('function', 'ntsb_predict_severity', 'ntsb_api_user'),
           ('function', 'ntsb_predict_causes', 'ntsb_api_user'),
           ('function', 'ntsb_explain_severity', 'ntsb_api_user'),
           ('function', 'ntsb_predict_batch', 'ntsb_api_user'),
           ('function', 'ntsb_cluster_accidents', 'ntsb_analyst'),
           ('function', 'ntsb_cluster_summary', 'ntsb_analyst'),
           ('function', 'ntsb_morans_i', 'ntsb_analyst'),
           ('function', 'ntsb_local_morans_i', 'ntsb_analyst'),
           ('function', 'ntsb_hotspots', 'ntsb_analyst'),
           ('function', 'ntsb_density', 'ntsb_analyst'),
           ('function', 'ntsb_forecast', 'ntsb_analyst'),
           ('function', 'ntsb_correlations', 'ntsb_analyst'),
           ('function', 'ntsb_create_api_key', 'ntsb_admin'),
           ('function', 'ntsb_api_keys', 'ntsb_admin'),
           ('function', 'ntsb_revoke_api_key', 'ntsb_admin'),
           ('function', 'ntsb_check_api_key', 'ntsb_service'),
           ('function', 'ntsb_revoked_api_keys', 'ntsb_service'),
           ('table', 'row_defects', 'ntsb_analyst'),
           ('table', 'batch_defects', 'ntsb_analyst'),
           ('table', 'staging_quarantine', 'ntsb_analyst'),
           ('table', 'api_key', 'ntsb_admin')
$$;
COMMENT ON FUNCTION ntsb_guarded() IS
'A part of ntsb_create_roles: functions and tables of schema ntsb that need more than ntsb_viewer, and the role that they need.';

-- A role belongs to the whole server: another database may make it at the same moment.
CREATE FUNCTION ntsb_need_role(name text, belongs_to text[]) RETURNS void
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
COMMENT ON FUNCTION ntsb_need_role(text, text[]) IS
'A part of ntsb_create_roles: makes a role where there is none of this name, and a member of others.';

CREATE PROCEDURE ntsb_create_roles()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object record;
BEGIN
    IF to_regclass('ntsb.api_key') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse of this database knows no keys',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    PERFORM @extschema@.ntsb_need_role('ntsb_viewer', '{}');
    PERFORM @extschema@.ntsb_need_role('ntsb_api_user', '{ntsb_viewer}');
    PERFORM @extschema@.ntsb_need_role('ntsb_analyst', '{ntsb_api_user}');
    PERFORM @extschema@.ntsb_need_role('ntsb_admin', '{ntsb_analyst}');
    PERFORM @extschema@.ntsb_need_role('ntsb_service', '{ntsb_admin}');
    -- The service prepares its statements before it takes a role.
    GRANT USAGE ON SCHEMA ntsb TO ntsb_viewer, ntsb_service;
    IF NOT has_schema_privilege('ntsb_viewer', '@extschema@', 'USAGE') THEN
        GRANT USAGE ON SCHEMA @extschema@ TO ntsb_viewer, ntsb_service;
    END IF;
    FOR object IN
        SELECT c.relname, coalesce(g.role, 'ntsb_viewer') AS role
        FROM pg_class c LEFT JOIN @extschema@.ntsb_guarded() g ON g.kind = 'table' AND g.name = c.relname
        WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    LOOP
        EXECUTE format('GRANT SELECT ON ntsb.%I TO %I', object.relname, object.role);
    END LOOP;
    GRANT INSERT, UPDATE ON ntsb.api_key TO ntsb_admin;
    FOR object IN
        SELECT p.oid::regprocedure AS signature, g.role
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
        JOIN @extschema@.ntsb_guarded() g ON g.kind = 'function' AND g.name = p.proname
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', object.signature);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', object.signature, object.role);
    END LOOP;
END
$$;
COMMENT ON PROCEDURE ntsb_create_roles() IS
'Makes the roles ntsb_viewer, ntsb_api_user, ntsb_analyst and ntsb_admin, each of which may all that the former may, and ntsb_service, which may take any of them by SET ROLE: CREATE ROLE web LOGIN PASSWORD ''...'' IN ROLE ntsb_service is what ntsb-rest logs in as. Viewers read; ntsb_api_user may search by conditions and predict; ntsb_analyst cluster, forecast, correlate and see what was wrong with the data; ntsb_admin manage keys. Takes these functions from PUBLIC. Again after an upgrade. Needs CREATEROLE and what the extension and the warehouse belong to. Errors: 42501, 3F000 no warehouse.';
