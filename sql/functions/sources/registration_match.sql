-- Which aircraft bore an N-number on a day, and the registrations of accident aircraft (ntsb.registration_match).
--
-- N-numbers are reused, so a mark alone identifies no aircraft: the date decides, and the serial number confirms.

CREATE FUNCTION ntsb_internal.rank_registration(period daterange, on_date date, registered_serial text, serial text)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN period @> on_date AND registered_serial = serial THEN 1
                WHEN period @> on_date AND (registered_serial = serial) IS NULL THEN 2
                WHEN registered_serial = serial THEN 3
                WHEN period @> on_date THEN 4
                ELSE 5 END
$$;
COMMENT ON FUNCTION ntsb_internal.rank_registration(daterange, date, text, text) IS
'Internal: called by ntsb_registration_on and ntsb_internal.match_registrations. How well a registration of the right mark fits: 1 the date and the serial number, 2 the date while a serial number is unknown, 3 the serial number only, 4 the date although the serial number differs, 5 neither. ntsb_internal.grade_registration names the grade.';

CREATE FUNCTION ntsb_internal.grade_registration(rank integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE rank WHEN 1 THEN 'exact' WHEN 2 THEN 'exact' WHEN 3 THEN 'serial agrees' WHEN 4 THEN 'serial differs'
                     WHEN 5 THEN 'no period fits' ELSE 'not registered' END
$$;
COMMENT ON FUNCTION ntsb_internal.grade_registration(integer) IS
'Internal: called by ntsb_registration_on and ntsb_internal.match_registrations. The grade (ntsb.registration_match.grade) of a rank of ntsb_internal.rank_registration; not registered for null.';

CREATE FUNCTION ntsb_internal.aircraft_age(event_year integer, stated_year integer, registry_year integer) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN event_year - coalesce(nullif(stated_year, 0), registry_year) BETWEEN 0 AND 120
                THEN (event_year - coalesce(nullif(stated_year, 0), registry_year))::smallint END
$$;
COMMENT ON FUNCTION ntsb_internal.aircraft_age(integer, integer, integer) IS
'Internal: step of ntsb_refresh_star. Age of an aircraft in years at an event: event_year minus the year of manufacture that NTSB states, or else that of the registry. Null if unknown or outside 0 to 120, the bounds of the model feature acft_age.';

CREATE FUNCTION ntsb_registration_on(regis_no text, on_date date, serial_no text DEFAULT NULL)
RETURNS TABLE (
    n_number text, grade text, registration_id integer, registered_serial_no text, make text, model text, family text,
    year_manufactured smallint, aircraft_type text, engine_make text, engine_model text, engine_type text,
    engine_count smallint, seats smallint, weight_class smallint, airworthiness_class text, status text,
    is_expired boolean, valid_from date, valid_until date
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    mark text := ntsb_internal.standardize_us_mark(ntsb_registration_on.regis_no);
    serial text := ntsb_internal.standardize_serial(ntsb_registration_on.serial_no);
    day date := ntsb_registration_on.on_date;
BEGIN
    RETURN QUERY
    SELECT b.n_number, ntsb_internal.grade_registration(b.rank), r.registration_id, r.serial_no, t.make, t.model,
           t.family, k.year_manufactured, t.aircraft_type, g.make, g.model, t.engine_type, t.engine_count, t.seats,
           t.weight_class, k.airworthiness_class, r.status, r.expiration_date <= day, r.valid_from, r.valid_until
    FROM (SELECT c.n_number, c.registration_id,
                 ntsb_internal.rank_registration(c.period, day, c.serial_key, serial) AS rank
          FROM ntsb.registration c WHERE c.n_number = mark
          ORDER BY 3, abs(c.valid_from - day) NULLS LAST, c.registration_id LIMIT 1) b
    LEFT JOIN ntsb.registration r ON r.registration_id = b.registration_id AND b.rank < 5
    -- Of a registration with another serial number nothing is taken over: it may be another aircraft.
    LEFT JOIN ntsb.registration k ON k.registration_id = b.registration_id AND b.rank < 4
    LEFT JOIN ntsb.aircraft_type_reference t ON t.type_code = k.type_code
    LEFT JOIN ntsb.engine_type_reference g ON g.engine_code = k.engine_code;
END
$$;
COMMENT ON FUNCTION ntsb_registration_on(text, date, text) IS
'The aircraft that bore a U.S. mark on a date, from the FAA registry (ntsb load-registry). regis_no: in any spelling, with or without its N. serial_no: serial number to confirm it, if known. At most one row; none if the mark is invalid or the registry does not know it. grade: exact (certificate date <= on_date < cancellation, and serial_no agrees or is unknown), serial agrees (no period fits, but the mark was also given to this serial number, for example under another owner), serial differs (the registration of that date has another serial number), no period fits. Make, model and the like are null for the last two grades. weight_class: 1 up to 12,499 lb, 2 up to 19,999, 3 from 20,000, 4 unmanned. is_expired: the registration had expired but was not cancelled.';

-- The selected events are in pg_temp.ntsb_star_event. Without a registry there is nothing to say.
CREATE FUNCTION ntsb_internal.match_registrations() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.registration) AND NOT EXISTS (SELECT FROM ntsb.registration_match) THEN
        RETURN;
    END IF;
    CREATE TEMP TABLE ntsb_registration_match ON COMMIT DROP AS
    WITH aircraft AS MATERIALIZED (
        SELECT a.ev_id, a.aircraft_key, e.ev_date, ntsb_internal.standardize_us_mark(a.regis_no) AS n_number,
               ntsb_internal.standardize_serial(a.acft_serial_no) AS serial
        FROM pg_temp.ntsb_star_event s
        JOIN ntsb.event_key k USING (ev_id)
        JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
        JOIN ntsb.aircraft a ON a.ev_id = s.ev_id AND a.withdrawn_batch IS NULL
        WHERE a.regis_no ~* '^N'
    ), candidate AS (
        SELECT DISTINCT ON (a.ev_id, a.aircraft_key) a.ev_id, a.aircraft_key, a.n_number, r.registration_id,
               CASE WHEN r.registration_id IS NOT NULL
                    THEN ntsb_internal.rank_registration(r.period, a.ev_date, r.serial_key, a.serial) END AS rank
        FROM aircraft a LEFT JOIN ntsb.registration r ON r.n_number = a.n_number
        WHERE a.n_number IS NOT NULL
        ORDER BY a.ev_id, a.aircraft_key, 5, abs(r.valid_from - a.ev_date) NULLS LAST, r.registration_id
    )
    SELECT c.ev_id, c.aircraft_key, c.n_number, ntsb_internal.grade_registration(c.rank) AS grade,
           CASE WHEN c.rank < 5 THEN c.registration_id END AS registration_id
    FROM candidate c;
    CREATE INDEX ON pg_temp.ntsb_registration_match (ev_id, aircraft_key);
    ANALYZE pg_temp.ntsb_registration_match;
    DELETE FROM ntsb.registration_match m USING pg_temp.ntsb_star_event s
    WHERE s.ev_id = m.ev_id AND NOT EXISTS (
        SELECT FROM pg_temp.ntsb_registration_match n WHERE n.ev_id = m.ev_id AND n.aircraft_key = m.aircraft_key);
    INSERT INTO ntsb.registration_match AS m (ev_id, aircraft_key, n_number, grade, registration_id)
    SELECT n.* FROM pg_temp.ntsb_registration_match n ORDER BY n.ev_id, n.aircraft_key
    ON CONFLICT (ev_id, aircraft_key) DO UPDATE
    SET n_number = excluded.n_number, grade = excluded.grade, registration_id = excluded.registration_id
    WHERE (m.n_number, m.grade, m.registration_id)
        IS DISTINCT FROM (excluded.n_number, excluded.grade, excluded.registration_id);
    DROP TABLE pg_temp.ntsb_registration_match;
END
$$;
COMMENT ON FUNCTION ntsb_internal.match_registrations() IS
'Internal: step of ntsb_refresh_star and ntsb_adopt_registry. Finds the registrations of the aircraft of the selected events (ntsb.registration_match). Does nothing until a registry is loaded.';

CREATE FUNCTION ntsb_internal.fill_registry_types() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.registration) THEN
        RETURN;
    END IF;
    -- A version takes the type that its latest event matched.
    UPDATE ntsb.dim_aircraft d SET registry_family = n.family, registry_weight_class = n.weight_class
    FROM (SELECT DISTINCT ON (b.aircraft_id) b.aircraft_id, t.family, t.weight_class
          FROM pg_temp.ntsb_star_event s
          JOIN ntsb.fact_accidents f USING (ev_id)
          JOIN ntsb.bridge_event_aircraft b USING (accident_id)
          LEFT JOIN ntsb.registration_match m ON m.ev_id = f.ev_id AND m.aircraft_key = b.aircraft_key
              AND m.grade = ANY ('{exact,serial agrees}')
          LEFT JOIN ntsb.registration r ON r.registration_id = m.registration_id
          LEFT JOIN ntsb.aircraft_type_reference t ON t.type_code = r.type_code
          WHERE b.aircraft_id <> 0
          ORDER BY b.aircraft_id, t.type_code IS NULL, f.ev_date DESC NULLS LAST, f.ev_id, b.aircraft_key) n
    WHERE n.aircraft_id = d.aircraft_id
      AND (d.registry_family, d.registry_weight_class) IS DISTINCT FROM (n.family, n.weight_class);
