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

COMMENT ON FUNCTION ntsb_place_by_airport(bigint) IS
'Gives US events without coordinates those of the airport that NTSB names (ev_nr_apt_id), if it says that they happened there (ONAP) or within 3 statute miles and the state agrees; coord_source is then airport. batch_id: only events that this load wrote; all without it. Returns how many events changed. The content hash, which is over what NTSB says, stays.';

CREATE FUNCTION ntsb_lock_number(what text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_position('{load,warehouse,star,views,search,maintenance}', ntsb_lock_number.what)
$$;

COMMENT ON FUNCTION ntsb_lock_number(text) IS
'A part of ntsb_refresh and other procedures, which call it: the second key of the advisory lock that each of load, warehouse, star, views, search and maintenance takes; null for others.';

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
'A part of ntsb_refresh, whose procedures call it: takes the lock of star, views or search for this transaction; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

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
