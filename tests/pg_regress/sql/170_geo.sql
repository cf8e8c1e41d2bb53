-- Spatial functions: clusters, spatial autocorrelation, density, distance and area queries, GeoJSON and tiles.
CREATE DATABASE ntsb_places;
SELECT current_database() AS home \gset
\c ntsb_places
SET client_min_messages = warning;
CREATE EXTENSION pg_ntsb CASCADE;
CALL ntsb_create_warehouse();
RESET client_min_messages;

-- Without events all functions return no rows and none fails.
SELECT (SELECT count(*) FROM ntsb_cluster_accidents(10, 5)) AS clustered,
       (SELECT count(*) FROM ntsb_cluster_summary(10, 5)) AS clusters,
       (SELECT count(*) FROM ntsb_morans_i()) AS morans_i,
       (SELECT count(*) FROM ntsb_local_morans_i()) AS local_morans_i,
       (SELECT count(*) FROM ntsb_hotspots()) AS hotspots, (SELECT count(*) FROM ntsb_hotspots('events', 1)) AS hotspot_cells,
       (SELECT count(*) FROM ntsb_density(1, 50)) AS density,
       (SELECT count(*) FROM ntsb_accidents_near(0, 0, 100)) AS near,
       (SELECT count(*) FROM ntsb_accidents_in(-180, -90, 180, 90)) AS "in",
       ntsb_geojson()::text AS geojson, length(ntsb_tile(0, 0, 0)) AS tile;

-- Two clusters, one across the antimeridian, a single event and one without coordinates. Events 3 and 4 share a place.
SET client_min_messages = warning;
SELECT ntsb_begin_batch('places.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_city, ev_state, ev_country, ev_highest_injury, inj_tot_f, dec_latitude, dec_longitude, lchg_date)
SELECT format('20200101X%s', to_char(n, 'FM00000')), '01/01/20', 'Somewhere', 'AK', 'USA',
       CASE WHEN fatal THEN 'FATL' ELSE 'NONE' END, CASE WHEN fatal THEN '2' END, lat, lon, '01/02/20'
FROM (VALUES (1, '52.00', '179.98', true), (2, '52.01', '-179.99', true), (3, '51.99', '-179.97', true),
             (4, '51.99', '-179.97', false), (5, '52.02', '179.95', true),
             (6, '61.10', '-149.90', false), (7, '61.11', '-149.91', false), (8, '61.12', '-149.88', false),
             (9, '61.12', '-149.80', false), (10, '61.60', '-149.90', true), (11, NULL, NULL, true)) e (n, lat, lon, fatal);
INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model)
SELECT ev_id, '1', CASE WHEN ev_id > '20200101X00005' THEN 'PIPER' ELSE 'CESSNA' END, '1' FROM ntsb_staging.events;
CALL ntsb_ingest(:batch);
CALL ntsb_refresh();
RESET client_min_messages;

SELECT right(ev_id, 2) AS event, cluster_id, is_core FROM ntsb_cluster_accidents(5, 4);
SELECT right(ev_id, 2) AS event, cluster_id FROM ntsb_cluster_accidents(5, 2, 'severity = ''FATL'' AND ev_state = ''ak''');
SELECT count(*) FROM ntsb_cluster_accidents(NULL, 4);
SELECT cluster_id, events, core_events, fatal_events, fatal_share, fatalities, round(lat::numeric, 3) AS lat,
       round(lon::numeric, 3) AS lon, round(radius_km::numeric, 3) AS radius_km,
       ST_AsText(hull, 2) AS hull, top_make, top_phase, first_year, last_year
FROM ntsb_cluster_summary(5, 4);

-- Stored clusterings are refreshed only if the data changed.
CALL ntsb_refresh_clusters(5, 4);
CALL ntsb_refresh_clusters(5, 2, 'fatalities > 0');
SELECT run_id, eps_km, min_points, filter, points, clusters, noise FROM ntsb.cluster_run ORDER BY run_id;
SELECT run_id, cluster_id, count(*) FROM ntsb.cluster_member GROUP BY 1, 2 ORDER BY 1, 2;
SELECT max(refreshed_at) AS before FROM ntsb.cluster_run \gset
CALL ntsb_refresh_clusters();
SELECT count(*) AS refreshed FROM ntsb.cluster_run WHERE refreshed_at > :'before';
SET client_min_messages = warning;
SELECT ntsb_begin_batch('more.csv') AS batch \gset
INSERT INTO ntsb_staging.events (ev_id, ev_date, dec_latitude, dec_longitude, lchg_date) VALUES ('20200101X00012', '01/01/20', '61.11', '-149.9', '01/02/20');
CALL ntsb_ingest(:batch);
RESET client_min_messages;
CALL ntsb_refresh_clusters();
SELECT run_id, points, clusters, noise, refreshed_at > :'before' AS refreshed FROM ntsb.cluster_run ORDER BY run_id;

