-- Cluster summaries and stored cluster runs.

-- Returns one row per event: with the default estimate of 1,000 rows the planner would choose a nested loop.
ALTER FUNCTION ntsb_cluster_accidents(double precision, integer, text) COST 100000 ROWS 75000;

-- A hull that crosses the antimeridian gets longitudes beyond 180, so that maps draw it in one piece.
CREATE FUNCTION ntsb_cluster_summary(eps_km double precision, min_points integer, filter text DEFAULT NULL)
RETURNS TABLE (cluster_id integer, events integer, core_events integer, fatal_events integer,
    fatal_share double precision, fatalities integer, fatal_events_without_count integer, lat double precision, lon double precision,
    radius_km double precision, hull geometry, top_make text, top_phase text, first_year integer,
    last_year integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gis text := (SELECT quote_ident(n.nspname) FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
    ids text[];
    numbers integer[];
    cores boolean[];
BEGIN
    IF to_regclass('ntsb.fact_accidents') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    IF NOT ntsb_internal.check_clustering(eps_km, min_points, filter) THEN
        RETURN;
    END IF;
    -- A separate statement, so that an error in it does not print the long statement below as context.
    SELECT array_agg(c.ev_id), array_agg(c.cluster_id), array_agg(c.is_core) INTO ids, numbers, cores
    FROM @extschema@.ntsb_cluster_accidents(ntsb_cluster_summary.eps_km, ntsb_cluster_summary.min_points,
        ntsb_cluster_summary.filter) c
    WHERE c.cluster_id IS NOT NULL;
    RETURN QUERY EXECUTE format($sql$
        WITH member AS MATERIALIZED (
            SELECT c.cluster_id, c.is_core, f.ev_id, f.lat, f.lon, f.ev_year, f.severity = 'FATL' AS fatal,
                   f.fatalities, f.acft_make, f.phase
            FROM unnest($1, $2, $3) c (ev_id, cluster_id, is_core)
            JOIN ntsb.fact_accidents f ON f.ev_id = c.ev_id
        ), total AS (
            SELECT m.cluster_id, count(*) AS events, count(*) FILTER (WHERE m.is_core) AS cores,
                   count(*) FILTER (WHERE m.fatal) AS fatal, sum(m.fatalities) AS fatalities,
                   count(*) FILTER (WHERE m.fatal AND m.fatalities IS NULL) AS uncounted,
                   min(m.ev_year) AS first_year, max(m.ev_year) AS last_year,
                   max(m.lon) - min(m.lon) > 180 AS crosses_antimeridian,
                   sum(cosd(m.lat) * cosd(m.lon)) AS x, sum(cosd(m.lat) * sind(m.lon)) AS y,
                   sum(sind(m.lat)) AS z,
                   mode() WITHIN GROUP (ORDER BY m.acft_make) AS make,
                   mode() WITHIN GROUP (ORDER BY m.phase) AS phase
            FROM member m GROUP BY m.cluster_id
        ), centre AS (
            SELECT c.*, atan2d(c.z, sqrt(c.x * c.x + c.y * c.y)) AS lat, atan2d(c.y, c.x) AS lon FROM total c
        ), shape AS (
            SELECT m.cluster_id,
                   max(%1$s.ST_DistanceSphere(%1$s.ST_MakePoint(m.lon, m.lat), %1$s.ST_MakePoint(c.lon, c.lat),
                                              6371008.8)) / 1000 AS radius_km,
                   -- Counter-clockwise, as GeoJSON requires (RFC 7946, section 3.1.6).
                   %1$s.ST_ForcePolygonCCW(%1$s.ST_SetSRID(%1$s.ST_ConvexHull(%1$s.ST_Collect(%1$s.ST_MakePoint(
                       CASE WHEN c.crosses_antimeridian AND m.lon < 0 THEN m.lon + 360 ELSE m.lon END, m.lat))), 4326)) AS hull
            FROM member m JOIN centre c USING (cluster_id) GROUP BY m.cluster_id
        )
        SELECT c.cluster_id, c.events::integer, c.cores::integer, c.fatal::integer,
               c.fatal::double precision / c.events, c.fatalities::integer, c.uncounted::integer, c.lat, c.lon, s.radius_km, s.hull,
               c.make, c.phase, c.first_year::integer, c.last_year::integer
        FROM centre c JOIN shape s USING (cluster_id) ORDER BY c.events DESC, c.cluster_id$sql$, gis)
    USING ids, numbers, cores;
END
$$;
COMMENT ON FUNCTION ntsb_cluster_summary(double precision, integer, text) IS
'Summary of each cluster of ntsb_cluster_accidents(eps_km, min_points, filter), largest first: number of events and core events, number and share (0 to 1) of fatal events, people killed (in events with a count) and fatal events without a count, centre (mean direction, degrees), radius_km (distance from the centre to the farthest event on the sphere), convex hull (longitudes beyond 180 if it crosses the antimeridian; a point or line if events coincide), most frequent maker and phase of flight, first and last year. Errors: those of ntsb_cluster_accidents.';

-- Without arguments: refreshes all stored runs.
CREATE PROCEDURE ntsb_refresh_clusters(eps_km double precision DEFAULT NULL, min_points integer DEFAULT NULL,
    filter text DEFAULT NULL)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    star_seq bigint;
    started timestamptz;
    params record;
    run bigint;
BEGIN
    IF (eps_km IS NULL) <> (min_points IS NULL) OR (eps_km IS NULL AND filter IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'eps_km and min_points must be given together, and filter only with them',
            HINT = 'CALL ntsb_refresh_clusters(10, 10) creates or refreshes one run, CALL ntsb_refresh_clusters() refreshes all outdated runs.';
    ELSIF eps_km IS NOT NULL AND NOT ntsb_internal.check_clustering(eps_km, min_points, filter) THEN
        RETURN;
    END IF;
    -- Clusters use facts of the star schema, so that is refreshed first.
    CALL @extschema@.ntsb_refresh_star();
    IF NOT ntsb_internal.begin_refresh('clusters') THEN
        RETURN;
    END IF;
    SELECT coalesce(max(r.last_seq), 0) INTO star_seq FROM ntsb.refresh_state r WHERE r.what = 'star';
    FOR params IN
        SELECT ntsb_refresh_clusters.eps_km, ntsb_refresh_clusters.min_points,
               coalesce(ntsb_refresh_clusters.filter, '') AS filter
        WHERE ntsb_refresh_clusters.eps_km IS NOT NULL
        UNION ALL
        SELECT r.eps_km, r.min_points, r.filter FROM ntsb.cluster_run r
        WHERE ntsb_refresh_clusters.eps_km IS NULL AND r.last_seq < star_seq
        ORDER BY 1, 2, 3
    LOOP
        started := clock_timestamp();
        INSERT INTO ntsb.cluster_run AS r (eps_km, min_points, filter, last_seq, refreshed_at, took, points, clusters, noise)
        VALUES (params.eps_km, params.min_points, params.filter, star_seq, started, '0', 0, 0, 0)
        ON CONFLICT ON CONSTRAINT cluster_run_eps_km_min_points_filter_key DO UPDATE
            SET last_seq = excluded.last_seq, refreshed_at = excluded.refreshed_at
        RETURNING r.run_id INTO run;
        DELETE FROM ntsb.cluster_member m WHERE m.run_id = run;
        INSERT INTO ntsb.cluster_member (run_id, ev_id, cluster_id, is_core)
        SELECT run, c.ev_id, c.cluster_id, c.is_core
        FROM @extschema@.ntsb_cluster_accidents(params.eps_km, params.min_points, params.filter) c;
        UPDATE ntsb.cluster_run r SET took = clock_timestamp() - started, points = m.points,
            clusters = m.clusters, noise = m.noise
        FROM (SELECT count(*) AS points, count(DISTINCT c.cluster_id) AS clusters,
                     count(*) FILTER (WHERE c.cluster_id IS NULL) AS noise
              FROM ntsb.cluster_member c WHERE c.run_id = run) m
        WHERE r.run_id = run;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_clusters(double precision, integer, text) IS
'Stores the clusters of ntsb_cluster_accidents(eps_km, min_points, filter) in ntsb.cluster_run and ntsb.cluster_member and replaces an earlier run with the same arguments. Without arguments: refreshes each stored run that is older than the star schema. Does nothing, with a NOTICE, if another refresh is running or on a standby. Needs INSERT, UPDATE and DELETE on the two tables. Errors: 22023 arguments, 3F000 no warehouse, and those of ntsb_cluster_accidents.';
