-- The facts, decoded. A list of meanings is read at most once per query, and only if one of its
-- meanings is asked for: counting decodes nothing, and decoding a thousand rows costs no more lookups
-- in tables than decoding one.

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
       f.regis_no, f.is_amateur_built,
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
    'Accidents and incidents, one row each, decoded: the table to query first. Current as of the last CALL ntsb_refresh(), which `ntsb load` makes after each file (see ntsb.refresh_state). Recent years are incomplete: see year_completeness';
COMMENT ON COLUMN ntsb.accidents.ev_id IS
    'NTSB''s identifier of the event, 14 characters';
COMMENT ON COLUMN ntsb.accidents.ntsb_no IS
    'NTSB''s number of the investigation, by which its web pages find it';
COMMENT ON COLUMN ntsb.accidents.mkey IS
    'Key of the case in NTSB''s API and the ProjectID of its docket, as far as the ev_id holds it (since September 2020)';
COMMENT ON COLUMN ntsb.accidents.ev_type IS
    'ACC accident, INC incident';
COMMENT ON COLUMN ntsb.accidents.ev_date IS
    'Date of the event; UTC where ev_tmzn says so (rows written since 2020), local otherwise';
COMMENT ON COLUMN ntsb.accidents.ev_year IS
    'Year of ev_date, or else as stated';
COMMENT ON COLUMN ntsb.accidents.ev_month IS
    'Month of ev_date, 1 to 12, or else as stated';
COMMENT ON COLUMN ntsb.accidents.ev_time IS
    'Clock time as HHMM (825 is 08:25), in the zone of ev_tmzn';
COMMENT ON COLUMN ntsb.accidents.ev_tmzn IS
    'Time zone of ev_date and ev_time; local where null';
COMMENT ON COLUMN ntsb.accidents.occurred_at IS
    'Moment of the event; null where its time, or the zone of its place, is not known';
COMMENT ON COLUMN ntsb.accidents.local_date IS
    'Date at the place of the event; null where the file gives UTC and the zone of the place or the time is not known';
COMMENT ON COLUMN ntsb.accidents.local_time IS
    'Clock time at the place of the event; null where not known';
COMMENT ON COLUMN ntsb.accidents.local_hour IS
    'Hour of local_time, 0 to 23';
COMMENT ON COLUMN ntsb.accidents.time_zone IS
    'IANA name of the time zone of the place, by its coordinates; nautical (Etc/GMT+10) at sea';
COMMENT ON COLUMN ntsb.accidents.sun_elevation IS
    'Degrees of the sun above the horizon at occurred_at, without refraction';
COMMENT ON COLUMN ntsb.accidents.daylight IS
    'By the sun: Day (above -0.833 degrees), Civil twilight (above -6), Night; see light_cond for what NTSB states';
COMMENT ON COLUMN ntsb.accidents.place IS
    'City, state, and country if it is not the USA, for reading';
COMMENT ON COLUMN ntsb.accidents.ev_city IS
    'City or place, in the one spelling of ntsb_standard_city';
COMMENT ON COLUMN ntsb.accidents.ev_state IS
    'State, territory or sea, two letters; null abroad';
COMMENT ON COLUMN ntsb.accidents.state_name IS
    'Its name; the code where the files do not name it';
COMMENT ON COLUMN ntsb.accidents.ev_country IS
    'Country as NTSB codes it: USA or a two-letter FIPS code; null where the file does not say';
COMMENT ON COLUMN ntsb.accidents.country_name IS
    'Its name; the code where the files do not name it';
COMMENT ON COLUMN ntsb.accidents.is_domestic IS
    'In the territory of the United States: by country and state; where both are null, not if the investigation is foreign (class W or R of ntsb_no) or the flight was under foreign rules (NUSC, NUSN); null where nothing tells';
COMMENT ON COLUMN ntsb.accidents.lat IS
    'Latitude in degrees north, WGS 84';
COMMENT ON COLUMN ntsb.accidents.lon IS
    'Longitude in degrees east, WGS 84';
COMMENT ON COLUMN ntsb.accidents.geog IS
    'The point for PostGIS';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_id IS
    'Nearest airport of ntsb.airport; null where no list is loaded';
COMMENT ON COLUMN ntsb.accidents.nearest_airport_km IS
    'Distance to it in kilometres on the spheroid';
