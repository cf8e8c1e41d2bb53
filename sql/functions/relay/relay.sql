-- Cursors of `ntsb relay`. These functions run with the caller's privileges: ntsb_relay may read what viewers may read,
-- and write the cursors and the numbering, nothing else.

CREATE FUNCTION ntsb_internal.check_relay(target text, topic text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.relay_cursor') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF pg_is_in_recovery() THEN
        RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction',
            MESSAGE = 'a relay cannot read from a standby, because it stores its cursor',
            HINT = 'Connect to the primary (target_session_attrs=read-write).';
    ELSIF target IS NULL OR length(target) NOT BETWEEN 1 AND 200 OR target ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('target must have 1 to 200 characters without control characters, got %s',
                             coalesce(length(target)::text, 'null')),
            HINT = 'target names the relay, such as ''redis of the web team''. It must not contain a password.';
    ELSIF topic IS NULL OR topic NOT IN ('changes', 'alerts', 'predictions') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('topic must be changes, alerts or predictions, got %s',
                             coalesce(quote_literal(left(topic, 100)), 'null')),
            HINT = 'Each topic has a cursor of its own.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_relay(text, text) IS
'Internal: called by the functions of ntsb relay. Errors: 3F000 no warehouse, 25006 on a standby, 22023 target or topic.';

CREATE FUNCTION ntsb_internal.relay_lock_number(target text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 1000 + (hashtext(relay_lock_number.target) & x'3fffffff'::int)
$$;
COMMENT ON FUNCTION ntsb_internal.relay_lock_number(text) IS
'Internal: called by ntsb relay. Returns the second key of the advisory lock of the relay of this name; the first is x''6e747362''. ntsb_internal.lock_number returns smaller numbers.';

-- Under a lock until the transaction ends, so that numbers are in the order in which rows become visible. All rows are
-- compared with those that have a number, so this is done only when too few numbered rows are left.
CREATE FUNCTION ntsb_internal.number_relay_rows(topic text, after bigint, needed integer) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF topic = 'changes' OR needed <= (
        SELECT count(*) FROM (
            (SELECT FROM ntsb.relay_alert r WHERE topic = 'alerts' AND r."position" > after LIMIT needed)
            UNION ALL
            (SELECT FROM ntsb.relay_prediction r WHERE topic = 'predictions' AND r."position" > after LIMIT needed)) n) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('relay'));
    IF topic = 'alerts' THEN
        INSERT INTO ntsb.relay_alert (alert_id)
        SELECT a.alert_id FROM ntsb.alert a
        WHERE NOT EXISTS (SELECT FROM ntsb.relay_alert r WHERE r.alert_id = a.alert_id)
        ORDER BY a.alert_id;
    ELSE
        INSERT INTO ntsb.relay_prediction (ev_id, model_id)
        SELECT p.ev_id, p.model_id FROM ntsb.predictions p
        WHERE NOT EXISTS (SELECT FROM ntsb.relay_prediction r WHERE r.ev_id = p.ev_id AND r.model_id = p.model_id)
        ORDER BY p.predicted_at, p.model_id, p.ev_id;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.number_relay_rows(text, bigint, integer) IS
'Internal: called by ntsb_begin_relay and ntsb_relay_batch. Numbers the alerts or predictions that have no number yet, unless at least needed rows after a position have one. Entries of the change log have numbers.';

CREATE FUNCTION ntsb_internal.last_relay_position(topic text) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The sequences and not the tables: the last rows may have been deleted, and their numbers are not used again.
    RETURN CASE topic
        WHEN 'changes' THEN (SELECT coalesce(max(l.seq), 0) FROM ntsb.change_log l)
        WHEN 'alerts' THEN (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM ntsb.relay_alert_position_seq s)
        ELSE (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM ntsb.relay_prediction_position_seq s) END;
END
$$;
COMMENT ON FUNCTION ntsb_internal.last_relay_position(text) IS
'Internal: called by the functions of ntsb relay. Returns the greatest number in a topic; 0 if there is none.';

-- A restored database may hold fewer events than the target has received, or other events with the same numbers.
CREATE FUNCTION ntsb_internal.check_relay_cursor(target text, topic text, seq bigint, id text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last bigint := ntsb_internal.last_relay_position(check_relay_cursor.topic);
    stored text;
    way_out constant text := 'Decide what the target lacks, then start again with ntsb relay --restart --from start, or --from now.';
BEGIN
    IF check_relay_cursor.seq > last THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the cursor of %s of relay %L is ahead of the database: it is at %s, but the last event is %s',
                             check_relay_cursor.topic, check_relay_cursor.target, check_relay_cursor.seq, last),
            DETAIL = 'The database was probably restored from a backup that is older than the cursor.', HINT = way_out;
    ELSIF check_relay_cursor.id IS NULL THEN
        RETURN;
    END IF;
    SELECT e.id INTO stored FROM (
        SELECT c.id, c.seq FROM ntsb_internal.read_relay_changes(check_relay_cursor.seq - 1, 1, 'x') c WHERE check_relay_cursor.topic = 'changes'
        UNION ALL
        SELECT a.id, a.seq FROM ntsb_internal.read_relay_alerts(check_relay_cursor.seq - 1, 1, 'x') a WHERE check_relay_cursor.topic = 'alerts'
        UNION ALL
        SELECT p.id, p.seq FROM ntsb_internal.read_relay_predictions(check_relay_cursor.seq - 1, 1, 'x') p WHERE check_relay_cursor.topic = 'predictions'
    ) e WHERE e.seq = check_relay_cursor.seq;
    IF stored <> check_relay_cursor.id THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the cursor of %s of relay %L does not fit the database: event %s is now %s, but %s was sent',
                             check_relay_cursor.topic, check_relay_cursor.target, check_relay_cursor.seq, stored, check_relay_cursor.id),
            DETAIL = 'The database was probably restored from a backup and loaded again.', HINT = way_out;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_relay_cursor(text, text, bigint, text) IS
