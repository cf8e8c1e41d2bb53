-- Weather observations: storing those of a file and those of NTSB's events, and comparing them with NTSB's
-- statement of the weather.

COMMENT ON FUNCTION ntsb_parse_metar(text) IS
'Parses the METAR and SPECI reports in a text (FMH-1, WMO FM 15), one row each in their order; none if the text has no report. Time is UTC. Units: degrees true, knots, statute miles, feet above ground, degrees Celsius, inches of mercury and hectopascals (the one that is not reported is converted). visibility_bound: below or above the stated visibility. is_missing: the report says NIL. ceiling_ft is null if there is none (has_ceiling false) or its height is missing. A value that the report does not state is null; groups that are not understood are in unparsed. Errors: 22023 text longer than 100,000 bytes.';
COMMENT ON FUNCTION ntsb_flight_category(double precision, double precision) IS
'FAA flight category of a ceiling in feet and a visibility in statute miles: LIFR below 500 ft or below 1 SM; IFR below 1,000 ft or below 3 SM; MVFR up to 3,000 ft or up to 5 SM; otherwise VFR. ceiling_ft: ''Infinity'' if there is no ceiling, null if unknown. Null if one is unknown and the other is not LIFR. Errors: 22023 negative value.';

-- A report states the day of the month only.
CREATE FUNCTION ntsb_internal.place_report_time(day integer, hour integer, minute integer, reference timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.moment AT TIME ZONE 'UTC'
    FROM generate_series(-2, 2) m
    CROSS JOIN LATERAL (SELECT date_trunc('month', reference AT TIME ZONE 'UTC') + make_interval(months => m) AS month) s
    CROSS JOIN LATERAL (
        SELECT s.month + make_interval(days => day - 1, hours => hour, mins => minute) AS moment) t
    WHERE date_trunc('month', t.moment) = s.month
    ORDER BY abs(extract(epoch FROM t.moment - reference AT TIME ZONE 'UTC')) LIMIT 1
$$;
COMMENT ON FUNCTION ntsb_internal.place_report_time(integer, integer, integer, timestamptz) IS
'Internal: called by ntsb_adopt_metar and ntsb_internal.refresh_event_reports. The time with this day of the month, hour and minute (UTC) that is nearest to reference. Null if an argument is null.';

CREATE FUNCTION ntsb_internal.locate_weather_stations(stations text[] DEFAULT NULL) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE ntsb.weather_station w
    SET lat = a.lat, lon = a.lon, coord_source = CASE WHEN a.lat IS NOT NULL THEN 'airport' END
    FROM ntsb.weather_station s
    LEFT JOIN ntsb.airport a ON a.airport_id = @extschema@.ntsb_find_airport(s.station, 'USA'::text)
    WHERE s.station = w.station AND w.coord_source IS DISTINCT FROM 'file'
      AND (locate_weather_stations.stations IS NULL OR w.station = ANY (locate_weather_stations.stations))
      AND (w.lat, w.lon) IS DISTINCT FROM (a.lat, a.lon)
$$;
COMMENT ON FUNCTION ntsb_internal.locate_weather_stations(text[]) IS
'Internal: called by ntsb_adopt_metar, ntsb_adopt_airports and ntsb_internal.refresh_event_reports. Gives stations without coordinates of a file those of the airport with their identifier. stations: null for all.';

-- Values of the columns of a file, for rows without a report.
CREATE FUNCTION ntsb_internal.read_metar_columns(observation jsonb, OUT wind_dir_deg smallint, OUT wind_kt double precision,
    OUT gust_kt double precision, OUT visibility_sm double precision, OUT weather text[], OUT clouds jsonb,
    OUT vertical_visibility_ft integer, OUT has_ceiling boolean, OUT ceiling_ft integer, OUT temp_c double precision,
    OUT dew_point_c double precision, OUT altimeter_inhg double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH number AS (
        -- M is missing. A value that no station can report is taken as missing, too.
        SELECT l.name, b.value
        FROM (VALUES ('drct', 1, 360), ('sknt', 0, 300), ('gust', 0, 300), ('vsby', 0, 100), ('tmpf', -130, 150),
                     ('dwpf', -130, 150), ('alti', 25, 32.5)) l (name, least, most)
        CROSS JOIN LATERAL (SELECT @extschema@.ntsb_clean_number(observation ->> l.name) AS value) b
        WHERE b.value BETWEEN l.least AND l.most
    ), layer AS (
        SELECT i AS place, y.cover, CASE WHEN y.ft BETWEEN 0 AND 99900 THEN y.ft::integer END AS ft
        FROM generate_series(1, 4) i
        CROSS JOIN LATERAL (SELECT upper(btrim(observation ->> ('skyc' || i))) AS cover,
                                   @extschema@.ntsb_clean_number(observation ->> ('skyl' || i)) AS ft) y
        WHERE y.cover = ANY ('{FEW,SCT,BKN,OVC,VV,CLR,SKC,NSC,NCD}')
    ), sky AS (
        SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cover', l.cover, 'ft', l.ft)) ORDER BY l.place)
                   FILTER (WHERE l.cover <> 'VV') AS clouds,
               min(l.ft) FILTER (WHERE l.cover = 'VV') AS vertical_visibility_ft,
               bool_or(l.cover IN ('BKN', 'OVC', 'VV')) AS has_ceiling,
               CASE WHEN NOT bool_or(l.cover IN ('BKN', 'OVC', 'VV') AND l.ft IS NULL)
                    THEN min(l.ft) FILTER (WHERE l.cover IN ('BKN', 'OVC', 'VV')) END AS ceiling_ft
        FROM layer l
    ), value AS (
        SELECT max(n.value) FILTER (WHERE n.name = 'drct') AS drct, max(n.value) FILTER (WHERE n.name = 'sknt') AS sknt,
               max(n.value) FILTER (WHERE n.name = 'gust') AS gust, max(n.value) FILTER (WHERE n.name = 'vsby') AS vsby,
               max(n.value) FILTER (WHERE n.name = 'tmpf') AS tmpf, max(n.value) FILTER (WHERE n.name = 'dwpf') AS dwpf,
               max(n.value) FILTER (WHERE n.name = 'alti') AS alti
        FROM number n
    )
    SELECT CASE WHEN v.sknt > 0 THEN v.drct::smallint END, v.sknt, v.gust, v.vsby,
           string_to_array(nullif(nullif(btrim(observation ->> 'wxcodes'), ''), 'M'), ' '), s.clouds,
           s.vertical_visibility_ft, s.has_ceiling, s.ceiling_ft,
           round(((v.tmpf - 32) / 1.8)::numeric, 1)::double precision,
           round(((v.dwpf - 32) / 1.8)::numeric, 1)::double precision, v.alti
    FROM value v CROSS JOIN sky s
$$;
COMMENT ON FUNCTION ntsb_internal.read_metar_columns(jsonb) IS
'Internal: called by ntsb_adopt_metar. Values of a row without a report, from the columns of the Iowa Environmental Mesonet''s file: drct, sknt, gust, vsby, skyc1 to skyc4, skyl1 to skyl4, wxcodes, tmpf, dwpf, alti. Temperatures are converted to degrees Celsius.';

CREATE FUNCTION ntsb_repeat_metar(source text, digest text) RETURNS timestamptz
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    loaded timestamptz;
BEGIN
    IF to_regclass('ntsb.metar_file') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load weather observations: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT f.loaded_at INTO loaded FROM ntsb.metar_file f WHERE f.digest = ntsb_repeat_metar.digest;
    IF FOUND THEN
        PERFORM ntsb_internal.record_source('metar', ntsb_repeat_metar.source, s.row_count, s.edition,
            ntsb_repeat_metar.digest, false)
        FROM ntsb.source_state s WHERE s.source = 'metar';
    END IF;
    RETURN loaded;
END
$$;
COMMENT ON FUNCTION ntsb_repeat_metar(text, text) IS
'When a file of weather observations with this SHA-256 (digest, hexadecimal) was loaded; null if never. If it was, records in ntsb.source_state that it was offered again. source: name of the file. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_adopt_metar(source text, digest text DEFAULT NULL, OUT staged bigint, OUT added bigint,
    OUT changed bigint, OUT unchanged bigint, OUT refused bigint, OUT stations bigint, OUT unlocated bigint)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    accepted bigint;
BEGIN
    IF to_regclass('ntsb_staging.metar') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot load weather observations: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT count(*) INTO staged FROM ntsb_staging.metar;
    IF staged = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'ntsb_staging.metar is empty',
            HINT = 'COPY the observations into ntsb_staging.metar in this transaction, or use ntsb load-metar FILE.';
    END IF;
    PERFORM ntsb_internal.collect_observations();
    SELECT count(*) FILTER (WHERE r.problem IS NULL), count(*) FILTER (WHERE r.problem IS NOT NULL)
    INTO accepted, refused FROM pg_temp.ntsb_metar_row r;
    IF accepted * 4 < staged THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_text_representation',
            MESSAGE = format('%s of %s rows are no observations', refused, staged),
            DETAIL = (SELECT string_agg(format('%s rows: %s', p.number, p.problem), '; ' ORDER BY p.number DESC)
                      FROM (SELECT r.problem, count(*) AS number FROM pg_temp.ntsb_metar_row r
                            WHERE r.problem IS NOT NULL GROUP BY r.problem) p),
            HINT = 'Load a CSV file of the Iowa Environmental Mesonet''s ASOS archive, with times in UTC. The stored observations are unchanged.';
    END IF;
    DELETE FROM pg_temp.ntsb_metar_row r WHERE r.problem IS NOT NULL;
    -- Of several reports with the same key the corrected one counts, then the longest.
    CREATE TEMP TABLE ntsb_metar_new ON COMMIT DROP AS
    SELECT DISTINCT ON (r.station, r.observed_at, r.kind) r.* FROM pg_temp.ntsb_metar_row r
    ORDER BY r.station, r.observed_at, r.kind, r.is_corrected DESC NULLS LAST, length(r.raw) DESC NULLS LAST, r.raw, r.lat, r.lon;

    INSERT INTO ntsb.weather_station AS w (station, lat, lon, coord_source)
    SELECT DISTINCT ON (n.station) n.station, n.lat, n.lon, CASE WHEN n.lat IS NOT NULL THEN 'file' END
    FROM pg_temp.ntsb_metar_new n ORDER BY n.station, n.lat IS NULL, n.observed_at DESC, n.kind
    ON CONFLICT (station) DO UPDATE SET lat = excluded.lat, lon = excluded.lon, coord_source = excluded.coord_source
    WHERE excluded.lat IS NOT NULL
      AND (w.lat, w.lon, w.coord_source) IS DISTINCT FROM (excluded.lat, excluded.lon, excluded.coord_source);
    PERFORM ntsb_internal.locate_weather_stations(array_agg(DISTINCT n.station)) FROM pg_temp.ntsb_metar_new n;
    SELECT count(*), count(*) FILTER (WHERE w.lat IS NULL) INTO stations, unlocated FROM ntsb.weather_station w
    WHERE EXISTS (SELECT FROM pg_temp.ntsb_metar_new n WHERE n.station = w.station);

    ALTER TABLE pg_temp.ntsb_metar_new DROP COLUMN lat, DROP COLUMN lon, DROP COLUMN problem;
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute a
    WHERE a.attrelid = 'pg_temp.ntsb_metar_new'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format(
        'WITH written AS (
             INSERT INTO ntsb.metar AS m (source, %1$s) SELECT ''iem'', %1$s FROM pg_temp.ntsb_metar_new
             ON CONFLICT (station, observed_at, kind) WHERE source = ''iem''
             DO UPDATE SET (%1$s, loaded_at) = ROW(excluded.%2$s, now())
             WHERE (m.%3$s) IS DISTINCT FROM (excluded.%2$s)
             RETURNING xmax = 0 AS is_new)
         SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written',
        columns, replace(columns, ', ', ', excluded.'), replace(columns, ', ', ', m.'))
    INTO added, changed;
    unchanged := accepted - added - changed;
    DROP TABLE pg_temp.ntsb_metar_row, pg_temp.ntsb_metar_new;
    TRUNCATE ntsb_staging.metar;
    ANALYZE ntsb.metar, ntsb.weather_station;
    IF ntsb_adopt_metar.digest IS NOT NULL THEN
        INSERT INTO ntsb.metar_file AS f (digest, name, row_count) 
        VALUES (ntsb_adopt_metar.digest, ntsb_adopt_metar.source, staged)
        ON CONFLICT ON CONSTRAINT metar_file_pkey
        DO UPDATE SET name = excluded.name, row_count = excluded.row_count, loaded_at = excluded.loaded_at;
    END IF;
    PERFORM ntsb_internal.record_source('metar', ntsb_adopt_metar.source, (SELECT count(*) FROM ntsb.metar m WHERE m.source = 'iem'),
        NULL, ntsb_adopt_metar.digest, added + changed > 0);
