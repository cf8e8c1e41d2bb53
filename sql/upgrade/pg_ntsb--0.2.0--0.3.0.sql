-- From 0.2.0 to 0.3.0: what was added and changed, in the order of installation.

CREATE PROCEDURE ntsb_refresh()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CALL @extschema@.ntsb_refresh_star();
    CALL @extschema@.ntsb_refresh_views();
    CALL @extschema@.ntsb_refresh_search();
END
$$;

COMMENT ON PROCEDURE ntsb_refresh() IS
'Brings all that is derived from the warehouse up to date with what was loaded. `ntsb load` calls it after each file.';

CREATE FUNCTION ntsb_star_begins() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.fact_accidents') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse has no star in this database',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    IF pg_is_in_recovery() THEN
        RAISE NOTICE 'this is a standby: the star comes from the primary';
        RETURN false;
    END IF;
    -- 'ntsb' in ASCII, as for loads, which take number 1.
    IF NOT pg_try_advisory_xact_lock(x'6e747362'::int, 2) THEN
        RAISE NOTICE 'another refresh of the star is already running';
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(x'6e747362'::int, 1);
    RETURN true;
END
$$;

COMMENT ON FUNCTION ntsb_star_begins() IS
'A step of ntsb_refresh_star: takes the lock of the star, waits for a load that is under way; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_star_loosen() RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys text[] := '{}';
    key record;
BEGIN
    FOR key IN
        SELECT c.conrelid::regclass AS of_table, c.conname, pg_get_constraintdef(c.oid) AS definition
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.contype = 'f' AND pg_has_role(t.relowner, 'USAGE')
          AND t.oid IN ('ntsb.fact_accidents'::regclass, 'ntsb.bridge_event_aircraft'::regclass,
                        'ntsb.bridge_event_crew'::regclass, 'ntsb.bridge_event_cause'::regclass)
        ORDER BY 1, 2
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.of_table, key.conname);
        keys := keys || format('ALTER TABLE %s ADD CONSTRAINT %I %s', key.of_table, key.conname, key.definition);
    END LOOP;
    RETURN keys;
END
$$;

COMMENT ON FUNCTION ntsb_star_loosen() IS
'A step of ntsb_rebuild_star: drops the foreign keys of facts and bridges, for the time of this transaction, and returns the commands that make them again. None where the caller does not own the tables.';

