-- ntsb.dim_aircraft: versions of each registration's configuration. A version begins with the first event that
-- states different attributes (gaps and islands over the events of a registration).

-- Includes all other events of the same registrations, because versions depend on every event of a registration.
CREATE FUNCTION ntsb_internal.collect_aircraft_states() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_aircraft ON COMMIT DROP AS
    WITH event AS (
        SELECT a.ev_id FROM pg_temp.ntsb_star_event s JOIN ntsb.aircraft a USING (ev_id)
        UNION
        SELECT o.ev_id FROM ntsb.aircraft o
        WHERE o.regis_no IN (SELECT a.regis_no FROM pg_temp.ntsb_star_event s
                             JOIN ntsb.aircraft a USING (ev_id) WHERE a.withdrawn_batch IS NULL)
    )
    SELECT a.ev_id, a.aircraft_key, a.regis_no, e.ev_date, s.ev_id IS NOT NULL AS is_selected,
           coalesce(e.ev_date, CASE WHEN e.ev_year BETWEEN 1 AND 9999 THEN make_date(e.ev_year, 1, 1) END,
                    '1900-01-01') AS day,
           ARRAY[a.acft_make_std, a.acft_model_std,
                 nullif(upper(regexp_replace(a.acft_serial_no, '[^[:alnum:]]', '', 'g')), ''),
                 a.acft_category, a.homebuilt, a.fixed_retractable, nullif(a.num_eng, 0)::text,
                 g.eng_type, nullif(a.total_seats, 0)::text, nullif(a.cert_max_gr_wt, 0)::text] AS attributes,
           NULL::text AS natural_key
    FROM event n
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
COMMENT ON FUNCTION ntsb_internal.collect_aircraft_states() IS
'Internal: step of ntsb_refresh_star. Collects the attributes that each aircraft row states, for the selected events and all other events of the same registrations.';

CREATE FUNCTION ntsb_internal.collect_aircraft_versions() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_day ON COMMIT DROP AS
    WITH day AS (
        SELECT regis_no, day, ntsb_internal.merge_configuration(attributes ORDER BY ev_id, aircraft_key) AS attributes
        FROM pg_temp.ntsb_star_aircraft WHERE regis_no IS NOT NULL
        GROUP BY regis_no, day
    ), known AS (
        SELECT regis_no, day, ntsb_internal.merge_configuration(attributes) OVER (PARTITION BY regis_no ORDER BY day) AS state
        FROM day
    ), version_start AS (
        SELECT regis_no, day, state, coalesce(NOT ntsb_internal.continues_configuration(
                   lag(state) OVER (PARTITION BY regis_no ORDER BY day), state), true) AS is_start
        FROM known
    ), numbered AS (
        SELECT regis_no, day, state,
               count(*) FILTER (WHERE is_start) OVER (PARTITION BY regis_no ORDER BY day) AS version
        FROM version_start
    )
    SELECT regis_no, day, version, min(day) OVER v AS valid_from,
           last_value(state) OVER (v ORDER BY day
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS state
    FROM numbered WINDOW v AS (PARTITION BY regis_no, version);

    CREATE TEMP TABLE ntsb_star_version ON COMMIT DROP AS
    SELECT ROW(regis_no, valid_from)::text AS natural_key, regis_no, state, valid_from,
           coalesce(lead(valid_from) OVER (PARTITION BY regis_no ORDER BY valid_from), '9999-12-31') AS valid_to
    FROM (SELECT DISTINCT regis_no, valid_from, state FROM pg_temp.ntsb_star_day) d
    UNION ALL
    -- Without a registration the configuration is the only identity of an aircraft.
    SELECT DISTINCT attributes::text, NULL, attributes, '1900-01-01'::date, '9999-12-31'::date
    FROM pg_temp.ntsb_star_aircraft
    WHERE regis_no IS NULL AND is_selected AND array_remove(attributes, NULL) <> '{}';

    UPDATE pg_temp.ntsb_star_aircraft a SET natural_key = ROW(d.regis_no, d.valid_from)::text
    FROM pg_temp.ntsb_star_day d
    WHERE a.is_selected AND d.regis_no = a.regis_no AND d.day = a.day;
    UPDATE pg_temp.ntsb_star_aircraft a
    SET natural_key = CASE WHEN array_remove(attributes, NULL) = '{}' THEN '' ELSE attributes::text END
    WHERE a.is_selected AND a.regis_no IS NULL;
    CREATE INDEX ON pg_temp.ntsb_star_version (natural_key);
    CREATE INDEX ON pg_temp.ntsb_star_version (regis_no);
    ANALYZE pg_temp.ntsb_star_version;
    DROP TABLE pg_temp.ntsb_star_day;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_aircraft_versions() IS
'Internal: step of ntsb_refresh_star. Derives the configuration versions of each registration, and the version of each aircraft row.';

-- Runs after the bridge rows of the events are deleted. Facts that reference an obsolete version point to the
-- unknown aircraft (0) until they get their new version.
CREATE FUNCTION ntsb_internal.refresh_dim_aircraft() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    obsolete_ids int[] := ARRAY(
        SELECT d.aircraft_id FROM ntsb.dim_aircraft d
        WHERE d.regis_no IN (SELECT regis_no FROM pg_temp.ntsb_star_version)
          AND NOT EXISTS (SELECT FROM pg_temp.ntsb_star_version v WHERE v.natural_key = d.natural_key));
BEGIN
    UPDATE ntsb.fact_accidents SET aircraft_id = 0 WHERE aircraft_id = ANY (obsolete_ids);
    DELETE FROM ntsb.dim_aircraft WHERE aircraft_id = ANY (obsolete_ids);
    -- Updates kept versions first: the former current one must be closed before a new current one is inserted.
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
COMMENT ON FUNCTION ntsb_internal.refresh_dim_aircraft() IS
'Internal: step of ntsb_refresh_star. Updates ntsb.dim_aircraft to the derived versions.';

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
    WHERE d.regis_no = upper(btrim(left(ntsb_aircraft_as_of.regis_no, 100)))
      AND d.valid_from <= ntsb_aircraft_as_of.day AND ntsb_aircraft_as_of.day < d.valid_to;
END
$$;
COMMENT ON FUNCTION ntsb_aircraft_as_of(text, date) IS
'The configuration of a registration on a day: the version of ntsb.dim_aircraft valid then, derived from the events up to that day. No row before the first event of the registration.';