END
$$;
COMMENT ON FUNCTION ntsb_adopt_metar(text, text) IS
'Stores the rows of ntsb_staging.metar in ntsb.metar (key: station, time, kind) and their stations in ntsb.weather_station. Values are parsed from the report, or taken from the columns if a row has none. Returns the number of rows staged; of observations added, changed, unchanged (also repeated within the file) and refused (no station, no time in UTC that agrees with the report, or no value); and of the stations of the file, all and those without coordinates. source: name of the file; digest: its SHA-256, so that ntsb_repeat_metar knows it. Errors: 55000 nothing staged, 22P02 three quarters of the rows are no observations, 3F000 no warehouse.';

-- Cleans the staged rows. problem says why a row is refused.
CREATE FUNCTION ntsb_internal.collect_observations() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_metar_row ON COMMIT DROP AS
    SELECT coalesce(r.station, a.icao, t.station) AS station, t.observed_at,
           coalesce(r.kind, CASE btrim(s.report_type) WHEN '4' THEN 'SPECI' ELSE 'METAR' END) AS kind,
           CASE WHEN r.raw IS NULL THEN 'columns' ELSE 'report' END AS parsed_from, r.is_auto, r.is_corrected,
           coalesce(r.wind_dir_deg::smallint, c.wind_dir_deg) AS wind_dir_deg, r.is_wind_variable,
           r.wind_from_deg::smallint AS wind_from_deg, r.wind_to_deg::smallint AS wind_to_deg,
           coalesce(r.wind_kt, c.wind_kt) AS wind_kt, coalesce(r.gust_kt, c.gust_kt) AS gust_kt,
           coalesce(r.visibility_sm, c.visibility_sm) AS visibility_sm, r.visibility_bound, r.is_cavok, r.rvr,
           coalesce(r.weather, c.weather) AS weather, coalesce(r.clouds, c.clouds) AS clouds,
           coalesce(r.vertical_visibility_ft, c.vertical_visibility_ft) AS vertical_visibility_ft,
           coalesce(r.has_ceiling, c.has_ceiling) AS has_ceiling, coalesce(r.ceiling_ft, c.ceiling_ft) AS ceiling_ft,
           coalesce(r.temp_c, c.temp_c) AS temp_c, coalesce(r.dew_point_c, c.dew_point_c) AS dew_point_c,
           coalesce(r.altimeter_inhg, c.altimeter_inhg) AS altimeter_inhg,
           coalesce(r.altimeter_hpa, round((c.altimeter_inhg * 33.863886)::numeric, 1)::double precision) AS altimeter_hpa,
           CASE WHEN r.raw IS NOT NULL THEN r.flight_category
                ELSE @extschema@.ntsb_flight_category(CASE WHEN c.has_ceiling THEN c.ceiling_ft::double precision
                                                           WHEN NOT c.has_ceiling THEN 'Infinity' END,
                                                      c.visibility_sm) END AS flight_category,
           r.remarks, r.unparsed, r.raw, p.lat, p.lon,
           CASE WHEN coalesce(r.station, t.station) IS NULL THEN 'no station'
                WHEN t.observed_at IS NULL THEN 'no time'
                WHEN t.observed_at NOT BETWEEN '1900-01-01 00:00+00' AND now() + interval '1 day' THEN 'impossible time'
                -- Most reports are of the same hour, which needs no search for the month.
                WHEN CASE WHEN to_char(t.observed_at AT TIME ZONE 'UTC', 'FMDD FMHH24') = r.day || ' ' || r.hour THEN false
                          ELSE ntsb_internal.place_report_time(r.day, r.hour, r.minute, t.observed_at)
                               NOT BETWEEN t.observed_at - interval '1 hour' AND t.observed_at + interval '1 hour' END
                THEN 'the time of the report differs from column valid (UTC)'
                WHEN num_nonnulls(r.wind_kt, r.visibility_sm, r.has_ceiling, r.temp_c, r.altimeter_inhg, r.weather,
                                  c.wind_kt, c.visibility_sm, c.has_ceiling, c.temp_c, c.altimeter_inhg) = 0
                THEN 'no value' END AS problem
    FROM ntsb_staging.metar s
    CROSS JOIN LATERAL (
        SELECT @extschema@.ntsb_clean_timestamp(s.valid) AT TIME ZONE 'UTC' AS observed_at,
               substring(upper(btrim(left(s.station, 100))) FROM '^[A-Z0-9_]{3,8}$') AS station
        OFFSET 0) t
    LEFT JOIN LATERAL (SELECT q.* FROM @extschema@.ntsb_parse_metar(left(s.metar, 4000)) q LIMIT 1) r ON true
    -- As conditions of the joins they would not prevent the calls.
    LEFT JOIN LATERAL (SELECT v.* FROM ntsb_internal.read_metar_columns(to_jsonb(s)) v WHERE r.raw IS NULL) c ON true
    LEFT JOIN LATERAL (SELECT x.icao FROM ntsb.airport x
                       WHERE r.station IS NULL AND x.airport_id = @extschema@.ntsb_find_airport(t.station, 'USA'::text)) a ON true
    LEFT JOIN LATERAL (
        SELECT l.lat, l.lon FROM (SELECT @extschema@.ntsb_clean_number(s.lat) AS lat,
                                         @extschema@.ntsb_clean_number(s.lon) AS lon OFFSET 0) l
        WHERE l.lat BETWEEN -90 AND 90 AND l.lon BETWEEN -180 AND 180 AND NOT (l.lat = 0 AND l.lon = 0)) p ON true;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_observations() IS
