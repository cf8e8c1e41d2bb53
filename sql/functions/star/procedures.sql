-- CALL ntsb_refresh_star() and CALL ntsb_rebuild_star().

-- Whether this session may change the star now. A load may not commit meanwhile, or an event would be
-- half of before and half of after it.
CREATE FUNCTION ntsb_internal.star_begins() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT ntsb_internal.may_refresh('star') THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(x'6e747362'::int, ntsb_internal.lock_number('load'));
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_begins() IS
'A step of ntsb_refresh_star: takes the lock of the star, waits for a load that is under way; false, with a NOTICE, on a standby or beside another refresh. Errors: 3F000 no warehouse.';

-- Checking foreign keys row by row is most of the work where all events are taken up; at the end it is
-- one join each. Only the owner may do so, and others pay.
CREATE FUNCTION ntsb_internal.star_loosen() RETURNS text[]
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
COMMENT ON FUNCTION ntsb_internal.star_loosen() IS
'A step of ntsb_rebuild_star: drops the foreign keys of facts and bridges, for the time of this transaction, and returns the commands that make them again. None where the caller does not own the tables.';

-- Of the events in pg_temp.ntsb_star_event, which have changed, to all that the star has to look at.
CREATE FUNCTION ntsb_internal.star_widen() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
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
END
$$;
COMMENT ON FUNCTION ntsb_internal.star_widen() IS
'A part of ntsb_refresh_star and ntsb_archive_decade, which call it: adds to pg_temp.ntsb_star_event, which it gives a key, the other events of their registrations.';

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
    IF NOT ntsb_internal.star_begins() THEN
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
    PERFORM ntsb_internal.star_widen();
    IF taken > 10000 THEN
        keys := ntsb_internal.star_loosen();
    END IF;
    PERFORM ntsb_internal.star_take_up(EXISTS (
        SELECT FROM ntsb.change_log l WHERE l.seq > since AND l.ev_id IS NULL));
    FOREACH command IN ARRAY keys LOOP
        EXECUTE command;
    END LOOP;
    PERFORM ntsb_internal.refreshed('star', upto, began, taken);
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
    IF NOT ntsb_internal.star_begins() THEN
        RETURN;
    END IF;
    upto := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    keys := ntsb_internal.star_loosen();
    TRUNCATE ntsb.fact_accidents, ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause,
        ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_weather, ntsb.dim_causes,
        ntsb.year_completeness RESTART IDENTITY;
    INSERT INTO ntsb.dim_location (location_id, natural_key) VALUES (0, '');
    INSERT INTO ntsb.dim_aircraft (aircraft_id, natural_key, valid_from, valid_to) VALUES (0, '', '1900-01-01', '9999-12-31');
    INSERT INTO ntsb.dim_crew (crew_id, member, valid_from, valid_to) VALUES (0, '', '1900-01-01 00:00+00', '9999-12-31 00:00+00');
    INSERT INTO ntsb.dim_weather (weather_id, natural_key) VALUES (0, '');
    INSERT INTO ntsb.dim_causes (cause_id, natural_key) VALUES (0, '');
    CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
    SELECT e.ev_id FROM ntsb.events e WHERE e.withdrawn_batch IS NULL;
    GET DIAGNOSTICS taken = ROW_COUNT;
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    PERFORM ntsb_internal.star_take_up(true);
    FOREACH command IN ARRAY keys LOOP
        EXECUTE command;
    END LOOP;
    PERFORM ntsb_internal.refreshed('star', upto, began, taken);
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
    -- The index gives airports by their distance alone: asked for a second key, PostgreSQL would sort all of
    -- them for each place. Lists name a place twice, so the first few are looked at.
    EXECUTE format(
        'UPDATE ntsb.dim_location l SET nearest_airport_id = a.airport_id, nearest_airport_km = a.km
         FROM (SELECT p.location_id, n.airport_id, n.km
               FROM ntsb.dim_location p CROSS JOIN LATERAL (
                   SELECT k.airport_id, k.km
                   FROM (SELECT o.airport_id, %1$s.ST_Distance(o.geog, p.geog) / 1000 AS km FROM ntsb.airport o
                         WHERE o.geog IS NOT NULL ORDER BY o.geog OPERATOR(%1$s.<->) p.geog LIMIT 4) k
                   ORDER BY k.km, k.airport_id LIMIT 1) n
               WHERE p.geog IS NOT NULL AND ($1 OR p.nearest_airport_id IS NULL)) a
         WHERE a.location_id = l.location_id
           AND (l.nearest_airport_id, l.nearest_airport_km) IS DISTINCT FROM (a.airport_id, a.km)', gis)
    USING coalesce(again, false);
    GET DIAGNOSTICS filled = ROW_COUNT;
    IF filled > 0 THEN
        UPDATE ntsb.fact_accidents f
        SET nearest_airport_id = l.nearest_airport_id, nearest_airport_km = l.nearest_airport_km, updated_at = now()
        FROM ntsb.dim_location l
        WHERE l.location_id = f.location_id
          AND (f.nearest_airport_id, f.nearest_airport_km) IS DISTINCT FROM (l.nearest_airport_id, l.nearest_airport_km);
    END IF;
    RETURN filled;
END
$$;
COMMENT ON FUNCTION ntsb_fill_nearest_airports(boolean) IS
'Finds the nearest of ntsb.airport for places of ntsb.dim_location that have none yet, or with again for all, as after loading other airports. Distance on the spheroid. Returns how many were filled; 0 where there is no such table. ntsb_refresh_star calls it.';
