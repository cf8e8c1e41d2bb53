-- A decade goes into files and comes back.

-- All that follows the events is kept from changing meanwhile, in the order in which a refresh takes its
-- locks, so that the two never wait for each other.
CREATE FUNCTION ntsb_internal.archive_begins(decade integer) RETURNS void
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
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('star'));
    PERFORM ntsb_internal.lock_ingest();
    FOREACH part IN ARRAY '{views,search}'::text[] LOOP
        PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(part));
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.archive_begins(integer) IS
'A part of ntsb_archive_decade and ntsb_attach_archive: checks the decade, waits for loads and refreshes and keeps others out until the transaction ends.';

-- The star, the views and the index of words take events up that came or went without an entry in the
-- change log: how far they have followed it stays as it is.
CREATE FUNCTION ntsb_internal.archive_follow(events text[]) RETURNS void
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
            SELECT DISTINCT e.ev_id FROM unnest(archive_follow.events) e (ev_id);
            PERFORM ntsb_internal.star_widen();
            PERFORM ntsb_internal.star_take_up(false);
        ELSE
            SELECT coalesce(sum(s.docs), 0) < 5 * cardinality(archive_follow.events)
            INTO worn FROM ntsb.search_segment s;
            IF worn THEN
                CALL @extschema@.ntsb_rebuild_search();
                CONTINUE;
            END IF;
            PERFORM ntsb_internal.search_retire(archive_follow.events);
            PERFORM ntsb_internal.search_take_up(archive_follow.events);
        END IF;
        PERFORM ntsb_internal.refreshed(state.what, state.last_seq, began,
            cardinality(archive_follow.events));
    END LOOP;
    CALL @extschema@.ntsb_refresh_views();
END
$$;
COMMENT ON FUNCTION ntsb_internal.archive_follow(text[]) IS
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
    PERFORM ntsb_internal.archive_begins(decade);
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
    written := ntsb_internal.archive_write(archive, decade);
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
    PERFORM ntsb_internal.archive_follow(events);
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
    PERFORM ntsb_internal.archive_begins(decade);
    FOR archive IN
        SELECT a.archive_id, a.path FROM ntsb.archive a
        WHERE a.decade = ntsb_attach_archive.decade AND a.attached_at IS NULL ORDER BY a.archive_id
    LOOP
        PERFORM ntsb_internal.archive_read(archive.archive_id);
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
    PERFORM ntsb_internal.archive_follow(events);
END
$$;
COMMENT ON PROCEDURE ntsb_attach_archive(integer) IS
'Brings the rows of an archived decade back: checks the files against their digests, copies them into the tables, compares the rows there with the archive to the bit, all bookkeeping included, and lets star, views and search follow. The files stay. All or nothing, in the caller''s transaction. Load a file again that came meanwhile: what it said of these events was left alone. Needs INSERT on the tables and pg_read_server_files. Errors: 22023 no decade, P0002 no such archive, 58P01 a file is missing, XX001 a file is not as it was written, 42501 no right, 42804 a table has changed, 3F000 no warehouse.';