COMMENT ON COLUMN ntsb.accidents.severity IS
    'FATL where NTSB says so or counts deaths; otherwise the highest injury: SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.severity_label IS
    'Fatal, Serious, Minor, None';
COMMENT ON COLUMN ntsb.accidents.highest_injury IS
    'Highest injury as the file has it: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.fatalities IS
    'People killed, on the ground too; 0 where the severity rules deaths out; null where the file does not say';
COMMENT ON COLUMN ntsb.accidents.serious IS
    'People seriously injured; 0 where the file counts others, or the severity rules them out; null where it does not say';
COMMENT ON COLUMN ntsb.accidents.minor IS
    'People with minor injuries; null as for serious';
COMMENT ON COLUMN ntsb.accidents.uninjured IS
    'People without injury; null as for serious';
COMMENT ON COLUMN ntsb.accidents.wx_cond_basic IS
    'VMC visual, IMC instrument meteorological conditions';
COMMENT ON COLUMN ntsb.accidents.weather IS
    'Meaning of wx_cond_basic';
COMMENT ON COLUMN ntsb.accidents.light_cond IS
    'Light as NTSB states it: DAYL, DUSK, NDRK, …';
COMMENT ON COLUMN ntsb.accidents.light IS
    'Meaning of light_cond';
COMMENT ON COLUMN ntsb.accidents.aircraft IS
    'Make, model and registration of each aircraft, for reading';
COMMENT ON COLUMN ntsb.accidents.aircraft_count IS
    'Aircraft of the event';
COMMENT ON COLUMN ntsb.accidents.is_mid_air IS
    'Aircraft collided in the air';
COMMENT ON COLUMN ntsb.accidents.is_us_civil_accident IS
    'Counts in NTSB''s yearly statistics: an accident (ACC) of any aircraft of US registration, anywhere';
COMMENT ON COLUMN ntsb.accidents.is_general_aviation IS
    'Such an accident without an aircraft under parts 121, 129 or 135';
COMMENT ON COLUMN ntsb.accidents.damage IS
    'Worst damage to an aircraft of the event: DEST, SUBS, MINR, NONE';
COMMENT ON COLUMN ntsb.accidents.damage_meaning IS
    'Meaning of damage';
COMMENT ON COLUMN ntsb.accidents.acft_make IS
    'Maker of the first aircraft, in the one spelling of ntsb_standard_make';
COMMENT ON COLUMN ntsb.accidents.acft_model IS
    'Model of the first aircraft, in the one spelling of ntsb_standard_model';
COMMENT ON COLUMN ntsb.accidents.acft_family IS
    'Family of that model: 172 for 172N, R172K and F172N; see ntsb_model_family';
COMMENT ON COLUMN ntsb.accidents.acft_category IS
    'Category of the first aircraft: AIR, HELI, …';
COMMENT ON COLUMN ntsb.accidents.category IS
    'Meaning of acft_category';
COMMENT ON COLUMN ntsb.accidents.regis_no IS
    'Registration of the first aircraft';
COMMENT ON COLUMN ntsb.accidents.is_amateur_built IS
    'The first aircraft is amateur-built';
COMMENT ON COLUMN ntsb.accidents.far_part IS
    'Regulation that the first aircraft flew under: 091, 121, …';
COMMENT ON COLUMN ntsb.accidents.far_part_meaning IS
    'Meaning of far_part';
COMMENT ON COLUMN ntsb.accidents.type_fly IS
    'Purpose of the first aircraft''s flight: PERS, INST, …';
COMMENT ON COLUMN ntsb.accidents.purpose IS
    'Meaning of type_fly';
COMMENT ON COLUMN ntsb.accidents.engine_count IS
    'Engines of the first aircraft: as stated, or else as many as are listed';
COMMENT ON COLUMN ntsb.accidents.engine_type IS
    'Type of its first engine: REC, TP, TF, …';
COMMENT ON COLUMN ntsb.accidents.engine_type_meaning IS
    'Meaning of engine_type';
COMMENT ON COLUMN ntsb.accidents.engine_make IS
    'Maker of its first engine, in one spelling';
COMMENT ON COLUMN ntsb.accidents.engine_model IS
    'Model of its first engine, as written';
COMMENT ON COLUMN ntsb.accidents.pilot_age IS
    'Age in years of the pilot in command of the first aircraft; null outside of 10 to 110';
