-- The example queries of ./dev demo.
\pset footer off
\pset null '·'

\echo
\echo 'Accidents and fatal accidents by decade'
SELECT ev_year / 10 * 10 || 's' AS decade,
       count(*) AS accidents,
       count(*) FILTER (WHERE severity = 'FATL') AS fatal,
       round(100.0 * count(*) FILTER (WHERE severity = 'FATL') / count(*), 1) AS "fatal %",
       sum(fatalities) AS deaths
FROM ntsb.accidents
WHERE ev_type = 'ACC'
GROUP BY 1
ORDER BY 1;

\echo 'The ten most frequent aircraft families'
SELECT acft_make AS make, acft_family AS family,
       count(*) AS events,
       count(*) FILTER (WHERE severity = 'FATL') AS fatal,
       count(DISTINCT acft_model) AS models
FROM ntsb.accidents
WHERE acft_make IS NOT NULL
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
LIMIT 10;

\echo 'Deaths by calendar month: the five highest'
SELECT to_char(make_date(2000, ev_month, 1), 'FMMonth') AS month,
       sum(fatalities) AS deaths,
       count(*) AS events
FROM ntsb.accidents
WHERE ev_month IS NOT NULL
GROUP BY ev_month
ORDER BY 2 DESC NULLS LAST, ev_month
LIMIT 5;

\echo 'The five events nearest to Anchorage, within 100 km (PostGIS)'
SELECT ev_id, ev_date, ev_city, severity,
       round((ST_Distance(geog, here) / 1000)::numeric, 1) AS km
FROM ntsb.accidents, CAST(ST_MakePoint(-149.90, 61.22) AS geography) AS here
WHERE ST_DWithin(geog, here, 100000)
ORDER BY geog <-> here
LIMIT 5;

\echo 'Changes that the weekly file made to one event'
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

\echo 'All of these data are made up. Next steps:'
\echo '  ./dev psql                          open the database; \\d+ ntsb.accidents and \\df+ ntsb_* describe it'
\echo '  ./dev ntsb status                   show what was loaded, and when'
\echo '  ./dev down --delete && ./dev up     start empty, with an optimised build for real data'
\echo '  ./dev ntsb load --full avall.zip    load the real file from the NTSB'