CREATE FUNCTION ntsb_star_done(upto bigint, began timestamptz, taken bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.refresh_state AS s (what, last_seq, refreshed_at, took, events)
    VALUES ('star', upto, clock_timestamp(), clock_timestamp() - began, taken)
    ON CONFLICT (what) DO UPDATE
    SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at, took = excluded.took,
        events = excluded.events
$$;

COMMENT ON FUNCTION ntsb_star_done(bigint, timestamptz, bigint) IS
'A step of ntsb_refresh_star: notes in ntsb.refresh_state how far the star has followed the change log.';

CREATE PROCEDURE ntsb_refresh_star()
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
    PERFORM @extschema@.ntsb_star_done(upto, began, taken);
    IF taken > 10000 THEN
        ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
            ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
    END IF;
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_star() IS
'Brings the star (ntsb.fact_accidents, dim_*, bridge_*) up to date with what was loaded since it last was: only events that changed are taken up. Writes nothing if none did. Waits for a load under way; does nothing, with a NOTICE, beside another refresh or on a standby. Errors: 3F000 no warehouse.';

CREATE PROCEDURE ntsb_rebuild_star()
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
    PERFORM @extschema@.ntsb_star_done(upto, began, taken);
    ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
        ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
END
$$;

COMMENT ON PROCEDURE ntsb_rebuild_star() IS
'Makes the star anew from the warehouse, with the content that ntsb_refresh_star would come to and other surrogate keys. Readers wait while it runs, which takes seconds. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_fill_nearest_airports(again boolean DEFAULT false) RETURNS bigint
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
    EXECUTE format(
        'UPDATE ntsb.dim_location l SET nearest_airport_id = a.airport_id, nearest_airport_km = a.km
         FROM (SELECT p.location_id, n.airport_id, n.km
               FROM ntsb.dim_location p CROSS JOIN LATERAL (
                   SELECT o.airport_id, %1$s.ST_Distance(o.geog, p.geog) / 1000 AS km FROM ntsb.airport o
                   WHERE o.geog IS NOT NULL ORDER BY o.geog OPERATOR(%1$s.<->) p.geog, o.airport_id LIMIT 1) n
               WHERE p.geog IS NOT NULL AND ($1 OR p.nearest_airport_id IS NULL)) a
         WHERE a.location_id = l.location_id
           AND (l.nearest_airport_id, l.nearest_airport_km) IS DISTINCT FROM (a.airport_id, a.km)', gis)
    USING coalesce(again, false);
    GET DIAGNOSTICS filled = ROW_COUNT;
    RETURN filled;
END
$$;

COMMENT ON FUNCTION ntsb_fill_nearest_airports(boolean) IS
'Finds the nearest of ntsb.airport for places of ntsb.dim_location that have none yet, or with again for all, as after loading other airports. Distance on the spheroid. Returns how many were filled; 0 where there is no such table. ntsb_refresh_star calls it.';

CREATE FUNCTION ntsb_star_codes() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_code ON COMMIT DROP AS
    WITH dictionary AS (
        SELECT lower(d."table") AS of_table, lower(d."column") AS of_column, d.ct_name,
               btrim(d.code_iaids) AS code, btrim(d.meaning) AS meaning
        FROM ntsb.eadmspub_datadictionary d WHERE d.withdrawn_batch IS NULL
    ), said AS (
        SELECT 1 AS rank, of_column AS kind, code, meaning FROM dictionary
        UNION ALL
        -- Parts of the codes since 2008, which the dictionary writes as 552xxx, xxx230, 01022214XX.
        SELECT 1, CASE WHEN code ~ '^\d{3}[xX]{3}$' THEN 'phase' ELSE 'event' END,
               substring(code FROM '\d{3}'), meaning
        FROM dictionary
        WHERE of_table = 'events_sequence' AND code ~ '^(\d{3}[xX]{3}|[xX]{3}\d{3})$'
        UNION ALL
        SELECT 1, CASE WHEN code ~ '^[xX]' THEN 'modifier' ELSE 'finding' END,
               substring(code FROM '\d+'), meaning
        FROM dictionary WHERE of_table = 'findings' AND code ~ '^(\d{8}[xX]{2}|[xX]{8}\d{2})$'
        UNION ALL
        SELECT 1, 'seqevt', code, meaning
        FROM dictionary WHERE of_table IN ('occurrences', 'seq_of_events') AND code ~ '^\d{3,}$'
        UNION ALL
        SELECT 2, 'seqevt', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'phase_of_flight', t.code::text, btrim(t.meaning)
        FROM ntsb.ct_seqevt t WHERE t.withdrawn_batch IS NULL AND t.code BETWEEN 500 AND 699
        UNION ALL
        SELECT 2, n.of_column, btrim(t.code_iaids), btrim(t.meaning)
        FROM ntsb.ct_iaids t JOIN (SELECT DISTINCT of_column, ct_name FROM dictionary) n USING (ct_name)
        WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'state', btrim(t.state), initcap(btrim(t.name))
        FROM ntsb.states t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 2, 'state', code, initcap(meaning) FROM dictionary WHERE of_column = 'ev_state'
        UNION ALL
        SELECT 1, 'country', btrim(t.country_code), btrim(t.country_name)
        FROM ntsb.country t WHERE t.withdrawn_batch IS NULL
        UNION ALL
        SELECT 1, 'pre1982.' || lower(t.name), btrim(t.code), btrim(t.meang)
        FROM ntsb.ct_pre1982 t WHERE t.withdrawn_batch IS NULL
    )
    SELECT DISTINCT ON (kind, code) kind, code, meaning
    FROM said WHERE kind <> '' AND code <> '' AND meaning <> ''
    ORDER BY kind, code, rank, meaning COLLATE "C";

    DELETE FROM ntsb.code_meaning m
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_star_code c WHERE (c.kind, c.code) = (m.kind, m.code));
    INSERT INTO ntsb.code_meaning SELECT * FROM pg_temp.ntsb_star_code
    ON CONFLICT (kind, code) DO UPDATE SET meaning = excluded.meaning
    WHERE code_meaning.meaning <> excluded.meaning;
    DROP TABLE pg_temp.ntsb_star_code;
END
$$;

COMMENT ON FUNCTION ntsb_star_codes() IS
'A step of ntsb_refresh_star: makes ntsb.code_meaning of the code lists that are loaded.';

CREATE FUNCTION ntsb_changed_events(what text) RETURNS SETOF text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT l.ev_id FROM ntsb.change_log l
    WHERE l.seq > coalesce((SELECT s.last_seq FROM ntsb.refresh_state s
                            WHERE s.what = ntsb_changed_events.what), 0)
      AND l.ev_id IS NOT NULL
$$;

COMMENT ON FUNCTION ntsb_changed_events(text) IS
'Events that were inserted, changed, withdrawn or returned since a derived part (star, search; see ntsb.refresh_state) was last refreshed. All events where it never was.';

CREATE FUNCTION ntsb_search_query(query text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = 'warning' -- that words are left out is no news
AS $$
    -- Names are indexed as they are, too, so that words which English leaves out can be looked for alone.
    SELECT CASE WHEN numnode(english) = 0 AND strpos(simple::text, '!') = 0 THEN simple ELSE english END
    FROM (SELECT websearch_to_tsquery('pg_catalog.english', typed) AS english,
                 websearch_to_tsquery('pg_catalog.simple', typed) AS simple
          -- A minus after a minus: some thirty of them would be an error.
          FROM regexp_replace(left(query, 1000), '-[^[:alnum:]]*-', '-', 'g') typed) q
$$;

COMMENT ON FUNCTION ntsb_search_query(text) IS
'How ntsb_search understands a query: words, "phrases", OR and -minus become a tsquery of English lexemes; of words that English leaves out alone (the, will), one of names as they are written. What follows the first 1,000 characters is left out.';

CREATE FUNCTION ntsb_search_retire(changed text[]) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place record;
    bits bytea;
    gone bigint;
BEGIN
    FOR place IN
        SELECT d.segment, array_agg(d.doc) AS docs FROM ntsb.search_document d
        WHERE d.ev_id = ANY (changed) GROUP BY d.segment ORDER BY d.segment
    LOOP
        SELECT s.dead INTO STRICT bits FROM ntsb.search_segment s WHERE s.segment = place.segment;
        FOR i IN 1 .. cardinality(place.docs) LOOP
            bits := set_bit(bits, place.docs[i], 1);
        END LOOP;
        UPDATE ntsb.search_segment s SET dead = bits WHERE s.segment = place.segment;
    END LOOP;
    DELETE FROM ntsb.search_document d WHERE d.ev_id = ANY (changed);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

COMMENT ON FUNCTION ntsb_search_retire(text[]) IS
'A part of ntsb_refresh_search, which calls it: takes events out of the index. Returns how many were in it.';

CREATE FUNCTION ntsb_search_take_up(changed text[]) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = 'force_custom_plan' -- a hundred events and all of them want different plans
AS $$
DECLARE
    -- Numbers within a segment; a smaller segment than this is made anew with what is added.
    most constant integer := 32768;
    few constant integer := 2048;
    first integer := coalesce((SELECT max(s.segment) FROM ntsb.search_segment s), 0) + 1;
    small integer[] := '{}';
    taken bigint;
BEGIN
    IF cardinality(changed) <= few THEN
        small := coalesce((SELECT array_agg(s.segment) FROM ntsb.search_segment s WHERE s.docs <= few), '{}');
        DELETE FROM ntsb.search_posting p WHERE p.segment = ANY (small);
        DELETE FROM ntsb.search_segment s WHERE s.segment = ANY (small);
        UPDATE ntsb.search_document d SET segment = first WHERE d.segment = ANY (small);
    END IF;
    INSERT INTO ntsb.search_document (ev_id, segment, doc, ev_date, place, aircraft, severity, words, facts)
    SELECT s.ev_id, first + n.number / most, n.number % most,
           s.ev_date, s.place, s.aircraft, s.severity, s.words, s.facts
    FROM (SELECT e.ev_id, e.ev_year, (row_number() OVER (ORDER BY e.ev_id) - 1)::integer AS number
          FROM ntsb.events e
          WHERE e.withdrawn_batch IS NULL AND (changed IS NULL OR e.ev_id = ANY (changed))) n
    JOIN ntsb.search_source s ON s.ev_id = n.ev_id
    WHERE changed IS NULL OR s.ev_id = ANY (changed);
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF cardinality(small) > 0 THEN
        UPDATE ntsb.search_document d SET doc = n.doc
        FROM (SELECT o.ev_id, (row_number() OVER (ORDER BY o.ev_id) - 1)::integer AS doc
              FROM ntsb.search_document o WHERE o.segment = first) n
        WHERE d.ev_id = n.ev_id AND d.segment = first AND d.doc <> n.doc;
    END IF;
    PERFORM @extschema@.ntsb_search_index(n.segment)
    FROM (SELECT DISTINCT d.segment FROM ntsb.search_document d WHERE d.segment >= first) n;
    RETURN taken;
END
$$;

COMMENT ON FUNCTION ntsb_search_take_up(text[]) IS
'A part of ntsb_refresh_search, which calls it: takes events (null: all) into the index, together with the last ones if these were few. Returns how many.';

CREATE PROCEDURE ntsb_rebuild_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    taken bigint;
BEGIN
    IF pg_is_in_recovery() THEN
        RAISE NOTICE 'search follows the primary; nothing to do on a standby';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ntsb_refresh_search'));
    last := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    DELETE FROM ntsb.search_posting;
    DELETE FROM ntsb.search_segment;
    DELETE FROM ntsb.search_document;
    taken := @extschema@.ntsb_search_take_up(NULL);
    PERFORM @extschema@.ntsb_search_refreshed(last, started, taken);
END
$$;

COMMENT ON PROCEDURE ntsb_rebuild_search() IS
'Builds the index of ntsb_search anew, in one transaction; searches go on with the old one until it commits. Needed only where rows were changed behind the change log. Does nothing on a standby.';

CREATE FUNCTION ntsb_search_refreshed(last bigint, started timestamptz, events bigint) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.refresh_state (what, last_seq, refreshed_at, took, events)
    VALUES ('search', last, now(), clock_timestamp() - started, events)
    ON CONFLICT (what) DO UPDATE SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at,
        took = excluded.took, events = excluded.events
$$;

COMMENT ON FUNCTION ntsb_search_refreshed(bigint, timestamptz, bigint) IS
'A part of ntsb_refresh_search, which calls it: notes in ntsb.refresh_state what was done.';

CREATE PROCEDURE ntsb_refresh_search()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    last bigint;
    changed text[];
    worn boolean;
BEGIN
    IF pg_is_in_recovery() THEN
        RAISE NOTICE 'search follows the primary; nothing to do on a standby';
        RETURN;
    ELSIF NOT pg_try_advisory_xact_lock(hashtext('ntsb_refresh_search')) THEN
        RAISE NOTICE 'search is being refreshed already';
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
    PERFORM @extschema@.ntsb_search_refreshed(last, started, cardinality(changed));
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_search() IS
'Brings the index of ntsb_search up to date with what ntsb.change_log says has changed, in one transaction; builds it anew where much has changed. Another refresh that is running is a notice. Does nothing on a standby.';

CREATE FUNCTION ntsb_registration_history(regis_no text)
RETURNS TABLE (
    ev_id text, ev_date date, place text, regis_no text, aircraft_key integer, aircraft text,
    role text, damage text, severity text, fatalities integer
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH asked AS (
        SELECT upper(regexp_replace($1, '[^A-Za-z0-9]', '', 'g')) AS mark
    ), mark AS (
        SELECT a.mark FROM asked a WHERE a.mark <> ''
        UNION SELECT 'N' || a.mark FROM asked a WHERE a.mark ~ '^[1-9]' -- a mark of the USA without its N
    )
    SELECT e.ev_id, e.ev_date, concat_ws(', ', e.ev_city, e.ev_state, nullif(e.ev_country, 'USA')),
           a.regis_no, a.aircraft_key, concat_ws(' ', a.acft_make_std, a.acft_model_std),
           CASE WHEN n.aircraft = 1 THEN 'only aircraft'
                WHEN e.mid_air = 'Y' THEN format('one of %s aircraft, collided in the air', n.aircraft)
                WHEN e.on_ground_collision = 'Y' THEN format('one of %s aircraft, collided on the ground', n.aircraft)
                ELSE format('one of %s aircraft', n.aircraft) END,
           a.damage,
           coalesce(e.ev_highest_injury, CASE WHEN e.inj_tot_f > 0 THEN 'FATL' END),
           coalesce(e.inj_tot_f, 0)::integer
    FROM mark m
    JOIN ntsb.aircraft a ON upper(regexp_replace(a.regis_no, '[^A-Za-z0-9]', '', 'g')) = m.mark
    JOIN ntsb.events e ON e.ev_id = a.ev_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS aircraft FROM ntsb.aircraft o
        WHERE o.ev_id = a.ev_id AND o.withdrawn_batch IS NULL
    ) n
    WHERE a.withdrawn_batch IS NULL AND e.withdrawn_batch IS NULL
    ORDER BY e.ev_date NULLS LAST, e.ev_id, a.aircraft_key
$$;

COMMENT ON FUNCTION ntsb_registration_history(text) IS
'Every event of a registration mark, oldest first; n123ab, N-123AB and 123AB are N123AB. A mark may have passed from one aircraft to another: see aircraft. role: only aircraft, or one of several and how they met. severity is that of the event: FATL, SERS, MINR, NONE. No rows for a mark that has none.';

CREATE FUNCTION ntsb_airport_history(airport text)
RETURNS TABLE (
    ev_id text, ev_date date, airport_id text, airport_name text, place text, found_by text,
    on_airport boolean, distance_miles real, direction_deg integer, severity text, fatalities integer
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- ICAO writes a K (in Alaska and Hawaii a P) before what the FAA writes with three characters.
    WITH asked AS (
        SELECT upper(btrim($1)) AS id
    ), id AS (
        SELECT a.id FROM asked a WHERE a.id <> '' AND a.id <> 'PVT'
        UNION SELECT substr(a.id, 2) FROM asked a WHERE a.id ~ '^[KP][A-Z0-9]{3}$'
        UNION SELECT p.letter || a.id FROM asked a, (VALUES ('K'), ('P')) p (letter) WHERE a.id ~ '^[A-Z0-9]{3}$'
    ), named AS (
        -- Events that give only the name of an airport which others know by its identifier.
        SELECT DISTINCT upper(e.apt_name) AS name, e.ev_state AS state
        FROM ntsb.events e JOIN id ON e.ev_nr_apt_id = id.id
        WHERE e.withdrawn_batch IS NULL AND length(e.apt_name) > 3
          AND upper(e.apt_name) NOT IN ('PRIVATE', 'PRIVATE STRIP', 'PRIVATE AIRSTRIP', 'PRIVATE AIRPORT')
    ), hit AS (
        SELECT e.ev_id, e.ev_year, 'identifier' AS found_by
        FROM id JOIN ntsb.events e ON e.ev_nr_apt_id = id.id
        UNION ALL
        SELECT e.ev_id, e.ev_year, 'name'
        FROM named n JOIN ntsb.events e ON upper(e.apt_name) = n.name
        WHERE e.ev_nr_apt_id IS NULL AND e.ev_state = n.state
        UNION ALL
        SELECT e.ev_id, e.ev_year, 'name'
        FROM asked a JOIN ntsb.events e ON upper(e.apt_name) = a.id
    ), best AS (
        SELECT h.ev_id, h.ev_year, min(h.found_by) AS found_by FROM hit h GROUP BY 1, 2
    )
    SELECT e.ev_id, e.ev_date, e.ev_nr_apt_id, e.apt_name,
           concat_ws(', ', e.ev_city, e.ev_state, nullif(e.ev_country, 'USA')), b.found_by,
           CASE WHEN e.ev_nr_apt_loc IN ('ONAP', 'ONAS') THEN true WHEN e.ev_nr_apt_loc = 'OFAP' THEN false END,
           e.apt_dist, e.apt_dir::integer,
           coalesce(e.ev_highest_injury, CASE WHEN e.inj_tot_f > 0 THEN 'FATL' END),
           coalesce(e.inj_tot_f, 0)::integer
    FROM best b JOIN ntsb.events e ON e.ev_id = b.ev_id AND e.ev_year = b.ev_year
    WHERE e.withdrawn_batch IS NULL
    ORDER BY e.ev_date NULLS LAST, e.ev_id
$$;

COMMENT ON FUNCTION ntsb_airport_history(text) IS
'Events on or near an airport, oldest first, by its FAA or ICAO identifier (PAO and KPAO, ANC and PANC) or its name as NTSB writes it; also those that give no identifier but the name that others in the same state give with it (found_by). distance_miles: statute miles from the airport, null where not known; direction_deg: from the airport to the site, degrees magnetic, 360 north. Identifiers of three characters are tried in both forms, so that a foreign airport of the same letters may be among them. No rows for an airport that has none.';

CREATE FUNCTION ntsb_star_detach() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_before ON COMMIT DROP AS
    WITH fact AS (
        SELECT f.* FROM pg_temp.ntsb_star_event s JOIN ntsb.fact_accidents f USING (ev_id)
    )
    SELECT 'location' AS dimension, f.location_id AS id FROM fact f
    UNION SELECT 'weather', f.weather_id FROM fact f
    UNION SELECT 'aircraft', b.aircraft_id FROM fact f JOIN ntsb.bridge_event_aircraft b USING (accident_id)
    UNION SELECT 'crew', b.crew_id FROM fact f JOIN ntsb.bridge_event_crew b USING (accident_id)
    UNION SELECT 'causes', b.cause_id FROM fact f JOIN ntsb.bridge_event_cause b USING (accident_id);
    DELETE FROM ntsb.bridge_event_aircraft b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    DELETE FROM ntsb.bridge_event_crew b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    DELETE FROM ntsb.bridge_event_cause b USING ntsb.fact_accidents f, pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND b.accident_id = f.accident_id;
    -- Withdrawn, or moved by a later file to another identity.
    DELETE FROM ntsb.fact_accidents f USING pg_temp.ntsb_star_event s
    WHERE f.ev_id = s.ev_id AND NOT EXISTS (SELECT FROM pg_temp.ntsb_star_row r WHERE r.ev_id = f.ev_id);
END
$$;

COMMENT ON FUNCTION ntsb_star_detach() IS
'A step of ntsb_refresh_star: takes the events to be taken up out of the bridges, and withdrawn ones out of the fact; remembers the members that they had.';

CREATE FUNCTION ntsb_star_drop_unused() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ntsb.dim_location d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'location' AND d.location_id = b.id AND d.location_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.location_id = d.location_id);
    DELETE FROM ntsb.dim_weather d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'weather' AND d.weather_id = b.id AND d.weather_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.fact_accidents f WHERE f.weather_id = d.weather_id);
    DELETE FROM ntsb.dim_aircraft d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'aircraft' AND d.aircraft_id = b.id AND d.aircraft_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_aircraft f WHERE f.aircraft_id = d.aircraft_id);
    -- Earlier versions of a crew member are of use as long as the member is.
    DELETE FROM ntsb.dim_crew d USING pg_temp.ntsb_star_before b, ntsb.dim_crew was
    WHERE b.dimension = 'crew' AND was.crew_id = b.id AND d.member = was.member AND d.crew_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.dim_crew v JOIN ntsb.bridge_event_crew f USING (crew_id)
                      WHERE v.member = d.member);
    DELETE FROM ntsb.dim_causes d USING pg_temp.ntsb_star_before b
    WHERE b.dimension = 'causes' AND d.cause_id = b.id AND d.cause_id <> 0
      AND NOT EXISTS (SELECT FROM ntsb.bridge_event_cause f WHERE f.cause_id = d.cause_id);
