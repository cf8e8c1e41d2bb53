-- Moving a decade of events into Parquet files and back.

-- Takes the locks of loads and refreshes in the same order as a refresh does, to avoid deadlocks.
CREATE FUNCTION ntsb_internal.begin_archiving(decade integer) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part text;
BEGIN
    IF to_regclass('ntsb.archive') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot archive: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF decade IS NULL OR decade % 10 <> 0 OR decade NOT BETWEEN 1900 AND 2100 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('decade must be a multiple of 10 between 1900 and 2100, got %s', coalesce(decade::text, 'null')),
            HINT = 'Give the first year of the decade, such as 1980.';
    END IF;
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('star'));
    PERFORM ntsb_internal.lock_ingest();
    FOREACH part IN ARRAY '{views,search}'::text[] LOOP
        PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(part));
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.begin_archiving(integer) IS
'Internal: called by ntsb_archive_decade and ntsb_attach_archive. Checks the decade, waits for running loads and refreshes, and blocks others until the transaction ends. Errors: 22023 decade, 3F000 no warehouse, 55P03 a load did not end within lock_timeout.';

-- Archiving writes no change log entries, so the derived parts are refreshed for these events explicitly. Their
-- last_seq stays the same.
CREATE FUNCTION ntsb_internal.refresh_archived_events(events text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    state record;
    needs_rebuild boolean;
BEGIN
    FOR state IN SELECT r.* FROM ntsb.refresh_state r WHERE r.what IN ('star', 'search') ORDER BY r.what DESC LOOP
        IF state.what = 'star' THEN
            CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
            SELECT DISTINCT e.ev_id FROM unnest(refresh_archived_events.events) e (ev_id);
            PERFORM ntsb_internal.add_related_events();
            PERFORM ntsb_internal.refresh_star_events(false);
        ELSE
            SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(refresh_archived_events.events)
            INTO needs_rebuild FROM ntsb.search_segment s;
            IF needs_rebuild THEN
                CALL @extschema@.ntsb_rebuild_search();
                CONTINUE;
            END IF;
            PERFORM ntsb_internal.remove_search_documents(refresh_archived_events.events);
            PERFORM ntsb_internal.add_search_documents(refresh_archived_events.events);
        END IF;
        PERFORM ntsb_internal.record_refresh(state.what, state.last_seq, started,
            cardinality(refresh_archived_events.events));
    END LOOP;
    CALL @extschema@.ntsb_refresh_views();
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_archived_events(text[]) IS
'Internal: called by ntsb_archive_decade and ntsb_attach_archive. Refreshes the star schema, the views and the search index, if they exist, for events that were archived or attached.';

CREATE PROCEDURE ntsb_archive_decade(decade integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive bigint;
    events text[];
    written jsonb;
    part record;
    deleted bigint;
BEGIN
    PERFORM ntsb_internal.begin_archiving(decade);
    SELECT array_agg(e.ev_id ORDER BY e.ev_id) INTO events FROM ntsb.events e
    WHERE e.ev_year BETWEEN decade AND decade + 9;
    IF events IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('no events of the years %s to %s are stored', decade, decade + 9),
            HINT = 'SELECT * FROM ntsb.archive lists the archived decades.';
    END IF;
    INSERT INTO ntsb.archive (decade, events) VALUES (decade, cardinality(events))
    RETURNING archive_id INTO archive;
    INSERT INTO ntsb.archived_event (ev_id, archive_id, ntsb_no)
    SELECT e.ev_id, archive, e.ntsb_no FROM ntsb.events e WHERE e.ev_year BETWEEN decade AND decade + 9;
    ANALYZE ntsb.archived_event;
    -- Writes the files, reads them back and compares them before any row is deleted.
    written := ntsb_internal.write_archive(archive, decade);
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
        GET DIAGNOSTICS deleted = ROW_COUNT;
        IF deleted <> part.rows THEN
            RAISE EXCEPTION USING ERRCODE = 'data_exception',
                MESSAGE = format('archived %s rows of ntsb.%I, but %s would be deleted', part.rows, part.name, deleted),
                HINT = 'No row was changed, only files were written. Check for triggers of your own on the table.';
        END IF;
    END LOOP;
    PERFORM ntsb_internal.refresh_archived_events(events);
    RAISE NOTICE 'archived % events in %', cardinality(events), written ->> 'path';
END
$$;
COMMENT ON PROCEDURE ntsb_archive_decade(integer) IS
'Writes the events of a decade (1980: the years 1980 to 1989) and all their rows as Parquet into a new folder below ntsb.archive_directory, reads the files back, and deletes the rows only if the files match them bit for bit. Records the archive in ntsb.archive and refreshes the star schema, views and search. Loads skip archived events until CALL ntsb_attach_archive(decade). Runs in the caller''s transaction, all or nothing; waits for a running load. Needs ownership of the tables and pg_write_server_files. Errors: 22023 decade, P0002 no such events, 55000 ntsb.archive_directory not set, 42501 missing privilege, 58P02 folder exists, 3F000 no warehouse.';

CREATE PROCEDURE ntsb_attach_archive(decade integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive record;
    events text[] := '{}';
BEGIN
    PERFORM ntsb_internal.begin_archiving(decade);
    FOR archive IN
        SELECT a.archive_id, a.path FROM ntsb.archive a
        WHERE a.decade = ntsb_attach_archive.decade AND a.attached_at IS NULL ORDER BY a.archive_id
    LOOP
        PERFORM ntsb_internal.read_archive(archive.archive_id);
        events := events || ARRAY(SELECT e.ev_id FROM ntsb.archived_event e
                                  WHERE e.archive_id = archive.archive_id ORDER BY e.ev_id);
        DELETE FROM ntsb.archived_event e WHERE e.archive_id = archive.archive_id;
        UPDATE ntsb.archive a SET attached_at = clock_timestamp(), attached_by = session_user
        WHERE a.archive_id = archive.archive_id;
        RAISE NOTICE 'attached %; the files are kept', archive.path;
    END LOOP;
    IF cardinality(events) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no archive of the years %s to %s to attach', decade, decade + 9),
            HINT = 'SELECT * FROM ntsb.archive WHERE attached_at IS NULL lists the archives that can be attached.';
    END IF;
    PERFORM ntsb_internal.refresh_archived_events(events);
END
$$;
COMMENT ON PROCEDURE ntsb_attach_archive(integer) IS
'Restores the rows of an archived decade: verifies the digests of the files, copies the rows into the tables, compares them with the archive bit for bit, including bookkeeping columns, and refreshes the star schema, views and search. The files are kept. Runs in the caller''s transaction, all or nothing. Loads meanwhile skipped the archived events, so load those files again. Needs INSERT on the tables and pg_read_server_files. Errors: 22023 decade, P0002 no such archive, 58P01 a file is missing, XX001 a file was altered, 42501 missing privilege, 42804 a table has changed, 3F000 no warehouse.';
