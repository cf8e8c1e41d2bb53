-- Values computed from the facts: parts of dates, codes of older eras mapped to current ones, ages and ratios.

CREATE VIEW ntsb.event_enriched AS
SELECT f.ev_id, f.ev_date, f.ev_year,
       extract(quarter FROM f.ev_date)::smallint AS quarter,
       f.ev_month,
       extract(isodow FROM f.ev_date)::smallint AS day_of_week,
       extract(isodow FROM f.ev_date) >= 6 AS is_weekend,
       f.phase_code,
       CASE f.era WHEN '2008' THEN f.phase_code ELSE p.current_code END AS current_phase_code,
       CASE f.era WHEN '2008' THEN right(f.defining_event, 3) ELSE e.current_code END AS current_event_code,
       f.nearest_airport_id, a.name AS nearest_airport, f.nearest_airport_km
FROM ntsb.fact_accidents f
LEFT JOIN ntsb.airport a ON a.airport_id = f.nearest_airport_id
LEFT JOIN ntsb.code_crosswalk p ON f.era = '1982' AND p.kind = 'phase' AND p.code = f.phase_code
LEFT JOIN ntsb.code_crosswalk e ON f.era = '1982' AND e.kind = 'event' AND e.code = f.defining_event;
COMMENT ON VIEW ntsb.event_enriched IS
    'Parts of the date, nearest airport, and phase and defining event in the codes used since 2008; one row per event';
COMMENT ON COLUMN ntsb.event_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.event_enriched.ev_date IS 'Date of the event; UTC in rows written since 2020';
COMMENT ON COLUMN ntsb.event_enriched.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.event_enriched.quarter IS 'Quarter, 1 to 4';
COMMENT ON COLUMN ntsb.event_enriched.ev_month IS 'Month, 1 to 12';
COMMENT ON COLUMN ntsb.event_enriched.day_of_week IS 'ISO 8601 day of the week: 1 Monday to 7 Sunday';
COMMENT ON COLUMN ntsb.event_enriched.is_weekend IS 'True on Saturday and Sunday';
COMMENT ON COLUMN ntsb.event_enriched.phase_code IS 'Phase of flight of the defining occurrence, in the codes of its era';
COMMENT ON COLUMN ntsb.event_enriched.current_phase_code IS 'phase_code in the codes used since 2008, mapped by ntsb.code_crosswalk';
COMMENT ON COLUMN ntsb.event_enriched.current_event_code IS 'Defining event in the codes used since 2008 (three digits), mapped by ntsb.code_crosswalk';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport_id IS 'Nearest airport of ntsb.airport; null if no list is loaded';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport IS 'Name of the nearest airport';
COMMENT ON COLUMN ntsb.event_enriched.nearest_airport_km IS 'Distance to the nearest airport in kilometres';

CREATE VIEW ntsb.aircraft_enriched AS
SELECT c.ev_id, c.aircraft_key, c.regis_no, c.acft_make_std AS acft_make, c.acft_model_std AS acft_model,
       c.acft_year,
       CASE WHEN e.ev_year - c.acft_year BETWEEN 0 AND 120 THEN e.ev_year - c.acft_year END AS age_years,
       g.engines, g.total_hp, c.cert_max_gr_wt,
       round(g.total_hp::numeric / nullif(greatest(c.cert_max_gr_wt, 0), 0), 4) AS hp_per_lb,
       c.afm_hrs,
       round((c.afm_hrs / nullif(CASE WHEN e.ev_year - c.acft_year BETWEEN 1 AND 120
                                      THEN e.ev_year - c.acft_year END, 0))::numeric, 1) AS hours_per_year
FROM ntsb.aircraft c
JOIN ntsb.event_key e USING (ev_id)
LEFT JOIN LATERAL (
    SELECT count(*) AS engines,
           CASE WHEN bool_and(n.hp_or_lbs = 'HP' AND n.power_units > 0) AND count(*) >= coalesce(c.num_eng, 0)
                THEN sum(n.power_units) END AS total_hp
    FROM ntsb.engines n
    WHERE n.ev_id = c.ev_id AND n.aircraft_key = c.aircraft_key AND n.withdrawn_batch IS NULL) g ON true
