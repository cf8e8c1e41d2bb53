-- Airports: importing a list, finding an airport by NTSB's identifier, and locating events by their airport.

-- A list replaces the airports of the countries that it covers: a worldwide list all, FAA's NASR those of the US and its
-- territories (docs/adr/0027). A US airport keeps its identifier when NASR replaces another list, so that runways and
-- nearest airports keep their references.
CREATE FUNCTION ntsb_adopt_airports(source text, countries text[] DEFAULT NULL, OUT staged bigint, OUT stored bigint,
    OUT refused bigint, OUT removed bigint, OUT gained bigint, OUT changed bigint, OUT lost bigint, OUT placed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    editions text[];
BEGIN
    IF to_regclass('ntsb_staging.airport') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load airports: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*), array_agg(DISTINCT replace(s.edition, '/', '-')) FILTER (WHERE s.edition <> '')
    INTO staged, editions FROM ntsb_staging.airport s;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.airport is empty',
            HINT = 'COPY the list into ntsb_staging.airport in this transaction, or use ntsb load-airports FILE.';
    END IF;
    IF cardinality(editions) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('the list mixes %s editions (%s, %s, …)', cardinality(editions), editions[1], editions[2]),
            HINT = 'Load the APT_BASE.csv of one edition. The stored airports are unchanged.';
    END IF;
    CREATE TEMP TABLE ntsb_airport ON COMMIT DROP AS
    WITH listed AS (
        SELECT nullif(s.airport_id, '') AS airport_id, nullif(s.icao, '') AS icao, nullif(s.iata, '') AS iata,
            nullif(s.local_id, '') AS local_id, nullif(s.name, '') AS name, nullif(s.city, '') AS city,
            -- OurAirports writes states as US-CA, NASR writes some territories in FIPS.
            nullif(coalesce(t.iso, regexp_replace(s.region, '^US-', '')), '') AS region,
            nullif(coalesce(t.iso, s.country), '') AS country,
            CASE WHEN s.status = 'CP' THEN 'closed' ELSE coalesce(k.kind, nullif(s.kind, '')) END AS kind,
            @extschema@.ntsb_clean_number(s.elevation_ft) AS elevation_ft,
            @extschema@.ntsb_clean_number(s.lat) AS lat, @extschema@.ntsb_clean_number(s.lon) AS lon
        FROM ntsb_staging.airport s
        LEFT JOIN (VALUES ('A', 'airport'), ('B', 'balloonport'), ('C', 'seaplane_base'), ('G', 'gliderport'),
                          ('H', 'heliport'), ('U', 'ultralight')) AS k (code, kind) ON k.code = s.kind
        -- Only NASR, which has editions, gives the territories as states of the US.
        LEFT JOIN (VALUES ('PR', 'PR'), ('RQ', 'PR'), ('VI', 'VI'), ('VQ', 'VI'), ('GU', 'GU'), ('GQ', 'GU'),
                          ('AS', 'AS'), ('AQ', 'AS'), ('MP', 'MP'), ('CQ', 'MP'), ('UM', 'UM'), ('MQ', 'UM'),
                          ('WQ', 'UM')) AS t (state, iso) ON t.state = s.region AND s.edition <> ''
    )
    -- The name of the list's identifier decides between duplicates.
    SELECT DISTINCT ON (airport_id) coalesce(o.airport_id, CASE WHEN EXISTS (
               SELECT FROM ntsb.airport f WHERE f.airport_id = l.airport_id
                   AND f.country <> ALL (ntsb_adopt_airports.countries)) THEN 'US-' || l.airport_id ELSE l.airport_id END)
               AS airport_id, l.icao, l.iata, l.local_id, l.name, l.city, l.region, l.country, l.kind,
           l.elevation_ft, l.lat, l.lon
    FROM listed l
    LEFT JOIN LATERAL (
        SELECT a.airport_id FROM ntsb.airport a
        WHERE ntsb_adopt_airports.countries IS NOT NULL AND a.local_id = l.local_id
          AND a.country = ANY (ntsb_adopt_airports.countries)
        ORDER BY a.airport_id = l.airport_id DESC, a.country = l.country DESC NULLS LAST, a.airport_id LIMIT 1) o ON true
    WHERE l.airport_id IS NOT NULL AND l.name IS NOT NULL AND l.kind IS DISTINCT FROM 'closed'
      AND (ntsb_adopt_airports.countries IS NULL OR l.country = ANY (ntsb_adopt_airports.countries))
      AND l.lat BETWEEN -90 AND 90 AND l.lon BETWEEN -180 AND 180 AND NOT (l.lat = 0 AND l.lon = 0)
    ORDER BY 1, l.name;
    SELECT count(*) INTO stored FROM pg_temp.ntsb_airport;
    refused := staged - stored;
    IF stored * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows have no identifier, name or coordinates', refused, staged),
            HINT = 'Load the airports.csv of OurAirports or airportsdata, or APT_BASE.csv of FAA''s NASR. The stored airports are unchanged.';
    END IF;
    DELETE FROM ntsb.airport a WHERE (ntsb_adopt_airports.countries IS NULL OR a.country = ANY (ntsb_adopt_airports.countries))
        AND NOT EXISTS (SELECT FROM pg_temp.ntsb_airport n WHERE n.airport_id = a.airport_id);
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
    PERFORM ntsb_internal.record_source('airports', source, (SELECT count(*) FROM ntsb.airport), editions[1]);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_airports(text, text[]) IS