END
$$;

COMMENT ON FUNCTION ntsb_star_drop_unused() IS
'A step of ntsb_refresh_star: removes members that the events had and none has now.';

CREATE FUNCTION ntsb_star_years() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_year ON COMMIT DROP AS
    SELECT f.ev_year, count(*)::integer AS events,
           (count(*) FILTER (WHERE f.has_findings))::integer AS with_findings,
           (count(*) FILTER (WHERE f.has_probable_cause))::integer AS with_probable_cause,
           (count(*) FILTER (WHERE f.has_findings OR f.has_probable_cause))::integer AS with_either,
           (count(*) FILTER (WHERE f.is_final))::integer AS final_reports
    FROM ntsb.fact_accidents f GROUP BY f.ev_year;
    DELETE FROM ntsb.year_completeness y
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_star_year s WHERE s.ev_year = y.ev_year);
    INSERT INTO ntsb.year_completeness AS y
    SELECT s.*, round(s.with_either::numeric / s.events, 4) FROM pg_temp.ntsb_star_year s
    ON CONFLICT (ev_year) DO UPDATE
    SET events = excluded.events, with_findings = excluded.with_findings,
        with_probable_cause = excluded.with_probable_cause, with_either = excluded.with_either,
        final_reports = excluded.final_reports, completeness = excluded.completeness
    WHERE y IS DISTINCT FROM excluded;
    DROP TABLE pg_temp.ntsb_star_year;
END
$$;

COMMENT ON FUNCTION ntsb_star_years() IS
'A step of ntsb_refresh_star: how complete each year is.';

CREATE FUNCTION ntsb_star_take_up(codes boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF codes THEN
        PERFORM @extschema@.ntsb_star_codes();
    END IF;
    PERFORM @extschema@.ntsb_star_aircraft();
    PERFORM @extschema@.ntsb_star_configurations();
    PERFORM @extschema@.ntsb_star_certificates();
    PERFORM @extschema@.ntsb_star_crew();
    PERFORM @extschema@.ntsb_star_causes();
    PERFORM @extschema@.ntsb_star_facts();
    PERFORM @extschema@.ntsb_star_detach();
    -- A version may be closed before the next one is there.
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap DEFERRED;
    PERFORM @extschema@.ntsb_star_dim_aircraft();
    PERFORM @extschema@.ntsb_star_dim_crew();
    PERFORM @extschema@.ntsb_star_dim_causes(codes);
    PERFORM @extschema@.ntsb_star_dim_places();
    PERFORM @extschema@.ntsb_star_store();
    PERFORM @extschema@.ntsb_star_bridges();
    PERFORM @extschema@.ntsb_star_drop_unused();
    SET CONSTRAINTS ntsb.dim_aircraft_no_gap, ntsb.dim_crew_no_gap IMMEDIATE;
    PERFORM @extschema@.ntsb_star_years();
    PERFORM @extschema@.ntsb_fill_nearest_airports();
    DROP TABLE pg_temp.ntsb_star_event, pg_temp.ntsb_star_aircraft, pg_temp.ntsb_star_version,
        pg_temp.ntsb_star_crew, pg_temp.ntsb_star_crew_version, pg_temp.ntsb_star_cause,
        pg_temp.ntsb_star_row, pg_temp.ntsb_star_before;
END
$$;

COMMENT ON FUNCTION ntsb_star_take_up(boolean) IS
'The steps of ntsb_refresh_star in their order, over the events of the temporary table ntsb_star_event; codes: whether code lists have changed.';

CREATE FUNCTION ntsb_certificate_level(certificates text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT c.code
    FROM pg_catalog.unnest(certificates) WITH ORDINALITY c (code, place)
    ORDER BY coalesce(pg_catalog.array_position(
        '{ATP,COMM,PRI,REC,SPRT,STU,RMPT,CFI,FE,MIL,FORN,NONE}'::text[], c.code), 100), c.place
    LIMIT 1
$$;

COMMENT ON FUNCTION ntsb_certificate_level(text[]) IS
'The highest of some certificates (crew_cert_code), those to fly before others: ATP, COMM, PRI, REC, SPRT, STU, RMPT, CFI, FE, MIL, FORN, NONE. Null for none.';

CREATE FUNCTION ntsb_star_certificates() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_certificates ON COMMIT DROP AS
    SELECT c.ev_id, c.aircraft_key, c.crew_no, f.first_batch,
           coalesce(array_agg(DISTINCT c.code ORDER BY c.code) FILTER (WHERE c.withdrawn_batch IS NULL), '{}')
               AS certificates,
           bool_or(c.first_batch <> f.first_batch OR c.last_batch <> c.first_batch
                   OR c.withdrawn_batch IS NOT NULL) AS changed
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.dt_flight_crew c USING (ev_id)
    JOIN ntsb.flight_crew f USING (ev_id, aircraft_key, crew_no)
    WHERE c.col_name LIKE 'crew_cert_code%'
    GROUP BY 1, 2, 3, 4;
    CREATE INDEX ON pg_temp.ntsb_star_certificates (ev_id);
    ANALYZE pg_temp.ntsb_star_certificates;

    -- Most never change. For the rest the log is read again from its beginning. Time does not run
    -- back: a load that waited for another has an earlier time and still comes after it.
    CREATE TEMP TABLE ntsb_star_report ON COMMIT DROP AS
    WITH entry AS (
        SELECT l.ev_id, l.seq, l.action, l.changed_at, string_to_array(l.row_key, '/') AS key,
               substring(l.row_key FROM '^(?:[^/]*/){4}(.*)$') AS code
        FROM ntsb.change_log l
        WHERE l.ev_id IN (SELECT c.ev_id FROM pg_temp.ntsb_star_certificates c WHERE c.changed)
          AND (l.table_name = 'dt_flight_crew' AND l.row_key LIKE '%/crew\_cert\_code%'
               OR l.table_name = 'flight_crew')
    )
    SELECT array_to_string(e.key[1:3], '/') AS member, e.key[4] AS col_name, e.code, e.seq,
           e.action IN ('insert', 'return') AS held,
           max(e.changed_at) OVER (PARTITION BY e.ev_id ORDER BY e.seq) AS reported_at
    FROM entry e
    JOIN pg_temp.ntsb_star_certificates c ON c.changed AND c.ev_id = e.ev_id
        AND c.aircraft_key::text = e.key[2] AND c.crew_no::text = e.key[3];

    CREATE TEMP TABLE ntsb_star_crew_version ON COMMIT DROP AS
    WITH told AS (
        SELECT t.member, t.reported_at,
               ARRAY(SELECT DISTINCT h.code FROM (
                         SELECT DISTINCT ON (r.col_name, r.code) r.code, r.held
                         FROM pg_temp.ntsb_star_report r
                         WHERE r.member = t.member AND r.reported_at <= t.reported_at AND r.code IS NOT NULL
                         ORDER BY r.col_name, r.code, r.seq DESC) h
                     WHERE h.held ORDER BY h.code) AS certificates
        FROM (SELECT DISTINCT r.member, r.reported_at FROM pg_temp.ntsb_star_report r) t
    ), changed AS (
        SELECT t.member, t.certificates, t.reported_at,
               lag(t.certificates) OVER (PARTITION BY t.member ORDER BY t.reported_at) AS before
        FROM told t
    )
    SELECT c.member, c.certificates,
           CASE WHEN c.before IS NULL THEN '-infinity' ELSE c.reported_at END AS valid_from,
           coalesce(lead(c.reported_at) OVER (PARTITION BY c.member ORDER BY c.reported_at), 'infinity') AS valid_to
    FROM changed c
    WHERE c.before IS DISTINCT FROM c.certificates;
    CREATE INDEX ON pg_temp.ntsb_star_crew_version (member);
    ANALYZE pg_temp.ntsb_star_crew_version;
    DROP TABLE pg_temp.ntsb_star_report;
END
$$;

COMMENT ON FUNCTION ntsb_star_certificates() IS
'A step of ntsb_refresh_star: what NTSB reported of certificates, in versions, for the crew of the events to be taken up.';

CREATE FUNCTION ntsb_star_crew() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_crew ON COMMIT DROP AS
    SELECT c.ev_id, c.aircraft_key, c.crew_no, concat_ws('/', c.ev_id, c.aircraft_key, c.crew_no) AS member,
           c.crew_category,
           CASE WHEN c.crew_age BETWEEN 10 AND 110 THEN c.crew_age END AS age,
           t.total_hours, t.make_hours, c.med_certf AS medical,
           row_number() OVER (PARTITION BY c.ev_id, c.aircraft_key
               ORDER BY array_position('{PLT,FLTI,KPLT,DSTU,CPLT}'::text[], c.crew_category), c.crew_no) = 1
           AND c.crew_category IN ('PLT', 'FLTI', 'KPLT', 'DSTU', 'CPLT') IS NOT FALSE AS is_pilot_in_command
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.flight_crew c USING (ev_id)
    JOIN ntsb.aircraft a USING (ev_id, aircraft_key)
    LEFT JOIN (
        SELECT f.ev_id, f.aircraft_key, f.crew_no,
               max(f.flight_hours) FILTER (WHERE f.flight_craft = 'ALL') AS total_hours,
               max(f.flight_hours) FILTER (WHERE f.flight_craft = 'MAKE') AS make_hours
        FROM pg_temp.ntsb_star_event s JOIN ntsb.flight_time f USING (ev_id)
        WHERE f.flight_type = 'TOTL' AND f.flight_craft IN ('ALL', 'MAKE') AND f.withdrawn_batch IS NULL
        GROUP BY 1, 2, 3) t USING (ev_id, aircraft_key, crew_no)
    WHERE c.withdrawn_batch IS NULL AND a.withdrawn_batch IS NULL;

    INSERT INTO pg_temp.ntsb_star_crew_version
    SELECT c.member, coalesce(h.certificates, '{}'), '-infinity', 'infinity'
    FROM pg_temp.ntsb_star_crew c
    LEFT JOIN pg_temp.ntsb_star_certificates h USING (ev_id, aircraft_key, crew_no)
    WHERE NOT coalesce(h.changed, false);
    CREATE INDEX ON pg_temp.ntsb_star_crew (ev_id);
    ANALYZE pg_temp.ntsb_star_crew;
    ANALYZE pg_temp.ntsb_star_crew_version;
END
$$;

COMMENT ON FUNCTION ntsb_star_crew() IS
'A step of ntsb_refresh_star: the crew of the events to be taken up, and who of them is taken as the pilot in command.';

CREATE FUNCTION ntsb_star_dim_crew() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_member ON COMMIT DROP AS
    SELECT c.member, v.certificates, v.valid_from, v.valid_to, c.crew_category,
           @extschema@.ntsb_certificate_level(v.certificates) AS certificate,
           c.age, @extschema@.ntsb_band('age', c.age) AS age_group,
           c.total_hours, @extschema@.ntsb_band('total_hours', c.total_hours) AS total_hours_band,
           c.make_hours, @extschema@.ntsb_band('make_hours', c.make_hours) AS experience_band, c.medical
    FROM pg_temp.ntsb_star_crew c JOIN pg_temp.ntsb_star_crew_version v USING (member);
    -- Versions only ever come at the end, so that closing the old one first leaves no two current.
    UPDATE ntsb.dim_crew d
    SET valid_to = m.valid_to, certificates = m.certificates, certificate = m.certificate,
        crew_category = m.crew_category, age = m.age, age_group = m.age_group,
        total_hours = m.total_hours, total_hours_band = m.total_hours_band,
        make_hours = m.make_hours, experience_band = m.experience_band, medical = m.medical
    FROM pg_temp.ntsb_star_member m
    WHERE m.member = d.member AND m.valid_from = d.valid_from
      AND (d.valid_to, d.certificates, d.crew_category, d.age, d.total_hours, d.make_hours, d.medical)
          IS DISTINCT FROM
          (m.valid_to, m.certificates, m.crew_category, m.age, m.total_hours, m.make_hours, m.medical);
    INSERT INTO ntsb.dim_crew (member, crew_category, certificates, certificate, age, age_group, total_hours,
        total_hours_band, make_hours, experience_band, medical, valid_from, valid_to)
    SELECT m.member, m.crew_category, m.certificates, m.certificate, m.age, m.age_group, m.total_hours,
           m.total_hours_band, m.make_hours, m.experience_band, m.medical, m.valid_from, m.valid_to
    FROM pg_temp.ntsb_star_member m
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_crew d
                      WHERE d.member = m.member AND d.valid_from = m.valid_from)
    ORDER BY m.member, m.valid_from;
    DROP TABLE pg_temp.ntsb_star_member, pg_temp.ntsb_star_certificates;
END
$$;

COMMENT ON FUNCTION ntsb_star_dim_crew() IS
'A step of ntsb_refresh_star: brings ntsb.dim_crew in line with the versions found.';

CREATE PROCEDURE ntsb_refresh_views()
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
    IF to_regclass('ntsb.mv_yearly_stats') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse of this database has no materialized views',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    ELSIF pg_is_in_recovery() THEN
        RAISE NOTICE 'nothing is refreshed on a standby: its primary does it';
        RETURN;
    ELSIF NOT pg_try_advisory_xact_lock(x'6e747362'::int, 4) THEN
        RAISE NOTICE 'another session refreshes the views already';
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
        INSERT INTO ntsb.refresh_state AS s (what, last_seq, refreshed_at, took, events)
        VALUES (view.relname, star.last_seq, clock_timestamp(), clock_timestamp() - began, star.events)
        ON CONFLICT (what) DO UPDATE SET last_seq = excluded.last_seq,
            refreshed_at = excluded.refreshed_at, took = excluded.took, events = excluded.events;
    END LOOP;
END
$$;

COMMENT ON PROCEDURE ntsb_refresh_views() IS
'Refreshes the materialized views mv_* that are older than the star, while others read them; ntsb.refresh_state says when each was and how long that took. Needs their ownership. Does nothing on a standby or where another session is at it. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_meaning(kind text, code text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.meaning FROM ntsb.code_meaning m
                     WHERE m.kind = lower(ntsb_meaning.kind) AND m.code = ntsb_meaning.code), ntsb_meaning.code)