'Internal: step of ntsb_adopt_metar. Parses the rows of ntsb_staging.metar into pg_temp.ntsb_metar_row.';

CREATE FUNCTION ntsb_internal.refresh_event_reports() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ntsb.metar m USING pg_temp.ntsb_star_event s WHERE m.source = 'ntsb' AND m.ev_id = s.ev_id;
    WITH report AS (
        SELECT e.ev_id, r.*, ntsb_internal.place_report_time(r.day, r.hour, r.minute, t.reference) AS placed_at,
               t.reference, coalesce(r.station, a.icao, t.station) AS any_station
        FROM pg_temp.ntsb_star_event s
        JOIN ntsb.event_key k USING (ev_id)
        JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
        JOIN ntsb.fact_accidents f ON f.ev_id = e.ev_id
        -- At most 20,000 characters: fewer bytes than ntsb_parse_metar accepts.
        CROSS JOIN LATERAL @extschema@.ntsb_parse_metar(left(e.metar, 20000)) WITH ORDINALITY
            r (kind, station, day, hour, minute, is_auto, is_corrected, is_missing, wind_dir_deg, is_wind_variable,
               wind_from_deg, wind_to_deg, wind_kt, gust_kt, visibility_sm, visibility_bound, is_cavok, rvr, weather,
               clouds, vertical_visibility_ft, has_ceiling, ceiling_ft, temp_c, dew_point_c, altimeter_inhg,
               altimeter_hpa, flight_category, remarks, unparsed, raw, place)
        CROSS JOIN LATERAL (
            SELECT coalesce(f.occurred_at, (e.ev_date + time '12:00') AT TIME ZONE 'UTC') AS reference,
                   substring(upper(btrim(e.wx_obs_fac_id)) FROM '^[A-Z0-9]{3,4}$') AS station) t
        LEFT JOIN ntsb.airport a ON r.station IS NULL AND a.airport_id = @extschema@.ntsb_find_airport(t.station, 'USA'::text)
        WHERE e.metar <> ''
          AND num_nonnulls(r.wind_kt, r.visibility_sm, r.has_ceiling, r.temp_c, r.altimeter_inhg, r.weather) > 0
    ), station AS (
        INSERT INTO ntsb.weather_station (station)
        SELECT DISTINCT r.any_station FROM report r WHERE r.any_station IS NOT NULL
        ON CONFLICT (station) DO NOTHING
    )
    INSERT INTO ntsb.metar (source, ev_id, report_no, station, observed_at, kind, parsed_from, is_auto, is_corrected,
        wind_dir_deg, is_wind_variable, wind_from_deg, wind_to_deg, wind_kt, gust_kt, visibility_sm, visibility_bound,
        is_cavok, rvr, weather, clouds, vertical_visibility_ft, has_ceiling, ceiling_ft, temp_c, dew_point_c,
        altimeter_inhg, altimeter_hpa, flight_category, remarks, unparsed, raw)
    SELECT 'ntsb', r.ev_id, r.place, r.any_station,
           CASE WHEN r.placed_at BETWEEN r.reference - interval '3 days' AND r.reference + interval '3 days'
                THEN r.placed_at END,
           coalesce(r.kind, 'METAR'), 'report', r.is_auto, r.is_corrected, r.wind_dir_deg, r.is_wind_variable,
           r.wind_from_deg, r.wind_to_deg, r.wind_kt, r.gust_kt, r.visibility_sm, r.visibility_bound, r.is_cavok,
           r.rvr, r.weather, r.clouds, r.vertical_visibility_ft, r.has_ceiling, r.ceiling_ft, r.temp_c, r.dew_point_c,
           r.altimeter_inhg, r.altimeter_hpa, r.flight_category, r.remarks, r.unparsed, r.raw
    FROM report r
    ORDER BY r.ev_id, r.place;
    PERFORM ntsb_internal.locate_weather_stations(array_agg(DISTINCT m.station))
    FROM ntsb.metar m JOIN pg_temp.ntsb_star_event s USING (ev_id) WHERE m.source = 'ntsb'
    HAVING count(m.station) > 0;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_event_reports() IS
