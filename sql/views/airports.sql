-- The airport of an event, and the runway of an aircraft beside the list of runways.

-- All spellings of an airport's identifier. choice: order of preference if several airports of a country match.
CREATE VIEW ntsb.airport_identifier AS
SELECT a.local_id AS identifier, 1 AS choice, a.country, a.airport_id FROM ntsb.airport a WHERE a.local_id IS NOT NULL
UNION ALL SELECT a.icao, 2, a.country, a.airport_id FROM ntsb.airport a WHERE a.icao IS NOT NULL
UNION ALL SELECT substr(a.icao, 2), 3, a.country, a.airport_id FROM ntsb.airport a WHERE a.icao LIKE 'K%'
UNION ALL SELECT a.airport_id, 4, a.country, a.airport_id FROM ntsb.airport a
UNION ALL SELECT 'K' || a.local_id, 5, a.country, a.airport_id FROM ntsb.airport a WHERE length(a.local_id) = 3;
COMMENT ON VIEW ntsb.airport_identifier IS
    'Identifiers of airports as NTSB may write them: local identifier, ICAO code, both with and without ICAO''s leading K, and the identifier in the list. A local identifier is valid only within its country';
COMMENT ON COLUMN ntsb.airport_identifier.identifier IS 'Identifier, upper case';
COMMENT ON COLUMN ntsb.airport_identifier.choice IS 'Preference within a country: 1 local identifier, 2 ICAO code, 3 ICAO code without K, 4 identifier in the list, 5 local identifier with K';
COMMENT ON COLUMN ntsb.airport_identifier.country IS 'ISO 3166 country code of the airport';
COMMENT ON COLUMN ntsb.airport_identifier.airport_id IS 'Airport in ntsb.airport';

-- The lookup is within the event's country, and the state must agree. An event without a country counts as one in the
-- US only if its state is a state of the US. Some lists give the name of the state instead of its code, and all give
-- a territory as a country.
CREATE VIEW ntsb.event_airport AS
SELECT e.ev_id, e.ev_year, c.country, f.airport_id, e.ev_nr_apt_id, e.ev_nr_apt_loc, e.apt_dist
FROM ntsb.events e
LEFT JOIN ntsb.states s ON s.state = e.ev_state AND s.withdrawn_batch IS NULL
LEFT JOIN ntsb.country_iso i ON i.country_code = e.ev_country
CROSS JOIN LATERAL (
    SELECT coalesce(i.iso_code, CASE WHEN e.ev_country IS NULL AND (s.state IS NOT NULL OR e.ev_state = ANY ('{PR,VI,GU,AS,MP,UM}'))
                                     THEN 'US' END) AS country) c
CROSS JOIN LATERAL (
    SELECT n.airport_id, n.country
    FROM ntsb.airport_identifier n
    WHERE n.identifier = upper(btrim(e.ev_nr_apt_id))
      AND n.country = ANY (CASE c.country WHEN 'US' THEN '{US,PR,VI,GU,AS,MP,UM}'::text[] ELSE ARRAY[c.country] END)
    ORDER BY n.choice, n.country IS DISTINCT FROM 'US', n.airport_id LIMIT 1) f
JOIN ntsb.airport a ON a.airport_id = f.airport_id
WHERE e.ev_nr_apt_id IS NOT NULL
  AND CASE WHEN c.country <> 'US' THEN true
           WHEN a.country = 'US' THEN a.region IS NULL OR e.ev_state IS NULL OR a.region = e.ev_state
                                      OR upper(a.region) = upper(btrim(s.name))
           ELSE a.country = e.ev_state END;
COMMENT ON VIEW ntsb.event_airport IS
    'The airport of ntsb.airport that NTSB names for an event (ev_nr_apt_id), looked up within the event''s country; no row if the identifier names none there, if the state disagrees, or if the country is unknown or has no sure ISO code (ntsb.country_iso). Withdrawn events are included';
COMMENT ON COLUMN ntsb.event_airport.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.event_airport.ev_year IS 'Year of the event, part of its key in ntsb.events';
COMMENT ON COLUMN ntsb.event_airport.country IS 'ISO 3166 country code of the event';
COMMENT ON COLUMN ntsb.event_airport.airport_id IS 'Airport in ntsb.airport';
COMMENT ON COLUMN ntsb.event_airport.ev_nr_apt_id IS 'Identifier as NTSB writes it';
COMMENT ON COLUMN ntsb.event_airport.ev_nr_apt_loc IS 'Whether the event was on the airport (ONAP) or off it (OFAP)';
COMMENT ON COLUMN ntsb.event_airport.apt_dist IS 'Distance from the airport in statute miles, as NTSB reports it';