$$;

COMMENT ON FUNCTION ntsb_meaning(text, text) IS
'What a code means, by the dictionary of the loaded files: ntsb_meaning(''crew_category'', ''PLT'') is Pilot. kind: the column that the code stands in; ntsb.code_meaning lists the kinds. The code itself where it is not known.';

CREATE FUNCTION ntsb_load_under_way() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- 'ntsb' in ASCII, so that the lock is recognised in pg_locks. Whoever may not see when another's
    -- transaction began is told the rest.
    SELECT format('process %s (user %s, %s)', a.pid, a.usename, a.application_name)
        || coalesce(format(' since %s', date_trunc('second', a.xact_start)), '')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.classid = x'6e747362'::int AND l.objid = 1 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;

COMMENT ON FUNCTION ntsb_load_under_way() IS
'Whose load is under way in this database: process, user, application and since when. NULL: nobody''s.';

CREATE OR REPLACE FUNCTION ntsb_lock_ingest() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ours constant int := x'6e747362'::int;
    -- 0: as long as it takes.
    wait constant interval := current_setting('lock_timeout');
    holder text;
BEGIN
    IF pg_try_advisory_xact_lock(ours, 1) THEN
        RETURN;
    END IF;
    holder := @extschema@.ntsb_load_under_way();
    -- It may have ended in between, and a short wait is soon told as an error.
    IF holder IS NOT NULL AND (wait = '0' OR wait >= '1 s') THEN
        RAISE NOTICE 'waiting for another load: %', holder
            USING HINT = 'It ends by itself; SELECT pg_cancel_backend(pid) would undo that load.';
    END IF;
    PERFORM pg_advisory_xact_lock(ours, 1);
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
        MESSAGE = format('another load is under way: %s',
            coalesce(@extschema@.ntsb_load_under_way(), holder, 'it has just ended')),
        DETAIL = format('It was waited for as long as lock_timeout allows, %s.', current_setting('lock_timeout')),
        HINT = 'Try again when it has ended, or wait longer; SELECT pg_cancel_backend(pid) would undo that load.';
END
$$;

COMMENT ON FUNCTION ntsb_lock_ingest() IS
'Makes this transaction the one that loads; waits for another, and says in a NOTICE whose it is. Errors: 55P03 the other did not end within lock_timeout.';

