-- Loads take turns: the lock is held to the end of the transaction, and taken again by ntsb_ingest.

CREATE FUNCTION ntsb_current_load() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Whoever may not see when another's transaction began is told the rest.
    SELECT format('process %s (user %s, %s)', a.pid, a.usename, a.application_name)
        || coalesce(format(' since %s', date_trunc('second', a.xact_start)), '')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = x'6e747362'::int AND l.objid = ntsb_internal.lock_number('load') AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
COMMENT ON FUNCTION ntsb_current_load() IS
'Whose load is under way in this database: process, user, application and since when. NULL: nobody''s.';

CREATE FUNCTION ntsb_internal.lock_ingest() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ours constant int := x'6e747362'::int;
    number constant int := ntsb_internal.lock_number('load');
    -- 0: as long as it takes.
    wait constant interval := current_setting('lock_timeout');
    holder text;
BEGIN
    IF pg_try_advisory_xact_lock(ours, number) THEN
        RETURN;
    END IF;
    holder := @extschema@.ntsb_current_load();
    -- It may have ended in between, and a short wait is soon told as an error.
    IF holder IS NOT NULL AND (wait = '0' OR wait >= '1 s') THEN
        RAISE NOTICE 'waiting for another load: %', holder
            USING HINT = 'It ends by itself; SELECT pg_cancel_backend(pid) would undo that load.';
    END IF;
    PERFORM pg_advisory_xact_lock(ours, number);
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
        MESSAGE = format('another load is under way: %s',
            coalesce(@extschema@.ntsb_current_load(), holder, 'it has just ended')),
        DETAIL = format('It was waited for as long as lock_timeout allows, %s.', current_setting('lock_timeout')),
        HINT = 'Try again when it has ended, or wait longer; SELECT pg_cancel_backend(pid) would undo that load.';
END
$$;
COMMENT ON FUNCTION ntsb_internal.lock_ingest() IS
'Makes this transaction the one that loads; waits for another, and says in a NOTICE whose it is. Errors: 55P03 the other did not end within lock_timeout.';

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
        -- A dump of schema ntsb alone holds all that lasts.
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the tables of schema ntsb_staging, into which a file is copied, are missing in this database',
            HINT = 'CALL ntsb_create_warehouse() makes them.';
    END IF;
    IF mode IS NULL OR mode NOT IN ('full', 'increment') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%L is not a mode of loading', mode),
            HINT = 'Use full (the file holds everything of its period) or increment (it holds some events).';
    END IF;
    PERFORM ntsb_internal.lock_ingest();
    INSERT INTO ntsb.batch (source, mode, digest)
    VALUES (ntsb_begin_batch.source, ntsb_begin_batch.mode, ntsb_begin_batch.digest)
    RETURNING batch_id INTO batch;
    -- Staged narratives live for minutes: the quicker compression, where the server has it.
    PERFORM set_config('default_toast_compression', 'lz4', true) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);
    -- The default of batch_id in the staging tables.
    PERFORM set_config('ntsb.batch_id', batch::text, false);
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_begin_batch(text, text, text) IS
'Opens a batch and returns its number: COPY the rows of one file into ntsb_staging in this session, then CALL ntsb_ingest(batch). source: name of the file; mode: full or increment; digest: SHA-256 of the file, optional. Waits for a load that is under way. Errors: 22023 unknown mode, 3F000 no warehouse, 55P03 another load did not end within lock_timeout.';