'Imports the rows of ntsb_staging.airport into ntsb.airport, removes the airports of the covered countries that the list lacks, gives events without coordinates those of their airport, and finds the airport nearest to each place. If events gained, changed or lost a place, run CALL ntsb_rebuild_star(). Returns the number of rows staged, stored, refused (no identifier, name or coordinates, closed, or outside the countries) and removed; of events that gained, changed and lost a place; and of events now located by an airport (placed). source: name of the file. countries: ISO 3166 codes of the countries that the list covers; null: all. Errors: 55000 nothing staged, 22P02 not a list of airports or several editions, 3F000 no warehouse.';

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
    JOIN ntsb.airport_identifier a ON a.identifier = w.id
    CROSS JOIN LATERAL (SELECT coalesce(a.country = ANY (w.countries), false) AS is_domestic) h
    WHERE h.is_domestic OR a.choice IN (2, 4) OR ntsb_find_airport.country IS NULL
    ORDER BY NOT h.is_domestic, a.choice, a.country IS DISTINCT FROM 'US', a.airport_id LIMIT 1
$$;
COMMENT ON FUNCTION ntsb_find_airport(text, text) IS
'airport_id in ntsb.airport for an identifier as NTSB writes it (ev_nr_apt_id): an FAA identifier (PAO) or an ICAO code (KPAO). country: USA (with its territories) or an ISO 3166 code (ntsb.country_iso has those of NTSB''s codes); an airport of this country comes first; identifiers of another country''s authority do not match, ICAO codes do. A null country searches everywhere, the US first. Returns null if there is none or no list of airports is loaded.';

