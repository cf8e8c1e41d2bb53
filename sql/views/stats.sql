-- Precomputed aggregates. Each counts events, never joined rows: an event with two aircraft counts once for its year,
-- and once for each of the two makes. The unique indexes allow REFRESH CONCURRENTLY. A concurrent refresh rewrites
-- rows with nulls in their key each time, so larger views with nullable columns have row_key as key. It also sorts all
-- rows without any null to find duplicates: larger views therefore have null fatalities instead of 0, which is faster
-- and does not change sums.

CREATE MATERIALIZED VIEW ntsb.mv_yearly_stats AS
SELECT f.ev_year,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       count(*) FILTER (WHERE f.severity = 'SERS') AS serious_events,
       count(*) FILTER (WHERE f.severity = 'MINR') AS minor_events,
       count(*) FILTER (WHERE f.severity = 'NONE') AS uninjured_events,
       count(*) FILTER (WHERE f.is_domestic) AS domestic_events,
       count(*) FILTER (WHERE f.is_domestic AND f.severity = 'FATL') AS domestic_fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count,
       sum(f.serious) AS serious,
       sum(f.minor) AS minor,
       sum(f.uninjured) AS uninjured,
       count(*) FILTER (WHERE f.has_findings) AS with_findings,
       count(*) FILTER (WHERE f.is_final) AS final_reports,
       round(avg((f.has_findings OR f.has_probable_cause)::integer), 4) AS completeness
FROM ntsb.fact_accidents f
GROUP BY f.ev_year;
CREATE UNIQUE INDEX mv_yearly_stats_key ON ntsb.mv_yearly_stats (ev_year);
COMMENT ON MATERIALIZED VIEW ntsb.mv_yearly_stats IS 'Events and people per year, and the completeness of the year';
COMMENT ON COLUMN ntsb.mv_yearly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_yearly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious_events IS 'Events whose highest injury is serious';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor_events IS 'Events whose highest injury is minor';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured_events IS 'Events without injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_fatal_events IS 'Number of fatal events in the United States';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious IS 'People seriously injured';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor IS 'People with minor injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured IS 'People without injury';
COMMENT ON COLUMN ntsb.mv_yearly_stats.with_findings IS 'Events with published findings';
COMMENT ON COLUMN ntsb.mv_yearly_stats.final_reports IS 'Events with a final report';
COMMENT ON COLUMN ntsb.mv_yearly_stats.completeness IS
    'Share (0 to 1) of the events for which NTSB has published findings or a probable cause: recent years are not comparable yet';

CREATE MATERIALIZED VIEW ntsb.mv_monthly_stats AS
SELECT f.ev_year, f.ev_month,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       count(*) FILTER (WHERE f.is_domestic) AS domestic_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.ev_year, f.ev_month;
CREATE UNIQUE INDEX mv_monthly_stats_key ON ntsb.mv_monthly_stats (ev_year, ev_month) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_monthly_stats IS 'Events and fatalities per month';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_month IS 'Month, 1 to 12; null if the date is unknown';
COMMENT ON COLUMN ntsb.mv_monthly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_monthly_stats.domestic_events IS 'Number of events in the United States';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';

CREATE MATERIALIZED VIEW ntsb.mv_state_heatmap AS
SELECT f.ev_state,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count,
       count(f.lat) AS placed_events,
       min(f.ev_year) AS first_year,
       max(f.ev_year) AS last_year,
       @postgis@.geography(@postgis@.ST_Centroid(@postgis@.ST_Collect(
           @postgis@.ST_SetSRID(@postgis@.ST_MakePoint(f.lon, f.lat), 4326))))::@postgis@.geography(Point, 4326)
           AS centroid
FROM ntsb.fact_accidents f
WHERE f.ev_state IS NOT NULL
GROUP BY f.ev_state;
CREATE UNIQUE INDEX mv_state_heatmap_key ON ntsb.mv_state_heatmap (ev_state);
COMMENT ON MATERIALIZED VIEW ntsb.mv_state_heatmap IS 'Events per state, territory or sea area, with the centroid of their locations';
COMMENT ON COLUMN ntsb.mv_state_heatmap.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.mv_state_heatmap.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_state_heatmap.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.last_year IS 'Last year with an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.placed_events IS 'Events with coordinates';
COMMENT ON COLUMN ntsb.mv_state_heatmap.centroid IS 'Mean of the coordinates in degrees; null if no event has coordinates';

CREATE MATERIALIZED VIEW ntsb.mv_aircraft_stats AS
SELECT concat_ws('|', coalesce(d.acft_make::text, '-'), coalesce(d.acft_model::text, '-')) AS row_key,
       d.acft_make, d.acft_model,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       nullif(sum(f.fatalities), 0) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count,
       min(f.ev_year) AS first_year,
       max(f.ev_year) AS last_year
FROM (SELECT DISTINCT b.accident_id, a.acft_make, a.acft_model
      FROM ntsb.bridge_event_aircraft b JOIN ntsb.dim_aircraft a USING (aircraft_id)) d
JOIN ntsb.fact_accidents f USING (accident_id)
GROUP BY d.acft_make, d.acft_model;
CREATE UNIQUE INDEX mv_aircraft_stats_key ON ntsb.mv_aircraft_stats (row_key);
COMMENT ON MATERIALIZED VIEW ntsb.mv_aircraft_stats IS
    'Events per make and model, standardised spelling; an event with two models counts for each, so the sum exceeds the number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_model IS 'Model, standardised spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.first_year IS 'First year with an event';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.last_year IS 'Last year with an event';

