-- From 0.3.0 to 0.4.0: what was added and changed, in the order of installation.

DROP FUNCTION ntsb_search_refreshed(last bigint, started timestamptz, events bigint);

DROP FUNCTION ntsb_star_done(upto bigint, began timestamptz, taken bigint);

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

CREATE OR REPLACE FUNCTION ntsb_place_by_airport(batch_id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    placed bigint;
BEGIN
    UPDATE ntsb.events e SET lat = w.lat, lon = w.lon, coord_source = w.coord_source
    FROM (
        SELECT o.ev_id, o.ev_year, a.lat, a.lon,
               CASE WHEN a.airport_id IS NULL THEN 'none' ELSE 'airport' END AS coord_source
        -- Once for each event that may be there, before the join, which would ask for each pair.
        FROM (SELECT v.ev_id, v.ev_year, v.ev_state,
                     CASE WHEN (v.ev_nr_apt_loc = 'ONAP' OR v.apt_dist <= 3) AND coalesce(v.ev_country, 'USA') = 'USA'
                          THEN @extschema@.ntsb_find_airport(v.ev_nr_apt_id) END AS airport_id
              FROM ntsb.events v
              WHERE v.coord_source IN ('none', 'airport')
                AND (ntsb_place_by_airport.batch_id IS NULL OR v.last_batch = ntsb_place_by_airport.batch_id)
              OFFSET 0) o
        LEFT JOIN ntsb.states s ON s.state = o.ev_state AND s.withdrawn_batch IS NULL
        LEFT JOIN ntsb.airport a ON a.airport_id = o.airport_id AND a.country = 'US'
            AND (a.region IS NULL OR o.ev_state IS NULL OR a.region = o.ev_state
                 OR upper(a.region) = upper(btrim(s.name)))
    ) w
    WHERE e.ev_id = w.ev_id AND e.ev_year = w.ev_year
      AND (e.lat, e.lon, e.coord_source) IS DISTINCT FROM (w.lat, w.lon, w.coord_source);
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END
$$;

COMMENT ON FUNCTION ntsb_place_by_airport(bigint) IS
'Gives US events without coordinates those of the airport that NTSB names (ev_nr_apt_id), if it says that they happened there (ONAP) or within 3 statute miles and the state agrees; coord_source is then airport. batch_id: only events that this load wrote; all without it. Returns how many events changed. The content hash, which is over what NTSB says, stays.';

CREATE OR REPLACE PROCEDURE ntsb_refresh_views()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
-- A refresh takes statistics of its temporary copy: a small sample will do.
SET default_statistics_target = 10
AS $$
DECLARE
    began timestamptz;
    star record;
    view record;
BEGIN
    IF NOT @extschema@.ntsb_may_refresh('views') THEN
        RETURN;
    END IF;
    SELECT s.last_seq, s.refreshed_at, s.events INTO star FROM ntsb.refresh_state s WHERE s.what = 'star';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    FOR view IN
        SELECT c.relname FROM pg_class c
        LEFT JOIN ntsb.refresh_state s ON s.what = c.relname
        WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind = 'm' AND c.relname LIKE 'mv\_%'
          AND (s.refreshed_at IS NULL OR s.refreshed_at < star.refreshed_at)
        ORDER BY c.relname
    LOOP
        began := clock_timestamp();
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY ntsb.%I', view.relname);
        PERFORM @extschema@.ntsb_refreshed(view.relname::text, star.last_seq, began, star.events);
    END LOOP;
END
$$;

CREATE OR REPLACE PROCEDURE ntsb_refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CALL @extschema@.ntsb_refresh_star();
    CALL @extschema@.ntsb_refresh_views();
    CALL @extschema@.ntsb_refresh_features();
    CALL @extschema@.ntsb_refresh_search();
    CALL @extschema@.ntsb_refresh_clusters();
END
$$;

COMMENT ON PROCEDURE ntsb_refresh() IS
'Brings all that is derived from the warehouse up to date with what was loaded: star, views, search, clusters that are kept. `ntsb load` calls it after each file.';

CREATE FUNCTION ntsb_lock_number(what text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_position('{load,warehouse,star,views,search,maintenance,clusters,features,predictions,notify}', ntsb_lock_number.what)
$$;

COMMENT ON FUNCTION ntsb_lock_number(text) IS
'A part of ntsb_refresh and other procedures, which call it: the second key of the advisory lock that each of load, warehouse, star, views, search, maintenance, clusters, features, predictions and notify takes; null for others.';

CREATE FUNCTION ntsb_may_refresh(what text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.refresh_state') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = format('the warehouse of this database has no %s', ntsb_may_refresh.what),
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF pg_is_in_recovery() THEN
        RAISE NOTICE 'nothing is refreshed on a standby: its primary does it';
        RETURN false;
    ELSIF NOT pg_try_advisory_xact_lock(x'6e747362'::int, @extschema@.ntsb_lock_number(ntsb_may_refresh.what)) THEN
        RAISE NOTICE 'another session refreshes the % already', ntsb_may_refresh.what;
        RETURN false;
    END IF;
    RETURN true;
END
$$;

COMMENT ON FUNCTION ntsb_may_refresh(text) IS
'A part of ntsb_refresh, whose procedures call it: takes the lock of star, views, search, clusters or features for this transaction; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_refreshed(what text, last_seq bigint, began timestamptz, events bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.refresh_state (what, last_seq, refreshed_at, took, events)
    VALUES (ntsb_refreshed.what, ntsb_refreshed.last_seq, clock_timestamp(),
            clock_timestamp() - ntsb_refreshed.began, ntsb_refreshed.events)
    ON CONFLICT (what) DO UPDATE SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at,
        took = excluded.took, events = excluded.events
$$;

COMMENT ON FUNCTION ntsb_refreshed(text, bigint, timestamptz, bigint) IS
'A part of ntsb_refresh, whose procedures call it: notes in ntsb.refresh_state how far a derived part has followed the change log, and how long that took since began.';

CREATE OR REPLACE FUNCTION ntsb_load_under_way() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Whoever may not see when another's transaction began is told the rest.
    SELECT format('process %s (user %s, %s)', a.pid, a.usename, a.application_name)
        || coalesce(format(' since %s', date_trunc('second', a.xact_start)), '')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = x'6e747362'::int AND l.objid = @extschema@.ntsb_lock_number('load') AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;

CREATE OR REPLACE FUNCTION ntsb_lock_ingest() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ours constant int := x'6e747362'::int;
    number constant int := @extschema@.ntsb_lock_number('load');
    -- 0: as long as it takes.
    wait constant interval := current_setting('lock_timeout');
    holder text;
BEGIN
    IF pg_try_advisory_xact_lock(ours, number) THEN
        RETURN;
    END IF;
    holder := @extschema@.ntsb_load_under_way();
    -- It may have ended in between, and a short wait is soon told as an error.
    IF holder IS NOT NULL AND (wait = '0' OR wait >= '1 s') THEN
        RAISE NOTICE 'waiting for another load: %', holder
            USING HINT = 'It ends by itself; SELECT pg_cancel_backend(pid) would undo that load.';
    END IF;
    PERFORM pg_advisory_xact_lock(ours, number);
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
        MESSAGE = format('another load is under way: %s',
            coalesce(@extschema@.ntsb_load_under_way(), holder, 'it has just ended')),
        DETAIL = format('It was waited for as long as lock_timeout allows, %s.', current_setting('lock_timeout')),
        HINT = 'Try again when it has ended, or wait longer; SELECT pg_cancel_backend(pid) would undo that load.';
END
$$;

CREATE FUNCTION ntsb_create_api_key(name text, role text DEFAULT 'api_user', tier text DEFAULT 'free',
    valid_for interval DEFAULT NULL, OUT key_id bigint, OUT api_key text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    IF coalesce(name, '') = '' OR length(name) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a key needs a name of 1 to 200 characters',
            HINT = 'The name says whose key it is: ntsb_create_api_key(''dashboard of the safety office'').';
    ELSIF role IS NULL OR role NOT IN ('viewer', 'api_user', 'analyst', 'admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no role %s', coalesce(quote_literal(role), 'null')),
            HINT = 'Roles are viewer, api_user, analyst and admin.';
    ELSIF tier IS NULL OR tier NOT IN ('free', 'premium') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no tier %s', coalesce(quote_literal(tier), 'null')),
            HINT = 'Tiers are free and premium.';
    ELSIF valid_for <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('a key cannot hold for %s', valid_for),
            HINT = 'Leave valid_for out for a key without an end.';
    END IF;
    -- 244 random bits: nobody finds them by trying hashes.
    api_key := 'ntsb_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    INSERT INTO ntsb.api_key AS k (name, key_hash, prefix, role, tier, expires_at)
    VALUES (name, sha256(convert_to(api_key, 'UTF8')), left(api_key, 11), role, tier, now() + valid_for)
    RETURNING k.key_id INTO key_id;
END
$$;

COMMENT ON FUNCTION ntsb_create_api_key(text, text, text, interval) IS
'Makes a key for the REST service and returns it: it is shown this once, the database keeps a hash. role: viewer, api_user, analyst or admin; tier: free or premium, which says how often it may ask; valid_for: such as 90 days, null for ever. Errors: 22023, 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_api_keys()
RETURNS TABLE (key_id bigint, name text, prefix text, role text, tier text, created_at timestamptz,
    created_by text, expires_at timestamptz, revoked_at timestamptz, holds boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.key_id, k.name, k.prefix, k.role, k.tier, k.created_at, k.created_by, k.expires_at, k.revoked_at,
           k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
    FROM ntsb.api_key k ORDER BY k.key_id;
END
$$;

COMMENT ON FUNCTION ntsb_api_keys() IS
'Keys of the REST service, oldest first; never the keys themselves, but how each begins (prefix). holds: neither expired nor revoked. Errors: 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_revoke_api_key(key_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    UPDATE ntsb.api_key k SET revoked_at = now() WHERE k.key_id = key_id AND k.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no key %s that could be revoked', coalesce(key_id::text, 'null')),
            HINT = 'SELECT * FROM ntsb_api_keys() lists them.';
    END IF;
    PERFORM pg_notify('ntsb_api_key', key_id::text);
END
$$;

COMMENT ON FUNCTION ntsb_revoke_api_key(bigint) IS
'Ends a key of the REST service, and the tokens that were made from it: services are told by NOTIFY. Errors: P0002 no such key, or revoked already; 42501 without ntsb_admin.';

CREATE FUNCTION ntsb_check_api_key(api_key text)
RETURNS TABLE (key_id bigint, name text, role text, tier text, expires_at timestamptz)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT k.key_id, k.name, k.role, k.tier, k.expires_at FROM ntsb.api_key k
    WHERE k.key_hash = sha256(convert_to(ntsb_check_api_key.api_key, 'UTF8'))
      AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true);
END
$$;

REVOKE EXECUTE ON FUNCTION ntsb_check_api_key(text) FROM PUBLIC;

COMMENT ON FUNCTION ntsb_check_api_key(text) IS
'A part of ntsb-rest: whose a key is, if it holds. Runs as the owner of the extension, so that the service need not read ntsb.api_key.';

CREATE FUNCTION ntsb_revoked_api_keys(within interval)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT k.key_id FROM ntsb.api_key k WHERE k.revoked_at > now() - within;
END
$$;

REVOKE EXECUTE ON FUNCTION ntsb_revoked_api_keys(interval) FROM PUBLIC;

COMMENT ON FUNCTION ntsb_revoked_api_keys(interval) IS
'A part of ntsb-rest: keys that were revoked lately, whose tokens may not have ended yet.';

CREATE PROCEDURE ntsb_train(name text, target text, feature_set text DEFAULT 'scene', options jsonb DEFAULT '{}')
LANGUAGE plpgsql
AS $$
DECLARE
    began constant timestamptz := pg_catalog.clock_timestamp();
    failure text;
    state text;
    advice text;
BEGIN
    BEGIN
        PERFORM @extschema@.ntsb_train_model(ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options);
        RETURN;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS failure = MESSAGE_TEXT, state = RETURNED_SQLSTATE, advice = PG_EXCEPTION_HINT;
    END;
    INSERT INTO ntsb.model_run (name, target, feature_set, options, state, sqlstate, message, started_at)
    VALUES (ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options, 'failed', state, failure, began);
    COMMIT;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = failure, HINT = coalesce(advice, '');
END
$$;

COMMENT ON PROCEDURE ntsb_train(text, text, text, jsonb) IS
'ntsb_train_model for schedules: a training that fails is recorded in ntsb.model_run before the error is raised, which takes a statement of its own. Arguments and errors are those of ntsb_train_model; 2D000 a failure within a transaction block.';

CREATE FUNCTION ntsb_promote_model(model_id bigint, stage text DEFAULT 'Production') RETURNS text
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    model ntsb.model;
    archived bigint;
BEGIN
    IF ntsb_promote_model.stage NOT IN ('Staging', 'Production', 'Archived') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no stage %L to go to', ntsb_promote_model.stage),
            HINT = 'Stages follow each other: None, Staging, Production, Archived; any may be archived.';
    END IF;
    -- Two promotions at a time would each see the other's model out of Production.
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    SELECT m.* INTO model FROM ntsb.model m WHERE m.model_id = ntsb_promote_model.model_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no model %s', ntsb_promote_model.model_id),
            HINT = 'ntsb_model_info() lists the models.';
    END IF;
    IF model.stage = 'Staging' AND ntsb_promote_model.stage = 'Production' THEN
        UPDATE ntsb.model m SET stage = 'Archived'
        WHERE m.name = model.name AND m.target = model.target AND m.stage = 'Production'
        RETURNING m.model_id INTO archived;
    END IF;
    UPDATE ntsb.model m SET stage = ntsb_promote_model.stage WHERE m.model_id = ntsb_promote_model.model_id;
    RETURN format('%s is in %s', ntsb_promote_model.model_id, ntsb_promote_model.stage)
        || CASE WHEN archived IS NULL THEN '' ELSE format(', %s is archived', archived) END;
END
$$;

COMMENT ON FUNCTION ntsb_promote_model(bigint, text) IS
'Moves a model to its next stage: None to Staging, Staging to Production, any to Archived. Of one name and target one model is in Production; the one before is archived in the same transaction. Returns what was done. Errors: 55000 not the next stage, 22023 no such stage, P0002 no such model.';

CREATE FUNCTION ntsb_model_info(model_id bigint DEFAULT NULL)
RETURNS TABLE (
    model_id bigint, name text, version integer, target text, feature_set text, algorithm text, stage text,
    rounds integer, accuracy double precision, majority double precision, logistic double precision,
    macro_f1 double precision, weighted_f1 double precision, auc double precision, log_loss double precision,
    brier double precision, ece double precision, accuracy_of_surest_85 double precision,
    domestic_accuracy double precision, domestic_majority double precision,
    trained_from date, validated_from date, tested_from date, tested_to date,
    rows_trained bigint, rows_tested bigint, created_at timestamptz, created_by text
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.model_id, m.name, m.version, m.target, m.feature_set, m.algorithm, m.stage, m.rounds,
           (m.metrics #>> '{overall,accuracy}')::double precision,
           (m.metrics #>> '{overall,majority_accuracy}')::double precision,
           (m.metrics #>> '{baseline,logistic,accuracy}')::double precision,
           (m.metrics #>> '{overall,macro_f1}')::double precision,
           (m.metrics #>> '{overall,weighted_f1}')::double precision,
           (m.metrics #>> '{overall,auc}')::double precision,
           (m.metrics #>> '{overall,log_loss}')::double precision,
           (m.metrics #>> '{overall,brier}')::double precision,
           (m.metrics #>> '{overall,ece}')::double precision,
           (m.metrics #>> '{overall,surest,accuracy}')::double precision,
           (m.metrics #>> '{domestic,accuracy}')::double precision,
           (m.metrics #>> '{domestic,majority_accuracy}')::double precision,
           m.trained_from, m.validated_from, m.tested_from, m.tested_to, m.rows_trained, m.rows_tested,
           m.created_at, m.created_by
    FROM ntsb.model m
    WHERE ntsb_model_info.model_id IS NULL OR m.model_id = ntsb_model_info.model_id
    ORDER BY m.name, m.target, m.version
$$;

COMMENT ON FUNCTION ntsb_model_info(bigint) IS
'Models and how good each is on its test part, which it has not seen: accuracy beside that of naming the commonest class (majority) and of a logistic regression on the same columns (logistic), F1, AUC, log loss, Brier score, calibration error (ece), accuracy where only the surest 85 of 100 are answered, and accuracy within the United States. model_id: one model; all without it. ntsb.model.metrics holds more: confusion, coverage, years.';

CREATE FUNCTION ntsb_compare_models(model_a bigint, model_b bigint)
RETURNS TABLE (part text, metric text, a double precision, b double precision, better text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one ntsb.model;
    other ntsb.model;
BEGIN
    SELECT m.* INTO one FROM ntsb.model m WHERE m.model_id = model_a;
    SELECT m.* INTO other FROM ntsb.model m WHERE m.model_id = model_b;
    IF one.model_id IS NULL OR other.model_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no model %s', CASE WHEN one.model_id IS NULL THEN model_a ELSE model_b END),
            HINT = 'ntsb_model_info() lists the models.';
    ELSIF (one.target, one.tested_from, one.tested_to) IS DISTINCT FROM (other.target, other.tested_from, other.tested_to)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('model %s tells %s of %s to %s, model %s %s of %s to %s: they cannot be compared',
                model_a, one.target, one.tested_from, one.tested_to, model_b, other.target, other.tested_from, other.tested_to),
            HINT = 'Train both for one target, with the same test_from and test_to.';
    END IF;
    RETURN QUERY
    SELECT p.part, k.metric, v.a, v.b,
           CASE WHEN v.a = v.b THEN 'equal' WHEN (v.a > v.b) = k.more_is_better THEN 'a' ELSE 'b' END
    FROM unnest('{overall,domestic,foreign}'::text[]) WITH ORDINALITY p (part, place)
    CROSS JOIN (VALUES (1, 'accuracy', true), (2, 'macro_f1', true), (3, 'weighted_f1', true), (4, 'auc', true),
                       (5, 'log_loss', false), (6, 'brier', false), (7, 'ece', false)) k (place, metric, more_is_better)
    CROSS JOIN LATERAL (SELECT (one.metrics -> p.part ->> k.metric)::double precision AS a,
                               (other.metrics -> p.part ->> k.metric)::double precision AS b) v
    WHERE v.a IS NOT NULL AND v.b IS NOT NULL
    ORDER BY p.place, k.place;
END
$$;

COMMENT ON FUNCTION ntsb_compare_models(bigint, bigint) IS
'Two models of one target on one test window, metric by metric: overall, domestic and foreign; better: a, b or equal. Errors: P0002 no such model, 22023 another target or window.';

CREATE FUNCTION ntsb_export_model(model_id bigint, format text DEFAULT 'ubj') RETURNS bytea
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trees bytea;
BEGIN
    SELECT m.artifact INTO trees FROM ntsb.model m WHERE m.model_id = ntsb_export_model.model_id;
    IF trees IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no model %s', ntsb_export_model.model_id),
            HINT = 'ntsb_model_info() lists the models.';
    END IF;
    RETURN CASE ntsb_export_model.format WHEN 'ubj' THEN trees
                ELSE @extschema@.ntsb_convert_artifact(trees, ntsb_export_model.format) END;
END
$$;

COMMENT ON FUNCTION ntsb_export_model(bigint, text) IS
'The trees of a model as XGBoost''s own file, ubj or json: Python''s xgboost loads it and predicts the same, before calibration, of rows whose values are those of ntsb.model.columns. Errors: P0002 no such model, 22023 no such format.';

CREATE FUNCTION ntsb_describe_model(model_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(m) - '{model_id,version,stage,artifact,artifact_digest,created_at,created_by,stage_changed_at,stage_changed_by}'::text[]
    FROM ntsb.model m WHERE m.model_id = ntsb_describe_model.model_id
$$;

COMMENT ON FUNCTION ntsb_describe_model(bigint) IS
'All that a model is beside its trees: features, classes, what its encoder and calibration learned, windows, metrics. With ntsb_export_model it is what ntsb_import_model takes. Null for no such model.';

CREATE FUNCTION ntsb_import_model(artifact bytea, description jsonb) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trees constant bytea := @extschema@.ntsb_convert_artifact(artifact, 'ubj');
    info constant jsonb := @extschema@.ntsb_artifact_info(trees);
    told ntsb.model;
    made bigint;
BEGIN
    told := jsonb_populate_record(null::ntsb.model, description);
    IF (info ->> 'columns')::integer IS DISTINCT FROM cardinality(told.columns)
        OR (info ->> 'classes')::integer IS DISTINCT FROM cardinality(told.classes) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('the artifact has %s columns and %s classes, its description %s and %s', info ->> 'columns',
                info ->> 'classes', coalesce(cardinality(told.columns), 0), coalesce(cardinality(told.classes), 0)),
            HINT = 'Import an artifact together with what ntsb_describe_model gave of it.';
    END IF;
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, parameters, metrics, features, columns,
        classes, encoding, calibration, decide_at, rounds, trained_from, validated_from, tested_from, tested_to,
        rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
    SELECT told.name, coalesce(max(m.version), 0) + 1, told.target, told.feature_set, told.algorithm, told.parameters,
           told.metrics, told.features, told.columns, told.classes, told.encoding, told.calibration, told.decide_at,
           told.rounds, told.trained_from, told.validated_from, told.tested_from, told.tested_to, told.rows_trained,
           told.rows_validated, told.rows_tested, told.data_digest, trees, sha256(trees)
    FROM ntsb.model m WHERE m.name = told.name AND m.target = told.target
    RETURNING ntsb.model.model_id INTO made;
    RETURN made;
END
$$;

COMMENT ON FUNCTION ntsb_import_model(bytea, jsonb) IS
'Takes up a model of another warehouse, in stage None: artifact as ntsb_export_model gave it, ubj or json; description as ntsb_describe_model did. Metrics are those that it brings: they were measured elsewhere. Returns its model_id. Errors: XX001 or 22023 no model or another''s description, 23502 an incomplete one.';

CREATE OR REPLACE FUNCTION ntsb_star_begins() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT @extschema@.ntsb_may_refresh('star') THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(x'6e747362'::int, @extschema@.ntsb_lock_number('load'));
    RETURN true;
END
$$;

CREATE FUNCTION ntsb_star_widen() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    -- A configuration reaches over all events of a registration, of which some come, some leave.
    INSERT INTO pg_temp.ntsb_star_event
    SELECT o.ev_id FROM ntsb.aircraft o
    WHERE o.withdrawn_batch IS NULL AND o.regis_no IN (
        SELECT a.regis_no FROM pg_temp.ntsb_star_event s JOIN ntsb.aircraft a USING (ev_id)
        UNION
        SELECT d.regis_no FROM pg_temp.ntsb_star_event s
        JOIN ntsb.fact_accidents f USING (ev_id)
        JOIN ntsb.bridge_event_aircraft b USING (accident_id)
        JOIN ntsb.dim_aircraft d ON d.aircraft_id = b.aircraft_id)
    ON CONFLICT DO NOTHING;
    ANALYZE pg_temp.ntsb_star_event;
END
$$;

COMMENT ON FUNCTION ntsb_star_widen() IS
'A part of ntsb_refresh_star and ntsb_archive_decade, which call it: adds to pg_temp.ntsb_star_event, which it gives a key, the other events of their registrations.';

CREATE OR REPLACE PROCEDURE ntsb_refresh_star()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    since bigint;
    upto bigint;
    taken bigint;
    command text;
    keys text[] := '{}';
BEGIN
    IF NOT @extschema@.ntsb_star_begins() THEN
        RETURN;
    END IF;
    since := coalesce((SELECT s.last_seq FROM ntsb.refresh_state s WHERE s.what = 'star'), 0);
    upto := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    IF upto <= since THEN
        RETURN;
    END IF;
    CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
    SELECT c.ev_id FROM @extschema@.ntsb_changed_events('star') c (ev_id);
    GET DIAGNOSTICS taken = ROW_COUNT;
    PERFORM @extschema@.ntsb_star_widen();
    IF taken > 10000 THEN
        keys := @extschema@.ntsb_star_loosen();
    END IF;
    PERFORM @extschema@.ntsb_star_take_up(EXISTS (
        SELECT FROM ntsb.change_log l WHERE l.seq > since AND l.ev_id IS NULL));
    FOREACH command IN ARRAY keys LOOP
        EXECUTE command;
    END LOOP;
    PERFORM @extschema@.ntsb_refreshed('star', upto, began, taken);
    IF taken > 10000 THEN
        ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
            ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
    END IF;
END
$$;

CREATE OR REPLACE PROCEDURE ntsb_rebuild_star()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    upto bigint;
    taken bigint;
    command text;
    keys text[];
BEGIN
    IF NOT @extschema@.ntsb_star_begins() THEN
        RETURN;
    END IF;
    upto := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    keys := @extschema@.ntsb_star_loosen();
    TRUNCATE ntsb.fact_accidents, ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause,
        ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_weather, ntsb.dim_causes,
        ntsb.year_completeness RESTART IDENTITY;
    INSERT INTO ntsb.dim_location (location_id, natural_key) VALUES (0, '');
    INSERT INTO ntsb.dim_aircraft (aircraft_id, natural_key, valid_from, valid_to) VALUES (0, '', '-infinity', 'infinity');
    INSERT INTO ntsb.dim_crew (crew_id, member, valid_from, valid_to) VALUES (0, '', '-infinity', 'infinity');
    INSERT INTO ntsb.dim_weather (weather_id, natural_key) VALUES (0, '');
    INSERT INTO ntsb.dim_causes (cause_id, natural_key) VALUES (0, '');
    CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
    SELECT e.ev_id FROM ntsb.events e WHERE e.withdrawn_batch IS NULL;
    GET DIAGNOSTICS taken = ROW_COUNT;
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    PERFORM @extschema@.ntsb_star_take_up(true);
    FOREACH command IN ARRAY keys LOOP
        EXECUTE command;
    END LOOP;
    PERFORM @extschema@.ntsb_refreshed('star', upto, began, taken);
    ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
        ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
END
$$;

CREATE OR REPLACE FUNCTION ntsb_fill_nearest_airports(again boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gis text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
    filled bigint := 0;
BEGIN
    IF to_regclass('ntsb.airport') IS NULL THEN
        RETURN 0;
    END IF;
    -- The index gives airports by their distance alone: asked for a second key, PostgreSQL would sort all of
    -- them for each place. Lists name a place twice, so the first few are looked at.
    EXECUTE format(
        'UPDATE ntsb.dim_location l SET nearest_airport_id = a.airport_id, nearest_airport_km = a.km
         FROM (SELECT p.location_id, n.airport_id, n.km
               FROM ntsb.dim_location p CROSS JOIN LATERAL (
                   SELECT k.airport_id, k.km
                   FROM (SELECT o.airport_id, %1$s.ST_Distance(o.geog, p.geog) / 1000 AS km FROM ntsb.airport o
                         WHERE o.geog IS NOT NULL ORDER BY o.geog OPERATOR(%1$s.<->) p.geog LIMIT 4) k
                   ORDER BY k.km, k.airport_id LIMIT 1) n
               WHERE p.geog IS NOT NULL AND ($1 OR p.nearest_airport_id IS NULL)) a
         WHERE a.location_id = l.location_id
           AND (l.nearest_airport_id, l.nearest_airport_km) IS DISTINCT FROM (a.airport_id, a.km)', gis)
    USING coalesce(again, false);
    GET DIAGNOSTICS filled = ROW_COUNT;
    RETURN filled;
END
$$;

CREATE OR REPLACE FUNCTION ntsb_repeat_batch(source text, mode text, digest text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    earlier record;
    batch bigint;
BEGIN
    IF to_regclass('ntsb_staging.batch_journal') IS NULL OR ntsb_repeat_batch.digest IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM @extschema@.ntsb_lock_ingest();
    SELECT j.* INTO earlier FROM ntsb_staging.batch_journal j
    WHERE j.digest = ntsb_repeat_batch.digest AND j.mode = ntsb_repeat_batch.mode
      AND j.finished_at IS NOT NULL
    ORDER BY j.batch_id DESC LIMIT 1;
    IF NOT FOUND
       OR earlier.gates IS DISTINCT FROM @extschema@.ntsb_gates_digest()
       OR earlier.last_seq IS DISTINCT FROM (SELECT max(seq) FROM ntsb.change_log)
       -- What the file said of archived events was left alone: where some came back, it counts.
       OR earlier.finished_at <= (SELECT max(greatest(a.archived_at, a.attached_at)) FROM ntsb.archive a)
       OR (earlier.finished_at::date <> current_date AND EXISTS (
               SELECT FROM ntsb_staging.batch_table_journal t
               WHERE t.batch_id = earlier.batch_id AND t.rejected > 0))
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO ntsb_staging.batch_journal
        (source, mode, digest, as_of, last_seq, chain_head, gates, repeats, finished_at)
    VALUES (ntsb_repeat_batch.source, earlier.mode, earlier.digest, earlier.as_of, earlier.last_seq,
        earlier.chain_head, earlier.gates, coalesce(earlier.repeats, earlier.batch_id), clock_timestamp())
    RETURNING batch_id INTO batch;
    INSERT INTO ntsb_staging.batch_table_journal (batch_id, position, table_name, staged, inserted,
        updated, unchanged, stale, withdrawn, duplicates, rejected)
    SELECT batch, t.position, t.table_name, t.staged, 0, 0, t.inserted + t.updated + t.unchanged,
        t.stale, 0, t.duplicates, t.rejected
    FROM ntsb_staging.batch_table_journal t WHERE t.batch_id = earlier.batch_id;
    RETURN batch;
END
$$;

CREATE FUNCTION ntsb_raise_alert(kind text, severity text, subject text, message text, details jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raised ntsb.alert;
BEGIN
    IF ntsb_raise_alert.severity IS NULL OR ntsb_raise_alert.severity NOT IN ('info', 'warning', 'critical') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('an alert cannot be of severity %s', coalesce(quote_literal(ntsb_raise_alert.severity), 'null')),
            HINT = 'Severities are info, warning and critical.';
    END IF;
    INSERT INTO ntsb.alert (kind, severity, subject, message, details)
    VALUES (ntsb_raise_alert.kind, ntsb_raise_alert.severity, ntsb_raise_alert.subject, ntsb_raise_alert.message,
            coalesce(ntsb_raise_alert.details, '{}'))
    RETURNING * INTO raised;
    -- A notification holds less than 8,000 bytes; the row has all.
    PERFORM pg_notify('ntsb_alert', json_build_object('alert_id', raised.alert_id, 'kind', raised.kind,
        'severity', raised.severity, 'subject', left(raised.subject, 200), 'message', left(raised.message, 500))::text);
    RETURN raised.alert_id;
END
$$;

COMMENT ON FUNCTION ntsb_raise_alert(text, text, text, text, jsonb) IS
'Adds an alert to ntsb.alert and notifies channel ntsb_alert with its number, kind, severity, subject and message as JSON. severity: info, warning or critical. Returns its number. Errors: 22023 severity.';

CREATE FUNCTION ntsb_acknowledge_alert(alert_id bigint) RETURNS boolean
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE ntsb.alert a SET acknowledged_at = clock_timestamp(), acknowledged_by = session_user
    WHERE a.alert_id = ntsb_acknowledge_alert.alert_id AND a.acknowledged_at IS NULL;
    IF FOUND THEN
        RETURN true;
    ELSIF EXISTS (SELECT FROM ntsb.alert a WHERE a.alert_id = ntsb_acknowledge_alert.alert_id) THEN
        RETURN false;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'no_data_found',
        MESSAGE = format('alert %s does not exist', ntsb_acknowledge_alert.alert_id),
        HINT = 'SELECT * FROM ntsb.alert WHERE acknowledged_at IS NULL lists those that are open.';
END
$$;

COMMENT ON FUNCTION ntsb_acknowledge_alert(bigint) IS
'Notes who took note of an alert, and when; false if somebody had already. Errors: P0002 no such alert.';

CREATE PROCEDURE ntsb_predict_pending(since date DEFAULT NULL, model text DEFAULT NULL, unit integer DEFAULT 1000)
LANGUAGE plpgsql
AS $$
DECLARE
    chosen bigint;
    events text[];
    before text COLLATE "C" := '';
    total bigint := 0;
BEGIN
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE NOTICE 'nothing is predicted on a standby: its primary does it';
        RETURN;
    ELSIF (unit OPERATOR(pg_catalog.>=) 1) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = pg_catalog.format('a unit of %s events is none', unit),
            HINT = 'A unit is the number of events of a transaction, such as 1000.';
    END IF;
    LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF NOT pg_try_advisory_xact_lock(x'6e747362'::int, @extschema@.ntsb_lock_number('predictions')) THEN
            RAISE NOTICE 'another session predicts already';
            RETURN;
        END IF;
        -- Found anew for each unit: a promotion meanwhile leaves no event with two answers of one round.
        IF chosen IS DISTINCT FROM @extschema@.ntsb_model_asked('severity', model) THEN
            chosen := @extschema@.ntsb_model_asked('severity', model);
            before := '';
        END IF;
        SELECT array_agg(f.ev_id ORDER BY f.ev_id COLLATE "C") INTO events FROM (
            SELECT f.ev_id FROM ntsb.fact_accidents f
            WHERE f.ev_id COLLATE "C" > before AND (since IS NULL OR f.ev_date >= since)
              AND NOT EXISTS (SELECT FROM ntsb.predictions p WHERE p.model_id = chosen AND p.ev_id = f.ev_id)
            ORDER BY f.ev_id COLLATE "C" LIMIT unit) f;
        EXIT WHEN events IS NULL;
        INSERT INTO ntsb.predictions (ev_id, model_id, severity, confidence, probabilities, decided)
        SELECT f.ev_id, chosen, p.predicted_severity, p.confidence, p.probabilities, p.decided
        FROM ntsb.accident_features f
        CROSS JOIN LATERAL @extschema@.ntsb_predict_severity(to_jsonb(f), model) p
        WHERE f.ev_id = ANY (events)
        ON CONFLICT DO NOTHING;
        total := total + cardinality(events);
        before := events[cardinality(events)];
        PERFORM pg_notify('ntsb_prediction', json_build_object('model_id', chosen, 'rows', cardinality(events))::text);
        COMMIT;
    END LOOP;
    RAISE NOTICE 'predicted % events', total;
END
$$;

COMMENT ON PROCEDURE ntsb_predict_pending(date, text, integer) IS
'Asks the model in Production (or the one named) about each event that it has not been asked about, and writes the answers to ntsb.predictions; notifies channel ntsb_prediction of each unit. since: only events from this day on. Commits after each unit of events, so that it may be broken off and called again; does nothing on a standby or where another session is at it. Errors: 42704 no model in Production, 22023 unit, 2D000 within a transaction block.';

CREATE FUNCTION ntsb_drift_samples(model_id bigint, reference daterange, current_window daterange)
RETURNS TABLE (feature text, is_number boolean, reference_values text[], current_values text[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH facts AS (
        SELECT f.ev_id, f.ev_date <@ ntsb_drift_samples.current_window AS is_current, to_jsonb(f) AS of_event
        FROM ntsb.accident_features f
        WHERE f.ev_date <@ ntsb_drift_samples.reference OR f.ev_date <@ ntsb_drift_samples.current_window
    ), asked AS (
        SELECT c.name, c.kind = 'number' AS is_number
        FROM ntsb.model m
        JOIN ntsb.feature c ON c.name = ANY (m.features)
        WHERE m.model_id = ntsb_drift_samples.model_id AND c.kind IN ('number', 'code', 'late_code', 'type')
    ), said AS (
        SELECT a.name, a.is_number, f.is_current, f.of_event ->> a.name AS value
        FROM facts f CROSS JOIN asked a
        UNION ALL
        SELECT v.name, v.is_number, f.is_current, v.value
        FROM facts f
        JOIN ntsb.predictions p USING (ev_id)
        CROSS JOIN LATERAL (VALUES ('(prediction)', false, p.severity), ('(confidence)', true, p.confidence::text))
            AS v (name, is_number, value)
        WHERE p.model_id = ntsb_drift_samples.model_id
    )
    SELECT name, is_number, array_agg(value) FILTER (WHERE NOT is_current), array_agg(value) FILTER (WHERE is_current)
    FROM said GROUP BY 1, 2
$$;

COMMENT ON FUNCTION ntsb_drift_samples(bigint, daterange, daterange) IS
'A part of ntsb_detect_drift: the values of each feature in both windows, as text.';

CREATE FUNCTION ntsb_detect_drift(reference daterange, current_window daterange, model text DEFAULT NULL,
    alarm_rate double precision DEFAULT 0.05, least_psi double precision DEFAULT 0.1)
RETURNS TABLE (feature text, test text, statistic double precision, p_value double precision, psi double precision,
               jensen_shannon double precision, drifted boolean)
LANGUAGE plpgsql ROWS 60
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked bigint := @extschema@.ntsb_model_asked('severity', ntsb_detect_drift.model);
    report bigint := nextval('ntsb.drift_report_id');
    found text[];
BEGIN
    IF isempty(ntsb_detect_drift.reference) IS NOT false OR isempty(ntsb_detect_drift.current_window) IS NOT false
       OR ntsb_detect_drift.reference && ntsb_detect_drift.current_window THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('the windows %s and %s are empty or share days',
                             ntsb_detect_drift.reference, ntsb_detect_drift.current_window),
            HINT = 'Give two ranges of days one after the other, such as ''[2010-01-01,2015-01-01)'' and ''[2015-01-01,2016-01-01)''.';
    ELSIF ntsb_detect_drift.alarm_rate IS NULL OR NOT ntsb_detect_drift.alarm_rate BETWEEN 0 AND 1
       OR ntsb_detect_drift.least_psi IS NULL OR NOT ntsb_detect_drift.least_psi >= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('alarm_rate is %s and least_psi is %s', ntsb_detect_drift.alarm_rate, ntsb_detect_drift.least_psi),
            HINT = 'alarm_rate is between 0 and 1, least_psi is 0 or more.';
    END IF;
    INSERT INTO ntsb.drift_report (report_id, feature, model_id, reference, current_window, reference_rows,
        current_rows, test, statistic, p_value, psi, jensen_shannon, drifted)
    WITH samples AS MATERIALIZED (
        SELECT * FROM @extschema@.ntsb_drift_samples(asked, ntsb_detect_drift.reference, ntsb_detect_drift.current_window)
    ), measured AS MATERIALIZED (
        SELECT s.feature, cardinality(s.reference_values) AS n, cardinality(s.current_values) AS m, d.*
        FROM samples s
        CROSS JOIN LATERAL @extschema@.ntsb_drift_of_numbers(s.reference_values::double precision[],
                                                            s.current_values::double precision[]) d
        WHERE s.is_number
        UNION ALL
        SELECT s.feature, cardinality(s.reference_values), cardinality(s.current_values), d.*
        FROM samples s
        CROSS JOIN LATERAL @extschema@.ntsb_drift_of_codes(s.reference_values, s.current_values) d
        WHERE NOT s.is_number
    ), judged AS (
        SELECT * FROM unnest(
            (SELECT array_agg(x.feature ORDER BY x.feature) FROM measured x),
            (SELECT @extschema@.ntsb_drifted(array_agg(x.p_value ORDER BY x.feature), array_agg(x.psi ORDER BY x.feature),
                ntsb_detect_drift.alarm_rate, ntsb_detect_drift.least_psi) FROM measured x)) AS j (feature, drifted)
    )
    SELECT report, x.feature, asked, ntsb_detect_drift.reference, ntsb_detect_drift.current_window, x.n, x.m, x.test,
           x.statistic, x.p_value, x.psi, x.jensen_shannon, j.drifted
    FROM measured x JOIN judged j USING (feature);
    SELECT array_agg(r.feature ORDER BY r.psi DESC) INTO found
    FROM ntsb.drift_report r WHERE r.report_id = report AND r.drifted;
    IF found IS NOT NULL THEN
        PERFORM @extschema@.ntsb_raise_alert('drift', 'warning',
            (SELECT format('model %s:%s', m.name, m.version) FROM ntsb.model m WHERE m.model_id = asked),
            format('Events of %s differ from those of %s in %s.', ntsb_detect_drift.current_window,
                   ntsb_detect_drift.reference, array_to_string(found, ', ')),
            jsonb_build_object('report_id', report, 'model_id', asked, 'features', to_jsonb(found)));
    END IF;
    RETURN QUERY
    SELECT r.feature, r.test, r.statistic, r.p_value, r.psi, r.jensen_shannon, r.drifted
    FROM ntsb.drift_report r WHERE r.report_id = report ORDER BY r.drifted DESC, r.psi DESC, r.feature;
END
$$;

COMMENT ON FUNCTION ntsb_detect_drift(daterange, daterange, text, double precision, double precision) IS
'Whether events of one window of days look like those of another, in each fact that the model in Production (or the one named) sees, and in what it said of them (ntsb.predictions). test: Kolmogorov-Smirnov of numbers, chi-squared of codes; psi: population stability index; jensen_shannon: divergence in bits. drifted: not by chance, so that a report of all features raises a false alarm at most at alarm_rate (Holm), and with a psi of at least least_psi. Writes ntsb.drift_report; where something drifted, raises an alert (see ntsb_raise_alert). Errors: 22023 windows or limits, 42704 no model in Production.';

CREATE FUNCTION ntsb_predict_causes(facts jsonb, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked text;
BEGIN
    IF ntsb_predict_causes.top IS NULL OR ntsb_predict_causes.top NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('top is %s, which is not between 1 and 100', coalesce(ntsb_predict_causes.top::text, 'null')),
            HINT = 'Ask for as many causes as you want to see.';
    END IF;
    FOREACH asked IN ARRAY @extschema@.ntsb_causes_told(ntsb_predict_causes.model) LOOP
        RETURN QUERY
        SELECT asked, row_number() OVER (ORDER BY c.value::double precision DESC, c.key)::integer, c.key,
               m.meaning, c.value::double precision, p.decided, p.model_version
        FROM @extschema@.ntsb_predict(ntsb_predict_causes.facts, asked, ntsb_predict_causes.model) p
        CROSS JOIN LATERAL jsonb_each_text(p.probabilities) c
        LEFT JOIN ntsb.code_meaning m ON asked = 'cause_event' AND m.kind = 'event' AND m.code = c.key
        ORDER BY 2 LIMIT ntsb_predict_causes.top;
    END LOOP;
END
$$;

COMMENT ON FUNCTION ntsb_predict_causes(jsonb, integer, text) IS
'What an event of these facts is likely to have been caused by: the likeliest categories of the first finding (target cause_category) and the likeliest defining events in the codes used since 2008 (cause_event), as far as a model in Production tells them. facts: as for ntsb_predict_severity. top: how many of each, 1 to 100. decided: whether the model was confident enough to answer. Errors: 42704 no model in Production, 22023 facts or top.';

CREATE FUNCTION ntsb_predict_causes(ev_id text, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM @extschema@.ntsb_predict_causes(@extschema@.ntsb_event_facts(ntsb_predict_causes.ev_id),
                                                 ntsb_predict_causes.top, ntsb_predict_causes.model)
$$;

COMMENT ON FUNCTION ntsb_predict_causes(text, integer, text) IS
'The same, of an event of the warehouse by its ev_id. Errors: also P0002 no such event.';

CREATE FUNCTION ntsb_predict_causes(ev_date date DEFAULT NULL, dec_latitude double precision DEFAULT NULL,
    dec_longitude double precision DEFAULT NULL, acft_make text DEFAULT NULL, acft_model text DEFAULT NULL,
    pilot_tot_time double precision DEFAULT NULL, wx_cond_basic text DEFAULT NULL, wx_temp double precision DEFAULT NULL,
    light_cond text DEFAULT NULL, far_part text DEFAULT NULL, type_fly text DEFAULT NULL, phase text DEFAULT NULL,
    damage text DEFAULT NULL, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM @extschema@.ntsb_predict_causes(jsonb_build_object(
        'ev_date', ntsb_predict_causes.ev_date, 'dec_latitude', ntsb_predict_causes.dec_latitude,
        'dec_longitude', ntsb_predict_causes.dec_longitude, 'acft_make', ntsb_predict_causes.acft_make,
        'acft_model', ntsb_predict_causes.acft_model, 'pilot_tot_time', ntsb_predict_causes.pilot_tot_time,
        'wx_cond_basic', ntsb_predict_causes.wx_cond_basic, 'wx_temp', ntsb_predict_causes.wx_temp,
        'light_cond', ntsb_predict_causes.light_cond, 'far_part', ntsb_predict_causes.far_part,
        'type_fly', ntsb_predict_causes.type_fly, 'phase', ntsb_predict_causes.phase,
        'damage', ntsb_predict_causes.damage), ntsb_predict_causes.top, ntsb_predict_causes.model)
$$;

COMMENT ON FUNCTION ntsb_predict_causes(date, double precision, double precision, text, text, double precision, text, double precision, text, text, text, text, text, integer, text) IS
'The same, of facts by their names; null is what is not known.';

CREATE FUNCTION ntsb_changes_since(since bigint, max_rows integer DEFAULT 1000)
RETURNS TABLE (seq bigint, batch_id bigint, changed_at timestamptz, ev_id text, action text, tables text[],
    columns text[], ev_date date, ev_state text, severity text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF max_rows NOT BETWEEN 1 AND 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('max_rows is %s', max_rows),
            HINT = 'Ask for 1 to 10000 rows, and then for those since the last seq.';
    END IF;
    RETURN QUERY
    WITH entry AS (
        SELECT l.* FROM ntsb.change_log l
        WHERE l.seq > since AND l.ev_id IS NOT NULL ORDER BY l.seq LIMIT max_rows
    ), changed AS (
        SELECT max(l.seq) AS seq, l.batch_id, max(l.changed_at) AS changed_at, l.ev_id,
               coalesce(max(l.action) FILTER (WHERE l.table_name = 'events'), 'update') AS action,
               array_agg(DISTINCT l.table_name) AS tables,
               array_agg(DISTINCT c.key) FILTER (WHERE c.key IS NOT NULL) AS columns
        FROM entry l
        LEFT JOIN LATERAL jsonb_object_keys(CASE WHEN l.action = 'update' THEN l.changes END) c (key) ON true
        GROUP BY l.batch_id, l.ev_id
    )
    SELECT c.seq, c.batch_id, c.changed_at, c.ev_id, c.action, c.tables, coalesce(c.columns, '{}'),
           e.ev_date, e.ev_state, e.ev_highest_injury
    FROM changed c
    LEFT JOIN ntsb.event_key k ON k.ev_id = c.ev_id
    LEFT JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year
    ORDER BY c.seq;
END
$$;

COMMENT ON FUNCTION ntsb_changes_since(bigint, integer) IS
'Events that changed after entry since of ntsb.change_log, oldest first: one line for each event and batch among the next max_rows entries (1 to 10,000), with the tables and, of updates, the columns that changed. seq: where to ask on from. action: insert, update, withdraw or return, of the event itself. Nothing: there is nothing newer. Errors: 22023 max_rows.';

CREATE FUNCTION ntsb_alert_of_batch(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source text := (SELECT b.source FROM ntsb.batch b WHERE b.batch_id = ntsb_alert_of_batch.batch_id);
    refused bigint;
    found bigint;
    rules jsonb;
BEGIN
    WITH defect AS (
        SELECT q.rule_id, true AS refused FROM ntsb.staging_quarantine q
        WHERE q.batch_id = ntsb_alert_of_batch.batch_id
        UNION ALL
        SELECT d.rule_id, false FROM ntsb.batch_defects d WHERE d.batch_id = ntsb_alert_of_batch.batch_id
    ), rule AS (
        SELECT d.rule_id, d.refused, count(*) AS rows FROM defect d GROUP BY 1, 2
    )
    SELECT coalesce(sum(r.rows) FILTER (WHERE r.refused), 0), coalesce(sum(r.rows) FILTER (WHERE NOT r.refused), 0),
           jsonb_object_agg(r.rule_id, r.rows)
    INTO refused, found, rules FROM rule r;
    IF rules IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN @extschema@.ntsb_raise_alert('data_quality', CASE WHEN refused > 0 THEN 'warning' ELSE 'info' END, source,
        format('%s: %s rows refused, %s remarks on the load as a whole; see ntsb quarantine list and ntsb.data_quality',
               source, refused, found),
        jsonb_build_object('batch_id', ntsb_alert_of_batch.batch_id, 'rules', rules));
END
$$;

COMMENT ON FUNCTION ntsb_alert_of_batch(bigint) IS
'A part of ntsb_ingest: raises an alert of kind data_quality where rows of a load were refused (a warning) or rules of gate 3 had remarks (info); its number, or null where there is nothing to say.';

CREATE FUNCTION ntsb_archive_begins(decade integer) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text;
BEGIN
    IF to_regclass('ntsb.archive') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse of this database has no archive',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF decade IS NULL OR decade % 10 <> 0 OR decade NOT BETWEEN 1900 AND 2100 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s is no decade', coalesce(decade::text, 'null')),
            HINT = 'Name it by its first year, such as 1980.';
    END IF;
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, @extschema@.ntsb_lock_number('star'));
    PERFORM @extschema@.ntsb_lock_ingest();
    FOREACH part IN ARRAY '{views,search}'::text[] LOOP
        PERFORM pg_advisory_xact_lock(x'6e747362'::int, @extschema@.ntsb_lock_number(part));
    END LOOP;
END
$$;

COMMENT ON FUNCTION ntsb_archive_begins(integer) IS
'A part of ntsb_archive_decade and ntsb_attach_archive: checks the decade, waits for loads and refreshes and keeps others out until the transaction ends.';

CREATE FUNCTION ntsb_archive_follow(events text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    state record;
    worn boolean;
BEGIN
    FOR state IN SELECT r.* FROM ntsb.refresh_state r WHERE r.what IN ('star', 'search') ORDER BY r.what DESC LOOP
        IF state.what = 'star' THEN
            CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
            SELECT DISTINCT e.ev_id FROM unnest(ntsb_archive_follow.events) e (ev_id);
            PERFORM @extschema@.ntsb_star_widen();
            PERFORM @extschema@.ntsb_star_take_up(false);
        ELSE
            SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(ntsb_archive_follow.events)
            INTO worn FROM ntsb.search_segment s;
            IF worn THEN
                CALL @extschema@.ntsb_rebuild_search();
                CONTINUE;
            END IF;
            PERFORM @extschema@.ntsb_search_retire(ntsb_archive_follow.events);
            PERFORM @extschema@.ntsb_search_take_up(ntsb_archive_follow.events);
        END IF;
        PERFORM @extschema@.ntsb_refreshed(state.what, state.last_seq, began,
            cardinality(ntsb_archive_follow.events));
    END LOOP;
    CALL @extschema@.ntsb_refresh_views();
END
$$;

COMMENT ON FUNCTION ntsb_archive_follow(text[]) IS
'A part of ntsb_archive_decade and ntsb_attach_archive: brings star, views and search, where they were made, up to date with events that went into an archive or came back.';

CREATE PROCEDURE ntsb_archive_decade(decade integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive bigint;
    events text[];
    written jsonb;
    part record;
    gone bigint;
BEGIN
    PERFORM @extschema@.ntsb_archive_begins(decade);
    SELECT array_agg(e.ev_id ORDER BY e.ev_id) INTO events FROM ntsb.events e
    WHERE e.ev_year BETWEEN decade AND decade + 9;
    IF events IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('no event of the years %s to %s is stored', decade, decade + 9),
            HINT = 'SELECT * FROM ntsb.archive tells which decades are archived.';
    END IF;
    INSERT INTO ntsb.archive (decade, events) VALUES (decade, cardinality(events))
    RETURNING archive_id INTO archive;
    INSERT INTO ntsb.archived_event (ev_id, archive_id, ntsb_no)
    SELECT e.ev_id, archive, e.ntsb_no FROM ntsb.events e WHERE e.ev_year BETWEEN decade AND decade + 9;
    ANALYZE ntsb.archived_event;
    -- Written, read back and compared, before a row goes.
    written := @extschema@.ntsb_archive_write(archive, decade);
    UPDATE ntsb.archive a SET path = written ->> 'path', tables = written -> 'tables'
    WHERE a.archive_id = archive;
    FOR part IN
        SELECT t.entry ->> 'table' AS name, (t.entry ->> 'rows')::bigint AS rows
        FROM jsonb_array_elements(written -> 'tables') WITH ORDINALITY t (entry, place)
        ORDER BY t.place DESC
    LOOP
        EXECUTE format('DELETE FROM ntsb.%I t USING ntsb.archived_event a
                        WHERE t.ev_id = a.ev_id AND a.archive_id = $1', part.name)
        USING archive;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone <> part.rows THEN
            RAISE EXCEPTION USING ERRCODE = 'data_exception',
                MESSAGE = format('%s rows of ntsb.%I were archived, and %s would be removed', part.rows, part.name, gone),
                HINT = 'Nothing was changed but files. Does a trigger of your own keep rows?';
        END IF;
    END LOOP;
    PERFORM @extschema@.ntsb_archive_follow(events);
    RAISE NOTICE '% events are archived in %', cardinality(events), written ->> 'path';
END
$$;

COMMENT ON PROCEDURE ntsb_archive_decade(integer) IS
'Writes the events of a decade (1980: the years 1980 to 1989) and all rows that belong to them as Parquet into a new folder below the setting ntsb.archive_directory, reads the files back, and only if they hold each row to the bit removes the rows; ntsb.archive records it. Star, views and search follow. Loads leave archived events alone until CALL ntsb_attach_archive(decade). All or nothing, in the caller''s transaction; waits for a load under way. Needs the ownership of the tables and pg_write_server_files. Errors: 22023 no decade, P0002 no such events, 55000 no directory set, 42501 no right, 58P02 folder exists, 3F000 no warehouse.';

CREATE PROCEDURE ntsb_attach_archive(decade integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive record;
    events text[] := '{}';
BEGIN
    PERFORM @extschema@.ntsb_archive_begins(decade);
    FOR archive IN
        SELECT a.archive_id, a.path FROM ntsb.archive a
        WHERE a.decade = ntsb_attach_archive.decade AND a.attached_at IS NULL ORDER BY a.archive_id
    LOOP
        PERFORM @extschema@.ntsb_archive_read(archive.archive_id);
        events := events || ARRAY(SELECT e.ev_id FROM ntsb.archived_event e
                                  WHERE e.archive_id = archive.archive_id ORDER BY e.ev_id);
        DELETE FROM ntsb.archived_event e WHERE e.archive_id = archive.archive_id;
        UPDATE ntsb.archive a SET attached_at = clock_timestamp(), attached_by = session_user
        WHERE a.archive_id = archive.archive_id;
        RAISE NOTICE '% is attached; its files stay', archive.path;
    END LOOP;
    IF cardinality(events) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('no archive of the years %s to %s waits to be attached', decade, decade + 9),
            HINT = 'SELECT * FROM ntsb.archive tells which decades are archived.';
    END IF;
    PERFORM @extschema@.ntsb_archive_follow(events);
END
$$;

COMMENT ON PROCEDURE ntsb_attach_archive(integer) IS
'Brings the rows of an archived decade back: checks the files against their digests, copies them into the tables, compares the rows there with the archive to the bit, all bookkeeping included, and lets star, views and search follow. The files stay. All or nothing, in the caller''s transaction. Load a file again that came meanwhile: what it said of these events was left alone. Needs INSERT on the tables and pg_read_server_files. Errors: 22023 no decade, P0002 no such archive, 58P01 a file is missing, XX001 a file is not as it was written, 42501 no right, 42804 a table has changed, 3F000 no warehouse.';

CREATE OR REPLACE PROCEDURE ntsb_rebuild_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    taken bigint;
BEGIN
    IF NOT @extschema@.ntsb_may_refresh('search') THEN
        RETURN;
    END IF;
    last := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    DELETE FROM ntsb.search_posting;
    DELETE FROM ntsb.search_segment;
    DELETE FROM ntsb.search_document;
    taken := @extschema@.ntsb_search_take_up(NULL);
    PERFORM @extschema@.ntsb_refreshed('search', last, started, taken);
END
$$;

COMMENT ON PROCEDURE ntsb_rebuild_search() IS
'Builds the index of ntsb_search anew, in one transaction; searches go on with the old one until it commits. Needed only where rows were changed behind the change log. Does nothing, with a NOTICE, beside another refresh or on a standby. Errors: 3F000 no warehouse.';

CREATE OR REPLACE PROCEDURE ntsb_refresh_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    changed text[];
    worn boolean;
BEGIN
    IF NOT @extschema@.ntsb_may_refresh('search') THEN
        RETURN;
    END IF;
    last := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    IF NOT EXISTS (SELECT FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF last <= (SELECT r.last_seq FROM ntsb.refresh_state r WHERE r.what = 'search') THEN
        RETURN;
    END IF;
    changed := ARRAY(SELECT @extschema@.ntsb_changed_events('search'));
    -- Worn: many changed, or the index holds much that is dead or is in many parts.
    SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(changed) OR count(*) > 16
               OR sum(bit_count(s.dead)) * 5 > sum(s.docs)
    INTO worn FROM ntsb.search_segment s;
    IF worn AND cardinality(changed) > 0 THEN
        CALL @extschema@.ntsb_rebuild_search();
        RETURN;
    ELSIF cardinality(changed) > 0 THEN
        PERFORM @extschema@.ntsb_search_retire(changed);
        PERFORM @extschema@.ntsb_search_take_up(changed);
    END IF;
    PERFORM @extschema@.ntsb_refreshed('search', last, started, cardinality(changed));
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_search() IS
'Brings the index of ntsb_search up to date with what ntsb.change_log says has changed, in one transaction; builds it anew where much has changed. Does nothing, with a NOTICE, beside another refresh or on a standby. Errors: 3F000 no warehouse.';

CREATE OR REPLACE FUNCTION ntsb_adopt_cases(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
    adopted bigint;
BEGIN
    IF to_regclass('ntsb_staging.batch_journal') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    -- Of several events with that number one that stands, and one with an ev_id of NTSB's own.
    CREATE TEMP TABLE ntsb_adopted ON COMMIT DROP AS
    WITH staged AS (
        SELECT s.ev_id, btrim(s.ntsb_no) AS ntsb_no FROM ntsb_staging.events s
        WHERE s.batch_id = ntsb_adopt_cases.batch_id
    ), known AS (
        SELECT s.ev_id AS given, e.ev_id, true AS by_number, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ntsb_no)
        UNION ALL
        SELECT s.ev_id, e.ev_id, false, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ev_id)
        UNION ALL
        -- An archived event is known, too; what is said of it is left alone.
        SELECT s.ev_id, a.ev_id, true, NULL, NULL
        FROM staged s JOIN ntsb.archived_event a USING (ntsb_no)
    )
    SELECT DISTINCT ON (given) given, ev_id
    FROM known
    ORDER BY given, withdrawn_batch IS NOT NULL, NOT by_number, substr(ev_id, 9, 1) = 'M',
             lchg_date DESC NULLS LAST, ev_id;
    GET DIAGNOSTICS adopted = ROW_COUNT;
    IF adopted > 0 THEN
        FOR described IN
            SELECT c.table_name AS name,
                   array_agg(c.column_name ORDER BY c.position) FILTER (WHERE c.in_key) AS keys,
                   array_agg(c.column_name ORDER BY c.position) AS columns
            FROM @extschema@.ntsb_source_columns() c
            WHERE NOT c.derived AND NOT c.reference
            GROUP BY c.table_name
            ORDER BY c.table_name <> 'events', c.table_name
        LOOP
            PERFORM @extschema@.ntsb_adopt_rows(ntsb_adopt_cases.batch_id,
                described.name, described.keys, described.columns);
        END LOOP;
    END IF;
    DROP TABLE pg_temp.ntsb_adopted;
    RETURN adopted;
END
$$;

CREATE  FUNCTION "ntsb_accidents_in"(
	"west" double precision, /* Option < f64 > */
	"south" double precision, /* Option < f64 > */
	"east" double precision, /* Option < f64 > */
	"north" double precision, /* Option < f64 > */
	"max_rows" INT DEFAULT 1000, /* Option < i32 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* Option < String > */
	"ev_date" date,  /* Option < Date > */
	"place" TEXT,  /* Option < String > */
	"aircraft" TEXT,  /* Option < String > */
	"severity" TEXT,  /* Option < String > */
	"fatalities" INT,  /* Option < i32 > */
	"lat" double precision,  /* f64 */
	"lon" double precision,  /* f64 */
	"km" double precision  /* Option < f64 > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_accidents_in_wrapper';

CREATE FUNCTION ntsb_accidents_in(area geometry, max_rows integer DEFAULT 1000, filter text DEFAULT NULL)
RETURNS TABLE (ev_id text, ev_date date, place text, aircraft text, severity text, fatalities integer,
               lat double precision, lon double precision, km double precision)
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ntsb_accidents_in_area_wrapper';

CREATE  FUNCTION "ntsb_accidents_near"(
	"lat" double precision, /* Option < f64 > */
	"lon" double precision, /* Option < f64 > */
	"km" double precision, /* Option < f64 > */
	"max_rows" INT DEFAULT 100, /* Option < i32 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* Option < String > */
	"ev_date" date,  /* Option < Date > */
	"place" TEXT,  /* Option < String > */
	"aircraft" TEXT,  /* Option < String > */
	"severity" TEXT,  /* Option < String > */
	"fatalities" INT,  /* Option < i32 > */
	"lat" double precision,  /* f64 */
	"lon" double precision,  /* f64 */
	"km" double precision  /* Option < f64 > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_accidents_near_wrapper';

CREATE  FUNCTION "ntsb_archive_read"(
	"archive_id" bigint /* i64 */
) RETURNS bigint /* Result < i64, ErrorReport > */
STRICT PARALLEL UNSAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_archive_read_wrapper';

CREATE  FUNCTION "ntsb_archive_write"(
	"archive_id" bigint, /* i64 */
	"decade" INT /* i32 */
) RETURNS jsonb /* Result < JsonB, ErrorReport > */
STRICT PARALLEL UNSAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_archive_write_wrapper';

CREATE  FUNCTION "ntsb_artifact_info"(
	"artifact" bytea /* & [u8] */
) RETURNS jsonb /* Result < JsonB, ErrorReport > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_artifact_info_wrapper';

CREATE  FUNCTION "ntsb_association_rules"(
	"min_support" double precision DEFAULT 0.01, /* Option < f64 > */
	"min_confidence" double precision DEFAULT 0.3, /* Option < f64 > */
	"max_items" INT DEFAULT 3, /* Option < i32 > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"era" TEXT DEFAULT '2008', /* Option < & str > */
	"kinds" TEXT[] DEFAULT '{finding,occurrence}' /* :: std :: option :: Option < Vec < Option < String > > > */
) RETURNS TABLE (
	"antecedent" TEXT[],  /* Vec < String > */
	"consequent" TEXT[],  /* Vec < String > */
	"events" bigint,  /* i64 */
	"support" double precision,  /* f64 */
	"confidence" double precision,  /* f64 */
	"lift" double precision,  /* f64 */
	"leverage" double precision,  /* f64 */
	"antecedent_codes" TEXT[],  /* Vec < String > */
	"consequent_codes" TEXT[]  /* Vec < String > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_association_rules_wrapper';

CREATE  FUNCTION "ntsb_causes_told"(
	"model" TEXT /* Option < & str > */
) RETURNS TEXT[] /* Result < Vec < String > , ErrorReport > */
STABLE PARALLEL SAFE COST 10
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_causes_told_wrapper';

CREATE  FUNCTION "ntsb_change_points"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"bucket" TEXT DEFAULT 'year', /* Option < & str > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"strictness" double precision DEFAULT 1.0, /* Option < f64 > */
	"min_completeness" double precision DEFAULT 0.5 /* Option < f64 > */
) RETURNS TABLE (
	"bucket_start" date,  /* Date */
	"level_before" double precision,  /* f64 */
	"level_after" double precision,  /* f64 */
	"change_percent" double precision,  /* Option < f64 > */
	"fitted_to" date  /* Date */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_change_points_wrapper';

CREATE  FUNCTION "ntsb_cluster_accidents"(
	"eps_km" double precision, /* Option < f64 > */
	"min_points" INT, /* Option < i32 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* Option < String > */
	"cluster_id" INT,  /* Option < i32 > */
	"is_core" bool  /* bool */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_cluster_accidents_wrapper';

ALTER FUNCTION ntsb_cluster_accidents(double precision, integer, text) COST 100000 ROWS 75000;

CREATE FUNCTION ntsb_cluster_summary(eps_km double precision, min_points integer, filter text DEFAULT NULL)
RETURNS TABLE (cluster_id integer, events integer, core_events integer, fatal_events integer,
    fatal_share double precision, fatalities integer, lat double precision, lon double precision,
    radius_km double precision, hull geometry, top_make text, top_phase text, first_year integer,
    last_year integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gis text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
BEGIN
    IF to_regclass('ntsb.fact_accidents') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH member AS MATERIALIZED (
            SELECT c.cluster_id, c.is_core, e.ev_id, e.lat, e.lon, e.ev_year,
                   coalesce(e.ev_highest_injury, CASE WHEN e.inj_tot_f > 0 THEN 'FATL' END) = 'FATL' AS fatal,
                   coalesce(e.inj_tot_f, 0) AS dead, f.acft_make, f.phase
            FROM @extschema@.ntsb_cluster_accidents($1, $2, $3) c
            JOIN ntsb.events e ON e.ev_id = c.ev_id
            LEFT JOIN ntsb.fact_accidents f ON f.ev_id = c.ev_id
            WHERE c.cluster_id IS NOT NULL
        ), middle AS (
            SELECT m.cluster_id, count(*) AS events, count(*) FILTER (WHERE m.is_core) AS cores,
                   count(*) FILTER (WHERE m.fatal) AS fatal, sum(m.dead) AS dead,
                   min(m.ev_year) AS first_year, max(m.ev_year) AS last_year,
                   max(m.lon) - min(m.lon) > 180 AS across,
                   sum(cosd(m.lat) * cosd(m.lon)) AS x, sum(cosd(m.lat) * sind(m.lon)) AS y,
                   sum(sind(m.lat)) AS z,
                   mode() WITHIN GROUP (ORDER BY m.acft_make) AS make,
                   mode() WITHIN GROUP (ORDER BY m.phase) AS phase
            FROM member m GROUP BY m.cluster_id
        ), centre AS (
            SELECT c.*, atan2d(c.z, sqrt(c.x * c.x + c.y * c.y)) AS lat, atan2d(c.y, c.x) AS lon FROM middle c
        ), shape AS (
            SELECT m.cluster_id,
                   max(%1$s.ST_DistanceSphere(%1$s.ST_MakePoint(m.lon, m.lat), %1$s.ST_MakePoint(c.lon, c.lat),
                                              6371008.8)) / 1000 AS radius_km,
                   %1$s.ST_SetSRID(%1$s.ST_ConvexHull(%1$s.ST_Collect(%1$s.ST_MakePoint(
                       CASE WHEN c.across AND m.lon < 0 THEN m.lon + 360 ELSE m.lon END, m.lat))), 4326) AS hull
            FROM member m JOIN centre c USING (cluster_id) GROUP BY m.cluster_id
        )
        SELECT c.cluster_id, c.events::integer, c.cores::integer, c.fatal::integer,
               c.fatal::double precision / c.events, c.dead::integer, c.lat, c.lon, s.radius_km, s.hull,
               c.make, c.phase, c.first_year::integer, c.last_year::integer
        FROM centre c JOIN shape s USING (cluster_id) ORDER BY c.events DESC, c.cluster_id$sql$, gis)
    USING eps_km, min_points, filter;
END
$$;

COMMENT ON FUNCTION ntsb_cluster_summary(double precision, integer, text) IS
'Clusters of ntsb_cluster_accidents(eps_km, min_points, filter), the largest first: number of events and of cores, share (0 to 1) and number of fatal ones, people killed, centre (mean direction, degrees), radius_km (centre to the furthest event, on the sphere), convex hull (longitudes beyond 180 where it crosses the antimeridian; a point or line where events share places), most frequent maker and phase of flight (null where the star does not tell), first and last year. Errors: as ntsb_cluster_accidents.';

CREATE PROCEDURE ntsb_refresh_clusters(eps_km double precision DEFAULT NULL, min_points integer DEFAULT NULL,
    filter text DEFAULT NULL)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest bigint;
    began timestamptz;
    asked record;
    run bigint;
BEGIN
    IF (eps_km IS NULL) <> (min_points IS NULL) OR (eps_km IS NULL AND filter IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'eps_km and min_points go together',
            HINT = 'CALL ntsb_refresh_clusters(10, 10) makes or refreshes one run, CALL ntsb_refresh_clusters() all that are behind.';
    ELSIF NOT @extschema@.ntsb_may_refresh('clusters') THEN
        RETURN;
    END IF;
    SELECT coalesce(max(l.seq), 0) INTO newest FROM ntsb.change_log l;
    FOR asked IN
        SELECT ntsb_refresh_clusters.eps_km, ntsb_refresh_clusters.min_points,
               coalesce(ntsb_refresh_clusters.filter, '') AS filter
        WHERE ntsb_refresh_clusters.eps_km IS NOT NULL
        UNION ALL
        SELECT r.eps_km, r.min_points, r.filter FROM ntsb.cluster_run r
        WHERE ntsb_refresh_clusters.eps_km IS NULL AND r.last_seq < newest
        ORDER BY 1, 2, 3
    LOOP
        began := clock_timestamp();
        INSERT INTO ntsb.cluster_run AS r (eps_km, min_points, filter, last_seq, refreshed_at, took, points, clusters, noise)
        VALUES (asked.eps_km, asked.min_points, asked.filter, newest, began, '0', 0, 0, 0)
        ON CONFLICT ON CONSTRAINT cluster_run_eps_km_min_points_filter_key DO UPDATE
            SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at
        RETURNING r.run_id INTO run;
        DELETE FROM ntsb.cluster_member m WHERE m.run_id = run;
        INSERT INTO ntsb.cluster_member (run_id, ev_id, cluster_id, is_core)
        SELECT run, c.ev_id, c.cluster_id, c.is_core
        FROM @extschema@.ntsb_cluster_accidents(asked.eps_km, asked.min_points, asked.filter) c;
        UPDATE ntsb.cluster_run r SET took = clock_timestamp() - began, points = m.points,
            clusters = m.clusters, noise = m.noise
        FROM (SELECT count(*) AS points, count(DISTINCT c.cluster_id) AS clusters,
                     count(*) FILTER (WHERE c.cluster_id IS NULL) AS noise
              FROM ntsb.cluster_member c WHERE c.run_id = run) m
        WHERE r.run_id = run;
    END LOOP;
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_clusters(double precision, integer, text) IS
'Keeps clusters of ntsb_cluster_accidents(eps_km, min_points, filter) in ntsb.cluster_run and ntsb.cluster_member, in place of those of the same question. Without arguments: makes anew each kept run that the change log has left behind. Does nothing on a standby or where another session is at it. Needs INSERT, UPDATE and DELETE on the two tables. Errors: 22023, 3F000 no warehouse, and those of ntsb_cluster_accidents.';

CREATE  FUNCTION "ntsb_convert_artifact"(
	"artifact" bytea, /* & [u8] */
	"format" TEXT /* & str */
) RETURNS bytea /* Result < Vec < u8 > , ErrorReport > */
IMMUTABLE STRICT PARALLEL RESTRICTED
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_convert_artifact_wrapper';

CREATE  FUNCTION "ntsb_correlation_columns"() RETURNS TABLE (
	"column_name" TEXT,  /* & '_ str */
	"kind" TEXT  /* & '_ str */
)
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_correlation_columns_wrapper';

CREATE  FUNCTION "ntsb_correlations"(
	"columns" TEXT[], /* :: std :: option :: Option < Vec < Option < String > > > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"column_a" TEXT,  /* & '_ str */
	"column_b" TEXT,  /* & '_ str */
	"method" TEXT,  /* & '_ str */
	"coefficient" double precision,  /* Option < f64 > */
	"p_value" double precision,  /* Option < f64 > */
	"events" bigint  /* i64 */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_correlations_wrapper';

CREATE  FUNCTION "ntsb_density"(
	"cell_deg" double precision DEFAULT 1.0, /* Option < f64 > */
	"bandwidth_km" double precision DEFAULT NULL, /* Option < f64 > */
	"kernel" TEXT DEFAULT 'quartic', /* Option < & str > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"lat" double precision,  /* f64 */
	"lon" double precision,  /* f64 */
	"events" INT,  /* i32 */
	"fatal_events" INT,  /* i32 */
	"area_km2" double precision,  /* f64 */
	"events_per_1000_km2" double precision,  /* f64 */
	"density_per_1000_km2" double precision  /* Option < f64 > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_density_wrapper';

CREATE  FUNCTION "ntsb_derive_features"(
	"facts" jsonb /* JsonB */
) RETURNS jsonb /* Result < JsonB, ErrorReport > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_derive_features_wrapper';

CREATE  FUNCTION "ntsb_drift_of_codes"(
	"reference" TEXT[], /* Vec < Option < String > > */
	"current" TEXT[] /* Vec < Option < String > > */
) RETURNS TABLE (
	"test" TEXT,  /* String */
	"statistic" double precision,  /* f64 */
	"p_value" double precision,  /* f64 */
	"psi" double precision,  /* f64 */
	"jensen_shannon" double precision  /* f64 */
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_drift_of_codes_wrapper';

CREATE  FUNCTION "ntsb_drift_of_numbers"(
	"reference" double precision[], /* Vec < Option < f64 > > */
	"current" double precision[] /* Vec < Option < f64 > > */
) RETURNS TABLE (
	"test" TEXT,  /* String */
	"statistic" double precision,  /* f64 */
	"p_value" double precision,  /* f64 */
	"psi" double precision,  /* f64 */
	"jensen_shannon" double precision  /* f64 */
)
IMMUTABLE STRICT PARALLEL SAFE COST 1000
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_drift_of_numbers_wrapper';

CREATE  FUNCTION "ntsb_drifted"(
	"p_values" double precision[], /* Vec < f64 > */
	"psis" double precision[], /* Vec < f64 > */
	"alarm_rate" double precision, /* f64 */
	"least_psi" double precision /* f64 */
) RETURNS bool[] /* Vec < bool > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_drifted_wrapper';

CREATE  FUNCTION "ntsb_encode"(
	"facts" jsonb, /* Option < JsonB > */
	"model" TEXT DEFAULT NULL, /* Option < & str > */
	"target" TEXT DEFAULT 'severity' /* & str */
) RETURNS real[] /* Result < :: std :: option :: Option < Vec < f32 > > , ErrorReport > */
STABLE PARALLEL SAFE COST 50
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_encode_wrapper';

CREATE  FUNCTION "ntsb_event_facts"(
	"ev_id" TEXT /* & str */
) RETURNS jsonb /* Result < JsonB, ErrorReport > */
STRICT STABLE PARALLEL SAFE COST 500
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_event_facts_wrapper';

CREATE  FUNCTION "ntsb_explain_severity"(
	"facts" jsonb, /* Option < JsonB > */
	"severity" TEXT DEFAULT NULL, /* Option < & str > */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"severity" TEXT,  /* String */
	"feature" TEXT,  /* String */
	"value" TEXT,  /* Option < String > */
	"contribution" double precision,  /* f64 */
	"margin" double precision  /* f64 */
)
STABLE PARALLEL SAFE COST 10000
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_explain_severity_wrapper';

CREATE  FUNCTION "ntsb_explain_severity"(
	"ev_id" TEXT, /* Option < & str > */
	"severity" TEXT DEFAULT NULL, /* Option < & str > */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"severity" TEXT,  /* String */
	"feature" TEXT,  /* String */
	"value" TEXT,  /* Option < String > */
	"contribution" double precision,  /* f64 */
	"margin" double precision  /* f64 */
)
STABLE PARALLEL SAFE  COST 10000
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_explain_severity_of_event_wrapper';

CREATE  FUNCTION "ntsb_export_parquet"(
	"what" TEXT, /* & str */
	"path" TEXT, /* & str */
	"overwrite" bool DEFAULT false /* bool */
) RETURNS TABLE (
	"file" TEXT,  /* String */
	"year" INT,  /* Option < i32 > */
	"rows" bigint,  /* i64 */
	"bytes" bigint  /* i64 */
)
STRICT PARALLEL UNSAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_export_parquet_wrapper';

CREATE  FUNCTION "ntsb_feature_importance"(
	"model" TEXT DEFAULT NULL, /* Option < & str > */
	"target" TEXT DEFAULT 'severity' /* & str */
) RETURNS TABLE (
	"feature" TEXT,  /* String */
	"splits" bigint,  /* i64 */
	"gain" double precision,  /* f64 */
	"gain_share" double precision,  /* f64 */
	"cover" double precision,  /* f64 */
	"model_version" TEXT  /* String */
)
STABLE PARALLEL SAFE COST 1000
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_feature_importance_wrapper';

CREATE  FUNCTION "ntsb_features"(
	"ev_id" TEXT /* & str */
) RETURNS jsonb /* Result < Option < JsonB > , ErrorReport > */
STRICT STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_features_wrapper';

CREATE  FUNCTION "ntsb_forecast"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"bucket" TEXT DEFAULT 'month', /* Option < & str > */
	"horizon" INT DEFAULT 12, /* Option < i32 > */
	"level" double precision DEFAULT 0.95, /* Option < f64 > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"min_completeness" double precision DEFAULT 0.5 /* Option < f64 > */
) RETURNS TABLE (
	"bucket_start" date,  /* Date */
	"forecast" double precision,  /* f64 */
	"lower" double precision,  /* f64 */
	"upper" double precision,  /* f64 */
	"fitted_from" date,  /* Date */
	"fitted_to" date,  /* Date */
	"fitted_buckets" INT  /* i32 */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_forecast_wrapper';

CREATE  FUNCTION "ntsb_forecast_accuracy"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"bucket" TEXT DEFAULT 'month', /* Option < & str > */
	"horizon" INT DEFAULT 12, /* Option < i32 > */
	"level" double precision DEFAULT 0.95, /* Option < f64 > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"min_completeness" double precision DEFAULT 0.5, /* Option < f64 > */
	"origins" INT DEFAULT 20 /* Option < i32 > */
) RETURNS TABLE (
	"method" TEXT,  /* & '_ str */
	"smape" double precision,  /* f64 */
	"mase" double precision,  /* Option < f64 > */
	"coverage" double precision,  /* f64 */
	"level" double precision,  /* f64 */
	"compared" bigint,  /* i64 */
	"fitted_to" date  /* Date */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_forecast_accuracy_wrapper';

CREATE FUNCTION ntsb_geojson(filter text DEFAULT NULL, max_rows integer DEFAULT 1000) RETURNS json
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ntsb_geojson_wrapper';

CREATE  FUNCTION "ntsb_hotspots"(
	"measure" TEXT DEFAULT 'fatal', /* Option < & str > */
	"cell_deg" double precision DEFAULT NULL, /* Option < f64 > */
	"neighbours" INT DEFAULT 8, /* Option < i32 > */
	"permutations" INT DEFAULT 0, /* Option < i32 > */
	"seed" bigint DEFAULT 1, /* Option < i64 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* Option < String > */
	"lat" double precision,  /* f64 */
	"lon" double precision,  /* f64 */
	"events" INT,  /* i32 */
	"value" double precision,  /* f64 */
	"z" double precision,  /* Option < f64 > */
	"p" double precision,  /* Option < f64 > */
	"q" double precision,  /* Option < f64 > */
	"p_sim" double precision,  /* Option < f64 > */
	"kind" TEXT  /* Option < & '_ str > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_hotspots_wrapper';

CREATE  FUNCTION "ntsb_leak"(
	"expression" TEXT /* & str */
) RETURNS TEXT /* Option < String > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_leak_wrapper';

CREATE FUNCTION ntsb_follow_type_history() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed bigint;
    more bigint;
BEGIN
    CREATE TEMP TABLE ntsb_type_history ON COMMIT DROP AS
    SELECT d.acft_make, d.acft_model, d.as_of,
           (sum(d.events) OVER w)::integer AS events,
           (sum(d.injury_events) OVER w)::integer AS injury_events,
           (sum(d.fatal_events) OVER w)::integer AS fatal_events
    FROM (SELECT f.acft_make, coalesce(f.acft_model, '') AS acft_model, f.ev_date AS as_of, count(*) AS events,
                 count(*) FILTER (WHERE f.severity <> 'NONE') AS injury_events,
                 count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events
          FROM ntsb.fact_accidents f
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.acft_make <> '' AND f.acft_model <> ''
          GROUP BY f.acft_make, f.acft_model, f.ev_date
          UNION ALL
          SELECT f.acft_make, '', f.ev_date, count(*), count(*) FILTER (WHERE f.severity <> 'NONE'),
                 count(*) FILTER (WHERE f.severity = 'FATL')
          FROM ntsb.fact_accidents f
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.acft_make <> ''
          GROUP BY f.acft_make, f.ev_date) d
    WINDOW w AS (PARTITION BY d.acft_make, d.acft_model ORDER BY d.as_of);
    ANALYZE pg_temp.ntsb_type_history;
    DELETE FROM ntsb.type_history h
    WHERE (h.acft_make, h.acft_model, h.as_of) NOT IN (
        SELECT n.acft_make, n.acft_model, n.as_of FROM pg_temp.ntsb_type_history n);
    GET DIAGNOSTICS changed = ROW_COUNT;
    INSERT INTO ntsb.type_history AS h SELECT * FROM pg_temp.ntsb_type_history n ORDER BY 1, 2, 3
    ON CONFLICT (acft_make, acft_model, as_of) DO UPDATE
    SET events = excluded.events, injury_events = excluded.injury_events, fatal_events = excluded.fatal_events
    WHERE (h.events, h.injury_events, h.fatal_events)
        IS DISTINCT FROM (excluded.events, excluded.injury_events, excluded.fatal_events);
    GET DIAGNOSTICS more = ROW_COUNT;
    DROP TABLE pg_temp.ntsb_type_history;
    -- The first time leaves PostgreSQL without statistics, and training would wait for a bad plan.
    IF changed + more > 1000 THEN
        ANALYZE ntsb.type_history;
    END IF;
    RETURN changed + more;
END
$$;

COMMENT ON FUNCTION ntsb_follow_type_history() IS
'A part of ntsb_refresh_features: brings ntsb.type_history in line with the star; the rows that it changed.';

CREATE FUNCTION ntsb_follow_place_history() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed bigint;
    more bigint;
BEGIN
    CREATE TEMP TABLE ntsb_place_history ON COMMIT DROP AS
    SELECT d.per_degree, d.lat_cell, d.lon_cell, d.as_of,
           (sum(d.events) OVER w)::integer AS events,
           (sum(d.injury_events) OVER w)::integer AS injury_events,
           (sum(d.fatal_events) OVER w)::integer AS fatal_events
    FROM (SELECT g.per_degree, floor(f.lat * g.per_degree)::integer AS lat_cell,
                 floor(f.lon * g.per_degree)::integer AS lon_cell, f.ev_date AS as_of, count(*) AS events,
                 count(*) FILTER (WHERE f.severity <> 'NONE') AS injury_events,
                 count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events
          FROM ntsb.fact_accidents f CROSS JOIN unnest('{10,100}'::smallint[]) g (per_degree)
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.lat IS NOT NULL AND f.lon IS NOT NULL
          GROUP BY 1, 2, 3, 4) d
    WINDOW w AS (PARTITION BY d.per_degree, d.lat_cell, d.lon_cell ORDER BY d.as_of);
    ANALYZE pg_temp.ntsb_place_history;
    DELETE FROM ntsb.place_history h
    WHERE (h.per_degree, h.lat_cell, h.lon_cell, h.as_of) NOT IN (
        SELECT n.per_degree, n.lat_cell, n.lon_cell, n.as_of FROM pg_temp.ntsb_place_history n);
    GET DIAGNOSTICS changed = ROW_COUNT;
    INSERT INTO ntsb.place_history AS h SELECT * FROM pg_temp.ntsb_place_history n ORDER BY 1, 2, 3, 4
    ON CONFLICT (per_degree, lat_cell, lon_cell, as_of) DO UPDATE
    SET events = excluded.events, injury_events = excluded.injury_events, fatal_events = excluded.fatal_events
    WHERE (h.events, h.injury_events, h.fatal_events)
        IS DISTINCT FROM (excluded.events, excluded.injury_events, excluded.fatal_events);
    GET DIAGNOSTICS more = ROW_COUNT;
    DROP TABLE pg_temp.ntsb_place_history;
    IF changed + more > 1000 THEN
        ANALYZE ntsb.place_history;
    END IF;
    RETURN changed + more;
END
$$;

COMMENT ON FUNCTION ntsb_follow_place_history() IS
'A part of ntsb_refresh_features: brings ntsb.place_history in line with the star; the rows that it changed.';

CREATE PROCEDURE ntsb_refresh_features()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    star record;
BEGIN
    IF NOT @extschema@.ntsb_may_refresh('features') THEN
        RETURN;
    END IF;
    SELECT s.last_seq, s.refreshed_at INTO star FROM ntsb.refresh_state s WHERE s.what = 'star';
    IF NOT FOUND OR EXISTS (SELECT FROM ntsb.refresh_state s
                            WHERE s.what = 'features' AND s.refreshed_at > star.refreshed_at) THEN
        RETURN;
    END IF;
    PERFORM @extschema@.ntsb_refreshed('features', star.last_seq, began,
        @extschema@.ntsb_follow_type_history() + @extschema@.ntsb_follow_place_history());
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_features() IS
'Brings ntsb.type_history and ntsb.place_history in line with the star, where that is newer; ntsb.accident_features shows them. ntsb_refresh calls it. Does nothing on a standby or where another session is at it. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_feature_leaks(view_name text DEFAULT 'ntsb.accident_features')
RETURNS TABLE (table_name text, column_name text, reason text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE reads AS (
        SELECT d.refobjid AS relation, d.refobjsubid AS attnum
        FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
        WHERE r.ev_class = to_regclass(ntsb_feature_leaks.view_name)
        UNION
        SELECT d.refobjid, d.refobjsubid
        FROM reads v
        JOIN pg_class c ON c.oid = v.relation AND c.relkind IN ('v', 'm')
        JOIN pg_rewrite r ON r.ev_class = c.oid
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    )
    SELECT v.relation::regclass::text, a.attname::text, @extschema@.ntsb_leak(a.attname::text)
    FROM (SELECT DISTINCT relation, attnum FROM reads) v
    JOIN pg_class c ON c.oid = v.relation AND c.relkind IN ('r', 'p', 'f')
    JOIN pg_attribute a ON a.attrelid = v.relation
        AND (a.attnum = v.attnum OR v.attnum = 0 AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
            SELECT FROM reads o WHERE o.relation = v.relation AND o.attnum > 0))
    WHERE @extschema@.ntsb_leak(a.attname::text) IS NOT NULL
    UNION
    SELECT v.relation::regclass::text, '*', 'ntsb_leak cannot tell what is read of this table'
    FROM reads v WHERE v.relation = ANY (ARRAY[to_regclass('ntsb.injury'), to_regclass('ntsb.findings'),
        to_regclass('ntsb.narratives'), to_regclass('ntsb.ntsb_admin')])
    ORDER BY 1, 2
$$;

COMMENT ON FUNCTION ntsb_feature_leaks(text) IS
'Columns that tell the outcome of an event and that a view reads all the same, by name or in an expression, also through other views; no row where all is well. A model is not trained where ntsb.accident_features has any. view_name: the view to look at.';

CREATE  FUNCTION "ntsb_local_morans_i"(
	"measure" TEXT DEFAULT 'fatal', /* Option < & str > */
	"neighbours" INT DEFAULT 8, /* Option < i32 > */
	"permutations" INT DEFAULT 999, /* Option < i32 > */
	"seed" bigint DEFAULT 1, /* Option < i64 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* Option < String > */
	"lat" double precision,  /* f64 */
	"lon" double precision,  /* f64 */
	"value" double precision,  /* f64 */
	"neighbours_mean" double precision,  /* f64 */
	"local_i" double precision,  /* f64 */
	"quadrant" TEXT,  /* & '_ str */
	"p_sim" double precision,  /* Option < f64 > */
	"q" double precision  /* Option < f64 > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_local_morans_i_wrapper';

CREATE  FUNCTION "ntsb_model_asked"(
	"target" TEXT, /* & str */
	"model" TEXT /* Option < & str > */
) RETURNS bigint /* Result < i64, ErrorReport > */
STABLE PARALLEL SAFE COST 10
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_model_asked_wrapper';

CREATE  FUNCTION "ntsb_model_classes"(
	"model" TEXT DEFAULT NULL, /* Option < & str > */
	"target" TEXT DEFAULT 'severity' /* & str */
) RETURNS TEXT[] /* Result < Vec < String > , ErrorReport > */
STABLE PARALLEL SAFE COST 10
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_model_classes_wrapper';

CREATE  FUNCTION "ntsb_morans_i"(
	"measure" TEXT DEFAULT 'fatal', /* Option < & str > */
	"neighbours" INT DEFAULT 8, /* Option < i32 > */
	"permutations" INT DEFAULT 999, /* Option < i32 > */
	"seed" bigint DEFAULT 1, /* Option < i64 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"points" INT,  /* i32 */
	"morans_i" double precision,  /* f64 */
	"expected" double precision,  /* f64 */
	"variance" double precision,  /* f64 */
	"z" double precision,  /* f64 */
	"p" double precision,  /* f64 */
	"p_sim" double precision,  /* Option < f64 > */
	"z_sim" double precision  /* Option < f64 > */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_morans_i_wrapper';

CREATE  FUNCTION "ntsb_predict"(
	"facts" jsonb, /* Option < JsonB > */
	"target" TEXT, /* & str */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"predicted" TEXT,  /* String */
	"confidence" double precision,  /* f64 */
	"probabilities" jsonb,  /* JsonB */
	"decided" bool,  /* bool */
	"model_version" TEXT  /* String */
)
STABLE PARALLEL SAFE COST 50
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_predict_wrapper';

CREATE  FUNCTION "ntsb_predict_severity"(
	"ev_date" date DEFAULT NULL, /* Option < Date > */
	"dec_latitude" double precision DEFAULT NULL, /* Option < f64 > */
	"dec_longitude" double precision DEFAULT NULL, /* Option < f64 > */
	"acft_make" TEXT DEFAULT NULL, /* Option < & str > */
	"acft_model" TEXT DEFAULT NULL, /* Option < & str > */
	"pilot_tot_time" double precision DEFAULT NULL, /* Option < f64 > */
	"wx_cond_basic" TEXT DEFAULT NULL, /* Option < & str > */
	"wx_temp" double precision DEFAULT NULL, /* Option < f64 > */
	"ev_time" INT DEFAULT NULL, /* Option < i32 > */
	"ev_state" TEXT DEFAULT NULL, /* Option < & str > */
	"ev_country" TEXT DEFAULT NULL, /* Option < & str > */
	"acft_category" TEXT DEFAULT NULL, /* Option < & str > */
	"num_eng" INT DEFAULT NULL, /* Option < i32 > */
	"far_part" TEXT DEFAULT NULL, /* Option < & str > */
	"type_fly" TEXT DEFAULT NULL, /* Option < & str > */
	"flt_plan_filed" TEXT DEFAULT NULL, /* Option < & str > */
	"light_cond" TEXT DEFAULT NULL, /* Option < & str > */
	"vis_sm" double precision DEFAULT NULL, /* Option < f64 > */
	"wind_vel_kts" double precision DEFAULT NULL, /* Option < f64 > */
	"pilot_age" INT DEFAULT NULL, /* Option < i32 > */
	"damage" TEXT DEFAULT NULL, /* Option < & str > */
	"acft_fire" TEXT DEFAULT NULL, /* Option < & str > */
	"phase" TEXT DEFAULT NULL, /* Option < & str > */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"predicted_severity" TEXT,  /* String */
	"confidence" double precision,  /* f64 */
	"probabilities" jsonb,  /* JsonB */
	"decided" bool,  /* bool */
	"model_version" TEXT  /* String */
)
STABLE PARALLEL SAFE COST 50
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_predict_severity_wrapper';

CREATE  FUNCTION "ntsb_predict_severity"(
	"ev_id" TEXT, /* Option < & str > */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"predicted_severity" TEXT,  /* String */
	"confidence" double precision,  /* f64 */
	"probabilities" jsonb,  /* JsonB */
	"decided" bool,  /* bool */
	"model_version" TEXT  /* String */
)
STABLE PARALLEL SAFE  COST 500
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_predict_severity_of_event_wrapper';

CREATE  FUNCTION "ntsb_predict_severity"(
	"facts" jsonb, /* Option < JsonB > */
	"model" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"predicted_severity" TEXT,  /* String */
	"confidence" double precision,  /* f64 */
	"probabilities" jsonb,  /* JsonB */
	"decided" bool,  /* bool */
	"model_version" TEXT  /* String */
)
STABLE PARALLEL SAFE  COST 50
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_predict_severity_of_json_wrapper';

CREATE FUNCTION ntsb_severity_label(code text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE code WHEN 'FATL' THEN 'Fatal' WHEN 'SERS' THEN 'Serious' WHEN 'MINR' THEN 'Minor'
                     WHEN 'NONE' THEN 'None' END
$$;

COMMENT ON FUNCTION ntsb_severity_label(text) IS
'A severity in a word: Fatal, Serious, Minor or None for FATL, SERS, MINR or NONE, as severity_label of ntsb.accidents has it; null for any other code.';

CREATE FUNCTION ntsb_prediction(input jsonb, question text) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF question = 'severity' THEN
        RETURN (SELECT to_jsonb(p) || jsonb_build_object('label', @extschema@.ntsb_severity_label(p.predicted_severity))
                FROM @extschema@.ntsb_predict_severity(input) p);
    END IF;
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM @extschema@.ntsb_predict_causes(input, 5) p);
END
$$;

COMMENT ON FUNCTION ntsb_prediction(jsonb, text) IS
'A part of ntsb_predict_batch: the answer to one question (severity or causes) of one accident that is described.';

CREATE FUNCTION ntsb_predict_batch(inputs jsonb, question text DEFAULT 'severity')
RETURNS TABLE (n integer, result jsonb, error jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    input jsonb;
    state text;
    message text;
    hint text;
BEGIN
    IF question NOT IN ('severity', 'causes') IS NOT FALSE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no question %s', coalesce(quote_literal(question), 'null')),
            HINT = 'Questions are severity and causes.';
    ELSIF coalesce(jsonb_typeof(inputs), 'null') <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs are no array but %s', coalesce(jsonb_typeof(inputs), 'null')),
            HINT = 'ntsb_predict_batch(''[{"acft_make": "CESSNA"}]'')';
    ELSIF jsonb_array_length(inputs) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs are %s rows', jsonb_array_length(inputs)),
            HINT = 'Ask for at most 10,000 rows at once.';
    END IF;
    n := 0;
    FOR input IN SELECT i.value FROM jsonb_array_elements(inputs) i LOOP
        n := n + 1;
        result := NULL;
        error := NULL;
        BEGIN
            result := @extschema@.ntsb_prediction(input, question);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            -- What is wrong with the row is part of the answer, anything else ends it.
            IF left(state, 2) <> '22' THEN
                RAISE;
            END IF;
            error := jsonb_build_object('code', state, 'message', message, 'hint', nullif(hint, ''));
        END;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION ntsb_predict_batch(jsonb, text) IS
'Predictions for an array of at most 10,000 accidents, each an object as for ntsb_predict_severity: n from 1, and either a result or an error (code, message, hint) of that row alone. question: severity (one prediction, with its label) or causes (the five likeliest). Errors: 22023 no such question, no array, too many rows; 42704 no model in Production.';

CREATE  FUNCTION "ntsb_score"(
	"row" real[], /* :: std :: option :: Option < Array < f32 > > */
	"model" TEXT DEFAULT NULL, /* Option < & str > */
	"target" TEXT DEFAULT 'severity' /* & str */
) RETURNS double precision[] /* Result < :: std :: option :: Option < Vec < f64 > > , ErrorReport > */
STABLE PARALLEL SAFE COST 10
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_score_wrapper';

CREATE  FUNCTION "ntsb_seasonality"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"by" TEXT DEFAULT 'month', /* Option < & str > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"min_completeness" double precision DEFAULT 0.5 /* Option < f64 > */
) RETURNS TABLE (
	"position" INT,  /* i32 */
	"name" TEXT,  /* & '_ str */
	"index" double precision,  /* Option < f64 > */
	"total" bigint,  /* i64 */
	"strength" double precision,  /* f64 */
	"fitted_to" date  /* Date */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_seasonality_wrapper';

CREATE  FUNCTION "ntsb_tile"(
	"z" INT, /* Option < i32 > */
	"x" INT, /* Option < i32 > */
	"y" INT, /* Option < i32 > */
	"filter" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS bytea /* Result < :: std :: option :: Option < Vec < u8 > > , ErrorReport > */
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_tile_wrapper';

COMMENT ON FUNCTION ntsb_cluster_accidents(double precision, integer, text) IS
'Clusters of accidents by place: DBSCAN (Ester et al. 1996) on the sphere (R = 6,371.0088 km). eps_km: radius of neighbourhood in kilometres, 0.00001 to 20015. min_points: events within it, the event itself included, that make a core. filter: condition as for ntsb_search_advanced; null: all. One row for each event with coordinates, in the order of ev_id; cluster_id from 0, in the order of first cores, null for noise; an event that is no core belongs to the lowest cluster that reaches it, as in scikit-learn. Nothing where eps_km or min_points is null. Errors: 22023, 53400 more points than ntsb.work_mem has room for, and those of the filter.';

COMMENT ON FUNCTION ntsb_morans_i(text, integer, integer, bigint, text) IS
'Whether like lies beside like: Moran''s I (Moran 1950) over the nearest neighbours of each event on the sphere, row-standardised. measure: fatal, a numeric column of ntsb_search_columns(), or a condition (1 where it holds, 0 elsewhere); events without coordinates or value are left out. neighbours: 1 to 1000, never the event itself; of equally near ones the first by ev_id. Expected value, variance and z under randomisation (Cliff & Ord 1981), p two-sided; p_sim one-sided towards the nearer end, and z_sim, from permutations (0 to 99999) that follow from the seed. No row where it is not defined: fewer than four events, or all alike. Errors: 22023, 53400 ntsb.work_mem, and those of a condition.';

COMMENT ON FUNCTION ntsb_local_morans_i(text, integer, integer, bigint, text) IS
'Where like lies beside like: local Moran''s I (Anselin 1995) of each event and its nearest neighbours. Arguments as for ntsb_morans_i. quadrant: HH high among high, LL low among low, LH and HL what stands out. p_sim: one-sided towards the nearer end, from conditional permutations; q: p_sim after Benjamini & Hochberg (1995): q <= 0.05 holds the share of false discoveries below 5 %, for which 999 permutations are few among tens of thousands of events. Errors: as ntsb_morans_i.';

COMMENT ON FUNCTION ntsb_hotspots(text, double precision, integer, integer, bigint, text) IS
'Hot and cold spots: Gi* (Getis & Ord 1992, Ord & Getis 1995), a z score. Without cell_deg for each event and its nearest neighbours (1 to 1000); with it for each cell of so many degrees (0.001 to 90) that holds events, whose value is the sum over its events and whose neighbours are the cells that touch it and hold events; lat and lon are then its centre, ev_id is null. measure: as for ntsb_morans_i, or events (1 each; for cells). p two-sided from z; q after Benjamini & Hochberg (1995) over all rows; kind: hot or cold where q <= 0.05; p_sim one-sided towards the nearer end, from conditional permutations. Null where all values are alike. Errors: as ntsb_morans_i.';

COMMENT ON FUNCTION ntsb_density(double precision, double precision, text, text) IS
'How many accidents there are where: counts in cells of cell_deg degrees (0.001 to 90), with the cell''s centre, area in square kilometres and events per 1,000 of them. With bandwidth_km (0.001 to 5000) also a kernel density at the centre, in events per 1,000 square kilometres, for every cell that a kernel reaches: quartic, 3 / (pi h^2) (1 - d^2 / h^2)^2 within the bandwidth h (Silverman 1986), or gaussian, exp(-d^2 / 2h^2) / (2 pi h^2) up to 4 h; distances on the sphere. filter: as for ntsb_search_advanced. Errors: 22023, 53400 ntsb.work_mem, and those of the filter.';

COMMENT ON FUNCTION ntsb_accidents_near(double precision, double precision, double precision, integer, text) IS
'Accidents within so many kilometres of a place (degrees north and east), the nearest first; km is on the sphere. max_rows: 1 to 10,000. filter: as for ntsb_search_advanced. Nothing where an argument is null. Errors: 22023, and those of the filter.';

COMMENT ON FUNCTION ntsb_accidents_in(double precision, double precision, double precision, double precision, integer, text) IS
'Accidents between two meridians and two parallels (degrees: west, south, east, north), the newest first; where west is greater than east, across the antimeridian. max_rows: 1 to 10,000. filter: as for ntsb_search_advanced. km is null. Nothing where a side is null. Errors: 22023, and those of the filter.';

COMMENT ON FUNCTION ntsb_accidents_in(geometry, integer, text) IS
'Accidents in an area or on its edge, the newest first. area: PostGIS geometry, in degrees where it has no SRID; its edges are straight in degrees, as in GeoJSON. max_rows: 1 to 10,000. filter: as for ntsb_search_advanced. km is null. Errors: 22023, and those of the filter.';

COMMENT ON FUNCTION ntsb_geojson(text, integer) IS
'Accidents as a GeoJSON FeatureCollection (RFC 7946) of points, the newest first: id is ev_id; properties ev_date, place, aircraft, severity, fatalities. filter: as for ntsb_search_advanced. max_rows: 1 to 100,000. Errors: 22023, and those of the filter.';

COMMENT ON FUNCTION ntsb_tile(integer, integer, integer, text) IS
'Map tile z/x/y as Mapbox Vector Tile (Web Mercator, layer accidents, extent 4096). Up to zoom 7 a feature is a cell of a sixty-fourth of a tile (up to zoom 4 at the finest a quarter of a degree) with events, fatal_events, fatalities; from zoom 8 an event with ev_id, ev_date, severity, fatalities. Current as of the last CALL ntsb_refresh(). With a filter, as for ntsb_search_advanced, it reads the events themselves, which takes longer. Null where an argument is. Errors: 22023 no such tile, 3F000 no warehouse, and those of the filter.';

CREATE  FUNCTION "ntsb_time_measures"() RETURNS SETOF TEXT /* & '_ str */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_time_measures_wrapper';

CREATE  FUNCTION "ntsb_time_series"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"bucket" TEXT DEFAULT 'month', /* Option < & str > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"min_completeness" double precision DEFAULT 0.5 /* Option < f64 > */
) RETURNS TABLE (
	"bucket_start" date,  /* Date */
	"value" bigint,  /* Option < i64 > */
	"status" TEXT  /* & '_ str */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_time_series_wrapper';

CREATE  FUNCTION "ntsb_train_model"(
	"name" TEXT, /* & str */
	"target" TEXT, /* & str */
	"feature_set" TEXT DEFAULT 'scene', /* & str */
	"options" jsonb DEFAULT '{}' /* JsonB */
) RETURNS bigint /* Result < i64, ErrorReport > */
STRICT
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_train_model_wrapper';

CREATE  FUNCTION "ntsb_trend"(
	"measure" TEXT DEFAULT 'events', /* Option < & str > */
	"bucket" TEXT DEFAULT 'year', /* Option < & str > */
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"level" double precision DEFAULT 0.95, /* Option < f64 > */
	"min_completeness" double precision DEFAULT 0.5 /* Option < f64 > */
) RETURNS TABLE (
	"verdict" TEXT,  /* & '_ str */
	"p_value" double precision,  /* f64 */
	"tau" double precision,  /* f64 */
	"mann_kendall_s" bigint,  /* i64 */
	"sen_slope" double precision,  /* f64 */
	"sen_lower" double precision,  /* f64 */
	"sen_upper" double precision,  /* f64 */
	"slope" double precision,  /* f64 */
	"slope_lower" double precision,  /* f64 */
	"slope_upper" double precision,  /* f64 */
	"slope_p_value" double precision,  /* f64 */
	"fitted_from" date,  /* Date */
	"fitted_to" date,  /* Date */
	"fitted_buckets" INT,  /* i32 */
	"left_out" INT  /* i32 */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_trend_wrapper';

COMMENT ON FUNCTION ntsb_time_measures() IS
'What ntsb_time_series and its kin can count.';

COMMENT ON FUNCTION ntsb_time_series(text, text, text, double precision) IS
'A measure of ntsb_time_measures() for each bucket (day, week from Monday, month, quarter, year), with nothing left out in between. filter: a condition as for ntsb_search_advanced; one that names ev_date or ev_year ends the series where its events do, any other where the data do. value: a count, 0 where nothing happened, null in a year of which nothing is stored. status: complete; unfinished, as the data end before the bucket; incomplete year, from which on NTSB has finished less than min_completeness (0 to 1) of the share that is usual by ntsb.year_completeness; no data. Models are fitted to the latest run of complete buckets. Errors: 22023, those of the filter, 3F000 no warehouse.';

COMMENT ON FUNCTION ntsb_forecast(text, text, integer, double precision, text, double precision) IS
'The next horizon buckets (1 to 1,000) after the last complete one: forecast (the median), and bounds that hold with probability level (0.5 to 0.999) if the model does. Counts become 2 sqrt(n + 3/8) (Anscombe 1948), their season is taken off (STL, Cleveland et al. 1990), the rest follows ETS(A,Ad,N), exponential smoothing with a damped trend (Hyndman et al. 2008). Made from the latest 20 years, of days three years, of years 60: fitted_from, fitted_to and fitted_buckets say which; incomplete buckets are left out, see ntsb_time_series. Ask ntsb_forecast_accuracy how far to trust it. Errors: 22023 too few buckets (twice the season and ten), wrong argument.';

COMMENT ON FUNCTION ntsb_forecast_accuracy(text, text, integer, double precision, text, double precision, integer) IS
'How good ntsb_forecast would have been from as many ends of the series as origins says (1 to 100), a quarter of the horizon apart, beside the seasonal naive forecast (as a season ago). smape: symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993). mase: mean absolute error over that of naive forecasts within the series (Hyndman and Koehler 2006), below 1 is better; null where those never err. coverage: share of buckets within the bounds, to be held against level. compared: number of buckets; fitted_to: the last one. Errors: 22023 too few buckets.';

COMMENT ON FUNCTION ntsb_trend(text, text, text, double precision, double precision) IS
'Whether a measure rises or falls. verdict and p_value: Mann-Kendall test with correction for ties (Kendall 1975), season by season where buckets have one (Hirsch et al. 1982), at 1 - level; tau: s over the number of pairs. sen_slope and its interval (Sen 1968), slope by least squares with its interval and p value (of the series without its season; takes errors as independent, as does the test): all per year. fitted_from, fitted_to and fitted_buckets: what was looked at; left_out: buckets that are incomplete or lie before them. Errors: 22023 fewer than 8 buckets or two seasons, 54000 more than 3,000.';

COMMENT ON FUNCTION ntsb_change_points(text, text, text, double precision, double precision) IS
'First buckets of a new level: the split into stretches with the least squared distances from their means plus a penalty per split (what PELT finds, Killick et al. 2012), of the series without its season, each stretch at least a season and three buckets long. strictness multiplies the penalty of the Bayesian information criterion, 2 variance ln n, the variance taken from differences of neighbours; more than 1 finds fewer. A steady trend shows as a staircase: see ntsb_trend first. Levels are per bucket; fitted_to: the last bucket looked at. Errors: 22023 too few buckets, 54000 more than 25,000.';

COMMENT ON FUNCTION ntsb_seasonality(text, text, text, double precision) IS
'How a measure goes with the season, by month (position 1 to 12) or weekday (1 Monday to 7 Sunday; dates are UTC in rows written since 2020). index: 1 on average, the mean ratio to the moving average over one round (classical decomposition); months are compared as they are, long or short. total: count in those buckets. strength: 0 no season, 1 nothing but season, 1 - Var(remainder) / Var(season + remainder) (Wang, Smith and Hyndman 2006). fitted_to: the last bucket looked at. Errors: 22023 fewer than two rounds.';

COMMENT ON FUNCTION ntsb_correlations(text[], text) IS
'How far columns of ntsb.accidents go together, pair by pair, over the events that have both (filter: a condition as for ntsb_search_advanced). Numbers: pearson, and spearman with ties at their average rank, -1 to 1, p by Student''s t. Categories: cramers_v, 0 to 1, p by chi square without correction. A number and a category: eta, 0 to 1, p by the F test. p_value is of one pair; of many pairs some are small by chance. Null where a column does not vary or fewer than three events have both. Columns: ntsb_correlation_columns(). Errors: 42703 a column not among them, 22023 fewer than two, or one twice.';

COMMENT ON FUNCTION ntsb_correlation_columns() IS
'Columns that ntsb_correlations compares, and whether as numbers or categories.';

COMMENT ON FUNCTION ntsb_association_rules(double precision, double precision, integer, text, text, text[]) IS
'Findings and occurrences that come together: where all of antecedent, there also all of consequent (Apriori, Agrawal and Srikant 1994). Among events that have any, of one era of coding (2008, 1982, 1962) and of kinds (finding, occurrence), for which filter holds: events that have both sides, support as their share, confidence as their share of those with the antecedent, lift over the consequent''s own share (1: independent), leverage as support minus what it were if independent. max_items: both sides together, 2 to 6. By falling lift, support, confidence, then by codes. Errors: 22023, 54000 more than 200,000 sets or rules.';

COMMENT ON FUNCTION ntsb_export_parquet(text, text, boolean) IS
'Writes the rows of a table or view of schema ntsb as Parquet (zstd) into a new folder of the server, a file for each year (year=2008/part-0.parquet) where the rows have a year or an event, beside a manifest.json with rows, columns and digests; into one file, if path ends in .parquet. Returns the files. Codes are dictionaries, dates are dates, places are GeoParquet 1.1 (WKB); what Parquet has no type for is text, and an infinite date is null. The files get their name when all is on disk; what is there already is refused unless overwrite, and then only an export is overwritten. Memory: a row group of 32 MiB at most. Needs pg_write_server_files, as COPY does. Errors: 22023 no such table or no absolute path, 42501 no right, 58P02 it exists, 58P01 no folder above it, 53100 disk full, 3F000 no warehouse.';

COMMENT ON FUNCTION ntsb_archive_write(bigint, integer) IS
'A part of ntsb_archive_decade, which calls it: writes the rows of the events that ntsb.archived_event gives to an archive into its folder, reads them back, and tells path, rows and digests.';

COMMENT ON FUNCTION ntsb_archive_read(bigint) IS
'A part of ntsb_attach_archive, which calls it: checks the files of an archive, copies their rows into the tables and compares. Returns how many.';

COMMENT ON FUNCTION ntsb_features(text) IS
'What a model may know of an event, by the names of ntsb.feature, with what follows by formula; names of what is not known are left out. It is what training read of the event. Null for an ev_id that the star does not have.';

COMMENT ON FUNCTION ntsb_derive_features(jsonb) IS
'The features of an event that is told as facts, such as {"ev_date": "2016-07-04", "acft_make": "Cessna"}: what follows by formula is added, dates as YYYY-MM-DD, flags as Y or N. What a caller says of a formula''s result is left out. Errors: 22023 no such fact, or not of its kind.';

COMMENT ON FUNCTION ntsb_leak(text) IS
'Why a column, or an expression over columns, may never be a feature of a model: it tells the outcome, or asks whether a column is filled that NTSB fills late. Null where nothing speaks against it.';

COMMENT ON FUNCTION ntsb_train_model(text, text, text, jsonb) IS
'Trains a model on events of the past, sets its probabilities right on later ones, judges it on the latest, and stores it in ntsb.model in stage None. target: severity, fatal, cause_category or cause_event. feature_set: pre_event or scene. options: algorithm (xgboost, random_forest), windows (train_from, validate_from, test_from, test_to), rounds, eta, max_depth, seed, class_weights, memory_mb and more, as docs/models.md lists; without windows the events are parted eight to one to one by date. Seeded: the same data and options on one thread give the same trees to the bit. A cancel is heard between two rounds. Returns its model_id. Errors: 22023 an argument, 42501 a leak, 42703 no such feature, 55000 too few events, 54000 memory_mb, 3F000 no warehouse.';

COMMENT ON FUNCTION ntsb_convert_artifact(bytea, text) IS
'A part of ntsb_export_model and ntsb_import_model, which call it: trees from one of XGBoost''s formats, ubj or json, to the other. Errors: 22023 no such format, XX001 no model.';

COMMENT ON FUNCTION ntsb_artifact_info(bytea) IS
'A part of ntsb_import_model, which calls it: classes, columns and trees of an artifact. Errors: XX001 no model.';

COMMENT ON FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text, double precision, integer, text, text, text, integer, text, text, text, text, double precision, double precision, integer, text, text, text, text) IS
'How severe an event of these facts is likely to be, by the model in Production; null is what is not known. acft_make and acft_model in any spelling; pilot_tot_time in hours, wx_temp in degrees Celsius, ev_time as local HHMM, vis_sm in statute miles, wind_vel_kts in knots, codes as NTSB has them. damage, acft_fire and phase are seen by models of the set scene alone. model: NAME, or NAME:VERSION for one that is not in Production; null: whichever is, one of the set pre_event before one of scene. predicted_severity: the likeliest highest injury, FATL, SERS, MINR or NONE; confidence: its probability; probabilities: that of each, adding up to 1; decided: whether the model is confident enough to answer. Errors: 22023 a value out of its range, 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_predict_severity(jsonb, text) IS
'The same, of facts as JSON by the names of ntsb.feature, or of NTSB''s columns (dec_latitude, dec_longitude, pilot_tot_time, wx_temp). A row of ntsb.accident_features, told by its ev_id, is taken as it is. Null facts: no row.';

COMMENT ON FUNCTION ntsb_predict_severity(text, text) IS
'The same, of an event of the warehouse by its ev_id. Errors: also P0002 no such event.';

COMMENT ON FUNCTION ntsb_predict(jsonb, text, text) IS
'What a model of any target says of facts (see ntsb_predict_severity): target is severity, fatal, cause_category or cause_event. Errors: 22023 facts, 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_event_facts(text) IS
'The facts of an event as models take them: its row of ntsb.accident_features as JSON. Errors: P0002 no such event.';

COMMENT ON FUNCTION ntsb_score(real[], text, text) IS
'Calibrated probabilities of the classes of a model (ntsb_model_classes) for a row of values as ntsb_encode makes them; null or NaN is missing. The quickest form over a table: encode once, score often. Errors: 22023 another number of values than the model takes, 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_encode(jsonb, text, text) IS
'The values that the trees of a model see of facts (see ntsb_predict_severity), NaN where missing; ntsb.model.columns names them. Errors: 22023 facts, 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_model_classes(text, text) IS
'What a model tells apart, in the order of the probabilities of ntsb_score. Errors: 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_model_asked(text, text) IS
'A part of ntsb_predict_pending and ntsb_detect_drift: number of the model that is asked for a target. Errors: 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_causes_told(text) IS
'A part of ntsb_predict_causes: which targets of causes a model in Production (or of that name) tells. Errors: 42704 none.';

COMMENT ON FUNCTION ntsb_explain_severity(jsonb, text, text) IS
'Why the model in Production (or the one named) finds a severity likely, of facts as for ntsb_predict_severity: what each feature adds to the margin (SHAP values, before calibration), those of most weight first, after (base), the margin of an event of which nothing is known. Base and contributions add up to margin; the margins of all severities become probabilities by softmax. severity: FATL, SERS, MINR or NONE; null: the likeliest. Errors: 22023 facts or severity, 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_explain_severity(text, text, text) IS
'The same, of an event of the warehouse by its ev_id. Errors: also P0002 no such event.';

COMMENT ON FUNCTION ntsb_feature_importance(text, text) IS
'What the trees of a model rest on, the most first: splits that ask for a feature, what these gained in loss (gain, and its share of all), and the rows that they saw, as sums of second derivatives (cover). Errors: 42704 no model in Production.';

COMMENT ON FUNCTION ntsb_drift_of_numbers(double precision[], double precision[]) IS
'A part of ntsb_detect_drift: how two samples of numbers differ, by Kolmogorov and Smirnov; no row where one is empty.';

COMMENT ON FUNCTION ntsb_drift_of_codes(text[], text[]) IS
'A part of ntsb_detect_drift: how two samples of codes differ, by chi-squared; no row where one is empty.';

COMMENT ON FUNCTION ntsb_drifted(double precision[], double precision[], double precision, double precision) IS
'A part of ntsb_detect_drift: which of several features have drifted, by their probabilities and indices of stability.';

ALTER FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text,
    double precision, integer, text, text, text, integer, text, text, text, text, double precision,
    double precision, integer, text, text, text, text) ROWS 1;

ALTER FUNCTION ntsb_predict_severity(jsonb, text) ROWS 1;

ALTER FUNCTION ntsb_predict_severity(text, text) ROWS 1;

ALTER FUNCTION ntsb_predict(jsonb, text, text) ROWS 1;
