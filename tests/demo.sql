-- What ./dev demo shows once the sample data are loaded. Withdrawn rows are left
-- out, and events are counted, never joined rows: an event may have two aircraft.
\pset footer off
\pset null '·'

\echo
\echo 'Events by decade, and how many of them were fatal'
SELECT ev_year / 10 * 10 || 's' AS decade,
       count(*) AS events,
       count(*) FILTER (WHERE ev_highest_injury = 'FATL') AS fatal,
       round(100.0 * count(*) FILTER (WHERE ev_highest_injury = 'FATL') / count(*), 1) AS "fatal %",
       sum(inj_tot_f) AS deaths
FROM ntsb.events
WHERE withdrawn_batch IS NULL
GROUP BY 1
ORDER BY 1;

\echo 'The ten makes met most often, however they were spelled in the file'
SELECT a.acft_make_std AS make,
       count(DISTINCT a.ev_id) AS events,
       count(DISTINCT a.ev_id) FILTER (WHERE e.ev_highest_injury = 'FATL') AS fatal,
       count(DISTINCT a.acft_make) AS spellings
FROM ntsb.aircraft a
JOIN ntsb.events e USING (ev_id)
WHERE a.withdrawn_batch IS NULL AND e.withdrawn_batch IS NULL AND a.acft_make_std IS NOT NULL
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 10;

\echo 'Deaths by month of the year, the worst first'
SELECT to_char(make_date(2000, ev_month, 1), 'FMMonth') AS month,
       sum(inj_tot_f) AS deaths,
       count(*) AS events
FROM ntsb.events
WHERE withdrawn_batch IS NULL AND ev_month IS NOT NULL
GROUP BY ev_month
ORDER BY 2 DESC NULLS LAST, ev_month
LIMIT 5;

\echo 'Events within 100 km of Anchorage, the nearest first (PostGIS)'
SELECT ev_id, ev_date, ev_city, ev_highest_injury AS injury,
       round((ST_Distance(geog, here) / 1000)::numeric, 1) AS km
FROM ntsb.events, CAST(ST_MakePoint(-149.90, 61.22) AS geography) AS here
WHERE withdrawn_batch IS NULL AND ST_DWithin(geog, here, 100000)
ORDER BY geog <-> here
LIMIT 5;

\echo 'What the weekly file changed in one event'
SELECT history.table_name, history.action, history.column_name, history.old_value, history.new_value
FROM (
  SELECT ev_id
  FROM ntsb.change_log
  WHERE batch_id > (SELECT min(batch_id) FROM ntsb.change_log) AND action = 'update'
  GROUP BY ev_id
  ORDER BY count(*) DESC, ev_id
  LIMIT 1
) AS changed, LATERAL ntsb_event_history(changed.ev_id) AS history
WHERE history.action <> 'insert'
ORDER BY history.changed_at, history.table_name, history.column_name;

\echo 'All of this was made-up data. What to try next:'
\echo '  ./dev psql                          the database; \\d+ ntsb.events and \\df+ ntsb* explain it'
\echo '  ./dev ntsb status                   what was loaded, and when'
\echo '  ./dev ntsb load --full avall.zip    the real file from the NTSB; first ./dev down --delete'
