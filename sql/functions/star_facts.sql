-- Facts of the star: one row for each event that is to be taken up and stands.

CREATE FUNCTION ntsb_star_facts() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
BEGIN
    CREATE TEMP TABLE ntsb_star_row ON COMMIT DROP AS
    WITH machine AS (
        SELECT DISTINCT ON (a.ev_id) a.ev_id, a.aircraft_key, a.far_part, a.type_fly, a.acft_make_std,
               a.acft_model_std, a.acft_category, a.num_eng, a.phase_flt_spec,
               count(*) OVER of_event AS aircraft_count,
               min(array_position('{DEST,SUBS,MINR,NONE}'::text[], a.damage)) OVER of_event AS damage,
               (SELECT count(*) FROM ntsb.engines g
                WHERE g.ev_id = a.ev_id AND g.aircraft_key = a.aircraft_key AND g.withdrawn_batch IS NULL) AS engines
        FROM pg_temp.ntsb_star_event s JOIN ntsb.aircraft a USING (ev_id)
        WHERE a.withdrawn_batch IS NULL
        WINDOW of_event AS (PARTITION BY a.ev_id)
        ORDER BY a.ev_id, a.aircraft_key
    ), told AS (
        SELECT n.ev_id FROM pg_temp.ntsb_star_event s JOIN ntsb.narratives n USING (ev_id)
        WHERE n.withdrawn_batch IS NULL AND n.narr_cause <> ''
        GROUP BY n.ev_id
    )
    SELECT e.ev_id, e.ntsb_no, e.ev_type, e.ev_date, e.ev_year,
           coalesce(e.ev_month, extract(month FROM e.ev_date))::smallint AS ev_month,
           e.ev_time, e.ev_tmzn, e.ntsb_docket, e.ev_city, e.ev_state, e.ev_country,
           CASE WHEN e.ev_country IS NOT NULL THEN e.ev_country = 'USA'
                WHEN e.ev_state = 'FN' OR m.far_part IN ('NUSC', 'NUSN') THEN false
                WHEN e.ev_state IS NOT NULL THEN true END AS is_domestic,
           CASE WHEN e.ev_highest_injury IS NULL AND e.inj_tot_f > 0 THEN 'FATL'
                ELSE e.ev_highest_injury END AS severity,
           e.inj_tot_f, e.inj_tot_s, e.inj_tot_m, e.inj_tot_n,
           coalesce(m.aircraft_count, 0)::smallint AS aircraft_count,
           coalesce(nullif(m.num_eng, 0), nullif(m.engines, 0))::smallint AS engine_count,
           ('{DEST,SUBS,MINR,NONE}'::text[])[m.damage] AS damage,
           m.acft_make_std AS acft_make, m.acft_model_std AS acft_model, m.acft_category, m.far_part, m.type_fly,
           e.wx_cond_basic, e.light_cond,
           coalesce(o.era, CASE WHEN m.phase_flt_spec > 0 THEN '1982' END) AS era,
           CASE WHEN o.era IS NULL THEN nullif(m.phase_flt_spec, 0)::text ELSE o.phase_code END AS phase_code,
           f.era IS NOT NULL AS has_findings, t.ev_id IS NOT NULL AS has_probable_cause,
           CASE WHEN f.era IS NOT NULL THEN @extschema@.ntsb_cause_category(f.era, f.code) END AS cause_category,
           r.rec_stat AS report_status, coalesce(r.rec_stat IN ('B', 'F'), false) AS is_final,
           e.lat, e.lon,
           CASE WHEN num_nonnulls(e.ev_country, e.ev_state, e.ev_city, e.lat) = 0 THEN ''
                ELSE ROW(e.ev_country, e.ev_state, e.ev_city, e.lat, e.lon)::text END AS place,
           @extschema@.ntsb_band('visibility_sm', e.vis_sm::double precision) AS visibility_band,
           @extschema@.ntsb_band('wind_kts', coalesce(e.wind_vel_kts, CASE e.wind_vel_ind WHEN 'CALM' THEN 0 END)::double precision) AS wind_band,
           @extschema@.ntsb_band('temp_c', e.wx_temp_c::double precision) AS temp_band,
           ''::text AS weather,
           m.aircraft_key, coalesce(o.natural_key, '') AS occurrence, coalesce(f.natural_key, '') AS finding
    FROM pg_temp.ntsb_star_event s
    JOIN ntsb.event_key k USING (ev_id)
    JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year AND e.withdrawn_batch IS NULL
    LEFT JOIN machine m ON m.ev_id = e.ev_id
    LEFT JOIN told t ON t.ev_id = e.ev_id
    LEFT JOIN ntsb.ntsb_admin r ON r.ev_id = e.ev_id AND r.withdrawn_batch IS NULL
    LEFT JOIN pg_temp.ntsb_star_cause o ON o.ev_id = e.ev_id AND o.is_defining
    LEFT JOIN pg_temp.ntsb_star_cause f ON f.ev_id = e.ev_id AND f.is_first_finding;
    UPDATE pg_temp.ntsb_star_row SET weather = ROW(wx_cond_basic, visibility_band, wind_band, temp_band)::text
    WHERE num_nonnulls(wx_cond_basic, visibility_band, wind_band, temp_band) > 0;
    CREATE INDEX ON pg_temp.ntsb_star_row (ev_id);
    ANALYZE pg_temp.ntsb_star_row;
END
$$;
COMMENT ON FUNCTION ntsb_star_facts() IS
'A step of ntsb_refresh_star: what the fact says of the events to be taken up.';