-- Only for events that NTSB places on the airport or within three statute miles of it.
CREATE FUNCTION ntsb_locate_by_airport(batch_id bigint DEFAULT NULL, OUT gained bigint, OUT changed bigint,
    OUT lost bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF ntsb_locate_by_airport.batch_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ntsb.batch b WHERE b.batch_id = ntsb_locate_by_airport.batch_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = format('batch %s does not exist', ntsb_locate_by_airport.batch_id),
            HINT = 'ntsb.batch lists the batches. Without an argument, the function locates the events of all batches.';
    END IF;
    -- Materialized: looks up the airport once per event, not once per joined pair.
    WITH event_airport AS MATERIALIZED (
        SELECT v.ev_id, v.ev_year, v.coord_source AS former, n.airport_id
        FROM ntsb.events v
        LEFT JOIN ntsb.event_airport n ON n.ev_id = v.ev_id AND n.ev_year = v.ev_year
            AND (v.ev_nr_apt_loc = 'ONAP' OR v.apt_dist <= 3)
        WHERE v.coord_source IN ('none', 'airport')
          AND (ntsb_locate_by_airport.batch_id IS NULL OR v.last_batch = ntsb_locate_by_airport.batch_id)
    ), place AS (
        SELECT o.ev_id, o.ev_year, o.former, a.lat, a.lon,
               CASE WHEN a.airport_id IS NULL THEN 'none' ELSE 'airport' END AS coord_source
        FROM event_airport o
        LEFT JOIN ntsb.airport a ON a.airport_id = o.airport_id
    ), written AS (
        UPDATE ntsb.events e SET lat = w.lat, lon = w.lon, coord_source = w.coord_source
        FROM place w
        WHERE e.ev_id = w.ev_id AND e.ev_year = w.ev_year
          AND (e.lat, e.lon, e.coord_source) IS DISTINCT FROM (w.lat, w.lon, w.coord_source)
        RETURNING w.former, w.coord_source
    )
    SELECT count(*) FILTER (WHERE w.former = 'none'), count(*) FILTER (WHERE w.former = w.coord_source),
           count(*) FILTER (WHERE w.coord_source = 'none')
    INTO gained, changed, lost FROM written w;
END
$$;
COMMENT ON FUNCTION ntsb_locate_by_airport(bigint) IS
'Gives events without coordinates those of the airport that NTSB names (ntsb.event_airport: looked up within the event''s country, and in the US the state agrees), if NTSB places the event on the airport (ONAP) or within 3 statute miles. Sets coord_source to airport. batch_id: only events last changed by that batch; null: all. Returns how many events gained, changed and lost a place. The content hash does not change, because it covers only NTSB''s columns. Errors: 42704 no such batch.';

CREATE FUNCTION ntsb_adopt_runways(source text, countries text[] DEFAULT NULL, OUT staged bigint, OUT stored bigint,
    OUT refused bigint, OUT removed bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    editions text[];
BEGIN
    IF to_regclass('ntsb_staging.runway') IS NULL OR to_regclass('ntsb.runway') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load runways: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*), array_agg(DISTINCT replace(s.edition, '/', '-')) FILTER (WHERE s.edition <> '')
    INTO staged, editions FROM ntsb_staging.runway s;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.runway is empty',
            HINT = 'COPY the list into ntsb_staging.runway in this transaction, or use ntsb load-runways FILE.';
    END IF;
    IF NOT EXISTS (SELECT FROM ntsb.airport) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb.airport is empty, so no runway can be assigned to its airport',
            HINT = 'Load a list of airports first: ntsb load-airports FILE.';
    END IF;
    IF cardinality(editions) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('the list mixes %s editions (%s, %s, …)', cardinality(editions), editions[1], editions[2]),
            HINT = 'Load the APT_RWY.csv of one edition. The stored runways are unchanged.';
    END IF;
    CREATE TEMP TABLE ntsb_runway ON COMMIT DROP AS
    SELECT DISTINCT ON (a.airport_id, d.ident) a.airport_id, d.ident, d.le_ident, d.he_ident,
           CASE WHEN d.he_ident IS NULL THEN @extschema@.ntsb_opposite_runway(d.le_ident)
                WHEN d.le_ident IS NULL THEN @extschema@.ntsb_opposite_runway(d.he_ident) END AS opposite_ident,
           CASE WHEN d.length_ft > 0 THEN d.length_ft END AS length_ft,
           CASE WHEN d.width_ft > 0 THEN d.width_ft END AS width_ft, nullif(s.surface, '') AS surface,
           CASE WHEN s.lighted IN ('1', 'HIGH', 'MED', 'LOW', 'PERI', 'NSTD') THEN true
                WHEN s.lighted IN ('0', 'NONE') THEN false END AS is_lighted,
           s.closed = '1' AS is_closed
    FROM ntsb_staging.runway s
    CROSS JOIN LATERAL (
        SELECT w.ident, @extschema@.ntsb_standard_runway(w.le) AS le_ident, @extschema@.ntsb_standard_runway(w.he) AS he_ident,
               @extschema@.ntsb_clean_number(s.length_ft) AS length_ft, @extschema@.ntsb_clean_number(s.width_ft) AS width_ft
        FROM (SELECT coalesce(nullif(s.runway_id, ''), nullif(concat_ws('/', nullif(s.le_ident, ''), nullif(s.he_ident, '')), ''))
                         AS ident,
                     coalesce(nullif(s.le_ident, ''), split_part(s.runway_id, '/', 1)) AS le,
                     coalesce(nullif(s.he_ident, ''), split_part(s.runway_id, '/', 2)) AS he) w) d
    CROSS JOIN LATERAL (
        SELECT i.airport_id FROM ntsb.airport_identifier i
        WHERE i.identifier = upper(btrim(left(s.airport_id, 100)))
          AND CASE WHEN ntsb_adopt_runways.countries IS NULL THEN i.choice = 4
                   ELSE i.choice = 1 AND i.country = ANY (ntsb_adopt_runways.countries) END
        ORDER BY i.country IS DISTINCT FROM 'US', i.airport_id LIMIT 1) a
    WHERE d.ident IS NOT NULL
    ORDER BY a.airport_id, d.ident, s.closed = '1', d.length_ft DESC NULLS LAST;
    SELECT count(*) INTO stored FROM pg_temp.ntsb_runway;
    refused := staged - stored;
    IF stored * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows have no runway or no airport of ntsb.airport', refused, staged),
            HINT = 'Load airports and runways of the same publisher: airports.csv and runways.csv of OurAirports, or APT_BASE.csv and APT_RWY.csv of FAA''s NASR. The stored runways are unchanged.';
    END IF;
    DELETE FROM ntsb.runway r
    WHERE NOT EXISTS (SELECT FROM pg_temp.ntsb_runway n WHERE n.airport_id = r.airport_id AND n.ident = r.ident)
      AND (ntsb_adopt_runways.countries IS NULL
           OR EXISTS (SELECT FROM ntsb.airport a WHERE a.airport_id = r.airport_id
                                                   AND a.country = ANY (ntsb_adopt_runways.countries)));
    GET DIAGNOSTICS removed = ROW_COUNT;
    INSERT INTO ntsb.runway AS r (airport_id, ident, le_ident, he_ident, opposite_ident, length_ft, width_ft, surface,
        is_lighted, is_closed, source)
    SELECT n.airport_id, n.ident, n.le_ident, n.he_ident, n.opposite_ident, n.length_ft, n.width_ft, n.surface,
        n.is_lighted, coalesce(n.is_closed, false), ntsb_adopt_runways.source
    FROM pg_temp.ntsb_runway n
    ON CONFLICT (airport_id, ident) DO UPDATE SET le_ident = excluded.le_ident, he_ident = excluded.he_ident,
        opposite_ident = excluded.opposite_ident, length_ft = excluded.length_ft, width_ft = excluded.width_ft,
        surface = excluded.surface, is_lighted = excluded.is_lighted, is_closed = excluded.is_closed,
        source = excluded.source, loaded_at = excluded.loaded_at
    WHERE (r.le_ident, r.he_ident, r.opposite_ident, r.length_ft, r.width_ft, r.surface, r.is_lighted, r.is_closed)
        IS DISTINCT FROM (excluded.le_ident, excluded.he_ident, excluded.opposite_ident, excluded.length_ft,
        excluded.width_ft, excluded.surface, excluded.is_lighted, excluded.is_closed);
    DROP TABLE pg_temp.ntsb_runway;
    TRUNCATE ntsb_staging.runway;
    ANALYZE ntsb.runway;
    PERFORM ntsb_internal.record_source('runways', source, (SELECT count(*) FROM ntsb.runway), editions[1]);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_runways(text, text[]) IS
'Imports the rows of ntsb_staging.runway into ntsb.runway and removes the runways of the covered countries that the list lacks. Returns the number of rows staged, stored, refused (no runway, its airport is not in ntsb.airport, or a duplicate) and removed. source: name of the file. countries: ISO 3166 codes of the countries that the list covers, whose airports it names by local identifier (FAA''s NASR); null: all, by the identifier of the list of airports (OurAirports). Errors: 55000 nothing staged or no airports loaded, 22P02 not a list of runways of these airports or several editions, 3F000 no warehouse.';
