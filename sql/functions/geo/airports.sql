-- Airports: importing a list, finding an airport by NTSB's identifier, and locating events by their airport.

-- Each list replaces the one before: airports that it lacks are removed.
CREATE FUNCTION ntsb_adopt_airports(source text, OUT staged bigint, OUT stored bigint, OUT refused bigint,
    OUT removed bigint, OUT gained bigint, OUT changed bigint, OUT lost bigint, OUT placed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb_staging.airport') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load airports: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*) INTO staged FROM ntsb_staging.airport;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.airport is empty',
            HINT = 'COPY the list into ntsb_staging.airport in this transaction, or use ntsb load-airports FILE.';
    END IF;
    CREATE TEMP TABLE ntsb_airport ON COMMIT DROP AS
    SELECT DISTINCT ON (s.airport_id) s.airport_id, nullif(s.icao, '') AS icao,
        nullif(s.iata, '') AS iata, nullif(s.local_id, '') AS local_id, s.name,
        nullif(s.city, '') AS city,
        -- OurAirports writes states as US-CA.
        nullif(regexp_replace(s.region, '^US-', ''), '') AS region, nullif(s.country, '') AS country,
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
            MESSAGE = format('%s of %s rows have no identifier, name or coordinates', refused, staged),
            HINT = 'Load the airports.csv of OurAirports or airportsdata. The stored airports are unchanged.';
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
    SELECT p.gained, p.changed, p.lost INTO gained, changed, lost FROM @extschema@.ntsb_locate_by_airport(NULL::bigint) p;
    SELECT count(*) INTO placed FROM ntsb.events e WHERE e.coord_source = 'airport';
    PERFORM @extschema@.ntsb_fill_nearest_airports(true);
    PERFORM ntsb_internal.locate_weather_stations();
    PERFORM ntsb_internal.record_source('airports', source, stored);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_airports(text) IS
'Imports the rows of ntsb_staging.airport into ntsb.airport, removes airports that the list lacks, gives events without coordinates those of their airport, and finds the airport nearest to each place. If events gained, changed or lost a place, run CALL ntsb_rebuild_star(). Returns the number of rows staged, stored, refused (no identifier, name or coordinates) and removed; of events that gained, changed and lost a place; and of events now located by an airport (placed). source: name of the file. Errors: 55000 nothing staged, 22P02 not a list of airports, 3F000 no warehouse.';

-- NTSB writes FAA identifiers, with or without ICAO's leading K. Other countries use the same letters for their
-- own airfields, so a local identifier is valid only within its country. ICAO codes and the identifiers of the
-- list are unique worldwide.
CREATE FUNCTION ntsb_find_airport(id text, country text DEFAULT 'USA') RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.airport_id
    FROM (SELECT upper(btrim(left(ntsb_find_airport.id, 100))) AS id,
                 CASE WHEN upper(left(ntsb_find_airport.country, 100)) IN ('USA', 'US')
                      -- The US and the territories that have an ISO 3166 code of their own.
                      THEN '{US,PR,VI,GU,AS,MP,UM}'::text[]
                      ELSE ARRAY[upper(left(ntsb_find_airport.country, 100))] END AS countries) w
    CROSS JOIN LATERAL (
        SELECT o.airport_id, o.country, 1 AS choice FROM ntsb.airport o WHERE o.local_id = w.id
        UNION ALL SELECT o.airport_id, o.country, 2 FROM ntsb.airport o WHERE o.icao = w.id
        UNION ALL SELECT o.airport_id, o.country, 3 FROM ntsb.airport o WHERE o.icao = 'K' || w.id
        UNION ALL SELECT o.airport_id, o.country, 4 FROM ntsb.airport o WHERE o.airport_id = w.id
        UNION ALL SELECT o.airport_id, o.country, 5 FROM ntsb.airport o
                  WHERE w.id ~ '^K...$' AND o.local_id = substr(w.id, 2)) a
    CROSS JOIN LATERAL (SELECT coalesce(a.country = ANY (w.countries), false) AS is_domestic) h
    WHERE h.is_domestic OR a.choice IN (2, 4) OR ntsb_find_airport.country IS NULL
    ORDER BY NOT h.is_domestic, a.choice, a.country IS DISTINCT FROM 'US', a.airport_id LIMIT 1
$$;
COMMENT ON FUNCTION ntsb_find_airport(text, text) IS
'airport_id in ntsb.airport for an identifier as NTSB writes it (ev_nr_apt_id): an FAA identifier (PAO) or an ICAO code (KPAO). country: USA (with its territories) or an ISO 3166 code; identifiers of another country''s authority do not match, ICAO codes do. A null country searches everywhere, the US first. Returns null if there is none or no list of airports is loaded.';

-- Only for events that NTSB places on the airport or within three statute miles of it. Some lists give the name of
-- the state instead of its code, and all give a territory as a country.
CREATE FUNCTION ntsb_locate_by_airport(batch_id bigint DEFAULT NULL, OUT gained bigint, OUT changed bigint,
    OUT lost bigint)
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    -- Materialized: looks up the airport once per event, not once per joined pair.
    WITH event_airport AS MATERIALIZED (
        SELECT v.ev_id, v.ev_year, v.ev_state, v.coord_source,
               CASE WHEN (v.ev_nr_apt_loc = 'ONAP' OR v.apt_dist <= 3) AND coalesce(v.ev_country, 'USA') = 'USA'
                    THEN @extschema@.ntsb_find_airport(v.ev_nr_apt_id, 'USA') END AS airport_id
        FROM ntsb.events v
        WHERE v.coord_source IN ('none', 'airport')
          AND (ntsb_locate_by_airport.batch_id IS NULL OR v.last_batch = ntsb_locate_by_airport.batch_id)
    ), place AS (
        SELECT o.ev_id, o.ev_year, o.coord_source AS former, a.lat, a.lon,
               CASE WHEN a.airport_id IS NULL THEN 'none' ELSE 'airport' END AS coord_source
        FROM event_airport o
        LEFT JOIN ntsb.states s ON s.state = o.ev_state AND s.withdrawn_batch IS NULL
        LEFT JOIN ntsb.airport a ON a.airport_id = o.airport_id
            AND CASE WHEN a.country = 'US' THEN a.region IS NULL OR o.ev_state IS NULL OR a.region = o.ev_state
                                                OR upper(a.region) = upper(btrim(s.name))
                     ELSE a.country = ANY ('{PR,VI,GU,AS,MP,UM}') AND a.country = o.ev_state END
    ), written AS (
        UPDATE ntsb.events e SET lat = w.lat, lon = w.lon, coord_source = w.coord_source
        FROM place w
        WHERE e.ev_id = w.ev_id AND e.ev_year = w.ev_year
          AND (e.lat, e.lon, e.coord_source) IS DISTINCT FROM (w.lat, w.lon, w.coord_source)
        RETURNING w.former, w.coord_source
    )
    SELECT count(*) FILTER (WHERE former = 'none'), count(*) FILTER (WHERE former = coord_source),
           count(*) FILTER (WHERE coord_source = 'none')
    FROM written
$$;
COMMENT ON FUNCTION ntsb_locate_by_airport(bigint) IS
'Gives US events without coordinates those of the airport that NTSB names (ev_nr_apt_id), if NTSB places the event on the airport (ONAP) or within 3 statute miles and the state agrees. Sets coord_source to airport. batch_id: only events last changed by that batch; null: all. Returns how many events gained, changed and lost a place. The content hash does not change, because it covers only NTSB''s columns.';
