-- Refresh and rebuild of the star schema.

-- Blocks loads: if one committed during the refresh, an event could mix rows from before and after it.
CREATE FUNCTION ntsb_internal.begin_star_refresh() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT ntsb_internal.begin_refresh('star') THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(x'6e747362'::int, ntsb_internal.lock_number('load'));
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.begin_star_refresh() IS
'Internal: called by ntsb_refresh_star and ntsb_rebuild_star. Takes the lock of the star schema and waits for a running load. Returns false, with a NOTICE, on a standby or if another refresh is running. Errors: 3F000 no warehouse.';

-- When all events are refreshed, row-by-row foreign key checks take most of the time. Adding the keys at the end
-- checks each with one join. Only the owner of the tables can do this; for others the refresh is slower.
CREATE FUNCTION ntsb_internal.drop_star_foreign_keys() RETURNS text[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    add_key_commands text[] := '{}';
    key record;
BEGIN
    FOR key IN
        SELECT c.conrelid::regclass AS table_name, c.conname, pg_get_constraintdef(c.oid) AS definition
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.contype = 'f' AND pg_has_role(t.relowner, 'USAGE')
          AND t.oid IN ('ntsb.fact_accidents'::regclass, 'ntsb.bridge_event_aircraft'::regclass,
                        'ntsb.bridge_event_crew'::regclass, 'ntsb.bridge_event_cause'::regclass)
        ORDER BY 1, 2
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.table_name, key.conname);
        add_key_commands := add_key_commands || format('ALTER TABLE %s ADD CONSTRAINT %I %s', key.table_name, key.conname, key.definition);
    END LOOP;
    RETURN add_key_commands;
END
$$;
COMMENT ON FUNCTION ntsb_internal.drop_star_foreign_keys() IS
'Internal: called by ntsb_refresh_star and ntsb_rebuild_star. Drops the foreign keys of the fact and bridge tables within this transaction and returns the commands that add them again. Returns an empty array if the caller does not own the tables.';

CREATE FUNCTION ntsb_internal.add_related_events() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    -- Aircraft versions depend on all events of a registration, both its current and its former one.
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
COMMENT ON FUNCTION ntsb_internal.add_related_events() IS
'Internal: called by ntsb_refresh_star, ntsb_archive_decade and ntsb_attach_archive. Adds a primary key to pg_temp.ntsb_star_event, and the other events of the same registrations as rows.';

CREATE PROCEDURE ntsb_refresh_star()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    from_seq bigint;
    to_seq bigint;
    event_count bigint;
    command text;
    add_key_commands text[] := '{}';
BEGIN
    IF NOT ntsb_internal.begin_star_refresh() THEN
        RETURN;
    END IF;
    from_seq := coalesce((SELECT s.last_seq FROM ntsb.refresh_state s WHERE s.what = 'star'), 0);
    to_seq := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    IF to_seq <= from_seq THEN
        RETURN;
    END IF;
    CREATE TEMP TABLE ntsb_star_event ON COMMIT DROP AS
    SELECT c.ev_id FROM @extschema@.ntsb_changed_events('star') c (ev_id);
    GET DIAGNOSTICS event_count = ROW_COUNT;
    PERFORM ntsb_internal.add_related_events();
    IF event_count > 10000 THEN
        add_key_commands := ntsb_internal.drop_star_foreign_keys();
    END IF;
    PERFORM ntsb_internal.refresh_star_events(EXISTS (
        SELECT FROM ntsb.change_log l WHERE l.seq > from_seq AND l.ev_id IS NULL));
    FOREACH command IN ARRAY add_key_commands LOOP
        EXECUTE command;
    END LOOP;
    PERFORM ntsb_internal.record_refresh('star', to_seq, started, event_count);
    IF event_count > 10000 THEN
        ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
            ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
    END IF;
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_star() IS
'Refreshes the star schema (ntsb.fact_accidents, dim_*, bridge_*): processes only the events that changed since the last refresh, and writes nothing if none did. Waits for a running load. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';

CREATE PROCEDURE ntsb_rebuild_star()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    to_seq bigint;
    event_count bigint;
    command text;
    add_key_commands text[];
BEGIN
    IF NOT ntsb_internal.begin_star_refresh() THEN
        RETURN;
    END IF;
    to_seq := coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0);
    add_key_commands := ntsb_internal.drop_star_foreign_keys();
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
    GET DIAGNOSTICS event_count = ROW_COUNT;
    ALTER TABLE pg_temp.ntsb_star_event ADD PRIMARY KEY (ev_id);
    ANALYZE pg_temp.ntsb_star_event;
    PERFORM ntsb_internal.refresh_star_events(true);
    FOREACH command IN ARRAY add_key_commands LOOP
        EXECUTE command;
    END LOOP;
    PERFORM ntsb_internal.record_refresh('star', to_seq, started, event_count);
    ANALYZE ntsb.fact_accidents, ntsb.dim_location, ntsb.dim_aircraft, ntsb.dim_crew, ntsb.dim_causes,
        ntsb.bridge_event_aircraft, ntsb.bridge_event_crew, ntsb.bridge_event_cause;
END
$$;
COMMENT ON PROCEDURE ntsb_rebuild_star() IS
'Rebuilds the star schema from all stored events. The result equals that of ntsb_refresh_star, except for the surrogate keys. Readers wait for a few seconds until it commits. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_fill_nearest_airports(all_places boolean DEFAULT false) RETURNS bigint
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
    -- The index can only order by distance: with a second sort key PostgreSQL would sort all airports for each
    -- place. Lists may contain an airport twice, so ties are resolved among the nearest four.
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
    USING coalesce(all_places, false);
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
'Finds the nearest airport of ntsb.airport for each place of ntsb.dim_location that has none yet; all_places: for all places, needed after loading another list. Distances are on the spheroid. Returns the number of places changed, 0 if ntsb.airport does not exist. ntsb_refresh_star calls it.';