CREATE OR REPLACE FUNCTION ntsb_begin_batch(source text, mode text DEFAULT 'increment', digest text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    batch bigint;
BEGIN
    IF to_regclass('ntsb_staging.batch_journal') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    IF mode IS NULL OR mode NOT IN ('full', 'increment') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%L is not a mode of loading', mode),
            HINT = 'Use full (the file holds everything of its period) or increment (it holds some events).';
    END IF;
    PERFORM @extschema@.ntsb_lock_ingest();
    INSERT INTO ntsb_staging.batch_journal (source, mode, digest)
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

CREATE FUNCTION ntsb_repeat_batch(source text, mode text, digest text) RETURNS bigint
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

COMMENT ON FUNCTION ntsb_repeat_batch(text, text, text) IS
'Records that a file was given again that had been loaded already, and returns the number of that batch, whose rows are all unchanged: nothing has to be staged. Null where its rows must be compared: no file of this digest (SHA-256, hexadecimal) and mode was loaded, something changed since, or the rules did. Waits for a load that is under way.';

CREATE FUNCTION ntsb_star_causes() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_cause ON COMMIT DROP AS
    WITH coded AS (
        SELECT ev_id, aircraft_key, '2008' AS era, 'occurrence' AS kind, occurrence_code AS code,
               occurrence_no AS item_no, 0 AS within, left(coalesce(phase_no, occurrence_code), 3) AS phase_code,
               coalesce(defining_ev, false) AS flagged, NULL AS modifier_code, NULL AS person_code,
               NULL::boolean AS in_probable_cause
        FROM pg_temp.ntsb_star_event JOIN ntsb.events_sequence USING (ev_id)
        WHERE withdrawn_batch IS NULL AND occurrence_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1982', 'occurrence', occurrence_code::text, occurrence_no, 0,
               phase_of_flight::text, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.occurrences USING (ev_id)
        WHERE withdrawn_batch IS NULL AND occurrence_code IS NOT NULL
        UNION ALL
        SELECT ev_id, 1, '1962', 'occurrence', t.code, t.item_no, 0, t.phase_code, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.legacy_event l USING (ev_id)
        CROSS JOIN LATERAL (VALUES (1, btrim(l.accident_type1), btrim(l.operation_phase1)),
                                   (2, btrim(l.accident_type2), btrim(l.operation_phase2))) t (item_no, code, phase_code)
        WHERE withdrawn_batch IS NULL AND t.code <> ''
        UNION ALL
        -- NTSB says "in the probable cause" as a cause (C) to 2020, and in cm_inpc from 2024 on.
        SELECT ev_id, aircraft_key, '2008', 'finding', finding_code, finding_no, 0, NULL, false,
               substr(finding_code, 9, 2), NULL,
               CASE WHEN cause_factor = 'C' OR cm_inpc = 'T' THEN true
                    WHEN cause_factor = 'F' OR cm_inpc = 'F' THEN false END
        FROM pg_temp.ntsb_star_event JOIN ntsb.findings USING (ev_id)
        WHERE withdrawn_batch IS NULL AND finding_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1982', 'finding', subj_code::text, occurrence_no,
               seq_event_no * 10 + group_code, NULL, false, modifier_code::text, person_code::text,
               CASE cause_factor WHEN 'C' THEN true WHEN 'F' THEN false END
        FROM pg_temp.ntsb_star_event JOIN ntsb.seq_of_events USING (ev_id)
        WHERE withdrawn_batch IS NULL AND subj_code IS NOT NULL
        UNION ALL
        SELECT ev_id, aircraft_key, '1962', 'finding', concat_ws('-', coalesce(code_p, ''), coalesce(code_m, ''),
               coalesce(code_s, '')), cause_no, 0, NULL, false, NULL, NULL, NULL
        FROM pg_temp.ntsb_star_event JOIN ntsb.legacy_cause USING (ev_id)
        WHERE withdrawn_batch IS NULL
    )
    SELECT c.*, ROW(c.era, c.kind, c.code, c.in_probable_cause)::text AS natural_key,
           row_number() OVER of_event AS position,
           row_number() OVER (PARTITION BY c.ev_id, c.kind ORDER BY NOT c.flagged, c.aircraft_key, c.era DESC,
                              c.item_no, c.within) = 1 AND c.kind = 'occurrence' AS is_defining,
           row_number() OVER (PARTITION BY c.ev_id, c.kind ORDER BY c.aircraft_key, c.era DESC,
                              c.item_no, c.within) = 1 AND c.kind = 'finding' AS is_first_finding
    FROM coded c
    WINDOW of_event AS (PARTITION BY c.ev_id ORDER BY c.kind DESC, c.aircraft_key, c.era DESC, c.item_no, c.within);
    CREATE INDEX ON pg_temp.ntsb_star_cause (ev_id);
    ANALYZE pg_temp.ntsb_star_cause;
END
$$;

COMMENT ON FUNCTION ntsb_star_causes() IS
'A step of ntsb_refresh_star: occurrences and findings of the events to be taken up.';

CREATE FUNCTION ntsb_star_describe(era text, kind text, code text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head text;
    tail text;
BEGIN
    CASE era || ' ' || kind
    WHEN '2008 occurrence' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m WHERE m.kind = 'phase' AND m.code = left(ntsb_star_describe.code, 3);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m WHERE m.kind = 'event' AND m.code = substr(ntsb_star_describe.code, 4);
        RETURN coalesce(head || ': ' || tail,
            (SELECT min(o.occurrence_description COLLATE "C") FROM ntsb.events_sequence o
             WHERE o.occurrence_code = ntsb_star_describe.code AND o.withdrawn_batch IS NULL), tail);
    WHEN '2008 finding' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m WHERE m.kind = 'finding' AND m.code = left(ntsb_star_describe.code, 8);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m WHERE m.kind = 'modifier' AND m.code = substr(ntsb_star_describe.code, 9);
        RETURN coalesce(head || ' - ' || tail,
            (SELECT min(regexp_replace(btrim(f.finding_description), ' *- *[CF]$', '') COLLATE "C") FROM ntsb.findings f
             WHERE f.finding_code = ntsb_star_describe.code AND f.withdrawn_batch IS NULL), head);
    WHEN '1982 occurrence', '1982 finding' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m WHERE m.kind = 'seqevt' AND m.code = ntsb_star_describe.code);
    WHEN '1962 occurrence' THEN
        RETURN (SELECT m.meaning FROM ntsb.code_meaning m
                WHERE m.kind = 'pre1982.accident_type1' AND m.code = ntsb_star_describe.code);
    WHEN '1962 finding' THEN
        SELECT m.meaning INTO head FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor' AND m.code = split_part(ntsb_star_describe.code, '-', 1);
        SELECT m.meaning INTO tail FROM ntsb.code_meaning m
        WHERE m.kind = 'pre1982.cause_factor'
          AND m.code = split_part(ntsb_star_describe.code, '-', 1) || split_part(ntsb_star_describe.code, '-', 3);
        RETURN concat_ws(': ', head, tail);
    ELSE
        RETURN NULL;
    END CASE;
END
$$;

COMMENT ON FUNCTION ntsb_star_describe(text, text, text) IS
'A step of ntsb_refresh_star: what a code of an era means, by ntsb.code_meaning or else as rows with the code describe it.';

CREATE FUNCTION ntsb_star_dim_causes(again boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.dim_causes (natural_key, era, kind, code, category, phase_code, phase, in_probable_cause)
    SELECT DISTINCT ON (c.natural_key) c.natural_key, c.era, c.kind, c.code,
           CASE c.kind WHEN 'finding' THEN @extschema@.ntsb_cause_category(c.era, c.code) END,
           p.phase_code, @extschema@.ntsb_phase_group(c.era, p.phase_code), c.in_probable_cause
    FROM pg_temp.ntsb_star_cause c
    CROSS JOIN LATERAL (SELECT CASE WHEN c.era = '2008' AND c.kind = 'occurrence' THEN left(c.code, 3) END) p (phase_code)
    ON CONFLICT (natural_key) DO NOTHING;
    -- Also for codes that stood in the events before: fewer rows may describe them now.
    WITH named AS (
        SELECT d.cause_id, @extschema@.ntsb_star_describe(d.era, d.kind, d.code) AS description
        FROM ntsb.dim_causes d
        WHERE d.cause_id <> 0
          AND (again OR (d.era, d.kind, d.code) IN (
                   SELECT c.era, c.kind, c.code FROM pg_temp.ntsb_star_cause c
                   UNION
                   SELECT o.era, o.kind, o.code FROM pg_temp.ntsb_star_before b
                   JOIN ntsb.dim_causes o ON o.cause_id = b.id WHERE b.dimension = 'causes'))
    )
    UPDATE ntsb.dim_causes d SET description = n.description
    FROM named n WHERE n.cause_id = d.cause_id AND n.description IS DISTINCT FROM d.description;
END
$$;

COMMENT ON FUNCTION ntsb_star_dim_causes(boolean) IS
'A step of ntsb_refresh_star: members of ntsb.dim_causes for the codes found, and what they mean; again: of all members.';

CREATE FUNCTION ntsb_star_facts() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_row ON COMMIT DROP AS
    WITH machine AS (
        SELECT DISTINCT ON (a.ev_id) a.ev_id, a.aircraft_key, a.far_part, a.type_fly, a.acft_make_std,
               a.acft_model_std, a.acft_category, a.num_eng, a.phase_flt_spec,
               count(*) OVER of_event AS aircraft_count,
               min(array_position('{DEST,SUBS,MINR,NONE}'::text[], a.damage)) OVER of_event AS damage,
               (SELECT count(*) FROM ntsb.engines g
                WHERE g.ev_id = a.ev_id AND g.aircraft_key = a.aircraft_key AND g.withdrawn_batch IS NULL) AS engines
        FROM pg_temp.ntsb_star_event s JOIN ntsb.aircraft a USING (ev_id)
        WHERE a.withdrawn_batch IS NULL
        WINDOW of_event AS (PARTITION BY a.ev_id)
        ORDER BY a.ev_id, a.aircraft_key
    ), told AS (
        SELECT n.ev_id FROM pg_temp.ntsb_star_event s JOIN ntsb.narratives n USING (ev_id)
        WHERE n.withdrawn_batch IS NULL AND n.narr_cause <> ''
        GROUP BY n.ev_id
    )
    SELECT e.ev_id, e.ntsb_no, e.ev_type, e.ev_date, e.ev_year,
           coalesce(e.ev_month, extract(month FROM e.ev_date))::smallint AS ev_month,
           e.ev_time, e.ev_tmzn, e.ntsb_docket, e.ev_city, e.ev_state, e.ev_country,
           CASE WHEN e.ev_country IS NOT NULL THEN e.ev_country = 'USA'
                WHEN e.ev_state = 'FN' OR m.far_part IN ('NUSC', 'NUSN') THEN false
                WHEN e.ev_state IS NOT NULL THEN true END AS is_domestic,
           CASE WHEN e.ev_highest_injury IS NULL AND e.inj_tot_f > 0 THEN 'FATL'
                ELSE e.ev_highest_injury END AS severity,
           e.inj_tot_f, e.inj_tot_s, e.inj_tot_m, e.inj_tot_n,
           coalesce(m.aircraft_count, 0)::smallint AS aircraft_count,
           coalesce(nullif(m.num_eng, 0), nullif(m.engines, 0))::smallint AS engine_count,
           ('{DEST,SUBS,MINR,NONE}'::text[])[m.damage] AS damage,
           m.acft_make_std AS acft_make, m.acft_model_std AS acft_model, m.acft_category, m.far_part, m.type_fly,
           e.wx_cond_basic, e.light_cond,
           coalesce(o.era, CASE WHEN m.phase_flt_spec > 0 THEN '1982' END) AS era,
           CASE WHEN o.era IS NULL THEN nullif(m.phase_flt_spec, 0)::text ELSE o.phase_code END AS phase_code,
           f.era IS NOT NULL AS has_findings, t.ev_id IS NOT NULL AS has_probable_cause,
           CASE WHEN f.era IS NOT NULL THEN @extschema@.ntsb_cause_category(f.era, f.code) END AS cause_category,
           r.rec_stat AS report_status, coalesce(r.rec_stat IN ('B', 'F'), false) AS is_final,
           e.lat, e.lon,
           CASE WHEN num_nonnulls(e.ev_country, e.ev_state, e.ev_city, e.lat) = 0 THEN ''
                ELSE ROW(e.ev_country, e.ev_state, e.ev_city, e.lat, e.lon)::text END AS place,
           @extschema@.ntsb_band('visibility_sm', e.vis_sm) AS visibility_band,
           @extschema@.ntsb_band('wind_kts', coalesce(e.wind_vel_kts, CASE e.wind_vel_ind WHEN 'CALM' THEN 0 END)) AS wind_band,
           @extschema@.ntsb_band('temp_c', e.wx_temp_c) AS temp_band,
           ''::text AS weather,
           m.aircraft_key, coalesce(o.natural_key, '') AS occurrence, coalesce(f.natural_key, '') AS finding
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.event_key k USING (ev_id)
    JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
    LEFT JOIN machine m ON m.ev_id = e.ev_id
    LEFT JOIN told t ON t.ev_id = e.ev_id
    LEFT JOIN ntsb.ntsb_admin r ON r.ev_id = e.ev_id AND r.withdrawn_batch IS NULL
    LEFT JOIN pg_temp.ntsb_star_cause o ON o.ev_id = e.ev_id AND o.is_defining
    LEFT JOIN pg_temp.ntsb_star_cause f ON f.ev_id = e.ev_id AND f.is_first_finding;
    UPDATE pg_temp.ntsb_star_row SET weather = ROW(wx_cond_basic, visibility_band, wind_band, temp_band)::text
    WHERE num_nonnulls(wx_cond_basic, visibility_band, wind_band, temp_band) > 0;
    CREATE INDEX ON pg_temp.ntsb_star_row (ev_id);
    ANALYZE pg_temp.ntsb_star_row;
END
$$;

COMMENT ON FUNCTION ntsb_star_facts() IS
'A step of ntsb_refresh_star: what the fact says of the events to be taken up.';

CREATE FUNCTION ntsb_star_dim_places() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.dim_location (natural_key, country, state, city, lat, lon)
    SELECT DISTINCT ON (r.place) r.place, r.ev_country, r.ev_state, r.ev_city, r.lat, r.lon
    FROM pg_temp.ntsb_star_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_location d WHERE d.natural_key = r.place)
    ORDER BY r.place;
    INSERT INTO ntsb.dim_weather (natural_key, wx_cond_basic, visibility_band, wind_band, temp_band)
    SELECT DISTINCT ON (r.weather) r.weather, r.wx_cond_basic, r.visibility_band, r.wind_band, r.temp_band
    FROM pg_temp.ntsb_star_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_weather d WHERE d.natural_key = r.weather)
    ORDER BY r.weather;
END
$$;

COMMENT ON FUNCTION ntsb_star_dim_places() IS
'A step of ntsb_refresh_star: members of ntsb.dim_location and ntsb.dim_weather for the events to be taken up.';

CREATE FUNCTION ntsb_star_store() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    changed text;
BEGIN
    CREATE TEMP TABLE ntsb_star_fact ON COMMIT DROP AS
    SELECT r.ev_id, coalesce(d.time_id, 0) AS time_id, l.location_id,
           coalesce(a.aircraft_id, 0) AS aircraft_id, coalesce(c.crew_id, 0) AS crew_id, w.weather_id,
           o.cause_id AS occurrence_cause_id, f.cause_id AS finding_cause_id,
           r.ntsb_no, r.ev_type, r.ev_date, r.ev_year, r.ev_month, r.ev_time, r.ev_tmzn, r.ev_state, r.ev_country, r.is_domestic,
           r.severity,
           coalesce(r.inj_tot_f::integer, CASE WHEN r.severity <> 'FATL' THEN 0 END) AS fatalities,
           coalesce(r.inj_tot_s::integer, CASE WHEN r.severity <> 'SERS' THEN 0 END) AS serious,
           coalesce(r.inj_tot_m::integer, CASE WHEN r.severity <> 'MINR' THEN 0 END) AS minor,
           coalesce(r.inj_tot_n::integer, CASE WHEN r.severity <> 'NONE' THEN 0 END) AS uninjured,
           r.aircraft_count, r.engine_count, r.damage, r.acft_make, r.acft_model, r.acft_category, r.far_part,
           r.type_fly, r.wx_cond_basic, r.light_cond, r.era, r.phase_code,
           @extschema@.ntsb_phase_group(r.era, r.phase_code) AS phase, r.cause_category,
           r.has_findings, r.has_probable_cause, r.report_status, r.is_final, r.ntsb_docket, r.lat, r.lon
    FROM pg_temp.ntsb_star_row r
    JOIN ntsb.dim_location l ON l.natural_key = r.place
    JOIN ntsb.dim_weather w ON w.natural_key = r.weather
    JOIN ntsb.dim_causes o ON o.natural_key = r.occurrence
    JOIN ntsb.dim_causes f ON f.natural_key = r.finding
    LEFT JOIN ntsb.dim_time d ON d.full_date = r.ev_date
    LEFT JOIN pg_temp.ntsb_star_aircraft n ON n.ev_id = r.ev_id AND n.aircraft_key = r.aircraft_key AND n.in_turn
    LEFT JOIN ntsb.dim_aircraft a ON a.natural_key = n.natural_key
    LEFT JOIN pg_temp.ntsb_star_crew p
        ON p.ev_id = r.ev_id AND p.aircraft_key = r.aircraft_key AND p.is_pilot_in_command
    LEFT JOIN ntsb.dim_crew c ON c.member = p.member AND c.is_current;

    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(format('%1$I = excluded.%1$I', a.attname), ', ' ORDER BY a.attnum)
               FILTER (WHERE a.attname <> 'ev_id')
    INTO columns, changed
    FROM pg_attribute a
    WHERE a.attrelid = 'pg_temp.ntsb_star_fact'::regclass AND a.attnum > 0;
    EXECUTE format(
        'INSERT INTO ntsb.fact_accidents AS f (%1$s) SELECT * FROM pg_temp.ntsb_star_fact ORDER BY ev_date, ev_id
         ON CONFLICT (ev_id) DO UPDATE SET %2$s, updated_at = now()
         WHERE (f.%3$s) IS DISTINCT FROM (excluded.%4$s)',
        columns, changed, replace(columns, ', ', ', f.'), replace(columns, ', ', ', excluded.'));
    DROP TABLE pg_temp.ntsb_star_fact;