COMMENT ON COLUMN ntsb.accidents.pilot_total_hours IS
    'Flight hours in all of that pilot';
COMMENT ON COLUMN ntsb.accidents.pilot_make_hours IS
    'Flight hours of that pilot in the make and model';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate IS
    'Highest certificate of that pilot: ATP, COMM, PRI, STU, …';
COMMENT ON COLUMN ntsb.accidents.pilot_certificate_meaning IS
    'Meaning of pilot_certificate';
COMMENT ON COLUMN ntsb.accidents.is_student_pilot IS
    'That pilot held a student certificate and no other; null where no certificate is known';
COMMENT ON COLUMN ntsb.accidents.era IS
    'First year of the coding that phase_code and defining_event are of: 2008, 1982 or 1962; see ntsb.dim_causes';
COMMENT ON COLUMN ntsb.accidents.phase_code IS
    'Phase of flight of the defining occurrence, as coded in its era';
COMMENT ON COLUMN ntsb.accidents.phase_meaning IS
    'Meaning of phase_code';
COMMENT ON COLUMN ntsb.accidents.phase IS
    'Phase of flight, coarse and the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.accidents.defining_event IS
    'Code of the occurrence that defines the event: flagged so, or else the first';
COMMENT ON COLUMN ntsb.accidents.defining_event_meaning IS
    'Meaning of defining_event';
COMMENT ON COLUMN ntsb.accidents.first_finding IS
    'Code of the first finding';
COMMENT ON COLUMN ntsb.accidents.first_finding_meaning IS
    'Meaning of first_finding';
COMMENT ON COLUMN ntsb.accidents.cause_category IS
    'Category of the first finding: Aircraft, Personnel, Environment, Organization, Not determined';
COMMENT ON COLUMN ntsb.accidents.has_findings IS
    'NTSB has published findings';
COMMENT ON COLUMN ntsb.accidents.has_probable_cause IS
    'NTSB has published the text of a probable cause';
COMMENT ON COLUMN ntsb.accidents.probable_cause IS
    'Probable cause in NTSB''s words, of the first aircraft that has one; null until it is adopted';
COMMENT ON COLUMN ntsb.accidents.report_status IS
    'ntsb_admin.rec_stat: P preliminary, F factual, B probable cause adopted';
COMMENT ON COLUMN ntsb.accidents.is_final IS
    'The report is at its last step: rec_stat B or F';
COMMENT ON COLUMN ntsb.accidents.ntsb_docket IS
    'Number of the docket, as NTSB writes it';
COMMENT ON COLUMN ntsb.accidents.docket_url IS
    'Web page of the docket; null where mkey is';
COMMENT ON COLUMN ntsb.accidents.year_completeness IS
    'Share, 0 to 1, of that year''s events that have findings or a probable cause: how far counts by cause can be trusted';
COMMENT ON COLUMN ntsb.accidents.aircraft_key IS
    'NTSB''s number of the first aircraft within the event, as in ntsb.aircraft; null where there is no aircraft';
COMMENT ON COLUMN ntsb.accidents.crew_no IS
    'Number of its pilot in command, as in ntsb.flight_crew; null where no pilot is known';
COMMENT ON COLUMN ntsb.accidents.accident_id IS
    'Surrogate key; another after ntsb_rebuild_star';
COMMENT ON COLUMN ntsb.accidents.time_id IS
    'Day of the event; 0 where its date is not known';
COMMENT ON COLUMN ntsb.accidents.location_id IS
    'Place of the event; 0 where nothing is known of it';
COMMENT ON COLUMN ntsb.accidents.aircraft_id IS
    'First aircraft, in its configuration of that day; all are in ntsb.bridge_event_aircraft';
COMMENT ON COLUMN ntsb.accidents.crew_id IS
    'Pilot in command of the first aircraft; all are in ntsb.bridge_event_crew';
COMMENT ON COLUMN ntsb.accidents.weather_id IS
    'Weather; 0 where nothing is known of it';
COMMENT ON COLUMN ntsb.accidents.occurrence_cause_id IS
    'Defining occurrence; all are in ntsb.bridge_event_cause';
COMMENT ON COLUMN ntsb.accidents.finding_cause_id IS
    'First finding; all are in ntsb.bridge_event_cause';
COMMENT ON COLUMN ntsb.accidents.updated_at IS
    'When a refresh last changed this row';
