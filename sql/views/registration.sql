-- The registration of each accident aircraft, with what the registry says of the aircraft.

CREATE VIEW ntsb.aircraft_registration AS
SELECT a.ev_id, a.aircraft_key, e.ev_date, a.regis_no, m.n_number, m.grade, m.registration_id,
       a.acft_serial_no, h.serial_no AS registered_serial_no,
       r.type_code, t.make, t.model, t.family, r.year_manufactured, t.aircraft_type,
       g.make AS engine_make, g.model AS engine_model, coalesce(g.engine_type, t.engine_type) AS engine_type,
       g.horsepower, g.thrust_lbs, t.engine_count, t.seats, t.weight_class, t.build_certification,
       r.airworthiness_class, r.kit_make, r.kit_model, r.is_fractional, r.registrant_type, r.mode_s_hex,
       h.origin, h.status, h.expiration_date <= e.ev_date AS is_expired, h.valid_from, h.valid_until
FROM ntsb.aircraft a
JOIN ntsb.event_key k USING (ev_id)
JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
LEFT JOIN ntsb.registration_match m ON m.ev_id = a.ev_id AND m.aircraft_key = a.aircraft_key
LEFT JOIN ntsb.registration h ON h.registration_id = m.registration_id
-- Of a registration with another serial number nothing is taken over: it may be another aircraft.
LEFT JOIN ntsb.registration r ON r.registration_id = m.registration_id AND m.grade IN ('exact', 'serial agrees')
LEFT JOIN ntsb.aircraft_type_reference t ON t.type_code = r.type_code
LEFT JOIN ntsb.engine_type_reference g ON g.engine_code = r.engine_code
WHERE a.withdrawn_batch IS NULL;

COMMENT ON VIEW ntsb.aircraft_registration IS
    'Each accident aircraft with its registration on the date of the event, from the FAA registry. What the registry says of the aircraft is given only for the grades exact and serial agrees';
COMMENT ON COLUMN ntsb.aircraft_registration.ev_id IS 'NTSB''s identifier of the event';
COMMENT ON COLUMN ntsb.aircraft_registration.aircraft_key IS 'Number of the aircraft within the event';
COMMENT ON COLUMN ntsb.aircraft_registration.ev_date IS 'Date of the event, as in ntsb.events';
COMMENT ON COLUMN ntsb.aircraft_registration.regis_no IS 'Registration mark that NTSB gives';
COMMENT ON COLUMN ntsb.aircraft_registration.registration_id IS 'Row of ntsb.registration; null for no period fits and not registered';
COMMENT ON COLUMN ntsb.aircraft_registration.acft_serial_no IS 'Serial number that NTSB gives';
COMMENT ON COLUMN ntsb.aircraft_registration.grade IS
    'How the registration was found: exact, serial agrees, serial differs, no period fits, not registered (see ntsb.registration_match); null without a U.S. mark or before a registry is loaded';
COMMENT ON COLUMN ntsb.aircraft_registration.registered_serial_no IS 'Serial number in the registry, also if it differs';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_make IS 'Maker of the engine';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_model IS 'Model of the engine';
COMMENT ON COLUMN ntsb.aircraft_registration.engine_type IS 'Kind of engine: that of the engine, or else of the aircraft type';
COMMENT ON COLUMN ntsb.aircraft_registration.is_expired IS 'Whether the registration had expired (without being cancelled) by the date of the event';

-- Copies the other comments from the tables of the registry.
DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT DISTINCT ON (v.attname) v.attname, pg_catalog.col_description(a.attrelid, a.attnum) AS description
        FROM pg_catalog.pg_attribute v
        JOIN pg_catalog.pg_attribute a ON a.attname = v.attname AND a.attnum > 0 AND a.attrelid = ANY (ARRAY[
            'ntsb.registration', 'ntsb.aircraft_type_reference', 'ntsb.engine_type_reference',
            'ntsb.registration_match']::pg_catalog.regclass[])
        WHERE v.attrelid = 'ntsb.aircraft_registration'::pg_catalog.regclass AND v.attnum > 0
          AND pg_catalog.col_description(v.attrelid, v.attnum) IS NULL
        ORDER BY v.attname, a.attrelid
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN ntsb.aircraft_registration.%I IS %L', described.attname, described.description);
    END LOOP;
END
$$;
