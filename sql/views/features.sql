-- The features of each event.

-- Must not read columns that reveal the outcome: ntsb_feature_leaks() checks which columns the view reads, and
-- training is refused if one is denied. Earlier events of the same type or place count only after one year, when
-- their outcome is known.
CREATE VIEW ntsb.accident_features AS
SELECT f.ev_id, f.ev_date,
       CASE WHEN coalesce(f.ev_tmzn, '') NOT IN ('UTC', 'GMT') THEN f.ev_time END AS ev_time,
       f.lat, f.lon, f.ev_state, f.ev_country,
       CASE f.is_domestic WHEN true THEN 'Y' WHEN false THEN 'N' END AS is_domestic,
       f.nearest_airport_km,
       p.elevation_ft AS terrain_ft,
       e.apt_dist, e.ev_nr_apt_loc,
       CASE WHEN f.lat IS NOT NULL AND f.lon IS NOT NULL THEN coalesce(u.events, 0) END AS place_events,
       u.fatal_events::double precision / u.events AS place_fatal_share,
       u.injury_events::double precision / u.events AS place_injury_share,
       CASE WHEN f.lat IS NOT NULL AND f.lon IS NOT NULL THEN coalesce(v.events, 0) END AS area_events,
       v.fatal_events::double precision / v.events AS area_fatal_share,
       v.injury_events::double precision / v.events AS area_injury_share,
       f.acft_category, f.acft_make, f.acft_model,
       CASE f.is_amateur_built WHEN true THEN 'Y' WHEN false THEN 'N' END AS homebuilt,
       f.engine_count AS num_eng, f.engine_type AS eng_type, g.fuel_feed, g.total_hp,
       nullif(a.cert_max_gr_wt, 0) AS cert_max_gr_wt, nullif(a.total_seats, 0) AS total_seats,
       a.fixed_retractable, nullif(a.acft_year, 0) AS acft_year, nullif(a.afm_hrs, 0) AS afm_hrs, a.type_last_insp,
       CASE WHEN f.regis_no ~ '^N[0-9]' THEN 'N' WHEN f.regis_no IS NOT NULL THEN 'F' END AS registry,
       t.events AS type_events,
       t.fatal_events::double precision / t.events AS type_fatal_share,
       t.injury_events::double precision / t.events AS type_injury_share,
       m.events AS make_events,
       m.fatal_events::double precision / m.events AS make_fatal_share,
       f.far_part, f.type_fly, a.oper_sched, a.oper_pax_cargo, a.oper_dom_int, a.flt_plan_filed,
       a.second_pilot, a.site_seeing, a.air_medical,
       f.wx_cond_basic, f.light_cond, e.sky_cond_ceil, nullif(e.sky_ceil_ht, 0) AS sky_ceil_ht, e.vis_sm,
       coalesce(e.wind_vel_kts, CASE e.wind_vel_ind WHEN 'CALM' THEN 0 END) AS wind_vel_kts,
       nullif(e.gust_kts, 0) AS gust_kts, e.wx_temp_c, e.wx_dew_pt_c,
       nullif(n.pilots, 0) AS pilots,
       f.pilot_age, c.crew_sex AS pilot_sex, f.pilot_certificate,
       c.med_certf AS pilot_medical, c.med_crtf_vldty AS pilot_medical_validity, c.date_lst_med AS medical_date,
       c.pc_profession AS pilot_profession,
       f.pilot_total_hours, f.pilot_make_hours, h.last_90_days AS pilot_90_day_hours,
       f.damage, a.acft_fire, a.acft_expl, a.evacuation,
       CASE f.era WHEN '2008' THEN f.phase_code ELSE x.current_code END AS phase_code,
       f.phase,
       CASE f.era WHEN '2008' THEN right(f.defining_event, 3) ELSE y.current_code END AS defining_event,
       e.mid_air, e.on_ground_collision, f.aircraft_count
FROM ntsb.fact_accidents f
JOIN ntsb.events e ON e.ev_id = f.ev_id AND e.ev_year = f.ev_year
LEFT JOIN ntsb.airport p ON p.airport_id = f.nearest_airport_id
LEFT JOIN ntsb.code_crosswalk x ON f.era = '1982' AND x.kind = 'phase' AND x.code = f.phase_code
LEFT JOIN ntsb.code_crosswalk y ON f.era = '1982' AND y.kind = 'event' AND y.code = f.defining_event
LEFT JOIN ntsb.aircraft a ON a.ev_id = f.ev_id AND a.aircraft_key = f.aircraft_key
LEFT JOIN ntsb.flight_crew c ON c.ev_id = f.ev_id AND c.aircraft_key = f.aircraft_key AND c.crew_no = f.crew_no
LEFT JOIN LATERAL (
    SELECT (array_agg(n.carb_fuel_injection ORDER BY n.eng_no))[1] AS fuel_feed,
           nullif(sum(n.power_units) FILTER (WHERE n.hp_or_lbs = 'HP'), 0) AS total_hp
    FROM ntsb.engines n
    WHERE n.ev_id = f.ev_id AND n.aircraft_key = f.aircraft_key AND n.withdrawn_batch IS NULL) g ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS pilots
    FROM ntsb.flight_crew n
    WHERE n.ev_id = f.ev_id AND n.aircraft_key = f.aircraft_key AND n.withdrawn_batch IS NULL
      AND n.crew_category IN ('PLT', 'FLTI', 'KPLT', 'DSTU', 'CPLT')) n ON true
LEFT JOIN LATERAL (
    SELECT max(i.flight_hours) AS last_90_days
    FROM ntsb.flight_time i
    WHERE i.ev_id = f.ev_id AND i.aircraft_key = f.aircraft_key AND i.crew_no = f.crew_no
      AND i.flight_type = 'L90D' AND i.flight_craft = 'ALL' AND i.withdrawn_batch IS NULL) h ON true
LEFT JOIN LATERAL (
    SELECT q.events, q.injury_events, q.fatal_events FROM ntsb.type_history q
    WHERE q.acft_make = f.acft_make AND q.acft_model = f.acft_model AND q.acft_model <> ''
      AND q.as_of <= f.ev_date - interval '1 year'
    ORDER BY q.as_of DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (
    SELECT q.events, q.fatal_events FROM ntsb.type_history q
    WHERE q.acft_make = f.acft_make AND q.acft_model = '' AND q.as_of <= f.ev_date - interval '1 year'
    ORDER BY q.as_of DESC LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT q.events, q.injury_events, q.fatal_events FROM ntsb.place_history q
    WHERE q.per_degree = 100 AND q.lat_cell = floor(f.lat * 100)::integer AND q.lon_cell = floor(f.lon * 100)::integer
      AND q.as_of <= f.ev_date - interval '1 year'
    ORDER BY q.as_of DESC LIMIT 1) u ON true
LEFT JOIN LATERAL (
    SELECT q.events, q.injury_events, q.fatal_events FROM ntsb.place_history q
    WHERE q.per_degree = 10 AND q.lat_cell = floor(f.lat * 10)::integer AND q.lon_cell = floor(f.lon * 10)::integer
      AND q.as_of <= f.ev_date - interval '1 year'
    ORDER BY q.as_of DESC LIMIT 1) v ON true;
COMMENT ON VIEW ntsb.accident_features IS
    'Features of events, one row per event, as of the last refresh; ntsb.feature describes each column. No column reveals the outcome of its event (leakage). Counts of earlier events of the same type or place include only events at least one year older';
