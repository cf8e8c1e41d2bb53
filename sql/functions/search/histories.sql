-- Event histories of a registration mark and of an airport.

CREATE FUNCTION ntsb_registration_history(regis_no text)
RETURNS TABLE (
    ev_id text, ev_date date, place text, regis_no text, aircraft_key integer, aircraft text,
    role text, damage text, severity text, fatalities integer
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH input AS (
        SELECT upper(regexp_replace(left($1, 100), '[^A-Za-z0-9]', '', 'g')) AS mark
    ), mark AS (
        SELECT i.mark FROM input i WHERE i.mark <> ''
        UNION SELECT 'N' || i.mark FROM input i WHERE i.mark ~ '^[1-9]' -- a US mark without its N
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
'Every event of a registration mark, oldest first. The mark may be written in any form: n123ab, N-123AB and 123AB all mean N123AB. A mark may have been reassigned to another aircraft: compare the column aircraft. role: only aircraft, or one of several and how they collided. severity is the highest injury of the event: FATL, SERS, MINR, NONE. No rows for a mark without events.';

CREATE FUNCTION ntsb_airport_history(airport text)
RETURNS TABLE (
    ev_id text, ev_date date, airport_id text, airport_name text, place text, found_by text,
    on_airport boolean, distance_miles real, direction_deg integer, severity text, fatalities integer
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- An ICAO identifier is the FAA identifier of three characters with a K before it (P in Alaska and Hawaii).
    WITH input AS (
        SELECT upper(btrim(left($1, 200))) AS id
    ), id AS (
        SELECT i.id FROM input i WHERE i.id <> '' AND i.id <> 'PVT'
        UNION SELECT substr(i.id, 2) FROM input i WHERE i.id ~ '^[KP][A-Z0-9]{3}$'
        UNION SELECT p.letter || i.id FROM input i, (VALUES ('K'), ('P')) p (letter) WHERE i.id ~ '^[A-Z0-9]{3}$'
    ), airport_name AS (
        -- Names that events with this identifier give, to find events that give only the name.
        SELECT DISTINCT upper(e.apt_name) AS name, e.ev_state AS state
        FROM ntsb.events e JOIN id ON e.ev_nr_apt_id = id.id
        WHERE e.withdrawn_batch IS NULL AND length(e.apt_name) > 3
          AND upper(e.apt_name) NOT IN ('PRIVATE', 'PRIVATE STRIP', 'PRIVATE AIRSTRIP', 'PRIVATE AIRPORT')
    ), hit AS (
        SELECT e.ev_id, e.ev_year, 'identifier' AS found_by
        FROM id JOIN ntsb.events e ON e.ev_nr_apt_id = id.id
        UNION ALL
        SELECT e.ev_id, e.ev_year, 'name'
        FROM airport_name n JOIN ntsb.events e ON upper(e.apt_name) = n.name
        WHERE e.ev_nr_apt_id IS NULL AND e.ev_state = n.state
        UNION ALL
        SELECT e.ev_id, e.ev_year, 'name'
        FROM input i JOIN ntsb.events e ON upper(e.apt_name) = i.id
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
'Events on or near an airport, oldest first, by its FAA or ICAO identifier (PAO or KPAO, ANC or PANC) or its name as NTSB writes it. Also finds events that give only the name, if other events in the same state give that name with the identifier; found_by says which matched. distance_miles: statute miles from the airport, null if unknown; direction_deg: from the airport to the site, degrees magnetic, 360 is north. An identifier of three characters is tried in both forms, so a foreign airport with the same letters may be included. No rows for an airport without events.';
