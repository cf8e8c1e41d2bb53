-- The facts of an accident. Each is defined only here: the star schema, ntsb.accidents, filters, search, maps, time
-- series, features and reports read ntsb.fact_accidents. docs/adr/0021-accident-facts.md documents each fact: its
-- meaning, which row counts if there are several, and what null means.

CREATE FUNCTION ntsb_internal.collect_accident_facts() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
BEGIN
    -- One row per event: its first aircraft by aircraft_key, with aggregates over all its aircraft.
    CREATE TEMP TABLE ntsb_star_first_aircraft ON COMMIT DROP AS
    SELECT DISTINCT ON (a.ev_id) a.ev_id, a.aircraft_key, a.regis_no, a.far_part, a.type_fly, a.acft_make_std,
           a.acft_model_std, a.acft_category, a.homebuilt, a.num_eng, a.acft_year, a.phase_flt_spec,
           count(*) OVER of_event AS aircraft_count,
           min(array_position('{DEST,SUBS,MINR,NONE}'::text[], a.damage)) OVER of_event AS damage,
           bool_or(a.regis_no ~ '^N[0-9]') OVER of_event AS is_us_registered,
           -- Files before 2008 often lack the part. NTSB codes the service (scheduled or not) of air carriers only.
           bool_or(a.far_part IN ('121', '129', '135') OR a.far_part IS NULL AND a.oper_sched IN ('SCHD', 'NSCH'))
               OVER of_event AS is_air_carrier,
           string_agg(concat_ws(' ', a.acft_make_std, a.acft_model_std, '(' || a.regis_no || ')'), '; ') OVER (
               PARTITION BY a.ev_id ORDER BY a.aircraft_key
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS aircraft,
           g.engines, g.eng_type, g.eng_mfgr_std, g.eng_model
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.aircraft a USING (ev_id)
    LEFT JOIN LATERAL (
        SELECT count(*) AS engines, (array_agg(n.eng_type ORDER BY n.eng_no))[1] AS eng_type,
               (array_agg(n.eng_mfgr_std ORDER BY n.eng_no))[1] AS eng_mfgr_std,
               (array_agg(n.eng_model ORDER BY n.eng_no))[1] AS eng_model
        FROM ntsb.engines n
        WHERE n.ev_id = a.ev_id AND n.aircraft_key = a.aircraft_key AND n.withdrawn_batch IS NULL) g ON true
    WHERE a.withdrawn_batch IS NULL
    WINDOW of_event AS (PARTITION BY a.ev_id)
    ORDER BY a.ev_id, a.aircraft_key;
    CREATE INDEX ON pg_temp.ntsb_star_first_aircraft (ev_id);
    ANALYZE pg_temp.ntsb_star_first_aircraft;

    CREATE TEMP TABLE ntsb_star_fact_row ON COMMIT DROP AS
    WITH pilot AS (
        SELECT c.ev_id, c.aircraft_key, c.crew_no, c.member, c.age, c.total_hours, c.make_hours,
               @extschema@.ntsb_certificate_level(v.certificates) AS certificate
        FROM pg_temp.ntsb_star_crew c
        LEFT JOIN pg_temp.ntsb_star_crew_version v ON v.member = c.member AND v.valid_to = '9999-12-31 00:00+00'
        WHERE c.is_pilot_in_command
    ), cause AS (
        SELECT DISTINCT ON (n.ev_id) n.ev_id, n.narr_cause
        FROM pg_temp.ntsb_star_event s JOIN ntsb.narratives n USING (ev_id)
        WHERE n.withdrawn_batch IS NULL AND n.narr_cause <> ''
        ORDER BY n.ev_id, n.aircraft_key
    ), clock AS (
        -- Date and time as in the file, and the time zone at the location.
        SELECT e.ev_id, e.ev_date,
               CASE WHEN e.ev_date IS NOT NULL AND e.ev_time BETWEEN 0 AND 2359 AND e.ev_time % 100 < 60
                    THEN e.ev_date + make_time(e.ev_time / 100, e.ev_time % 100, 0) END AS stated_at,
               coalesce(e.ev_tmzn, '') IN ('UTC', 'GMT') AS is_utc,
               @extschema@.ntsb_time_zone(e.lat, e.lon) AS time_zone, r.utc_offset_hours
        FROM pg_temp.ntsb_star_event s
        JOIN ntsb.event_key k USING (ev_id)
        JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
        LEFT JOIN ntsb.case_record r ON r.ev_id = k.ev_id AND r.withdrawn_batch IS NULL
    ), moment AS (
        SELECT c.ev_id, c.time_zone,
               CASE WHEN c.is_utc THEN c.stated_at AT TIME ZONE 'UTC'
                    ELSE c.stated_at AT TIME ZONE c.time_zone END AS occurred_at,
               CASE WHEN NOT c.is_utc THEN c.stated_at
                    WHEN c.time_zone IS NOT NULL THEN c.stated_at AT TIME ZONE 'UTC' AT TIME ZONE c.time_zone
                    -- Without a place: the offset that the record of the API states.
                    WHEN c.utc_offset_hours BETWEEN -14 AND 14
                    THEN c.stated_at + make_interval(secs => c.utc_offset_hours * 3600) END AS local_at,
               CASE WHEN NOT c.is_utc THEN c.ev_date END AS stated_date
        FROM clock c
    )
    SELECT e.ev_id, e.ntsb_no, @extschema@.ntsb_case_key(e.ev_id) AS mkey, e.ev_type, e.ev_date, e.ev_year,
           coalesce(e.ev_month, extract(month FROM e.ev_date))::smallint AS ev_month, e.ev_time, e.ev_tmzn,
           t.occurred_at, coalesce(t.local_at::date, t.stated_date) AS local_date, t.local_at::time AS local_time,
           extract(hour FROM t.local_at)::smallint AS local_hour, t.time_zone, u.sun_elevation,
           @extschema@.ntsb_daylight(u.sun_elevation) AS daylight,
           y.city AS ev_city, e.ev_state, e.ev_country,
           -- By territory: seas and places abroad are not domestic, whoever investigated.
           CASE WHEN e.ev_state = ANY ('{OF,FN,AO,PO,GM,CB}') THEN false
                WHEN e.ev_country IS NOT NULL THEN e.ev_country = ANY ('{USA,RQ,VQ,GQ,AQ,CQ}')
                WHEN e.ev_state <> 'UN' THEN true
                WHEN substr(e.ntsb_no, 6, 1) = ANY ('{W,R}') OR m.far_part IN ('NUSC', 'NUSN') THEN false
           END AS is_domestic,
           e.lat, e.lon, v.severity, e.ev_highest_injury AS highest_injury,
           -- A null count means zero if the event has any other count; without any count it is unknown.
           coalesce(e.inj_tot_f::integer, CASE WHEN v.severity <> 'FATL' THEN 0 END) AS fatalities,
           coalesce(e.inj_tot_s::integer, CASE WHEN v.severity = ANY ('{MINR,NONE}') OR v.severity = 'FATL' AND v.is_counted
                                               THEN 0 END) AS serious,
           coalesce(e.inj_tot_m::integer, CASE WHEN v.severity = 'NONE' OR v.severity = ANY ('{FATL,SERS}') AND v.is_counted
                                               THEN 0 END) AS minor,
           coalesce(e.inj_tot_n::integer, CASE WHEN v.severity <> 'NONE' AND v.is_counted THEN 0 END) AS uninjured,
           e.wx_cond_basic, e.light_cond,
           coalesce(m.aircraft_count, 0)::smallint AS aircraft_count,
           CASE e.mid_air WHEN 'Y' THEN true WHEN 'N' THEN false END AS is_mid_air,
           w.is_us_civil_accident, w.is_us_civil_accident AND NOT coalesce(m.is_air_carrier, false) AS is_general_aviation,
           ('{DEST,SUBS,MINR,NONE}'::text[])[m.damage] AS damage,
           m.acft_make_std AS acft_make, m.acft_model_std AS acft_model,
           @extschema@.ntsb_aircraft_family(m.acft_make_std, m.acft_model_std) AS acft_family,
           m.acft_category, m.regis_no,
           CASE m.homebuilt WHEN 'Y' THEN true WHEN 'N' THEN false END AS is_amateur_built,
           ntsb_internal.aircraft_age(e.ev_year::integer, m.acft_year, g.year_manufactured::integer) AS aircraft_age_years,
           m.far_part, m.type_fly,
           coalesce(nullif(m.num_eng, 0), nullif(m.engines, 0))::smallint AS engine_count,
           m.eng_type AS engine_type, m.eng_mfgr_std AS engine_make, m.eng_model AS engine_model,
           p.age AS pilot_age, p.total_hours AS pilot_total_hours, p.make_hours AS pilot_make_hours,
           p.certificate AS pilot_certificate, p.certificate = 'STU' AS is_student_pilot,
           coalesce(o.era, CASE WHEN m.phase_flt_spec > 0 THEN '1982' END) AS era,
           h.phase_code,
           @extschema@.ntsb_phase_group(coalesce(o.era, CASE WHEN m.phase_flt_spec > 0 THEN '1982' END), h.phase_code) AS phase,
           o.code AS defining_event, f.code AS first_finding,
           @extschema@.ntsb_cause_category(f.era, f.code) AS cause_category,
           f.era IS NOT NULL AS has_findings, q.ev_id IS NOT NULL AS has_probable_cause,
           r.rec_stat AS report_status, coalesce(r.rec_stat IN ('B', 'F'), false) AS is_final, e.ntsb_docket,
           nullif(concat_ws(', ', y.city, e.ev_state, nullif(e.ev_country, 'USA')), '') AS place,
           nullif(m.aircraft, '') AS aircraft, q.narr_cause AS probable_cause,
           -- Natural keys and bands for the dimensions.
           CASE WHEN num_nonnulls(e.ev_country, e.ev_state, y.city, e.lat) = 0 THEN ''
                ELSE ROW(e.ev_country, e.ev_state, y.city, e.lat, e.lon)::text END AS location,
           @extschema@.ntsb_band('visibility_sm', e.vis_sm::double precision) AS visibility_band,
           @extschema@.ntsb_band('wind_kts', coalesce(e.wind_vel_kts, CASE e.wind_vel_ind WHEN 'CALM' THEN 0 END)::double precision) AS wind_band,
           @extschema@.ntsb_band('temp_c', e.wx_temp_c::double precision) AS temp_band,
           ''::text AS weather,
           m.aircraft_key, p.crew_no, p.member, coalesce(o.natural_key, '') AS occurrence, coalesce(f.natural_key, '') AS finding
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.event_key k USING (ev_id)
    JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
    LEFT JOIN moment t ON t.ev_id = e.ev_id
    LEFT JOIN pg_temp.ntsb_star_first_aircraft m ON m.ev_id = e.ev_id
    LEFT JOIN ntsb.registration_match x ON x.ev_id = m.ev_id AND x.aircraft_key = m.aircraft_key
        AND x.grade = ANY ('{exact,serial agrees}')
    LEFT JOIN ntsb.registration g ON g.registration_id = x.registration_id
    LEFT JOIN pilot p ON p.ev_id = m.ev_id AND p.aircraft_key = m.aircraft_key
    LEFT JOIN cause q ON q.ev_id = e.ev_id
    LEFT JOIN ntsb.ntsb_admin r ON r.ev_id = e.ev_id AND r.withdrawn_batch IS NULL
    LEFT JOIN pg_temp.ntsb_star_cause o ON o.ev_id = e.ev_id AND o.is_defining
    LEFT JOIN pg_temp.ntsb_star_cause f ON f.ev_id = e.ev_id AND f.is_first_finding
    CROSS JOIN LATERAL (SELECT @extschema@.ntsb_standard_city(e.ev_city) AS city) y
    CROSS JOIN LATERAL (SELECT @extschema@.ntsb_sun_elevation(t.occurred_at, e.lat, e.lon) AS sun_elevation) u
    CROSS JOIN LATERAL (SELECT CASE WHEN e.inj_tot_f > 0 THEN 'FATL' ELSE e.ev_highest_injury END AS severity,
                               num_nonnulls(e.inj_tot_f, e.inj_tot_s, e.inj_tot_m, e.inj_tot_n) > 0 AS is_counted) v
    CROSS JOIN LATERAL (SELECT coalesce(e.ev_type = 'ACC' AND m.is_us_registered, false) AS is_us_civil_accident) w
    CROSS JOIN LATERAL (SELECT CASE WHEN o.era IS NULL THEN nullif(m.phase_flt_spec, 0)::text
                                    ELSE o.phase_code END AS phase_code) h;
    UPDATE pg_temp.ntsb_star_fact_row SET weather = ROW(wx_cond_basic, visibility_band, wind_band, temp_band)::text
    WHERE num_nonnulls(wx_cond_basic, visibility_band, wind_band, temp_band) > 0;
    CREATE INDEX ON pg_temp.ntsb_star_fact_row (ev_id);
    ANALYZE pg_temp.ntsb_star_fact_row;
    DROP TABLE pg_temp.ntsb_star_first_aircraft;
END
$$;
COMMENT ON FUNCTION ntsb_internal.collect_accident_facts() IS
'Internal: step of ntsb_refresh_star. Computes the facts of the selected events.';

CREATE FUNCTION ntsb_internal.add_dim_members() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.dim_location (natural_key, country, state, city, lat, lon)
    SELECT DISTINCT ON (r.location) r.location, r.ev_country, r.ev_state, r.ev_city, r.lat, r.lon
    FROM pg_temp.ntsb_star_fact_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_location d WHERE d.natural_key = r.location)
    ORDER BY r.location;
    INSERT INTO ntsb.dim_weather (natural_key, wx_cond_basic, visibility_band, wind_band, temp_band)
    SELECT DISTINCT ON (r.weather) r.weather, r.wx_cond_basic, r.visibility_band, r.wind_band, r.temp_band
    FROM pg_temp.ntsb_star_fact_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_weather d WHERE d.natural_key = r.weather)
    ORDER BY r.weather;
