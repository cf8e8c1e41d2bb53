-- A coordinator: a warehouse that stores no events and reads those of its shards as foreign tables (docs/adr/0031).

-- Tables that hang on events: the parent of one foreign table per shard. remote_schema ntsb_shard: a view without the
-- unknown member. Code lists are the same everywhere; those of the shard with the last years count.
CREATE FUNCTION ntsb_internal.list_shard_tables()
RETURNS TABLE (table_name text, remote_schema text, by_year boolean, last_only boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT unnest('{events, fact_accidents}'::text[]), 'ntsb', true, false
    UNION ALL
    SELECT unnest('{event_key, ntsb_admin, dt_events, aircraft, dt_aircraft, engines, injury, narratives, events_sequence,
        findings, occurrences, seq_of_events, flight_crew, flight_time, dt_flight_crew, legacy_event, legacy_cause,
        case_record, sequence_group, bridge_event_aircraft, bridge_event_crew,
        bridge_event_cause, search_document, search_segment, search_posting, year_completeness,
        registration_match}'::text[]), 'ntsb', false, false
    UNION ALL
    SELECT unnest('{dim_location, dim_aircraft, dim_crew, dim_weather, dim_causes}'::text[]), 'ntsb_shard', false, false
    UNION ALL
    SELECT unnest('{ct_iaids, ct_seqevt, ct_pre1982, states, country, eadmspub_datadictionary, code_meaning}'::text[]),
           'ntsb', false, true
$$;
COMMENT ON FUNCTION ntsb_internal.list_shard_tables() IS
'Internal: called by ntsb_attach_shard. Lists the tables that a coordinator reads from its shards: by_year as partitions by ev_year, the others as children; last_only: from the shard with the last years only.';

-- A foreign partition excludes unique indexes, and only partitions have their aggregates pushed down. So the two tables
-- with a year become partitioned tables without keys. They are empty: a coordinator stores no events.
CREATE FUNCTION ntsb_internal.make_coordinator() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    object record;
BEGIN
    IF EXISTS (SELECT FROM ntsb.events) OR EXISTS (SELECT FROM ntsb.batch) OR EXISTS (SELECT FROM ntsb.shard_member) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'this warehouse has events or loads of its own, so it cannot be a coordinator',
            HINT = 'Create another database with an empty warehouse, on the same server if you like, and attach this one as a shard.';
    END IF;
    FOR object IN
        SELECT v.name, c.relkind FROM ntsb.schema_view f
        CROSS JOIN LATERAL unnest(f.objects) WITH ORDINALITY v (name, place)
        JOIN pg_class c ON c.oid = to_regclass(v.name)
        ORDER BY f.position DESC, v.place DESC
    LOOP
        EXECUTE format('DROP %s %s', CASE object.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, object.name);
    END LOOP;
    UPDATE ntsb.schema_view SET digest = ''; -- ntsb_create_warehouse creates them again
    FOR object IN
        SELECT c.conrelid::regclass AS table_name, c.conname FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conparentid = 0
          AND 'ntsb.fact_accidents'::regclass IN (c.conrelid, c.confrelid)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', object.table_name, object.conname);
    END LOOP;
    FOR object IN SELECT i.inhrelid::regclass AS name FROM pg_inherits i WHERE i.inhparent = 'ntsb.events'::regclass LOOP
        EXECUTE format('DROP TABLE %s', object.name);
    END LOOP;
    ALTER TABLE ntsb.events DROP CONSTRAINT events_event_key_fkey, DROP CONSTRAINT events_pkey;
    FOR object IN
        SELECT i.indexrelid::regclass AS name FROM pg_index i WHERE i.indrelid = 'ntsb.events'::regclass
    LOOP
        EXECUTE format('DROP INDEX %s', object.name);
    END LOOP;
    ALTER TABLE ntsb.fact_accidents RENAME TO fact_accidents_stored;
    CREATE TABLE ntsb.fact_accidents (LIKE ntsb.fact_accidents_stored INCLUDING COMMENTS INCLUDING GENERATED)
        PARTITION BY RANGE (ev_year);
    EXECUTE format('COMMENT ON TABLE ntsb.fact_accidents IS %L',
                   obj_description('ntsb.fact_accidents_stored'::regclass, 'pg_class'));
    DROP TABLE ntsb.fact_accidents_stored;
    -- The star schema of the shards is the star schema here.
    DELETE FROM ntsb.schema_object o
    WHERE NOT EXISTS (SELECT FROM ntsb_internal.list_warehouse_objects() w WHERE w.kind = o.kind AND w.name = o.name)
      AND o.kind NOT IN ('view', 'materialized view');
    DELETE FROM ntsb.schema_object o WHERE o.kind IN ('view', 'materialized view') OR o.kind = 'index' AND to_regclass(o.name) IS NULL;
    CALL @extschema@.ntsb_create_warehouse();
    EXECUTE format('ALTER DATABASE %I SET enable_partitionwise_aggregate = on', current_database());
    EXECUTE format('ALTER DATABASE %I SET enable_partitionwise_join = on', current_database());
END
$$;
COMMENT ON FUNCTION ntsb_internal.make_coordinator() IS
'Internal: called by the first ntsb_attach_shard. Partitions ntsb.fact_accidents by year, removes the partitions and keys of ntsb.events, and recreates the views. Errors: 55000 the warehouse has events or loads.';

CREATE PROCEDURE ntsb_attach_shard(shard_name text, host text, dbname text, port integer DEFAULT 5432,
    reader text DEFAULT 'ntsb_reader', loader text DEFAULT current_user, passfile text DEFAULT NULL, sslmode text DEFAULT 'prefer')
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    schema_name text := 'ntsb_shard_' || ntsb_attach_shard.shard_name;
    member record;
    foreign_table record;
    range text;
BEGIN
    PERFORM ntsb_internal.check_shard_arguments(shard_name, host, dbname, port, reader, loader);
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('shards'));
    IF EXISTS (SELECT FROM ntsb.shard s WHERE s.shard_name = ntsb_attach_shard.shard_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'duplicate_object',
            MESSAGE = format('shard %s is attached', ntsb_attach_shard.shard_name),
            HINT = 'CALL ntsb_detach_shard(shard_name) first, for example to change its address.';
    END IF;
    PERFORM ntsb_internal.create_shard_servers(shard_name, host, dbname, port, reader, loader, passfile, sslmode);
    EXECUTE format('CREATE SCHEMA %I', schema_name);
    SELECT * INTO member FROM ntsb_internal.read_shard_member(shard_name);
    INSERT INTO ntsb.shard (shard_name, shard_number, first_year, last_year)
    VALUES (ntsb_attach_shard.shard_name, member.shard_number, member.first_year, member.last_year);
    IF (SELECT count(*) FROM ntsb.shard) = 1 AND to_regclass('ntsb.events_other') IS NOT NULL THEN
        PERFORM ntsb_internal.make_coordinator();
    END IF;
    range := format('FOR VALUES FROM (%s) TO (%s)', coalesce(member.first_year::text, 'MINVALUE'),
                    coalesce((member.last_year + 1)::text, 'MAXVALUE'));
    FOR foreign_table IN
        SELECT t.* FROM ntsb_internal.list_shard_tables() t WHERE member.last_year IS NULL OR NOT t.last_only
    LOOP
        EXECUTE format('CREATE FOREIGN TABLE %I.%I %s SERVER %I OPTIONS (schema_name %L, table_name %L)',
            schema_name, foreign_table.table_name,
            CASE WHEN foreign_table.by_year THEN format('PARTITION OF ntsb.%I %s', foreign_table.table_name, range)
                 ELSE format('() INHERITS (ntsb.%I)', foreign_table.table_name) END,
            'ntsb_shard_' || shard_name, foreign_table.remote_schema, foreign_table.table_name);
    END LOOP;
    PERFORM ntsb_internal.apply_privileges();
    CALL @extschema@.ntsb_refresh();
END
$$;
COMMENT ON PROCEDURE ntsb_attach_shard(text, text, text, integer, text, text, text, text) IS
'Makes the events of another database, and all that hangs on them, part of this warehouse, as foreign tables: a query reads only the shards whose years it needs. The database must be a shard (ntsb_prepare_shard) of the same version. The first call makes this warehouse, which must be empty, a coordinator. shard_name: lower-case letters, digits and _; host (or folder of a socket), port and dbname of the shard; reader: role there that every query uses, a member of ntsb_viewer; loader: role there that owns its warehouse, for ntsb load --shards; passfile: password file on this server that holds their passwords (libpq''s .pgpass format, readable by the server only), so that no password is in the catalog; sslmode: as in libpq. Needs a superuser and the extensions postgres_fdw and dblink. Errors: 22023 an argument, 42501 no superuser, 42710 already attached, 55000 an extension is missing, the database is no shard or of another version, or this warehouse has events, 23505 or 23P01 the number or the years are those of another shard, 08001 no connection.';

CREATE FUNCTION ntsb_internal.check_shard_arguments(shard_name text, host text, dbname text, port integer, reader text, loader text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing text := (SELECT string_agg(e.name, ', ') FROM unnest('{postgres_fdw, dblink}'::text[]) e (name)
                     WHERE NOT EXISTS (SELECT FROM pg_extension x WHERE x.extname = e.name));
BEGIN
    IF to_regclass('ntsb.shard') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name', MESSAGE = 'the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF coalesce(shard_name, '') !~ '^[a-z][a-z0-9_]{0,30}$' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('shard_name must begin with a letter and consist of lower-case letters, digits and _, got %s', coalesce(quote_literal(left(shard_name, 100)), 'null')),
            HINT = 'For example from_2010.';
    ELSIF coalesce(host, '') = '' OR coalesce(dbname, '') = '' OR coalesce(reader, '') = '' OR coalesce(loader, '') = ''
       OR coalesce(port, 0) NOT BETWEEN 1 AND 65535 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('host, dbname, reader and loader must not be empty and port must be between 1 and 65535, got %s, %s, %s, %s and %s',
                coalesce(quote_literal(left(host, 100)), 'null'), coalesce(quote_literal(left(dbname, 100)), 'null'), coalesce(quote_literal(left(reader, 100)), 'null'),
                coalesce(quote_literal(left(loader, 100)), 'null'), coalesce(port::text, 'null')),
            HINT = 'They are those of the database that holds the events.';
    ELSIF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('extensions are missing: %s', missing),
            HINT = 'CREATE EXTENSION postgres_fdw; CREATE EXTENSION dblink; both are in PostgreSQL''s contrib.';
    ELSIF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = 'only a superuser may attach a shard',
            DETAIL = 'Only a superuser may let other roles use a password file of the server.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_shard_arguments(text, text, text, integer, text, text) IS
'Internal: called by ntsb_attach_shard. Fails if an argument is not valid, an extension is missing or the caller is no superuser.';

-- Two servers: everybody reads as the reader, which has no other right; only the owner of this warehouse ends prepared
-- transactions as the loader.
CREATE FUNCTION ntsb_internal.create_shard_servers(shard_name text, host text, dbname text, port integer, reader text,
    loader text, passfile text, sslmode text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    address text := format('host %L, port %L, dbname %L, sslmode %L, connect_timeout ''10''', host, port, dbname, coalesce(sslmode, 'prefer'))
        || CASE WHEN passfile IS NULL THEN '' ELSE format(', passfile %L', passfile) END;
    shared_extensions text := (SELECT string_agg(e.extname, ',' ORDER BY e.extname) FROM pg_extension e
                               WHERE e.extname IN ('postgis', 'pg_ntsb', 'btree_gist'));
BEGIN
    EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (%s, extensions %L, fetch_size ''10000'',
        use_remote_estimate ''true'', async_capable ''true'', updatable ''false'', truncatable ''false'')',
        'ntsb_shard_' || shard_name, address, shared_extensions);
    EXECUTE format('CREATE USER MAPPING FOR PUBLIC SERVER %I OPTIONS (user %L, password_required ''false'')',
                   'ntsb_shard_' || shard_name, reader);
    EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER dblink_fdw OPTIONS (%s)', 'ntsb_load_' || shard_name, address);
    EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (user %L)', 'ntsb_load_' || shard_name, loader);
END
$$;
COMMENT ON FUNCTION ntsb_internal.create_shard_servers(text, text, text, integer, text, text, text, text) IS
'Internal: called by ntsb_attach_shard. Creates the foreign servers of a shard, one for queries and one for loads, with their user mappings.';

CREATE FUNCTION ntsb_internal.read_shard_member(shard_name text, OUT shard_number smallint, OUT first_year smallint, OUT last_year smallint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    remote record;
    schema_name text := 'ntsb_shard_' || read_shard_member.shard_name;
    here text := (SELECT max(v.version)::text FROM ntsb.schema_version v);
BEGIN
    EXECUTE format('CREATE FOREIGN TABLE %1$I.shard_member (shard_number smallint, first_year smallint, last_year smallint)
            SERVER %1$I OPTIONS (schema_name ''ntsb'', table_name ''shard_member'');
        CREATE FOREIGN TABLE %1$I.schema_version (version integer)
            SERVER %1$I OPTIONS (schema_name ''ntsb'', table_name ''schema_version'')', schema_name);
    EXECUTE format('SELECT m.*, (SELECT max(v.version)::text FROM %1$I.schema_version v) AS version FROM %1$I.shard_member m', schema_name)
    INTO remote;
    IF remote.shard_number IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the database of %s is no shard', read_shard_member.shard_name),
            HINT = 'CALL ntsb_prepare_shard(shard_number, first_year, last_year) in it first.';
    ELSIF remote.version <> here THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the warehouse of %s is of version %s, this one of version %s', read_shard_member.shard_name, remote.version, here),
            HINT = 'Upgrade both with ALTER EXTENSION pg_ntsb UPDATE and CALL ntsb_create_warehouse().';
    END IF;
    shard_number := remote.shard_number;
    first_year := remote.first_year;
    last_year := remote.last_year;
END
$$;
COMMENT ON FUNCTION ntsb_internal.read_shard_member(text) IS
'Internal: called by ntsb_attach_shard. Returns number and years of a shard. Errors: 55000 the database is no shard or of another version.';

CREATE PROCEDURE ntsb_detach_shard(shard_name text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unresolved bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('shards'));
    IF NOT EXISTS (SELECT FROM ntsb.shard s WHERE s.shard_name = ntsb_detach_shard.shard_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = format('no shard is named %s', coalesce(quote_literal(left(ntsb_detach_shard.shard_name, 100)), 'null')),
            HINT = 'SELECT * FROM ntsb.shard lists the shards.';
    END IF;
    SELECT l.load_id INTO unresolved FROM ntsb.distributed_load_shard l
    WHERE l.shard_name = ntsb_detach_shard.shard_name AND l.resolved_at IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('load %s onto shard %s is not finished', unresolved, ntsb_detach_shard.shard_name),
            HINT = 'CALL ntsb_resolve_distributed_loads() first.';
    END IF;
    EXECUTE format('DROP SCHEMA %I CASCADE', 'ntsb_shard_' || shard_name);
    EXECUTE format('DROP SERVER %I, %I CASCADE', 'ntsb_shard_' || shard_name, 'ntsb_load_' || shard_name);
    DELETE FROM ntsb.shard s WHERE s.shard_name = ntsb_detach_shard.shard_name;
    CALL @extschema@.ntsb_refresh();
END
$$;
COMMENT ON PROCEDURE ntsb_detach_shard(text) IS
'Removes a shard from this coordinator, for example to attach it under another address. The shard keeps its events; here they are gone until it is attached again. Needs a superuser. Errors: 42704 no such shard, 55000 a load onto the shard is not finished.';