END
$$;
COMMENT ON FUNCTION ntsb_internal.fill_registry_types() IS
'Internal: step of ntsb_refresh_star and ntsb_adopt_registry. Sets family and weight class of the registry in ntsb.dim_aircraft for the aircraft of the selected events, which must include all events of a registration.';

CREATE FUNCTION ntsb_internal.refresh_aircraft_ages() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE ntsb.fact_accidents f SET aircraft_age_years = n.age, updated_at = now()
    FROM (SELECT o.accident_id, ntsb_internal.aircraft_age(o.ev_year::integer, a.acft_year, r.year_manufactured::integer) AS age
          FROM ntsb.fact_accidents o
          JOIN ntsb.aircraft a ON a.ev_id = o.ev_id AND a.aircraft_key = o.aircraft_key
          LEFT JOIN ntsb.registration_match m ON m.ev_id = o.ev_id AND m.aircraft_key = o.aircraft_key
              AND m.grade = ANY ('{exact,serial agrees}')
          LEFT JOIN ntsb.registration r ON r.registration_id = m.registration_id) n
    WHERE n.accident_id = f.accident_id AND n.age IS DISTINCT FROM f.aircraft_age_years;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_aircraft_ages() IS
'Internal: step of ntsb_adopt_registry. Computes ntsb.fact_accidents.aircraft_age_years anew, as ntsb_refresh_star does, and returns how many events changed.';