END
$$;

COMMENT ON FUNCTION ntsb_star_store() IS
'A step of ntsb_refresh_star: inserts and updates facts.';

CREATE FUNCTION ntsb_star_bridges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.bridge_event_aircraft (accident_id, aircraft_key, aircraft_id, damage, far_part, type_fly)
    SELECT f.accident_id, n.aircraft_key, d.aircraft_id, a.damage, a.far_part, a.type_fly
    FROM pg_temp.ntsb_star_aircraft n
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.aircraft a USING (ev_id, aircraft_key)
    JOIN ntsb.dim_aircraft d ON d.natural_key = n.natural_key
    WHERE n.in_turn
    ORDER BY 1, 2;
    INSERT INTO ntsb.bridge_event_crew (accident_id, aircraft_key, crew_no, crew_id, is_pilot_in_command)
    SELECT f.accident_id, c.aircraft_key, c.crew_no, d.crew_id, c.is_pilot_in_command
    FROM pg_temp.ntsb_star_crew c
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.dim_crew d ON d.member = c.member AND d.is_current
    ORDER BY 1, 2, 3;
    INSERT INTO ntsb.bridge_event_cause (accident_id, position, cause_id, aircraft_key, item_no, is_defining,
        phase_code, modifier_code, person_code)
    SELECT f.accident_id, c.position, d.cause_id, c.aircraft_key, c.item_no, c.is_defining,
           c.phase_code, c.modifier_code, c.person_code
    FROM pg_temp.ntsb_star_cause c
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.dim_causes d ON d.natural_key = c.natural_key
    ORDER BY 1, 2;
END
$$;

COMMENT ON FUNCTION ntsb_star_bridges() IS
'A step of ntsb_refresh_star: links events to all their aircraft, crew and causes.';

CREATE FUNCTION ntsb_maintenance_due(OUT object text, OUT action text, OUT reason text)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- An index whose rebuild broke off first: until then it costs and does not serve.
    SELECT format('%I.%I', n.nspname, c.relname), 'reindex',
           CASE WHEN NOT i.indisvalid THEN 'it is invalid'
                ELSE format('it has grown to %s times the bytes per entry of %s',
                            round((pg_relation_size(c.oid) / greatest(c.reltuples, 1)
                                   / (m.bytes / greatest(m.entries, 1)))::numeric, 1), m.done_at::date) END
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    LEFT JOIN LATERAL (SELECT * FROM ntsb.maintenance m
                       WHERE m.object = format('%I.%I', n.nspname, c.relname)
                         AND m.action IN ('measure', 'reindex')
                       ORDER BY m.done_at DESC LIMIT 1) m ON true
    WHERE NOT i.indisvalid
       OR (pg_relation_size(c.oid) > 8 * 1024 * 1024 AND c.reltuples > 0 AND m.entries > 0
           AND pg_relation_size(c.oid) / c.reltuples > 2 * m.bytes / m.entries)
    UNION ALL
    SELECT format('%I.%I', s.schemaname, s.relname), 'vacuum',
           CASE WHEN s.vacuum_count + s.autovacuum_count = 0 THEN 'it was never vacuumed'
                ELSE format('%s dead rows and %s changed ones among %s', s.n_dead_tup,
                            s.n_mod_since_analyze, s.n_live_tup) END
    FROM pg_stat_user_tables s
    WHERE s.schemaname = 'ntsb' AND s.relname <> 'maintenance'
      AND ((s.vacuum_count + s.autovacuum_count = 0 AND s.n_live_tup > 0)
           OR s.n_dead_tup > 1000 + s.n_live_tup / 20
           OR s.n_mod_since_analyze > 1000 + s.n_live_tup / 20)
    UNION ALL
    SELECT format('%I.%I', n.nspname, c.relname), 'measure', 'its growth is counted from here'
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    WHERE c.relkind = 'i' AND c.reltuples > 0 AND pg_relation_size(c.oid) > 8 * 1024 * 1024
      AND NOT EXISTS (SELECT FROM ntsb.maintenance m
                      WHERE m.object = format('%I.%I', n.nspname, c.relname)
                        AND m.action IN ('measure', 'reindex'))
    ORDER BY 2 DESC, 1
$$;

COMMENT ON FUNCTION ntsb_maintenance_due() IS
'What CALL ntsb_maintain() would do now: tables of schema ntsb with more than 1,000 + 5 % dead or changed rows or never vacuumed (vacuum), indexes that are invalid or of more than 8 MiB and twice the bytes per entry that they had (reindex), and larger indexes not measured yet (measure).';

CREATE FUNCTION ntsb_record_maintenance(object text, action text, reason text, took interval) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.maintenance (object, action, done_at, reason, took, bytes, entries)
    SELECT ntsb_record_maintenance.object, ntsb_record_maintenance.action, clock_timestamp(),
           ntsb_record_maintenance.reason, ntsb_record_maintenance.took,
           pg_relation_size(c.oid), greatest(c.reltuples, 0)
    FROM pg_class c WHERE c.oid = to_regclass(ntsb_record_maintenance.object)
    ON CONFLICT (object, action) DO UPDATE SET done_at = excluded.done_at, reason = excluded.reason,
        took = excluded.took, bytes = excluded.bytes, entries = excluded.entries
$$;

COMMENT ON FUNCTION ntsb_record_maintenance(text, text, text, interval) IS
'Notes in ntsb.maintenance what was done to a table or index; ntsb_maintain() calls it.';

CREATE FUNCTION ntsb_check_patch(table_name text, patch jsonb) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unknown text;
BEGIN
    IF coalesce(jsonb_typeof(patch), 'null') <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a patch is a JSON object of columns and their new values',
            DETAIL = format('It is %s.', coalesce(left(patch::text, 100), 'NULL')),
            HINT = 'Write, for example, {"ev_date": "2019-01-05"}.';
    END IF;
    SELECT string_agg(format('"%s"', k), ', ') INTO unknown FROM jsonb_object_keys(patch) k
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = to_regclass(format('ntsb_staging.%I', ntsb_check_patch.table_name))
          AND a.attname = k AND a.attnum > 0 AND k <> 'batch_id' AND NOT a.attisdropped);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s has no column %s', ntsb_check_patch.table_name, unknown),
            HINT = format('\d ntsb_staging.%s lists the columns of a file.', ntsb_check_patch.table_name);
    END IF;
END
$$;

COMMENT ON FUNCTION ntsb_check_patch(text, jsonb) IS
'Refuses new values for a raw row that are not an object or name a column that the table does not have (22023).';