-- Spatial autocorrelation of the events of the first load.
\set first_load 'ev_id <= ''20200101X00011'''
SELECT points, round(morans_i::numeric, 6) AS morans_i, round(expected::numeric, 6) AS expected, round(variance::numeric, 6) AS variance,
       round(z::numeric, 4) AS z, round(p::numeric, 6) AS p, round(p_sim::numeric, 3) AS p_sim
FROM ntsb_morans_i('fatal', 3, 999, 7, :'first_load');
SELECT right(ev_id, 2) AS event, value, round(neighbours_mean::numeric, 3) AS mean, round(local_i::numeric, 4) AS local_i, quadrant,
       p_sim BETWEEN 0.001 AND 1 AS p_in_range, q >= p_sim AS q_at_least_p
FROM ntsb_local_morans_i('fatalities', 3, 999, 7, :'first_load');
SELECT right(ev_id, 2) AS event, events, value, round(z::numeric, 4) AS z, round(p::numeric, 4) AS p, round(q::numeric, 4) AS q, p_sim, kind
FROM ntsb_hotspots('severity = ''FATL''', NULL, 3, filter => :'first_load');
SELECT ev_id, lat, lon, events, value, round(z::numeric, 4) AS z FROM ntsb_hotspots('events', 1, filter => :'first_load');
SELECT count(*) AS undefined FROM ntsb_morans_i('is_domestic OR TRUE');
SELECT lat, lon, events, fatal_events, round(area_km2::numeric, 1) AS area_km2, round(events_per_1000_km2::numeric, 3) AS per_1000
FROM ntsb_density(1);
SELECT kernel, count(*) AS cells, sum(events) AS events, round(sum(density_per_1000_km2 * area_km2 / 1000)::numeric, 1) AS events_from_density
FROM unnest(ARRAY['quartic', 'gaussian']) kernel, ntsb_density(0.1, 30, kernel) GROUP BY 1 ORDER BY 1;

-- Events near a point, and in an area that crosses the antimeridian.
SELECT right(ev_id, 2) AS event, ev_date, place, aircraft, severity, fatalities, lat, lon, round(km::numeric, 3) AS km
FROM ntsb_accidents_near(52, 180, 5);
SELECT right(ev_id, 2) AS event FROM ntsb_accidents_near(52, 180, 50000, 2, 'severity <> ''FATL''');
SELECT array_agg(right(ev_id, 2) ORDER BY ev_id) AS events FROM ntsb_accidents_in(179.97, 51, -179.98, 53);
SELECT array_agg(right(ev_id, 2) ORDER BY ev_id) AS events FROM ntsb_accidents_in(-179.97, 51, 179.96, 62);
SELECT array_agg(right(ev_id, 2) ORDER BY ev_id) AS events
FROM ntsb_accidents_in(ST_GeomFromText('POLYGON((-150 61, -149.85 61, -149.85 61.115, -150 61.115, -150 61))'));
SELECT array_agg(right(ev_id, 2) ORDER BY ev_id) AS events
FROM ntsb_accidents_in(ST_Transform(ST_MakeEnvelope(-150, 61, -149, 62, 4326), 3857), 100, 'fatalities > 0');
SELECT ntsb_geojson(:'first_load', 2);
SELECT bool_and(jsonb_array_length(ntsb_geojson(:'first_load')::jsonb -> 'features') = 10) AS all_features;
SELECT z, x, y, length(ntsb_tile(z, x, y)) > 0 AS all_events, length(ntsb_tile(z, x, y, '{"filter": "severity = ''NONE''"}')) > 0 AS filtered
FROM (VALUES (0, 0, 0), (1, 0, 0), (2, 0, 1), (2, 3, 1), (8, 0, 84), (8, 255, 84), (8, 100, 100), (22, 0, 0)) t (z, x, y);

-- Errors with SQLSTATE and hint.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM ntsb_cluster_accidents('NaN', 5);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_cluster_accidents(10, 0);
SELECT * FROM ntsb_cluster_accidents(10, 5, 'no_such_column = 1');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_morans_i(neighbours => 0);
SELECT * FROM ntsb_morans_i(permutations => -1);
SELECT * FROM ntsb_morans_i('ev_date');
SELECT * FROM ntsb_hotspots(cell_deg => 'Infinity');
SELECT * FROM ntsb_density(1, 0);
SELECT * FROM ntsb_density(1, 10, 'cubic');
SELECT * FROM ntsb_accidents_near('NaN', 0, 1);
SELECT * FROM ntsb_accidents_in(0, 10, 1, 5);
SELECT ntsb_tile(1, 2, 0);
SELECT ntsb_geojson(max_rows => 0);
CALL ntsb_refresh_clusters(10);
SET ntsb.work_mem = '64kB';
SELECT * FROM ntsb_morans_i(permutations => 9999);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT count(*) FROM ntsb_density(0.01, 500);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT count(*) FROM ntsb_cluster_accidents(5, 4);
\c :home
DROP DATABASE ntsb_places;
