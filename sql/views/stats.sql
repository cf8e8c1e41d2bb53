-- Aggregates that answer at once. Each counts events, never joined rows: an event with two aircraft is
-- one event of its year, and one of each of the two makes. Unique indexes let them be refreshed while
-- others read; where columns may be null, the larger views have a key that is not, as a refresh would
-- write rows with nulls anew each time. Among rows without a null a refresh looks for doubles by
-- sorting them: where nobody was killed, the larger views say null, which is quicker and sums as well.

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
COMMENT ON MATERIALIZED VIEW ntsb.mv_yearly_stats IS 'Events and people of each year, and how complete the year is';
COMMENT ON COLUMN ntsb.mv_yearly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_yearly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious_events IS 'Events with serious and no fatal injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor_events IS 'Events with minor injuries at most';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured_events IS 'Events in which nobody was hurt';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_events IS 'Events in the United States';
COMMENT ON COLUMN ntsb.mv_yearly_stats.domestic_fatal_events IS 'Events in the United States in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_yearly_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';
COMMENT ON COLUMN ntsb.mv_yearly_stats.serious IS 'People seriously injured';
COMMENT ON COLUMN ntsb.mv_yearly_stats.minor IS 'People with minor injuries';
COMMENT ON COLUMN ntsb.mv_yearly_stats.uninjured IS 'People without injury';
COMMENT ON COLUMN ntsb.mv_yearly_stats.with_findings IS 'Events with published findings';
COMMENT ON COLUMN ntsb.mv_yearly_stats.final_reports IS 'Events whose report is at its last step';
COMMENT ON COLUMN ntsb.mv_yearly_stats.completeness IS
    'Share of the events whose findings or probable cause NTSB has published, 0 to 1: recent years are not comparable yet';

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
COMMENT ON MATERIALIZED VIEW ntsb.mv_monthly_stats IS 'Events and fatalities of each month';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_monthly_stats.ev_month IS 'Month, 1 to 12; null where the date is not known';
COMMENT ON COLUMN ntsb.mv_monthly_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_monthly_stats.domestic_events IS 'Events in the United States';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_monthly_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';

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
COMMENT ON MATERIALIZED VIEW ntsb.mv_state_heatmap IS 'Events of each state, territory or sea, with the middle of their places';
COMMENT ON COLUMN ntsb.mv_state_heatmap.ev_state IS 'State, territory or sea; null abroad';
COMMENT ON COLUMN ntsb.mv_state_heatmap.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_state_heatmap.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';
COMMENT ON COLUMN ntsb.mv_state_heatmap.first_year IS 'First year with such an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.last_year IS 'Last year with such an event';
COMMENT ON COLUMN ntsb.mv_state_heatmap.placed_events IS 'Events whose place is known';
COMMENT ON COLUMN ntsb.mv_state_heatmap.centroid IS 'Mean of the places, in degrees; null where none is known';

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
    'Events of each make and model, in one spelling; an event of two models is one of each, so that the sum is above the number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.row_key IS 'What the row counts, as one text: tells rows with nulls apart';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_make IS 'Maker, in one spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.acft_model IS 'Model, in one spelling';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.first_year IS 'First year with such an event';
COMMENT ON COLUMN ntsb.mv_aircraft_stats.last_year IS 'Last year with such an event';

CREATE MATERIALIZED VIEW ntsb.mv_phase_stats AS
SELECT f.phase, f.is_domestic,
       count(*) AS events,
       count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events,
       sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.phase, f.is_domestic;
CREATE UNIQUE INDEX mv_phase_stats_key ON ntsb.mv_phase_stats (phase, is_domestic) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_phase_stats IS 'Events of each phase of flight, of the defining occurrence; null where NTSB has coded none';
COMMENT ON COLUMN ntsb.mv_phase_stats.phase IS 'Phase of flight, the same in all eras; see ntsb_phase_group';
COMMENT ON COLUMN ntsb.mv_phase_stats.is_domestic IS 'In the United States; null where nothing tells';
COMMENT ON COLUMN ntsb.mv_phase_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_phase_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';

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
    'Events of each occurrence and finding, by the codes of their era; an event has several of them';
COMMENT ON COLUMN ntsb.mv_cause_stats.era IS 'First year of the coding: 2008, 1982, 1962';
COMMENT ON COLUMN ntsb.mv_cause_stats.kind IS 'occurrence or finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.code IS 'Code in its era';
COMMENT ON COLUMN ntsb.mv_cause_stats.description IS 'What the code means';
COMMENT ON COLUMN ntsb.mv_cause_stats.category IS 'Category of a finding';
COMMENT ON COLUMN ntsb.mv_cause_stats.in_probable_cause IS 'Whether it is part of the probable cause';
COMMENT ON COLUMN ntsb.mv_cause_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_cause_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';

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
    'Events by the certificate, hours and age of the pilot in command of the first aircraft';
COMMENT ON COLUMN ntsb.mv_crew_stats.certificate IS 'Highest certificate of the pilot in command';
COMMENT ON COLUMN ntsb.mv_crew_stats.total_hours_band IS 'Band of flight hours in all';
COMMENT ON COLUMN ntsb.mv_crew_stats.experience_band IS 'Band of flight hours in the make and model';
COMMENT ON COLUMN ntsb.mv_crew_stats.age_group IS 'Band of ages in years';
COMMENT ON COLUMN ntsb.mv_crew_stats.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events IS 'Events in which somebody was killed';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_crew_stats.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';

-- So fine that what dashboards ask by year, severity, state and make is a sum over it.
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
    'Events and fatalities by year, severity, state, maker of the first aircraft and domestic or not: sum its events for any coarser question';
COMMENT ON COLUMN ntsb.mv_accident_cube.row_key IS 'What the row counts, as one text: tells rows with nulls apart';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_accident_cube.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_accident_cube.ev_state IS 'State, territory or sea; null abroad';
COMMENT ON COLUMN ntsb.mv_accident_cube.acft_make IS 'Maker, in one spelling';
COMMENT ON COLUMN ntsb.mv_accident_cube.is_domestic IS 'In the United States; null where nothing tells';
COMMENT ON COLUMN ntsb.mv_accident_cube.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_accident_cube.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';

CREATE MATERIALIZED VIEW ntsb.mv_year_severity AS
SELECT f.ev_year, f.severity, f.is_domestic, count(*) AS events, sum(f.fatalities) AS fatalities,
       count(*) FILTER (WHERE f.severity = 'FATL' AND f.fatalities IS NULL) AS fatal_events_without_count
FROM ntsb.fact_accidents f
GROUP BY f.ev_year, f.severity, f.is_domestic;
CREATE UNIQUE INDEX mv_year_severity_key ON ntsb.mv_year_severity (ev_year, severity, is_domestic) NULLS NOT DISTINCT;
COMMENT ON MATERIALIZED VIEW ntsb.mv_year_severity IS 'Events and fatalities by year, severity and domestic or not';
COMMENT ON COLUMN ntsb.mv_year_severity.ev_year IS 'Year of the event';
COMMENT ON COLUMN ntsb.mv_year_severity.severity IS 'Highest injury: FATL, SERS, MINR, NONE';
COMMENT ON COLUMN ntsb.mv_year_severity.is_domestic IS 'In the United States; null where nothing tells';
COMMENT ON COLUMN ntsb.mv_year_severity.events IS 'Number of events';
COMMENT ON COLUMN ntsb.mv_year_severity.fatalities IS 'People killed, of the events that have a count';
COMMENT ON COLUMN ntsb.mv_year_severity.fatal_events_without_count IS 'Fatal events of which the file does not say how many people were killed: fatalities is without them';
