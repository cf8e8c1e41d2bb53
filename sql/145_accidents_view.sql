-- The table to ask first. A list of meanings is read at most once per query, and only if one of its
-- meanings is asked for: counting decodes nothing, and decoding a thousand rows costs no more lookups
-- in tables than decoding one.

CREATE VIEW ntsb.accidents AS
SELECT f.ev_id, f.ntsb_no, f.ev_type, f.ev_date, f.ev_year, f.ev_month,
       CASE WHEN f.ev_time BETWEEN 0 AND 2359 AND f.ev_time % 100 < 60
                 AND coalesce(f.ev_tmzn, '') NOT IN ('UTC', 'GMT')
            THEN make_time(f.ev_time / 100, f.ev_time % 100, 0) END AS local_time,
       f.ev_time, f.ev_tmzn,
       l.city AS ev_city,
       f.ev_state,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'state') ->> f.ev_state, f.ev_state) AS state_name,
       f.ev_country,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'country') ->> f.ev_country, f.ev_country) AS country_name,
       f.is_domestic, f.lat, f.lon, l.geog, l.nearest_airport_id, l.nearest_airport_km,
       f.severity,
       CASE f.severity WHEN 'FATL' THEN 'Fatal' WHEN 'SERS' THEN 'Serious' WHEN 'MINR' THEN 'Minor'
                       WHEN 'NONE' THEN 'None' ELSE f.severity END AS severity_label,
       f.fatalities, f.serious, f.minor, f.uninjured,
       f.wx_cond_basic,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'wx_cond_basic') ->> f.wx_cond_basic, f.wx_cond_basic) AS weather,
       f.light_cond,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'light_cond') ->> f.light_cond, f.light_cond) AS light,
       f.far_part,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'far_part') ->> f.far_part, f.far_part) AS far_part_meaning,
       f.type_fly,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'type_fly') ->> f.type_fly, f.type_fly) AS purpose,
       f.damage,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'damage') ->> f.damage, f.damage) AS damage_meaning,
       f.acft_make, f.acft_model, a.regis_no,
       f.acft_category,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'acft_category') ->> f.acft_category, f.acft_category) AS category,
       f.aircraft_count, f.engine_count,
       c.age AS pilot_age, c.total_hours AS pilot_total_hours,
       c.certificate AS pilot_certificate,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'crew_cert_code') ->> c.certificate, c.certificate) AS pilot_certificate_meaning,
       f.phase_code,
       coalesce(CASE f.era
           WHEN '2008' THEN (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                             WHERE m.kind = 'phase')
           WHEN '1982' THEN (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                             WHERE m.kind = 'phase_of_flight')
           ELSE (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'pre1982.operation_phase1')
           END ->> f.phase_code, f.phase_code) AS phase_meaning,
       f.phase,
       o.code AS defining_event, coalesce(o.description, o.code) AS defining_event_meaning,
       i.code AS first_finding, coalesce(i.description, i.code) AS first_finding_meaning,
       f.cause_category,
       (SELECT n.narr_cause FROM ntsb.narratives n
        WHERE n.ev_id = f.ev_id AND n.withdrawn_batch IS NULL AND n.narr_cause <> ''
        ORDER BY n.aircraft_key LIMIT 1) AS probable_cause,
       f.report_status, f.is_final, f.ntsb_docket,
       (SELECT y.completeness FROM ntsb.year_completeness y WHERE y.ev_year = f.ev_year) AS year_completeness,
       f.updated_at
FROM ntsb.fact_accidents f
LEFT JOIN ntsb.dim_location l USING (location_id)
LEFT JOIN ntsb.dim_aircraft a USING (aircraft_id)
LEFT JOIN ntsb.dim_crew c USING (crew_id)
LEFT JOIN ntsb.dim_causes o ON o.cause_id = f.occurrence_cause_id
LEFT JOIN ntsb.dim_causes i ON i.cause_id = f.finding_cause_id;

COMMENT ON VIEW ntsb.accidents IS
    'Accidents and incidents, one row each, decoded: the table to ask first. Current as of the last CALL ntsb_refresh(), which `ntsb load` makes after each file (see ntsb.refresh_state). Recent years are incomplete: see year_completeness';