END
$$;
COMMENT ON FUNCTION ntsb_internal.add_dim_members() IS
'Internal: step of ntsb_refresh_star. Adds missing members of ntsb.dim_location and ntsb.dim_weather for the selected events.';

-- Unchanged rows are not written.
CREATE FUNCTION ntsb_internal.store_accident_facts() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    assignments text;
BEGIN
    CREATE TEMP TABLE ntsb_star_fact ON COMMIT DROP AS
    SELECT r.ev_id, r.ntsb_no, r.mkey, r.ev_type, r.ev_date, r.ev_year, r.ev_month, r.ev_time, r.ev_tmzn,
           r.occurred_at, r.local_date, r.local_time, r.local_hour, r.time_zone, r.sun_elevation,
           r.daylight, r.ev_city, r.ev_state, r.ev_country, r.is_domestic, r.lat, r.lon,
           l.nearest_airport_id, l.nearest_airport_km,
           r.severity, r.highest_injury, r.fatalities, r.serious, r.minor, r.uninjured, r.wx_cond_basic,
           r.light_cond, r.aircraft_count, r.is_mid_air, r.is_us_civil_accident, r.is_general_aviation,
           r.damage, r.acft_make, r.acft_model, r.acft_family, r.acft_category, r.regis_no,
           r.is_amateur_built, r.aircraft_age_years, r.far_part, r.type_fly, r.engine_count, r.engine_type, r.engine_make,
           r.engine_model, r.pilot_age, r.pilot_total_hours, r.pilot_make_hours, r.pilot_certificate,
           r.is_student_pilot, r.era, r.phase_code, r.phase, r.defining_event, r.first_finding,
           r.cause_category, r.has_findings, r.has_probable_cause, r.report_status, r.is_final,
           r.ntsb_docket, r.place, r.aircraft, r.probable_cause,
           r.aircraft_key, r.crew_no,
           coalesce(d.time_id, 0) AS time_id, l.location_id, coalesce(a.aircraft_id, 0) AS aircraft_id,
           coalesce(c.crew_id, 0) AS crew_id, w.weather_id, o.cause_id AS occurrence_cause_id,
           f.cause_id AS finding_cause_id
    FROM pg_temp.ntsb_star_fact_row r
    JOIN ntsb.dim_location l ON l.natural_key = r.location
    JOIN ntsb.dim_weather w ON w.natural_key = r.weather
    JOIN ntsb.dim_causes o ON o.natural_key = r.occurrence
    JOIN ntsb.dim_causes f ON f.natural_key = r.finding
    LEFT JOIN ntsb.dim_time d ON d.full_date = r.ev_date
    LEFT JOIN pg_temp.ntsb_star_aircraft n ON n.ev_id = r.ev_id AND n.aircraft_key = r.aircraft_key AND n.is_selected
    LEFT JOIN ntsb.dim_aircraft a ON a.natural_key = n.natural_key
    LEFT JOIN ntsb.dim_crew c ON c.member = r.member AND c.is_current;

    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(format('%1$I = excluded.%1$I', a.attname), ', ' ORDER BY a.attnum)
               FILTER (WHERE a.attname <> 'ev_id')
    INTO columns, assignments
    FROM pg_attribute a
    WHERE a.attrelid = 'pg_temp.ntsb_star_fact'::regclass AND a.attnum > 0;
    EXECUTE format(
        'INSERT INTO ntsb.fact_accidents AS f (%1$s) SELECT * FROM pg_temp.ntsb_star_fact ORDER BY ev_date, ev_id
         ON CONFLICT (ev_id) DO UPDATE SET %2$s, updated_at = now()
         WHERE (f.%3$s) IS DISTINCT FROM (excluded.%4$s)',
        columns, assignments, replace(columns, ', ', ', f.'), replace(columns, ', ', ', excluded.'));
    DROP TABLE pg_temp.ntsb_star_fact;
