-- Only one load runs at a time. The lock is held until the transaction ends; ntsb_ingest takes it again.

CREATE FUNCTION ntsb_current_load() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- xact_start is null for callers who may not see the other session's details.
    SELECT format('process %s (user %s, %s)', a.pid, a.usename, a.application_name)
        || coalesce(format(' since %s', date_trunc('second', a.xact_start)), '')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = x'6e747362'::int AND l.objid = ntsb_internal.lock_number('load') AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
COMMENT ON FUNCTION ntsb_current_load() IS
'Which session is loading into this database: process, user, application and start time. Null if none.';

CREATE FUNCTION ntsb_internal.lock_ingest() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class constant int := x'6e747362'::int;
    key constant int := ntsb_internal.lock_number('load');
    -- 0: no timeout.
    timeout constant interval := current_setting('lock_timeout');
    holder text;
BEGIN
    IF pg_try_advisory_xact_lock(class, key) THEN
        RETURN;
    END IF;
    holder := @extschema@.ntsb_current_load();
    -- No NOTICE if the other load has just ended, or if a short timeout soon raises the error below.
    IF holder IS NOT NULL AND (timeout = '0' OR timeout >= '1 s') THEN
        RAISE NOTICE 'waiting for another load: %', holder
            USING HINT = 'The wait ends when that load ends. SELECT pg_cancel_backend(pid) cancels it and rolls it back.';
    END IF;
    PERFORM pg_advisory_xact_lock(class, key);
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
        MESSAGE = format('another load is running: %s',
            coalesce(@extschema@.ntsb_current_load(), holder, 'it has just ended')),
        DETAIL = format('Waited for lock_timeout, %s.', current_setting('lock_timeout')),
        HINT = 'Retry later or raise lock_timeout. SELECT pg_cancel_backend(pid) cancels that load and rolls it back.';
END
$$;
COMMENT ON FUNCTION ntsb_internal.lock_ingest() IS
'Internal: called by ntsb_begin_batch, ntsb_repeat_batch, ntsb_ingest, ntsb_archive_decade and ntsb_attach_archive. Takes the load lock for this transaction; waits for another load and names its session in a NOTICE. Errors: 55P03 the other load did not end within lock_timeout.';

CREATE FUNCTION ntsb_begin_batch(source text, mode text DEFAULT 'increment', digest text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    batch bigint;
BEGIN
    IF to_regclass('ntsb.batch') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    ELSIF to_regclass('ntsb_staging.events') IS NULL THEN
        -- Normal after restoring a dump of schema ntsb alone.
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the tables of schema ntsb_staging are missing in this database',
            HINT = 'CALL ntsb_create_warehouse() creates them.';
    END IF;
    IF ntsb_internal.is_coordinator() THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'this database is a coordinator: its events are on shards',
            HINT = 'Load the file onto them with ntsb load --shards.';
    END IF;
    IF mode IS NULL OR mode NOT IN ('full', 'increment') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('mode must be full or increment, got %L', mode),
            HINT = 'full: the file holds all events of its period; increment: it holds some events.';
    END IF;
    PERFORM ntsb_internal.lock_ingest();
    INSERT INTO ntsb.batch (source, mode, digest)
    VALUES (ntsb_begin_batch.source, ntsb_begin_batch.mode, ntsb_begin_batch.digest)
    RETURNING batch_id INTO batch;
    -- Staged narratives are short-lived, so faster compression is better, if the server was built with it.
    PERFORM set_config('default_toast_compression', 'lz4', true) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);
    -- The column default of batch_id in the staging tables reads this setting.
    PERFORM set_config('ntsb.batch_id', batch::text, false);
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_begin_batch(text, text, text) IS
'Starts a batch and returns its number. Then COPY the rows of one file into ntsb_staging in the same session, and CALL ntsb_ingest(batch). source: name of the file; mode: full or increment; digest: SHA-256 of the file (hexadecimal), optional. Waits for a running load. Errors: 22023 mode, 3F000 no warehouse, 55000 this database is a coordinator of shards, 55P03 another load did not end within lock_timeout.';
