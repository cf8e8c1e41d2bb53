-- From 0.3.0 to 0.4.0: what was added and changed, in the order of installation.

DROP FUNCTION ntsb_search_refreshed(last bigint, started timestamptz, events bigint);

DROP FUNCTION ntsb_star_done(upto bigint, began timestamptz, taken bigint);

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
            ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
            ANALYZE pg_temp.ntsb_star_event;
            -- As in ntsb_refresh_star: a configuration reaches over all events of a registration.
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

CREATE FUNCTION ntsb_lock_number(what text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_position('{load,warehouse,star,views,search,maintenance,clusters}', ntsb_lock_number.what)
$$;

COMMENT ON FUNCTION ntsb_lock_number(text) IS
'A part of ntsb_refresh and other procedures, which call it: the second key of the advisory lock that each of load, warehouse, star, views, search, maintenance and clusters takes; null for others.';

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
'A part of ntsb_refresh, whose procedures call it: takes the lock of star, views, search or clusters for this transaction; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

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

COMMENT ON FUNCTION ntsb_place_by_airport(bigint) IS
'Gives US events without coordinates those of the airport that NTSB names (ev_nr_apt_id), if it says that they happened there (ONAP) or within 3 statute miles and the state agrees; coord_source is then airport. batch_id: only events that this load wrote; all without it. Returns how many events changed. The content hash, which is over what NTSB says, stays.';

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

CREATE OR REPLACE PROCEDURE ntsb_refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CALL @extschema@.ntsb_refresh_star();
    CALL @extschema@.ntsb_refresh_views();
    CALL @extschema@.ntsb_refresh_search();
    CALL @extschema@.ntsb_refresh_clusters();
END
$$;

COMMENT ON PROCEDURE ntsb_refresh() IS
'Brings all that is derived from the warehouse up to date with what was loaded: star, views, search, clusters that are kept. `ntsb load` calls it after each file.';

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
