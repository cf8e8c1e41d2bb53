-- The facts with decoded codes. Each uncorrelated subquery reads its code list at most once per query, and only if
-- its column is selected: counting decodes nothing, and a thousand rows cost no more lookups than one.

CREATE VIEW ntsb.accidents AS
SELECT f.ev_id, f.ntsb_no, f.mkey, f.ev_type, f.ev_date, f.ev_year, f.ev_month, f.ev_time, f.ev_tmzn,
       f.occurred_at, f.local_date, f.local_time, f.local_hour, f.time_zone, f.sun_elevation, f.daylight,
       f.place, f.ev_city, f.ev_state,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'state') ->> f.ev_state, f.ev_state) AS state_name,
       f.ev_country,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'country') ->> f.ev_country, f.ev_country) AS country_name,
       f.is_domestic, f.lat, f.lon, f.geog, f.nearest_airport_id, f.nearest_airport_km,
       f.severity,
       CASE f.severity WHEN 'FATL' THEN 'Fatal' WHEN 'SERS' THEN 'Serious' WHEN 'MINR' THEN 'Minor'
                       WHEN 'NONE' THEN 'None' ELSE f.severity END AS severity_label,
       f.highest_injury, f.fatalities, f.serious, f.minor, f.uninjured,
       f.wx_cond_basic,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'wx_cond_basic') ->> f.wx_cond_basic, f.wx_cond_basic) AS weather,
       f.light_cond,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'light_cond') ->> f.light_cond, f.light_cond) AS light,
       f.aircraft, f.aircraft_count, f.is_mid_air, f.is_us_civil_accident, f.is_general_aviation,
       f.damage,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'damage') ->> f.damage, f.damage) AS damage_meaning,
       f.acft_make, f.acft_model, f.acft_family, f.acft_category,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'acft_category') ->> f.acft_category, f.acft_category) AS category,
       f.regis_no, f.is_amateur_built, f.aircraft_age_years,
       f.far_part,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'far_part') ->> f.far_part, f.far_part) AS far_part_meaning,
       f.type_fly,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'type_fly') ->> f.type_fly, f.type_fly) AS purpose,
       f.engine_count, f.engine_type,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'eng_type') ->> f.engine_type, f.engine_type) AS engine_type_meaning,
       f.engine_make, f.engine_model,
       f.pilot_age, f.pilot_total_hours, f.pilot_make_hours, f.pilot_certificate,
       coalesce((SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'crew_cert_code') ->> f.pilot_certificate, f.pilot_certificate) AS pilot_certificate_meaning,
       f.is_student_pilot,
       f.era, f.phase_code,
       coalesce(CASE f.era
           WHEN '2008' THEN (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                             WHERE m.kind = 'phase')
           WHEN '1982' THEN (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                             WHERE m.kind = 'phase_of_flight')
           ELSE (SELECT jsonb_object_agg(m.code, m.meaning) FROM ntsb.code_meaning m
                 WHERE m.kind = 'pre1982.operation_phase1')
           END ->> f.phase_code, f.phase_code) AS phase_meaning,
       f.phase,
       f.defining_event, coalesce(o.description, f.defining_event) AS defining_event_meaning,
       f.first_finding, coalesce(i.description, f.first_finding) AS first_finding_meaning,
       f.cause_category, f.has_findings, f.has_probable_cause, f.probable_cause,
       f.report_status, f.is_final, f.ntsb_docket,
       'https://data.ntsb.gov/Docket?ProjectID=' || f.mkey AS docket_url,
       (SELECT y.completeness FROM ntsb.year_completeness y WHERE y.ev_year = f.ev_year) AS year_completeness,
       f.aircraft_key, f.crew_no, f.accident_id, f.time_id, f.location_id, f.aircraft_id, f.crew_id, f.weather_id, f.occurrence_cause_id,
       f.finding_cause_id, f.updated_at
FROM ntsb.fact_accidents f
LEFT JOIN ntsb.dim_causes o ON o.cause_id = f.occurrence_cause_id
LEFT JOIN ntsb.dim_causes i ON i.cause_id = f.finding_cause_id;

COMMENT ON VIEW ntsb.accidents IS
    'Accidents and incidents, one row each, with codes decoded: the table to query first. Current as of the last CALL ntsb_refresh(), which `ntsb load` makes after each file (see ntsb.refresh_state). Recent years are incomplete: see year_completeness';
COMMENT ON COLUMN ntsb.accidents.state_name IS
    'Name of ev_state; the code if the files do not name it';
COMMENT ON COLUMN ntsb.accidents.country_name IS
    'Name of ev_country; the code if the files do not name it';
COMMENT ON COLUMN ntsb.accidents.severity_label IS
    'Meaning of severity: Fatal, Serious, Minor, None';
COMMENT ON COLUMN ntsb.accidents.weather IS
    'Meaning of wx_cond_basic';
COMMENT ON COLUMN ntsb.accidents.light IS
    'Meaning of light_cond';
COMMENT ON COLUMN ntsb.accidents.damage_meaning IS
    'Meaning of damage';
COMMENT ON COLUMN ntsb.accidents.category IS
    'Meaning of acft_category';
COMMENT ON COLUMN ntsb.accidents.far_part_meaning IS
    'Meaning of far_part';
COMMENT ON COLUMN ntsb.accidents.purpose IS
    'Meaning of type_fly';
COMMENT ON COLUMN ntsb.accidents.engine_type_meaning IS
    'Meaning of engine_type';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate_meaning IS
    'Meaning of pilot_certificate';
COMMENT ON COLUMN ntsb.accidents.phase_meaning IS
    'Meaning of phase_code';
COMMENT ON COLUMN ntsb.accidents.defining_event_meaning IS
    'Meaning of defining_event';
COMMENT ON COLUMN ntsb.accidents.first_finding_meaning IS
    'Meaning of first_finding';
COMMENT ON COLUMN ntsb.accidents.docket_url IS
    'Web page of the docket; null if mkey is null';
COMMENT ON COLUMN ntsb.accidents.year_completeness IS
    'Share (0 to 1) of the events of that year that have findings or a probable cause: how reliable counts by cause are';

-- Copies the comments of the facts from ntsb.fact_accidents.
DO $$
DECLARE
    fact record;
BEGIN
    FOR fact IN
        SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) AS description
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_attribute v ON v.attrelid = 'ntsb.accidents'::pg_catalog.regclass AND v.attname = a.attname
        WHERE a.attrelid = 'ntsb.fact_accidents'::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN ntsb.accidents.%I IS %L', fact.attname, fact.description);
    END LOOP;
END
$$;