'Internal: step of ntsb_refresh_star. Parses the reports in ntsb.events.metar of the selected events and stores them in ntsb.metar, source ntsb.';

CREATE FUNCTION ntsb_weather_disagreements(first_year integer DEFAULT NULL, last_year integer DEFAULT NULL)
RETURNS TABLE (ev_year smallint, ev_state text, compared bigint, vmc_in_ifr bigint, vmc_in_lifr bigint, imc_in_vfr bigint)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.ev_year, w.ev_state, count(*),
           count(*) FILTER (WHERE w.wx_cond_basic = 'VMC' AND w.flight_category = 'IFR'),
           count(*) FILTER (WHERE w.wx_cond_basic = 'VMC' AND w.flight_category = 'LIFR'),
           count(*) FILTER (WHERE w.wx_cond_basic = 'IMC' AND w.flight_category = 'VFR')
    FROM (SELECT DISTINCT ON (o.ev_id) o.ev_id, o.ev_year, o.ev_state, o.wx_cond_basic, o.flight_category
          FROM ntsb.event_weather o
          WHERE ntsb_internal.check_years(first_year, last_year) AND o.wx_cond_basic IN ('VMC', 'IMC') AND o.flight_category IS NOT NULL
            AND (first_year IS NULL OR o.ev_year >= first_year) AND (last_year IS NULL OR o.ev_year <= last_year)
          -- A loaded observation, or else NTSB's own report.
          ORDER BY o.ev_id, o.source) w
    GROUP BY w.ev_year, w.ev_state
    ORDER BY w.ev_year, w.ev_state
$$;
COMMENT ON FUNCTION ntsb_weather_disagreements(integer, integer) IS
'By year and state: events with both wx_cond_basic (VMC or IMC) and a flight category in ntsb.event_weather (compared); VMC while the observation is IFR or LIFR; IMC while it is VFR. The loaded observation is compared, NTSB''s own report if there is none. Years are inclusive; null: no limit. A disagreement is no error: the observation is up to 50 km and 90 minutes away, on an airport, and flight categories (1,000 ft and 3 SM) are not the minimums of 14 CFR 91.155, which depend on airspace and altitude. Errors: 22023 first_year after last_year.';
