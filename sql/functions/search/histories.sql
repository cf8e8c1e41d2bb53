-- Everything that happened to an aircraft or at an airport.

CREATE FUNCTION ntsb_registration_history(regis_no text)
RETURNS TABLE (
    ev_id text, ev_date date, place text, regis_no text, aircraft_key integer, aircraft text,
    role text, damage text, severity text, fatalities integer
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH asked AS (
        SELECT upper(regexp_replace(left($1, 100), '[^A-Za-z0-9]', '', 'g')) AS mark
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
        SELECT upper(btrim(left($1, 200))) AS id
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