COMMENT ON COLUMN ntsb.accidents.ev_id IS 'NTSB''s identifier of the event, 14 characters';
COMMENT ON COLUMN ntsb.accidents.ntsb_no IS 'NTSB''s number of the investigation, by which its web pages find it';
COMMENT ON COLUMN ntsb.accidents.ev_type IS 'ACC accident, INC incident';
COMMENT ON COLUMN ntsb.accidents.ev_date IS 'Date of the event; UTC in rows written since 2020, local before';
COMMENT ON COLUMN ntsb.accidents.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.accidents.ev_month IS 'Month of the event, 1 to 12';
COMMENT ON COLUMN ntsb.accidents.local_time IS 'Local clock time; null where it is not known or NTSB gives UTC';
COMMENT ON COLUMN ntsb.accidents.ev_time IS 'Clock time as NTSB gives it, as the number HHMM (825 is 08:25)';
COMMENT ON COLUMN ntsb.accidents.ev_tmzn IS 'Time zone of ev_date and ev_time; local where null';
COMMENT ON COLUMN ntsb.accidents.ev_city IS 'City or place';
COMMENT ON COLUMN ntsb.accidents.ev_state IS 'State, territory or sea, two letters; null abroad';
COMMENT ON COLUMN ntsb.accidents.state_name IS 'Its name; the code where the files do not name it';
COMMENT ON COLUMN ntsb.accidents.ev_country IS 'USA or a two-letter FIPS code; null where the file does not tell';
COMMENT ON COLUMN ntsb.accidents.country_name IS 'Its name; the code where the files do not name it';
COMMENT ON COLUMN ntsb.accidents.is_domestic IS 'In the United States, by country, or else by state or rules flown under; null where nothing tells. Events abroad are reported late and little';
COMMENT ON COLUMN ntsb.accidents.lat IS 'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.accidents.lon IS 'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.accidents.geog IS 'The point for PostGIS';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_id IS 'Nearest airport of ntsb.airport, if that is loaded';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_km IS 'Distance to it in kilometres';
COMMENT ON COLUMN ntsb.accidents.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.severity_label IS 'Fatal, Serious, Minor, None';
COMMENT ON COLUMN ntsb.accidents.fatalities IS 'People killed, on the ground too; null where not known';
COMMENT ON COLUMN ntsb.accidents.serious IS 'People seriously injured; null where not known';
COMMENT ON COLUMN ntsb.accidents.minor IS 'People with minor injuries; null where not known';
COMMENT ON COLUMN ntsb.accidents.uninjured IS 'People without injury; null where not known';
COMMENT ON COLUMN ntsb.accidents.wx_cond_basic IS 'VMC visual, IMC instrument meteorological conditions';
COMMENT ON COLUMN ntsb.accidents.weather IS 'Meaning of wx_cond_basic';
COMMENT ON COLUMN ntsb.accidents.light_cond IS 'Light, as a code';
COMMENT ON COLUMN ntsb.accidents.light IS 'Meaning of light_cond';
COMMENT ON COLUMN ntsb.accidents.far_part IS 'Regulation that the first aircraft flew under: 091, 121, 135, …';
COMMENT ON COLUMN ntsb.accidents.far_part_meaning IS 'Meaning of far_part';
COMMENT ON COLUMN ntsb.accidents.type_fly IS 'Purpose of the first aircraft''s flight, as a code';
COMMENT ON COLUMN ntsb.accidents.purpose IS 'Meaning of type_fly';
COMMENT ON COLUMN ntsb.accidents.damage IS 'Worst damage to an aircraft: DEST, SUBS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.damage_meaning IS 'Meaning of damage';
COMMENT ON COLUMN ntsb.accidents.acft_make IS 'Maker of the first aircraft, in one spelling';
COMMENT ON COLUMN ntsb.accidents.acft_model IS 'Model of the first aircraft, in one spelling';
COMMENT ON COLUMN ntsb.accidents.regis_no IS 'Registration of the first aircraft';
COMMENT ON COLUMN ntsb.accidents.acft_category IS 'Category of the first aircraft: AIR, HELI, GLI, …';
COMMENT ON COLUMN ntsb.accidents.category IS 'Meaning of acft_category';
COMMENT ON COLUMN ntsb.accidents.aircraft_count IS 'Aircraft of the event; more than one in a collision';
COMMENT ON COLUMN ntsb.accidents.engine_count IS 'Engines of the first aircraft';
COMMENT ON COLUMN ntsb.accidents.pilot_age IS 'Age of the pilot in command of the first aircraft, in years';
COMMENT ON COLUMN ntsb.accidents.pilot_total_hours IS 'Flight hours in all of that pilot';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate IS 'Highest certificate of that pilot, as a code';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate_meaning IS 'Meaning of pilot_certificate';
COMMENT ON COLUMN ntsb.accidents.phase_code IS 'Phase of flight, as coded in the era of the event: numbers before and since 2008 mean other things';
COMMENT ON COLUMN ntsb.accidents.phase_meaning IS 'Meaning of phase_code';
COMMENT ON COLUMN ntsb.accidents.phase IS 'Phase of flight, coarse and the same in all eras';
COMMENT ON COLUMN ntsb.accidents.defining_event IS 'Code of the occurrence that defines the event, or else the first';
COMMENT ON COLUMN ntsb.accidents.defining_event_meaning IS 'Meaning of defining_event';
COMMENT ON COLUMN ntsb.accidents.first_finding IS 'Code of the first finding';
COMMENT ON COLUMN ntsb.accidents.first_finding_meaning IS 'Meaning of first_finding';
COMMENT ON COLUMN ntsb.accidents.cause_category IS 'Category of the first finding: Aircraft, Personnel, Environment, Organization, Not determined';
COMMENT ON COLUMN ntsb.accidents.probable_cause IS 'Probable cause in NTSB''s words; null until it is adopted. Read from ntsb.narratives, so current at any time';
COMMENT ON COLUMN ntsb.accidents.report_status IS 'P preliminary, F factual, B probable cause adopted';
COMMENT ON COLUMN ntsb.accidents.is_final IS 'The report is at its last step: B, or F';
COMMENT ON COLUMN ntsb.accidents.ntsb_docket IS 'Number of the docket, as NTSB writes it';
COMMENT ON COLUMN ntsb.accidents.year_completeness IS 'Share, 0 to 1, of that year''s events that have findings or a probable cause: how far counts by cause can be trusted';
COMMENT ON COLUMN ntsb.accidents.updated_at IS 'When a refresh last changed the row';