-- The designator of rwy_num is that of ntsb_standard_runway; tests/client/sources/runways.rs compares them. It is written
-- in SQL because the views of the warehouse do not depend on the extension.
CREATE VIEW ntsb.event_runway AS
SELECT a.ev_id, a.aircraft_key, n.airport_id, a.rwy_num, d.runway,
       coalesce(r.match, 'no such runway') AS match,
       r.ident, r.length_ft, r.width_ft, r.surface, r.is_closed, a.rwy_len, a.rwy_width,
       a.rwy_len - r.length_ft AS length_difference_ft, a.rwy_width - r.width_ft AS width_difference_ft,
       abs(a.rwy_len - r.length_ft) > greatest(100, 0.1 * r.length_ft) AS length_disagrees
FROM ntsb.aircraft a
JOIN ntsb.event_airport n ON n.ev_id = a.ev_id
JOIN ntsb.events e ON e.ev_id = n.ev_id AND e.ev_year = n.ev_year AND e.withdrawn_batch IS NULL
CROSS JOIN LATERAL (
    SELECT regexp_replace(upper(btrim(a.rwy_num)), '^(RUNWAY|RWY|R/W|RW)?[ .:#-]*', '') AS text) t
CROSS JOIN LATERAL (
    SELECT regexp_match(t.text, '^([0-9]{1,2}) *(LEFT|RIGHT|CENTER|CENTRE|[LRCWGUST])?(?![A-Z0-9])') AS parts,
           substring(t.text FROM '^(N|NNE|NE|ENE|E|ESE|SE|SSE|S|SSW|SW|WSW|W|WNW|NW|NNW)(?![A-Z0-9])') AS compass) p
CROSS JOIN LATERAL (
    SELECT CASE WHEN upper(btrim(a.rwy_num)) LIKE 'N/A%' THEN NULL
                WHEN p.parts[1]::integer BETWEEN 1 AND 36
                THEN lpad(p.parts[1], 2, '0') || coalesce(left(p.parts[2], 1), '')
                ELSE p.compass END AS runway) d
LEFT JOIN LATERAL (
    SELECT w.ident, w.length_ft, w.width_ft, w.surface, w.is_closed,
           CASE WHEN w.opposite_ident = d.runway THEN 'reciprocal' ELSE 'ident' END AS match
    FROM ntsb.runway w
    WHERE w.airport_id = n.airport_id AND d.runway IN (w.le_ident, w.he_ident, w.opposite_ident)
    ORDER BY coalesce(w.opposite_ident = d.runway, false), w.is_closed, w.length_ft DESC NULLS LAST, w.ident LIMIT 1) r ON true
WHERE a.withdrawn_batch IS NULL AND d.runway IS NOT NULL
  AND EXISTS (SELECT FROM ntsb.runway w WHERE w.airport_id = n.airport_id);
COMMENT ON VIEW ntsb.event_runway IS
    'For each aircraft whose rwy_num is a runway designator, at an airport with listed runways: the listed runway beside NTSB''s figures. The list describes today''s runways, so an old event may disagree because the runway has changed since';
COMMENT ON COLUMN ntsb.event_runway.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.event_runway.aircraft_key IS 'Aircraft of the event, as in ntsb.aircraft';
COMMENT ON COLUMN ntsb.event_runway.airport_id IS 'Airport of the event, as in ntsb.event_airport';
COMMENT ON COLUMN ntsb.event_runway.rwy_num IS 'Runway as NTSB writes it';
COMMENT ON COLUMN ntsb.event_runway.runway IS 'Designator of rwy_num, as ntsb_standard_runway returns it';
COMMENT ON COLUMN ntsb.event_runway.match IS
    'ident: the list has this end of the runway; reciprocal: the list has only the opposite end; no such runway: the list of this airport lacks it';
COMMENT ON COLUMN ntsb.event_runway.ident IS 'Runway in ntsb.runway; null if there is no such runway';
COMMENT ON COLUMN ntsb.event_runway.length_ft IS 'Listed length in feet';
COMMENT ON COLUMN ntsb.event_runway.width_ft IS 'Listed width in feet';
COMMENT ON COLUMN ntsb.event_runway.surface IS 'Listed surface';
COMMENT ON COLUMN ntsb.event_runway.is_closed IS 'Whether the list says that the runway is closed';
COMMENT ON COLUMN ntsb.event_runway.rwy_len IS 'Length in feet as NTSB reports it';
COMMENT ON COLUMN ntsb.event_runway.rwy_width IS 'Width in feet as NTSB reports it';
COMMENT ON COLUMN ntsb.event_runway.length_difference_ft IS 'rwy_len minus length_ft; null if either is unknown';
COMMENT ON COLUMN ntsb.event_runway.width_difference_ft IS 'rwy_width minus width_ft; null if either is unknown';
COMMENT ON COLUMN ntsb.event_runway.length_disagrees IS
    'The lengths differ by more than 10 % of the listed length and by more than 100 ft; null if either is unknown';