CREATE FUNCTION ntsb_star_dim_places() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.dim_location (natural_key, country, state, city, lat, lon)
    SELECT DISTINCT ON (r.place) r.place, r.ev_country, r.ev_state, r.ev_city, r.lat, r.lon
    FROM pg_temp.ntsb_star_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_location d WHERE d.natural_key = r.place)
    ORDER BY r.place;
    INSERT INTO ntsb.dim_weather (natural_key, wx_cond_basic, visibility_band, wind_band, temp_band)
    SELECT DISTINCT ON (r.weather) r.weather, r.wx_cond_basic, r.visibility_band, r.wind_band, r.temp_band
    FROM pg_temp.ntsb_star_row r
    WHERE NOT EXISTS (SELECT FROM ntsb.dim_weather d WHERE d.natural_key = r.weather)
    ORDER BY r.weather;
END
$$;
COMMENT ON FUNCTION ntsb_star_dim_places() IS
'A step of ntsb_refresh_star: members of ntsb.dim_location and ntsb.dim_weather for the events to be taken up.';

-- Stores the facts; a row that is as it was is not written.
CREATE FUNCTION ntsb_star_store() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    changed text;
BEGIN
    CREATE TEMP TABLE ntsb_star_fact ON COMMIT DROP AS
    SELECT r.ev_id, coalesce(d.time_id, 0) AS time_id, l.location_id,
           coalesce(a.aircraft_id, 0) AS aircraft_id, coalesce(c.crew_id, 0) AS crew_id, w.weather_id,
           o.cause_id AS occurrence_cause_id, f.cause_id AS finding_cause_id,
           r.ntsb_no, r.ev_type, r.ev_date, r.ev_year, r.ev_month, r.ev_time, r.ev_tmzn, r.ev_state, r.ev_country, r.is_domestic,
           r.severity,
           coalesce(r.inj_tot_f::integer, CASE WHEN r.severity <> 'FATL' THEN 0 END) AS fatalities,
           coalesce(r.inj_tot_s::integer, CASE WHEN r.severity <> 'SERS' THEN 0 END) AS serious,
           coalesce(r.inj_tot_m::integer, CASE WHEN r.severity <> 'MINR' THEN 0 END) AS minor,
           coalesce(r.inj_tot_n::integer, CASE WHEN r.severity <> 'NONE' THEN 0 END) AS uninjured,
           r.aircraft_count, r.engine_count, r.damage, r.acft_make, r.acft_model, r.acft_category, r.far_part,
           r.type_fly, r.wx_cond_basic, r.light_cond, r.era, r.phase_code,
           @extschema@.ntsb_phase_group(r.era, r.phase_code) AS phase, r.cause_category,
           r.has_findings, r.has_probable_cause, r.report_status, r.is_final, r.ntsb_docket, r.lat, r.lon
    FROM pg_temp.ntsb_star_row r
    JOIN ntsb.dim_location l ON l.natural_key = r.place
    JOIN ntsb.dim_weather w ON w.natural_key = r.weather
    JOIN ntsb.dim_causes o ON o.natural_key = r.occurrence
    JOIN ntsb.dim_causes f ON f.natural_key = r.finding
    LEFT JOIN ntsb.dim_time d ON d.full_date = r.ev_date
    LEFT JOIN pg_temp.ntsb_star_aircraft n ON n.ev_id = r.ev_id AND n.aircraft_key = r.aircraft_key AND n.in_turn
    LEFT JOIN ntsb.dim_aircraft a ON a.natural_key = n.natural_key
    LEFT JOIN pg_temp.ntsb_star_crew p
        ON p.ev_id = r.ev_id AND p.aircraft_key = r.aircraft_key AND p.is_pilot_in_command
    LEFT JOIN ntsb.dim_crew c ON c.member = p.member AND c.is_current;

    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(format('%1$I = excluded.%1$I', a.attname), ', ' ORDER BY a.attnum)
               FILTER (WHERE a.attname <> 'ev_id')
    INTO columns, changed
    FROM pg_attribute a
    WHERE a.attrelid = 'pg_temp.ntsb_star_fact'::regclass AND a.attnum > 0;
    EXECUTE format(
        'INSERT INTO ntsb.fact_accidents AS f (%1$s) SELECT * FROM pg_temp.ntsb_star_fact ORDER BY ev_date, ev_id
         ON CONFLICT (ev_id) DO UPDATE SET %2$s, updated_at = now()
         WHERE (f.%3$s) IS DISTINCT FROM (excluded.%4$s)',
        columns, changed, replace(columns, ', ', ', f.'), replace(columns, ', ', ', excluded.'));
    DROP TABLE pg_temp.ntsb_star_fact;
END
$$;
COMMENT ON FUNCTION ntsb_star_store() IS
'A step of ntsb_refresh_star: inserts and updates facts.';

CREATE FUNCTION ntsb_star_bridges() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO ntsb.bridge_event_aircraft (accident_id, aircraft_key, aircraft_id, damage, far_part, type_fly)
    SELECT f.accident_id, n.aircraft_key, d.aircraft_id, a.damage, a.far_part, a.type_fly
    FROM pg_temp.ntsb_star_aircraft n
    JOIN ntsb.fact_accidents f USING (ev_id)
    JOIN ntsb.aircraft a USING (ev_id, aircraft_key)
    JOIN ntsb.dim_aircraft d ON d.natural_key = n.natural_key
    WHERE n.in_turn
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
COMMENT ON FUNCTION ntsb_star_bridges() IS
'A step of ntsb_refresh_star: links events to all their aircraft, crew and causes.';