END
$$;
COMMENT ON FUNCTION ntsb_internal.store_accident_facts() IS
'Internal: step of ntsb_refresh_star. Inserts and updates rows of ntsb.fact_accidents for the selected events.';

CREATE FUNCTION ntsb_internal.insert_star_bridges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.bridge_event_aircraft (accident_id, aircraft_key, aircraft_id, damage, far_part, type_fly)
    SELECT f.accident_id, n.aircraft_key, d.aircraft_id, a.damage, a.far_part, a.type_fly
    FROM pg_temp.ntsb_star_aircraft n
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.aircraft a ON a.ev_id = n.ev_id AND a.aircraft_key = n.aircraft_key
    JOIN ntsb.dim_aircraft d ON d.natural_key = n.natural_key
    WHERE n.is_selected
    ORDER BY 1, 2;
    INSERT INTO ntsb.bridge_event_crew (accident_id, aircraft_key, crew_no, crew_id, is_pilot_in_command)
    SELECT f.accident_id, c.aircraft_key, c.crew_no, d.crew_id, c.is_pilot_in_command
    FROM pg_temp.ntsb_star_crew c
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.dim_crew d ON d.member = c.member AND d.is_current
    ORDER BY 1, 2, 3;
    INSERT INTO ntsb.bridge_event_cause (accident_id, position, cause_id, aircraft_key, item_no, is_defining,
        phase_code, modifier_code, person_code)
    SELECT f.accident_id, c.position, d.cause_id, c.aircraft_key, c.item_no, c.is_defining,
           c.phase_code, c.modifier_code, c.person_code
    FROM pg_temp.ntsb_star_cause c
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.dim_causes d ON d.natural_key = c.natural_key
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION ntsb_internal.insert_star_bridges() IS
'Internal: step of ntsb_refresh_star. Links the selected events to all their aircraft, crew members and causes.';