CREATE OR REPLACE FUNCTION ntsb_release_quarantine(
    quarantine_id bigint, patch jsonb DEFAULT '{}', waive text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
    batch bigint;
    refused text;
BEGIN
    SELECT * INTO held FROM @extschema@.ntsb_held_row(ntsb_release_quarantine.quarantine_id);
    PERFORM @extschema@.ntsb_check_patch(held.table_name, patch);
    SELECT string_agg(w, ', ') INTO refused FROM unnest(waive) w
    WHERE NOT EXISTS (SELECT FROM ntsb.validation_rule r WHERE r.rule_id = w);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no rule %s to waive', refused),
            HINT = 'ntsb.validation_rule lists them; this row failed ' || held.rule_id || '.';
    END IF;

    batch := @extschema@.ntsb_begin_batch(format('quarantine %s', held.id), 'increment');
    UPDATE ntsb_staging.batch_journal b
    SET as_of = (SELECT o.as_of FROM ntsb_staging.batch_journal o WHERE o.batch_id = held.batch_id)
    WHERE b.batch_id = batch;
    PERFORM @extschema@.ntsb_stage_row(batch, held.table_name, held.payload || patch);
    -- An event takes along what was held back because of it.
    IF held.table_name = 'events' THEN
        PERFORM @extschema@.ntsb_stage_row(batch, q.table_name,
            q.payload || jsonb_strip_nulls(jsonb_build_object('ev_id', patch -> 'ev_id')))
        FROM ntsb.staging_quarantine q
        WHERE q.ev_id = held.ev_id AND q.status = 'held' AND q.rule_id = 'schema.parent_rejected';
    END IF;
    PERFORM set_config('ntsb.waived_rules', waive::text, true);
    CALL @extschema@.ntsb_ingest(batch);
    PERFORM set_config('ntsb.waived_rules', '', true);

    IF EXISTS (SELECT FROM ntsb.batch_table t
               WHERE t.batch_id = batch AND t.table_name = held.table_name AND t.rejected + t.stale > 0) THEN
        SELECT string_agg(format('%s (%s)', v.reason, v.rule_id), '; ') INTO refused
        FROM @extschema@.ntsb_validate_row(held.table_name, held.payload || patch) v
        WHERE v.action = 'reject' AND NOT v.rule_id = ANY (waive);
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = format('quarantined row %s still cannot be stored', held.id),
            DETAIL = coalesce(refused, 'The row it belongs to is not stored, or a newer one is.'),
            HINT = 'Patch the value, waive the rule, or store the row it belongs to first.';
    END IF;
    UPDATE ntsb.staging_quarantine q
    SET status = 'released', decided_at = now(), decided_by = session_user,
        decision = jsonb_build_object('patch', patch, 'waived', waive, 'batch_id', batch)
    WHERE q.status = 'held' AND (q.quarantine_id = held.id
        OR held.table_name = 'events' AND q.ev_id = held.ev_id AND q.rule_id = 'schema.parent_rejected');
    RETURN batch;
END
$$;

COMMENT ON FUNCTION ntsb_release_quarantine(bigint, jsonb, text[]) IS
'Stores a row of ntsb.staging_quarantine after all: patch replaces values of the raw row ({"ev_date": "01/05/19"}), waive names rules not to apply. An event takes along the rows held back because of it. Everything is checked, logged and stored as in a load; returns the batch. Errors: P0002 no such row, 55000 decided already, 22023 no such rule or column, 23514 still refused (nothing changes).';

CREATE FUNCTION ntsb_adopt_airports(source text, OUT staged bigint, OUT stored bigint, OUT refused bigint,
    OUT removed bigint, OUT placed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb_staging.airport') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse of this database has no airports',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*) INTO staged FROM ntsb_staging.airport;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'no airport is staged',
            HINT = 'COPY the rows into ntsb_staging.airport in this transaction, or use ntsb load-airports FILE.';
    END IF;
    CREATE TEMP TABLE ntsb_airport ON COMMIT DROP AS
    SELECT DISTINCT ON (s.airport_id) s.airport_id, nullif(s.icao, '') AS icao,
        nullif(s.iata, '') AS iata, nullif(s.local_id, '') AS local_id, s.name,
        nullif(s.city, '') AS city, nullif(s.region, '') AS region, nullif(s.country, '') AS country,
        nullif(s.kind, '') AS kind, @extschema@.ntsb_clean_number(s.elevation_ft) AS elevation_ft,
        @extschema@.ntsb_clean_number(s.lat) AS lat, @extschema@.ntsb_clean_number(s.lon) AS lon
    FROM ntsb_staging.airport s
    WHERE s.airport_id <> '' AND s.name <> '' AND s.kind IS DISTINCT FROM 'closed'
      AND @extschema@.ntsb_clean_number(s.lat) BETWEEN -90 AND 90
      AND @extschema@.ntsb_clean_number(s.lon) BETWEEN -180 AND 180
      AND NOT (@extschema@.ntsb_clean_number(s.lat) = 0 AND @extschema@.ntsb_clean_number(s.lon) = 0)
    ORDER BY s.airport_id, s.name;
    SELECT count(*) INTO stored FROM pg_temp.ntsb_airport;
    refused := staged - stored;
    IF stored * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows are no airports: identifier, name or place is missing', refused, staged),
            HINT = 'The list must be that of OurAirports or airportsdata; what is stored was left alone.';
    END IF;
    DELETE FROM ntsb.airport a WHERE NOT EXISTS (
        SELECT FROM pg_temp.ntsb_airport n WHERE n.airport_id = a.airport_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    INSERT INTO ntsb.airport AS a (airport_id, icao, iata, local_id, name, city, region, country, kind,
        elevation_ft, lat, lon, source)
    SELECT n.airport_id, n.icao, n.iata, n.local_id, n.name, n.city, n.region, n.country, n.kind,
        n.elevation_ft, n.lat, n.lon, ntsb_adopt_airports.source FROM pg_temp.ntsb_airport n
    ON CONFLICT (airport_id) DO UPDATE SET icao = excluded.icao, iata = excluded.iata,
        local_id = excluded.local_id, name = excluded.name, city = excluded.city,
        region = excluded.region, country = excluded.country, kind = excluded.kind,
        elevation_ft = excluded.elevation_ft, lat = excluded.lat, lon = excluded.lon,
        source = excluded.source, loaded_at = excluded.loaded_at
    WHERE (a.icao, a.iata, a.local_id, a.name, a.city, a.region, a.country, a.kind, a.elevation_ft, a.lat, a.lon)
        IS DISTINCT FROM (excluded.icao, excluded.iata, excluded.local_id, excluded.name, excluded.city,
        excluded.region, excluded.country, excluded.kind, excluded.elevation_ft, excluded.lat, excluded.lon);
    DROP TABLE pg_temp.ntsb_airport;
    TRUNCATE ntsb_staging.airport;
    ANALYZE ntsb.airport;
    placed := @extschema@.ntsb_place_by_airport();
    PERFORM @extschema@.ntsb_fill_nearest_airports(again => true);
END
$$;

COMMENT ON FUNCTION ntsb_adopt_airports(text) IS
'Takes the rows of ntsb_staging.airport up into ntsb.airport, whose former rows go where the new list lacks them, gives events without coordinates those of their airport, and finds the airport nearest to each place. Where events were placed, CALL ntsb_rebuild_star() takes their places up. Returns how many rows were staged, stored, refused (no identifier, name or place) and removed, and how many events were placed. source: name of the file. Errors: 55000 nothing staged, 22P02 not a list of airports, 3F000 no warehouse.';

CREATE FUNCTION ntsb_find_airport(id text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.airport_id
    FROM (SELECT upper(btrim(ntsb_find_airport.id)) AS wanted) w
    CROSS JOIN LATERAL (
        SELECT airport_id, 1 AS choice FROM ntsb.airport WHERE local_id = w.wanted
        UNION ALL SELECT airport_id, 2 FROM ntsb.airport WHERE icao = w.wanted
        UNION ALL SELECT airport_id, 3 FROM ntsb.airport WHERE icao = 'K' || w.wanted
        UNION ALL SELECT airport_id, 4 FROM ntsb.airport WHERE airport_id = w.wanted) a
    ORDER BY a.choice, a.airport_id LIMIT 1
$$;

COMMENT ON FUNCTION ntsb_find_airport(text) IS
'airport_id in ntsb.airport of an airport as NTSB names it (ev_nr_apt_id): the FAA''s identifier PAO, or ICAO''s KPAO. Null for none, and where no list of airports is loaded.';

CREATE FUNCTION ntsb_place_by_airport(batch_id bigint DEFAULT NULL) RETURNS bigint
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
        FROM ntsb.events o
        LEFT JOIN ntsb.states s ON s.state = o.ev_state AND s.withdrawn_batch IS NULL
        LEFT JOIN ntsb.airport a ON a.airport_id = @extschema@.ntsb_find_airport(o.ev_nr_apt_id)
            AND (o.ev_nr_apt_loc = 'ONAP' OR o.apt_dist <= 3)
            AND coalesce(o.ev_country, 'USA') = 'USA' AND a.country = 'US'
            AND (a.region IS NULL OR o.ev_state IS NULL OR a.region = o.ev_state
                 OR upper(a.region) = upper(btrim(s.name)))
        WHERE o.coord_source IN ('none', 'airport')
          AND (ntsb_place_by_airport.batch_id IS NULL OR o.last_batch = ntsb_place_by_airport.batch_id)
    ) w
    WHERE e.ev_id = w.ev_id AND e.ev_year = w.ev_year
      AND (e.lat, e.lon, e.coord_source) IS DISTINCT FROM (w.lat, w.lon, w.coord_source);
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END
$$;

COMMENT ON FUNCTION ntsb_place_by_airport(bigint) IS
'Gives US events without coordinates those of the airport that NTSB names (ev_nr_apt_id), if it says that they happened there (ONAP) or within 3 nautical miles and the state agrees; coord_source is then airport. batch_id: only events that this load wrote; all without it. Returns how many events changed. The content hash, which is over what NTSB says, stays.';

CREATE FUNCTION ntsb_star_aircraft() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_aircraft ON COMMIT DROP AS
    WITH named AS (
        SELECT a.ev_id FROM pg_temp.ntsb_star_event s JOIN ntsb.aircraft a USING (ev_id)
        UNION
        SELECT o.ev_id FROM ntsb.aircraft o
        WHERE o.regis_no IN (SELECT a.regis_no FROM pg_temp.ntsb_star_event s
                             JOIN ntsb.aircraft a USING (ev_id) WHERE a.withdrawn_batch IS NULL)
    )
    SELECT a.ev_id, a.aircraft_key, a.regis_no, e.ev_date, s.ev_id IS NOT NULL AS in_turn,
           coalesce(e.ev_date, CASE WHEN e.ev_year BETWEEN 1 AND 9999 THEN make_date(e.ev_year, 1, 1) END,
                    '-infinity') AS day,
           ARRAY[a.acft_make_std, a.acft_model_std,
                 nullif(upper(regexp_replace(a.acft_serial_no, '[^[:alnum:]]', '', 'g')), ''),
                 a.acft_category, a.homebuilt, a.fixed_retractable, nullif(a.num_eng, 0)::text,
                 g.eng_type, nullif(a.total_seats, 0)::text, nullif(a.cert_max_gr_wt, 0)::text] AS stated,
           NULL::text AS natural_key
    FROM named n
    JOIN ntsb.event_key k USING (ev_id)
    JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
    JOIN ntsb.aircraft a ON a.ev_id = n.ev_id AND a.withdrawn_batch IS NULL
    LEFT JOIN pg_temp.ntsb_star_event s ON s.ev_id = n.ev_id
    LEFT JOIN LATERAL (
        SELECT g.eng_type FROM ntsb.engines g
        WHERE g.ev_id = a.ev_id AND g.aircraft_key = a.aircraft_key AND g.withdrawn_batch IS NULL
        ORDER BY g.eng_no LIMIT 1) g ON true;
    CREATE INDEX ON pg_temp.ntsb_star_aircraft (ev_id);
    ANALYZE pg_temp.ntsb_star_aircraft;
END
$$;

COMMENT ON FUNCTION ntsb_star_aircraft() IS
'A step of ntsb_refresh_star: what each aircraft states of its configuration, for the events to be taken up and all others of their registrations.';

CREATE FUNCTION ntsb_star_configurations() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_day ON COMMIT DROP AS
    WITH day AS (
        SELECT regis_no, day, @extschema@.ntsb_configuration(stated ORDER BY ev_id, aircraft_key) AS stated
        FROM pg_temp.ntsb_star_aircraft WHERE regis_no IS NOT NULL
        GROUP BY regis_no, day
    ), known AS (
        SELECT regis_no, day, @extschema@.ntsb_configuration(stated) OVER (PARTITION BY regis_no ORDER BY day) AS state
        FROM day
    ), begun AS (
        SELECT regis_no, day, state, coalesce(NOT @extschema@.ntsb_configuration_continues(
                   lag(state) OVER (PARTITION BY regis_no ORDER BY day), state), true) AS begins
        FROM known
    ), numbered AS (
        SELECT regis_no, day, state,
               count(*) FILTER (WHERE begins) OVER (PARTITION BY regis_no ORDER BY day) AS version
        FROM begun
    )
    SELECT regis_no, day, version, min(day) OVER v AS valid_from,
           last_value(state) OVER (v ORDER BY day
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS state
    FROM numbered WINDOW v AS (PARTITION BY regis_no, version);

    CREATE TEMP TABLE ntsb_star_version ON COMMIT DROP AS
    SELECT ROW(regis_no, valid_from)::text AS natural_key, regis_no, state, valid_from,
           coalesce(lead(valid_from) OVER (PARTITION BY regis_no ORDER BY valid_from), 'infinity') AS valid_to
    FROM (SELECT DISTINCT regis_no, valid_from, state FROM pg_temp.ntsb_star_day) d
    UNION ALL
    -- Without a registration nothing tells one aircraft from another but its configuration.
    SELECT DISTINCT stated::text, NULL, stated, '-infinity'::date, 'infinity'::date
    FROM pg_temp.ntsb_star_aircraft
    WHERE regis_no IS NULL AND in_turn AND array_remove(stated, NULL) <> '{}';

    UPDATE pg_temp.ntsb_star_aircraft a SET natural_key = ROW(d.regis_no, d.valid_from)::text
    FROM pg_temp.ntsb_star_day d
    WHERE a.in_turn AND d.regis_no = a.regis_no AND d.day = a.day;
    UPDATE pg_temp.ntsb_star_aircraft a
    SET natural_key = CASE WHEN array_remove(stated, NULL) = '{}' THEN '' ELSE stated::text END
    WHERE a.in_turn AND a.regis_no IS NULL;
    CREATE INDEX ON pg_temp.ntsb_star_version (natural_key);
    CREATE INDEX ON pg_temp.ntsb_star_version (regis_no);
    ANALYZE pg_temp.ntsb_star_version;
    DROP TABLE pg_temp.ntsb_star_day;
END
$$;

COMMENT ON FUNCTION ntsb_star_configurations() IS
'A step of ntsb_refresh_star: the versions of each registration''s configuration, and the version that each aircraft of an event is of.';

CREATE FUNCTION ntsb_star_dim_aircraft() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone int[] := ARRAY(
        SELECT d.aircraft_id FROM ntsb.dim_aircraft d
        WHERE d.regis_no IN (SELECT regis_no FROM pg_temp.ntsb_star_version)
          AND NOT EXISTS (SELECT FROM pg_temp.ntsb_star_version v WHERE v.natural_key = d.natural_key));
BEGIN
    UPDATE ntsb.fact_accidents SET aircraft_id = 0 WHERE aircraft_id = ANY (gone);
    DELETE FROM ntsb.dim_aircraft WHERE aircraft_id = ANY (gone);
    -- First the versions that stay, so that none is current when a new one is to be.
    UPDATE ntsb.dim_aircraft d
    SET acft_make = v.state[1], acft_model = v.state[2], acft_serial_no = v.state[3],
        acft_category = v.state[4], homebuilt = v.state[5], gear = v.state[6],
        num_eng = v.state[7]::smallint, eng_type = v.state[8], total_seats = v.state[9]::integer,
        cert_max_gr_wt = v.state[10]::integer, valid_to = v.valid_to
    FROM pg_temp.ntsb_star_version v
    WHERE v.natural_key = d.natural_key
      AND (d.acft_make, d.acft_model, d.acft_serial_no, d.acft_category, d.homebuilt, d.gear, d.num_eng,
           d.eng_type, d.total_seats, d.cert_max_gr_wt, d.valid_to) IS DISTINCT FROM
          (v.state[1], v.state[2], v.state[3], v.state[4], v.state[5], v.state[6], v.state[7]::smallint,
           v.state[8], v.state[9]::integer, v.state[10]::integer, v.valid_to);
    INSERT INTO ntsb.dim_aircraft (natural_key, regis_no, acft_make, acft_model, acft_serial_no,
        acft_category, homebuilt, gear, num_eng, eng_type, total_seats, cert_max_gr_wt, valid_from, valid_to)
    SELECT v.natural_key, v.regis_no, v.state[1], v.state[2], v.state[3], v.state[4], v.state[5], v.state[6],
           v.state[7]::smallint, v.state[8], v.state[9]::integer, v.state[10]::integer, v.valid_from, v.valid_to
    FROM pg_temp.ntsb_star_version v
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_aircraft d WHERE d.natural_key = v.natural_key)
    ORDER BY v.regis_no, v.valid_from, v.natural_key;
END
$$;

COMMENT ON FUNCTION ntsb_star_dim_aircraft() IS
'A step of ntsb_refresh_star: brings ntsb.dim_aircraft in line with the versions found.';

CREATE FUNCTION ntsb_aircraft_as_of(regis_no text, day date)
RETURNS TABLE (
    aircraft_id integer, acft_make text, acft_model text, acft_serial_no text, acft_category text,
    homebuilt text, gear text, num_eng smallint, eng_type text, total_seats integer,
    cert_max_gr_wt integer, valid_from date, valid_to date, is_current boolean
)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT d.aircraft_id, d.acft_make, d.acft_model, d.acft_serial_no, d.acft_category, d.homebuilt,
           d.gear, d.num_eng, d.eng_type, d.total_seats, d.cert_max_gr_wt, d.valid_from, d.valid_to,
           d.is_current
    FROM ntsb.dim_aircraft d
    WHERE d.regis_no = upper(btrim(ntsb_aircraft_as_of.regis_no))
      AND d.valid_from <= ntsb_aircraft_as_of.day AND ntsb_aircraft_as_of.day < d.valid_to;
END
$$;

COMMENT ON FUNCTION ntsb_aircraft_as_of(text, date) IS
'The configuration of a registration on a day, as the events up to that day show it: the version of ntsb.dim_aircraft then valid. No row for a day before the first event of the registration.';

CREATE  FUNCTION "ntsb_band"(
	"scale" TEXT, /* & str */
	"value" double precision /* f64 */
) RETURNS TEXT /* Result < Option < String > , ErrorReport > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_band_wrapper';

CREATE  FUNCTION "ntsb_bands"() RETURNS TABLE (
	"scale" TEXT,  /* & '_ str */
	"position" INT,  /* i32 */
	"label" TEXT,  /* & '_ str */
	"from_value" double precision,  /* f64 */
	"to_value" double precision  /* f64 */
)
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_bands_wrapper';

CREATE  FUNCTION "ntsb_cause_category"(
	"era" TEXT, /* & str */
	"code" TEXT /* & str */
) RETURNS TEXT /* Option < & '_ str > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_cause_category_wrapper';

CREATE  FUNCTION "ntsb_configuration_continues"(
	"before" TEXT[], /* Vec < Option < String > > */
	"state" TEXT[] /* Vec < Option < String > > */
) RETURNS bool /* bool */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_configuration_continues_wrapper';