CREATE MATERIALIZED VIEW ntsb.mv_phase_stats AS
SELECT f.phase, f.is_domestic,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.phase, f.is_domestic;
CREATE UNIQUE INDEX mv_phase_stats_key ON ntsb.mv_phase_stats (phase, is_domestic) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_phase_stats IS 'Events per phase of flight of the defining occurrence; null if NTSB has coded none';
COMMENT ON COLUMN ntsb.mv_phase_stats.phase IS 'Phase group, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.mv_phase_stats.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_phase_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';

CREATE MATERIALIZED VIEW ntsb.mv_cause_stats AS
SELECT d.era, d.kind, d.code, d.description, d.category, d.in_probable_cause,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM (SELECT DISTINCT b.accident_id, c.era, c.kind, c.code, c.description, c.category, c.in_probable_cause
      FROM ntsb.bridge_event_cause b JOIN ntsb.dim_causes c USING (cause_id)) d
JOIN ntsb.fact_accidents f USING (accident_id)
GROUP BY d.era, d.kind, d.code, d.description, d.category, d.in_probable_cause;
CREATE UNIQUE INDEX mv_cause_stats_key ON ntsb.mv_cause_stats
    (era, kind, code, description, category, in_probable_cause) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_cause_stats IS
    'Events per occurrence and finding, in the codes of their era; an event has several of them';
COMMENT ON COLUMN ntsb.mv_cause_stats.era IS 'Coding era, by its first year: 2008, 1982, 1962';
COMMENT ON COLUMN ntsb.mv_cause_stats.kind IS 'occurrence or finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.code IS 'Code within its era';
COMMENT ON COLUMN ntsb.mv_cause_stats.description IS 'Meaning of the code';
COMMENT ON COLUMN ntsb.mv_cause_stats.category IS 'Category of a finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.in_probable_cause IS 'Whether NTSB includes it in the probable cause';
COMMENT ON COLUMN ntsb.mv_cause_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';

CREATE MATERIALIZED VIEW ntsb.mv_crew_stats AS
SELECT d.certificate, d.total_hours_band, d.experience_band, d.age_group,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
JOIN ntsb.dim_crew d USING (crew_id)
GROUP BY d.certificate, d.total_hours_band, d.experience_band, d.age_group;
CREATE UNIQUE INDEX mv_crew_stats_key ON ntsb.mv_crew_stats
    (certificate, total_hours_band, experience_band, age_group) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_crew_stats IS
    'Events by certificate, flight hours and age of the pilot in command of the first aircraft';
COMMENT ON COLUMN ntsb.mv_crew_stats.certificate IS 'Highest certificate of the pilot in command';
COMMENT ON COLUMN ntsb.mv_crew_stats.total_hours_band IS 'Band of total flight hours';
COMMENT ON COLUMN ntsb.mv_crew_stats.experience_band IS 'Band of flight hours in this make and model';
COMMENT ON COLUMN ntsb.mv_crew_stats.age_group IS 'Band of the age in years';
COMMENT ON COLUMN ntsb.mv_crew_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events IS 'Number of fatal events';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';

-- Fine enough that any aggregate by year, severity, state and make is a sum over its rows.
CREATE MATERIALIZED VIEW ntsb.mv_accident_cube AS
SELECT concat_ws('|', coalesce(f.ev_year::text, '-'), coalesce(f.severity::text, '-'), coalesce(f.ev_state::text, '-'), coalesce(f.acft_make::text, '-'), coalesce(f.is_domestic::text, '-')) AS row_key,
       f.ev_year, f.severity, f.ev_state, f.acft_make, f.is_domestic,
       count(*) AS events,
       nullif(sum(f.fatalities), 0) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.ev_year, f.severity, f.ev_state, f.acft_make, f.is_domestic;
CREATE UNIQUE INDEX mv_accident_cube_key ON ntsb.mv_accident_cube (row_key);
CREATE INDEX mv_accident_cube_state_idx ON ntsb.mv_accident_cube (ev_state, ev_year, severity) INCLUDE (events);
CREATE INDEX mv_accident_cube_make_idx ON ntsb.mv_accident_cube (acft_make, ev_year, severity) INCLUDE (events);
COMMENT ON MATERIALIZED VIEW ntsb.mv_accident_cube IS
    'Events and fatalities by year, severity, state, maker of the first aircraft, and domestic or not: sum events for any coarser grouping';
COMMENT ON COLUMN ntsb.mv_accident_cube.row_key IS 'The grouping columns as one text: a unique key without nulls';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_accident_cube.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_state IS 'State, territory or sea area; null abroad';
COMMENT ON COLUMN ntsb.mv_accident_cube.acft_make IS 'Maker, standardised spelling';
COMMENT ON COLUMN ntsb.mv_accident_cube.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_accident_cube.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';

CREATE MATERIALIZED VIEW ntsb.mv_year_severity AS
SELECT f.ev_year, f.severity, f.is_domestic, count(*) AS events, sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.ev_year, f.severity, f.is_domestic;
CREATE UNIQUE INDEX mv_year_severity_key ON ntsb.mv_year_severity (ev_year, severity, is_domestic) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_year_severity IS 'Events and fatalities by year, severity, and domestic or not';
COMMENT ON COLUMN ntsb.mv_year_severity.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_year_severity.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_year_severity.is_domestic IS 'In the United States; null if unknown';
COMMENT ON COLUMN ntsb.mv_year_severity.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_year_severity.fatalities IS 'People killed, in events with a count';
COMMENT ON COLUMN ntsb.mv_year_severity.fatal_events_without_count IS 'Fatal events without a count of the people killed; fatalities excludes them';
