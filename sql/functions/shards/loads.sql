-- Loads onto all shards: each shard prepares its part as a transaction (PREPARE TRANSACTION), the coordinator records the
-- decision in ntsb.distributed_load, and only then does each shard commit. So a crash at any moment leaves a load
-- that is either decided, and is committed later, or not decided, and is rolled back.

CREATE FUNCTION ntsb_internal.list_shard_connections()
RETURNS TABLE (shard_name text, host text, port text, dbname text, loader text, sslmode text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.shard_name, o.options ->> 'host', o.options ->> 'port', o.options ->> 'dbname',
           (SELECT option_value FROM pg_user_mappings m, pg_options_to_table(m.umoptions)
            WHERE m.srvid = f.oid AND option_name = 'user' LIMIT 1), o.options ->> 'sslmode'
    FROM ntsb.shard s
    JOIN pg_foreign_server f ON f.srvname = 'ntsb_load_' || s.shard_name
    CROSS JOIN LATERAL (SELECT jsonb_object_agg(option_name, option_value) AS options FROM pg_options_to_table(f.srvoptions)) o
    ORDER BY s.shard_number
$$;
COMMENT ON FUNCTION ntsb_internal.list_shard_connections() IS
'Internal: called by ntsb load --shards. Lists the address of each shard and the role that loads; passwords are in the password file of the caller.';

CREATE FUNCTION ntsb_internal.begin_distributed_load(source text, mode text, digest text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_load bigint;
    key constant uuid := gen_random_uuid();
    unfinished bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.shard) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'this database has no shards',
            HINT = 'Load the file without --shards, or attach shards with CALL ntsb_attach_shard(…).';
    -- The lock tells ntsb_resolve_distributed_loads that the session of the load is alive.
    ELSIF NOT pg_try_advisory_lock(x'6e747362'::int, ntsb_internal.lock_number('shards')) THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
            MESSAGE = 'another load onto the shards is running',
            HINT = 'Retry when it has ended; SELECT * FROM ntsb.distributed_load WHERE finished_at IS NULL shows it.';
    END IF;
    SELECT l.load_id INTO unfinished FROM ntsb.distributed_load l WHERE l.finished_at IS NULL ORDER BY l.load_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('load %s was interrupted and is not resolved', unfinished),
            HINT = 'CALL ntsb_resolve_distributed_loads() while all shards can be reached.';
    END IF;
    INSERT INTO ntsb.distributed_load (source, mode, digest)
    VALUES (begin_distributed_load.source, begin_distributed_load.mode, begin_distributed_load.digest)
    RETURNING load_id INTO new_load;
    INSERT INTO ntsb.distributed_load_shard (load_id, shard_name, gid)
    SELECT new_load, s.shard_name, format('ntsb_load_%s_%s', key, s.shard_number) FROM ntsb.shard s;
    RETURN new_load;
END
$$;
COMMENT ON FUNCTION ntsb_internal.begin_distributed_load(text, text, text) IS
'Internal: called by ntsb load --shards. Records a load and the names of its prepared transactions, and takes the lock of such loads for this session. Returns its number. Errors: 55000 no shards or an unresolved load, 55P03 another load is running.';

CREATE FUNCTION ntsb_internal.record_prepared(load_id bigint, shard_name text, batch_id bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE ntsb.distributed_load_shard s SET batch_id = record_prepared.batch_id, prepared_at = clock_timestamp()
    WHERE s.load_id = record_prepared.load_id AND s.shard_name = record_prepared.shard_name
$$;
COMMENT ON FUNCTION ntsb_internal.record_prepared(bigint, text, bigint) IS
'Internal: called by ntsb load --shards when a shard has prepared its part.';

CREATE FUNCTION ntsb_internal.decide_distributed_load(load_id bigint, decision text) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET synchronous_commit = on
AS $$
BEGIN
    IF decide_distributed_load.decision = 'commit' AND EXISTS (
        SELECT FROM ntsb.distributed_load_shard s
        WHERE s.load_id = decide_distributed_load.load_id AND s.prepared_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('load %s is not prepared on all shards', decide_distributed_load.load_id),
            HINT = 'It can only be rolled back.';
    END IF;
    -- The first decision stands.
    UPDATE ntsb.distributed_load l SET decision = decide_distributed_load.decision, decided_at = clock_timestamp()
    WHERE l.load_id = decide_distributed_load.load_id AND l.decision IS NULL;
    RETURN (SELECT l.decision FROM ntsb.distributed_load l WHERE l.load_id = decide_distributed_load.load_id);
END
$$;
COMMENT ON FUNCTION ntsb_internal.decide_distributed_load(bigint, text) IS
'Internal: called by ntsb load --shards and ntsb_resolve_distributed_loads. Decides whether a load is committed or rolled back, unless that is decided already. Returns the decision that stands. Errors: 55000 not all shards have prepared.';

CREATE FUNCTION ntsb_internal.record_resolved(load_id bigint, shard_name text, outcome text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE ntsb.distributed_load_shard s SET resolved_at = clock_timestamp(), outcome = record_resolved.outcome
    WHERE s.load_id = record_resolved.load_id AND s.shard_name = record_resolved.shard_name AND s.resolved_at IS NULL;
    UPDATE ntsb.distributed_load l SET finished_at = clock_timestamp()
    WHERE l.load_id = record_resolved.load_id AND l.finished_at IS NULL
      AND NOT EXISTS (SELECT FROM ntsb.distributed_load_shard s WHERE s.load_id = l.load_id AND s.resolved_at IS NULL);
    IF record_resolved.outcome = 'lost' THEN
        PERFORM @extschema@.ntsb_raise_alert('shards', 'critical', record_resolved.shard_name,
            format('load %s was committed, but shard %s lost its part: load the file again', record_resolved.load_id, record_resolved.shard_name),
            jsonb_build_object('load_id', record_resolved.load_id, 'shard', record_resolved.shard_name));
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.record_resolved(bigint, text, text) IS
'Internal: called by ntsb load --shards and ntsb_resolve_distributed_loads. Records that a shard has committed or rolled back its part of a load; raises a critical alert if its part was lost.';

CREATE FUNCTION ntsb_internal.resolve_on_shard(load_id bigint, shard_name text) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dblink_schema text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                           JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'dblink');
    part ntsb.distributed_load_shard;
    decision text;
    is_prepared boolean;
    is_stored boolean;
BEGIN
    SELECT s.* INTO part FROM ntsb.distributed_load_shard s
    WHERE s.load_id = resolve_on_shard.load_id AND s.shard_name = resolve_on_shard.shard_name;
    SELECT l.decision INTO decision FROM ntsb.distributed_load l WHERE l.load_id = resolve_on_shard.load_id;
    EXECUTE format('SELECT %s.dblink_connect(''ntsb_resolve'', %L)', dblink_schema, 'ntsb_load_' || part.shard_name);
    BEGIN
        EXECUTE format('SELECT is_prepared, is_stored FROM %s.dblink(''ntsb_resolve'', %L) AS r (is_prepared boolean, is_stored boolean)',
            dblink_schema, format('SELECT EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts WHERE gid = %L),
                EXISTS (SELECT FROM ntsb.batch WHERE batch_id = %s AND finished_at IS NOT NULL)', part.gid, coalesce(part.batch_id, 0)))
        INTO is_prepared, is_stored;
        IF is_prepared THEN
            EXECUTE format('SELECT %s.dblink_exec(''ntsb_resolve'', %L)', dblink_schema,
                format('%s PREPARED %L', CASE decision WHEN 'commit' THEN 'COMMIT' ELSE 'ROLLBACK' END, part.gid));
        END IF;
        EXECUTE format('SELECT %s.dblink_disconnect(''ntsb_resolve'')', dblink_schema);
    EXCEPTION WHEN OTHERS THEN
        EXECUTE format('SELECT %s.dblink_disconnect(''ntsb_resolve'')', dblink_schema);
        RAISE;
    END;
    RETURN CASE WHEN decision = 'rollback' THEN 'rolled back' WHEN is_prepared OR is_stored THEN 'committed' ELSE 'lost' END;
END
$$;
COMMENT ON FUNCTION ntsb_internal.resolve_on_shard(bigint, text) IS
'Internal: called by ntsb_resolve_distributed_loads. Commits or rolls back the prepared transaction of a decided load on a shard, if it is there. Returns the outcome: committed, rolled back or lost. Errors: those of the connection.';

-- The first decision is committed before any shard acts on it. Loads that are finished are looked at for ten days more:
-- a shard may prepare after the decision to roll back, if its session was cut off.
CREATE PROCEDURE ntsb_resolve_distributed_loads()
LANGUAGE plpgsql
AS $$
DECLARE
    -- A procedure that commits cannot set its own search_path, so it sets that of each transaction.
    part record;
    parts pg_catalog.jsonb;
    outcome pg_catalog.text;
    failures pg_catalog.text[] := '{}';
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    IF pg_is_in_recovery() THEN
        RAISE NOTICE 'skipped: loads are resolved by the primary';
        RETURN;
    ELSIF NOT pg_try_advisory_lock(x'6e747362'::int, ntsb_internal.lock_number('shards')) THEN
        RAISE NOTICE 'skipped: a load onto the shards is running';
        RETURN;
    END IF;
    PERFORM ntsb_internal.decide_distributed_load(l.load_id, 'rollback')
    FROM ntsb.distributed_load l WHERE l.decision IS NULL;
    SELECT coalesce(jsonb_agg(jsonb_build_object('load', s.load_id, 'shard', s.shard_name) ORDER BY s.load_id, s.shard_name), '[]')
    INTO parts
    FROM ntsb.distributed_load_shard s
    JOIN ntsb.distributed_load l ON l.load_id = s.load_id
    JOIN ntsb.shard h ON h.shard_name = s.shard_name
    WHERE s.resolved_at IS NULL OR l.decision = 'rollback' AND l.started_at > clock_timestamp() - interval '10 days';
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    FOR part IN SELECT (p ->> 'load')::bigint AS load_id, p ->> 'shard' AS shard_name FROM jsonb_array_elements(parts) p LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        BEGIN
            outcome := ntsb_internal.resolve_on_shard(part.load_id, part.shard_name);
            PERFORM ntsb_internal.record_resolved(part.load_id, part.shard_name, outcome);
        EXCEPTION WHEN OTHERS THEN
            failures := failures || format('load %s on %s: %s', part.load_id, part.shard_name, SQLERRM);
        END;
        COMMIT;
    END LOOP;
    PERFORM pg_catalog.pg_advisory_unlock(x'6e747362'::pg_catalog.int4, ntsb_internal.lock_number('shards'));
    IF pg_catalog.cardinality(failures) OPERATOR(pg_catalog.>) 0 THEN
        RAISE WARNING USING MESSAGE = pg_catalog.format('not resolved: %s', pg_catalog.array_to_string(failures, '; ')),
            HINT = 'The loads stay as they are decided. CALL ntsb_resolve_distributed_loads() again when the shards can be reached.';
    END IF;
END
$$;
COMMENT ON PROCEDURE ntsb_resolve_distributed_loads() IS
'Ends the loads onto shards that were interrupted: commits their prepared transactions on each shard if that was decided, else rolls them back. Safe at any time and as often as you like; does nothing, with a NOTICE, while a load is running or on a standby. A shard that cannot be reached is a WARNING; call it again later. Until then the shard does not load. If a shard lost its part, a critical alert of kind shards tells so. Schedule it each minute. It commits after each shard, so it cannot run within a transaction block. Needs a superuser, or the owner with EXECUTE on dblink_connect_u. Errors: 2D000 within a transaction block, 3F000 no warehouse.';