CREATE  FUNCTION "ntsb_configuration_step"(
	"known" TEXT[], /* :: std :: option :: Option < Vec < Option < String > > > */
	"stated" TEXT[] /* :: std :: option :: Option < Vec < Option < String > > > */
) RETURNS TEXT[] /* :: std :: option :: Option < Vec < Option < String > > > */
IMMUTABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_configuration_step_wrapper';

CREATE AGGREGATE ntsb_configuration(text[])
    (SFUNC = ntsb_configuration_step, STYPE = text[], PARALLEL = UNSAFE);

CREATE  FUNCTION "ntsb_gates_digest"() RETURNS bytea /* Result < Vec < u8 > , ErrorReport > */
STRICT STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_gates_digest_wrapper';

CREATE PROCEDURE ntsb_maintain()
LANGUAGE c AS 'MODULE_PATHNAME', 'ntsb_maintain_wrapper';

COMMENT ON PROCEDURE ntsb_maintain() IS
'Keeps the tables and indexes of schema ntsb in shape: VACUUM (ANALYZE) and REINDEX CONCURRENTLY where ntsb_maintenance_due() says that there is need, each in transactions of its own; what was done is in ntsb.maintenance. Does nothing on a standby or where another session is at it. Needs the ownership of the tables. Errors: 25001 within a transaction block, 3F000 no warehouse.';

CREATE  FUNCTION "ntsb_phase_group"(
	"era" TEXT, /* & str */
	"code" TEXT /* & str */
) RETURNS TEXT /* Option < & '_ str > */
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_phase_group_wrapper';

CREATE  FUNCTION "ntsb_search"(
	"query" TEXT, /* Option < & str > */
	"first_year" INT DEFAULT NULL, /* Option < i32 > */
	"last_year" INT DEFAULT NULL, /* Option < i32 > */
	"states" TEXT[] DEFAULT NULL, /* :: std :: option :: Option < Vec < Option < String > > > */
	"make" TEXT DEFAULT NULL, /* Option < & str > */
	"severity" TEXT[] DEFAULT NULL, /* :: std :: option :: Option < Vec < Option < String > > > */
	"domestic" bool DEFAULT NULL, /* Option < bool > */
	"max_rows" INT DEFAULT 20, /* Option < i32 > */
	"page" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* String */
	"ev_date" date,  /* Option < Date > */
	"place" TEXT,  /* Option < String > */
	"aircraft" TEXT,  /* Option < String > */
	"severity" TEXT,  /* Option < String > */
	"rank" double precision,  /* f64 */
	"snippet" TEXT,  /* Option < String > */
	"next_page" TEXT  /* String */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_search_wrapper';

CREATE  FUNCTION "ntsb_search_advanced"(
	"filter" TEXT DEFAULT NULL, /* Option < & str > */
	"order_by" TEXT DEFAULT 'ev_date DESC', /* Option < & str > */
	"max_rows" INT DEFAULT 100, /* Option < i32 > */
	"page" TEXT DEFAULT NULL /* Option < & str > */
) RETURNS TABLE (
	"ev_id" TEXT,  /* String */
	"ev_date" date,  /* Option < Date > */
	"place" TEXT,  /* Option < String > */
	"aircraft" TEXT,  /* Option < String > */
	"severity" TEXT,  /* Option < String > */
	"fatalities" INT,  /* i32 */
	"next_page" TEXT  /* String */
)
STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_search_advanced_wrapper';

CREATE  FUNCTION "ntsb_search_columns"() RETURNS TABLE (
	"column_name" TEXT,  /* String */
	"data_type" TEXT  /* String */
)
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_search_columns_wrapper';

CREATE  FUNCTION "ntsb_search_index"(
	"segment" INT /* i32 */
) RETURNS bigint /* Result < i64, ErrorReport > */
STRICT
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_search_index_wrapper';

CREATE  FUNCTION "ntsb_similar_accidents"(
	"ev_id" TEXT, /* & str */
	"max_rows" INT DEFAULT 10 /* i32 */
) RETURNS TABLE (
	"ev_id" TEXT,  /* String */
	"ev_date" date,  /* Option < Date > */
	"place" TEXT,  /* Option < String > */
	"aircraft" TEXT,  /* Option < String > */
	"severity" TEXT,  /* Option < String > */
	"score" double precision,  /* f64 */
	"shared_words" TEXT[],  /* Vec < String > */
	"shared_facts" TEXT[]  /* Vec < String > */
)
STRICT STABLE PARALLEL SAFE
LANGUAGE c /* Rust */
AS 'MODULE_PATHNAME', 'ntsb_similar_accidents_wrapper';

COMMENT ON FUNCTION ntsb_gates_digest() IS
'SHA-256 over all by which rows are judged: the rules as they are set, the codes of the loaded dictionary, and the version of the extension. A batch keeps it in ntsb_staging.batch_journal.';

COMMENT ON FUNCTION ntsb_band(text, double precision) IS
'The band of a number on a scale of ntsb_bands(): 120 of total_hours is of 100-249. Null for what no such quantity can be, such as an age of 215. Errors: 22023 no such scale.';

COMMENT ON FUNCTION ntsb_bands() IS
'Bands of the dimensions, in order: scale (age in years, total_hours and make_hours in hours, visibility_sm in statute miles, wind_kts in knots, temp_c in degrees Celsius), label, from_value (included) and to_value (not included, but for the last of a scale).';

COMMENT ON FUNCTION ntsb_phase_group(text, text) IS
'The coarse phase of flight of a code: era is the first year of the coding, 2008 or 1982, whose numbers differ in meaning. Standing, Taxi, Takeoff, Initial climb, Climb, Enroute, Descent, Uncontrolled descent, Maneuvering, Approach, Landing, After landing, Post-impact, Other; null for unknown codes.';

COMMENT ON FUNCTION ntsb_cause_category(text, text) IS
'The category of a finding: era is the first year of the coding, 2008 (by the first two digits of finding_code) or 1982 (by the range of subj_code). Aircraft, Personnel, Environment, Organization, Not determined; null where the code does not tell.';

COMMENT ON FUNCTION ntsb_configuration_step(text[], text[]) IS
'What is known of an aircraft after one more event that states some of its attributes; see the aggregate ntsb_configuration.';

COMMENT ON FUNCTION ntsb_configuration_continues(text[], text[]) IS
'Whether an aircraft''s configuration goes on from the one before: all that was known still holds.';

COMMENT ON AGGREGATE ntsb_configuration(text[]) IS
'What is known of an aircraft after the events so far. Each row states some attributes, of which the first three (maker, model, serial number) tell one machine from another; what it leaves out goes on.';

COMMENT ON FUNCTION ntsb_search_advanced(text, text, integer, text) IS
'Accidents for which a condition holds, such as acft_make = ''CESSNA'' AND (ev_state IN (''AK'', ''CA'') OR NOT wx_cond_basic = ''IMC''). filter: SQL over the columns of ntsb_search_columns(), at most 2,000 characters and 16 levels deep; no subqueries, casts or functions but a few; null: all. Spelling of codes, makers, cities and models is forgiven. order_by: a column, and DESC; null comes last. max_rows: 1 to 10,000. page: next_page of the last row of the page before. How long it may take is for statement_timeout to say. Errors: 42601 no condition, 42501 a construct that is not allowed, 42703 no such column, 42804 types that do not fit, 42883 wrong arguments, 22007 no date, 54000 too long or deep, 22023 page.';

COMMENT ON FUNCTION ntsb_search_columns() IS
'Columns that a condition of ntsb_search_advanced may name, and their types.';

COMMENT ON FUNCTION ntsb_search(text, integer, integer, text[], text, text[], boolean, integer, text) IS
'Events whose city, aircraft, reports or probable cause hold the words of a query, best first. query: words, "phrases", OR, -minus; never an error, whatever it is. first_year, last_year, states, make (in any spelling), severity (FATL, SERS, MINR, NONE) and domestic narrow it; null: all. rank: BM25, later events first where it is equal. snippet: the report around the words, which stand in « ». max_rows: 1 to 10,000. page: next_page of the last row of the page before. Finds what CALL ntsb_refresh_search() last took up. Errors: 22023 page.';

COMMENT ON FUNCTION ntsb_search_index(integer) IS
'A part of ntsb_refresh_search, which calls it: writes the lists of one segment of the index from ntsb.search_document. Returns how many events it holds.';

COMMENT ON FUNCTION ntsb_similar_accidents(text, integer) IS
'The events most like one, most alike first, never itself; of equally alike ones the later first. score: 0 to 1, six tenths from the words of the reports (the 30 that tell the event from others), four tenths from facts (model, defining event, phase, place, make, category, weather, FAR part, purpose, state); one of both alone where the event has not the other. shared_words (stems) and shared_facts say what makes them alike, weightiest first. max_rows: 1 to 10,000. No rows for an ev_id that search does not know. Errors: 22023 max_rows.';