'Internal: called by ntsb_begin_relay and ntsb_relay_batch. Errors: 55000 if the cursor is ahead of the last event, or if another event has its number.';

CREATE FUNCTION ntsb_begin_relay(target text, topic text, start text DEFAULT 'start', restart boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reached ntsb.relay_cursor;
BEGIN
    PERFORM ntsb_internal.check_relay(ntsb_begin_relay.target, ntsb_begin_relay.topic);
    IF start IS NULL OR start NOT IN ('start', 'now') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('start must be start or now, got %s', coalesce(quote_literal(left(start, 100)), 'null')),
            HINT = 'start: all events of the database; now: only later ones.';
    END IF;
    PERFORM ntsb_internal.number_relay_rows(ntsb_begin_relay.topic, 0, 2147483647);
    INSERT INTO ntsb.relay_cursor AS c (target, topic, "position")
    VALUES (ntsb_begin_relay.target, ntsb_begin_relay.topic,
            CASE start WHEN 'now' THEN ntsb_internal.last_relay_position(ntsb_begin_relay.topic) ELSE 0 END)
    ON CONFLICT ON CONSTRAINT relay_cursor_pkey DO UPDATE
        SET "position" = excluded."position", event_id = NULL, updated_at = excluded.updated_at
        WHERE restart;
    SELECT c.* INTO reached FROM ntsb.relay_cursor c
    WHERE c.target = ntsb_begin_relay.target AND c.topic = ntsb_begin_relay.topic;
    PERFORM ntsb_internal.check_relay_cursor(reached.target, reached.topic, reached."position", reached.event_id);
    RETURN reached."position";
END
$$;
COMMENT ON FUNCTION ntsb_begin_relay(text, text, text, boolean) IS
'Creates the cursor of a relay for a topic (changes, alerts, predictions) if it does not exist, and returns its position. start: start (all events) or now (only later ones), used if the cursor is new or restart is true. target: name of the relay, 1 to 200 characters, without secrets. Errors: 22023 argument, 55000 the cursor does not fit the database (restored from a backup), 25006 on a standby, 3F000 no warehouse.';

CREATE FUNCTION ntsb_relay_batch(target text, topic text, max_rows integer DEFAULT 500, source text DEFAULT NULL)
RETURNS TABLE (seq bigint, id text, event jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reached ntsb.relay_cursor;
    origin constant text := coalesce(nullif(ntsb_relay_batch.source, ''), ntsb_internal.name_relay_source());
    found_seq bigint;
BEGIN
    PERFORM ntsb_internal.check_relay(ntsb_relay_batch.target, ntsb_relay_batch.topic);
    IF max_rows IS NULL OR max_rows NOT BETWEEN 1 AND 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('max_rows must be between 1 and 10,000, got %s', coalesce(max_rows::text, 'null')),
            HINT = 'To get more events, call ntsb_advance_relay, then again.';
    END IF;
    SELECT c.* INTO reached FROM ntsb.relay_cursor c
    WHERE c.target = ntsb_relay_batch.target AND c.topic = ntsb_relay_batch.topic;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('relay %L has no cursor for %s', ntsb_relay_batch.target, ntsb_relay_batch.topic),
            HINT = 'SELECT ntsb_begin_relay(target, topic) creates it.';
    END IF;
    PERFORM ntsb_internal.number_relay_rows(reached.topic, reached."position", max_rows);
    PERFORM ntsb_internal.check_relay_cursor(reached.target, reached.topic, reached."position", reached.event_id);
    IF ntsb_relay_batch.topic = 'alerts' THEN
        RETURN QUERY SELECT * FROM ntsb_internal.read_relay_alerts(reached."position", max_rows, origin);
    ELSIF ntsb_relay_batch.topic = 'predictions' THEN
        RETURN QUERY SELECT * FROM ntsb_internal.read_relay_predictions(reached."position", max_rows, origin);
    ELSE
        FOR seq, id, event IN SELECT * FROM ntsb_internal.read_relay_changes(reached."position", max_rows, origin) LOOP
            found_seq := coalesce(found_seq, reached."position") + 1;
            IF seq <> found_seq THEN
                RAISE EXCEPTION USING ERRCODE = 'data_corrupted',
                    MESSAGE = format('entry %s of ntsb.change_log is missing', found_seq),
                    HINT = 'SELECT * FROM ntsb_verify_change_log() lists what is wrong with the log.';
            END IF;
            RETURN NEXT;
        END LOOP;
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_relay_batch(text, text, integer, text) IS
'The next events of a relay for a topic, after its cursor, oldest first, as CloudEvents 1.0 (docs/relay.md): at most max_rows (1 to 10,000), of changes also at most about 8 MiB. Pass seq and id of the last event that was sent to ntsb_advance_relay; until then the same events are returned again. source: URI of this database in the events; null: urn:pg-ntsb:warehouse: and its name. Public rows only. Errors: 22023 argument, P0002 no cursor, 55000 the cursor does not fit the database, XX001 an entry of the change log is missing, 25006 on a standby, 3F000 no warehouse.';

CREATE FUNCTION ntsb_advance_relay(target text, topic text, seq bigint, id text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last bigint;
BEGIN
    PERFORM ntsb_internal.check_relay(ntsb_advance_relay.target, ntsb_advance_relay.topic);
    last := ntsb_internal.last_relay_position(ntsb_advance_relay.topic);
    IF ntsb_advance_relay.seq IS NULL OR ntsb_advance_relay.seq NOT BETWEEN 1 AND last THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('seq must be between 1 and %s, got %s', last, coalesce(ntsb_advance_relay.seq::text, 'null')),
            HINT = 'Pass seq and id of an event of ntsb_relay_batch.';
    END IF;
    UPDATE ntsb.relay_cursor c
    SET "position" = ntsb_advance_relay.seq, event_id = ntsb_advance_relay.id, updated_at = clock_timestamp()
    WHERE c.target = ntsb_advance_relay.target AND c.topic = ntsb_advance_relay.topic
      AND c."position" <= ntsb_advance_relay.seq;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the cursor of %s of relay %L is missing or already past %s',
                             ntsb_advance_relay.topic, ntsb_advance_relay.target, ntsb_advance_relay.seq),
            HINT = 'Another process may relay under this name; give each its own.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_advance_relay(text, text, bigint, text) IS
'Records that a target accepted the events of a topic up to seq; id is the id of that event. A cursor does not move back. Errors: 22023 argument, 55000 the cursor is missing or already further, 25006 on a standby, 3F000 no warehouse.';

CREATE FUNCTION ntsb_relay_status()
RETURNS TABLE (target text, topic text, seq bigint, last_seq bigint, pending bigint, pending_since timestamptz,
    updated_at timestamptz, is_running boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT c.target, c.topic, c."position", ntsb_internal.last_relay_position(c.topic), w.pending, w.since, c.updated_at,
           EXISTS (SELECT FROM pg_locks l
                   WHERE l.locktype = 'advisory' AND l.classid = x'6e747362'::int AND l.granted
                     AND l.objid::bigint = ntsb_internal.relay_lock_number(c.target)
                     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
    FROM ntsb.relay_cursor c
    CROSS JOIN LATERAL (
        SELECT greatest(ntsb_internal.last_relay_position('changes') - c."position", 0),
               (SELECT l.changed_at FROM ntsb.change_log l WHERE l.seq = c."position" + 1)
        WHERE c.topic = 'changes'
        UNION ALL
        SELECT count(*), min(a.raised_at)
        FROM ntsb.alert a LEFT JOIN ntsb.relay_alert r USING (alert_id)
        WHERE r."position" > c."position" OR r."position" IS NULL
        HAVING c.topic = 'alerts'
        UNION ALL
        SELECT count(*), min(p.predicted_at)
        FROM ntsb.predictions p LEFT JOIN ntsb.relay_prediction r USING (ev_id, model_id)
        WHERE r."position" > c."position" OR r."position" IS NULL
        HAVING c.topic = 'predictions') w (pending, since)
    ORDER BY c.target, c.topic;
END
$$;
COMMENT ON FUNCTION ntsb_relay_status() IS
'Cursors of ntsb relay: per relay and topic the number of the last accepted event (seq) and of the last event (last_seq), how many events are not accepted yet (pending) and since when the oldest of them waits (pending_since, null for none), when the cursor moved last, and whether a relay of this name is running.';