WHERE c.withdrawn_batch IS NULL;
COMMENT ON VIEW ntsb.aircraft_enriched IS 'Age, power and hours of each aircraft of each event';
COMMENT ON COLUMN ntsb.aircraft_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.aircraft_enriched.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.aircraft_enriched.regis_no IS 'Registration mark';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_model IS 'Model, standardised spelling';
COMMENT ON COLUMN ntsb.aircraft_enriched.acft_year IS 'Year of manufacture, in files since 2020';
COMMENT ON COLUMN ntsb.aircraft_enriched.age_years IS 'Years from manufacture to the event; null if outside 0 to 120';
COMMENT ON COLUMN ntsb.aircraft_enriched.engines IS 'Number of engines listed';
COMMENT ON COLUMN ntsb.aircraft_enriched.total_hp IS 'Rated power of all engines in horsepower; null if an engine is rated in pounds of thrust, has no rating, or is not listed';
COMMENT ON COLUMN ntsb.aircraft_enriched.cert_max_gr_wt IS 'Certified maximum gross weight in pounds';
COMMENT ON COLUMN ntsb.aircraft_enriched.hp_per_lb IS 'Power-to-weight ratio: horsepower per pound of gross weight';
COMMENT ON COLUMN ntsb.aircraft_enriched.afm_hrs IS 'Airframe hours';
COMMENT ON COLUMN ntsb.aircraft_enriched.hours_per_year IS 'Airframe hours per year of age';

CREATE VIEW ntsb.crew_enriched AS
SELECT c.ev_id, c.aircraft_key, c.crew_no, c.crew_category,
       coalesce((SELECT m.meaning FROM ntsb.code_meaning m
                 WHERE m.kind = 'crew_category' AND m.code = c.crew_category), c.crew_category) AS category,
       c.crew_age,
       t.total_hours, t.make_hours, t.last_90_days,
       round((t.make_hours / nullif(t.total_hours, 0))::numeric, 4) AS make_share,
       round((t.last_90_days / nullif(t.total_hours, 0))::numeric, 4) AS recent_share
FROM ntsb.flight_crew c
LEFT JOIN LATERAL (
    SELECT max(h.flight_hours) FILTER (WHERE h.flight_type = 'TOTL' AND h.flight_craft = 'ALL') AS total_hours,
           max(h.flight_hours) FILTER (WHERE h.flight_type = 'TOTL' AND h.flight_craft = 'MAKE') AS make_hours,
           max(h.flight_hours) FILTER (WHERE h.flight_type = 'L90D' AND h.flight_craft = 'ALL') AS last_90_days
    FROM ntsb.flight_time h
    WHERE h.ev_id = c.ev_id AND h.aircraft_key = c.aircraft_key AND h.crew_no = c.crew_no
      AND h.withdrawn_batch IS NULL) t ON true
WHERE c.withdrawn_batch IS NULL;
COMMENT ON VIEW ntsb.crew_enriched IS 'Experience of each crew member of each event';
COMMENT ON COLUMN ntsb.crew_enriched.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.crew_enriched.aircraft_key IS 'NTSB''s number of the aircraft within the event';
COMMENT ON COLUMN ntsb.crew_enriched.crew_no IS 'Number of the crew member within the aircraft';
COMMENT ON COLUMN ntsb.crew_enriched.crew_category IS 'Role code: PLT, CPLT, FLTI, …';
COMMENT ON COLUMN ntsb.crew_enriched.category IS 'Meaning of crew_category, from the loaded dictionary';
COMMENT ON COLUMN ntsb.crew_enriched.crew_age IS 'Age in years';
COMMENT ON COLUMN ntsb.crew_enriched.total_hours IS 'Total flight hours';
COMMENT ON COLUMN ntsb.crew_enriched.make_hours IS 'Flight hours in this make and model';
COMMENT ON COLUMN ntsb.crew_enriched.last_90_days IS 'Flight hours in the last 90 days';
COMMENT ON COLUMN ntsb.crew_enriched.make_share IS 'make_hours / total_hours, 0 to 1';
COMMENT ON COLUMN ntsb.crew_enriched.recent_share IS 'last_90_days / total_hours, 0 to 1';
