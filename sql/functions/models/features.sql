-- Features of models: refreshing the history tables, and checking for leakage.

CREATE FUNCTION ntsb_internal.refresh_type_history() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint;
    written bigint;
BEGIN
    CREATE TEMP TABLE ntsb_type_history ON COMMIT DROP AS
    SELECT d.acft_make, d.acft_model, d.as_of,
           (sum(d.events) OVER w)::integer AS events,
           (sum(d.injury_events) OVER w)::integer AS injury_events,
           (sum(d.fatal_events) OVER w)::integer AS fatal_events
    FROM (SELECT f.acft_make, coalesce(f.acft_model, '') AS acft_model, f.ev_date AS as_of, count(*) AS events,
                 count(*) FILTER (WHERE f.severity <> 'NONE') AS injury_events,
                 count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events
          FROM ntsb.fact_accidents f
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.acft_make <> '' AND f.acft_model <> ''
          GROUP BY f.acft_make, f.acft_model, f.ev_date
          UNION ALL
          SELECT f.acft_make, '', f.ev_date, count(*), count(*) FILTER (WHERE f.severity <> 'NONE'),
                 count(*) FILTER (WHERE f.severity = 'FATL')
          FROM ntsb.fact_accidents f
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.acft_make <> ''
          GROUP BY f.acft_make, f.ev_date) d
    WINDOW w AS (PARTITION BY d.acft_make, d.acft_model ORDER BY d.as_of);
    ANALYZE pg_temp.ntsb_type_history;
    DELETE FROM ntsb.type_history h
    WHERE (h.acft_make, h.acft_model, h.as_of) NOT IN (
        SELECT n.acft_make, n.acft_model, n.as_of FROM pg_temp.ntsb_type_history n);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    INSERT INTO ntsb.type_history AS h SELECT * FROM pg_temp.ntsb_type_history n ORDER BY 1, 2, 3
    ON CONFLICT (acft_make, acft_model, as_of) DO UPDATE
    SET events = excluded.events, injury_events = excluded.injury_events, fatal_events = excluded.fatal_events
    WHERE (h.events, h.injury_events, h.fatal_events)
        IS DISTINCT FROM (excluded.events, excluded.injury_events, excluded.fatal_events);
    GET DIAGNOSTICS written = ROW_COUNT;
    DROP TABLE pg_temp.ntsb_type_history;
    -- After the first fill there are no statistics yet, and training would run with a bad plan.
    IF deleted + written > 1000 THEN
        ANALYZE ntsb.type_history;
    END IF;
    RETURN deleted + written;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_type_history() IS
'Internal: called by ntsb_refresh_features. Updates ntsb.type_history from the star schema. Returns the number of rows changed.';

CREATE FUNCTION ntsb_internal.refresh_place_history() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint;
    written bigint;
BEGIN
    CREATE TEMP TABLE ntsb_place_history ON COMMIT DROP AS
    SELECT d.per_degree, d.lat_cell, d.lon_cell, d.as_of,
           (sum(d.events) OVER w)::integer AS events,
           (sum(d.injury_events) OVER w)::integer AS injury_events,
           (sum(d.fatal_events) OVER w)::integer AS fatal_events
    FROM (SELECT g.per_degree, floor(f.lat * g.per_degree)::integer AS lat_cell,
                 floor(f.lon * g.per_degree)::integer AS lon_cell, f.ev_date AS as_of, count(*) AS events,
                 count(*) FILTER (WHERE f.severity <> 'NONE') AS injury_events,
                 count(*) FILTER (WHERE f.severity = 'FATL') AS fatal_events
          FROM ntsb.fact_accidents f CROSS JOIN unnest('{10,100}'::smallint[]) g (per_degree)
          WHERE f.severity IS NOT NULL AND f.ev_date IS NOT NULL AND f.lat IS NOT NULL AND f.lon IS NOT NULL
          GROUP BY 1, 2, 3, 4) d
    WINDOW w AS (PARTITION BY d.per_degree, d.lat_cell, d.lon_cell ORDER BY d.as_of);
    ANALYZE pg_temp.ntsb_place_history;
    DELETE FROM ntsb.place_history h
    WHERE (h.per_degree, h.lat_cell, h.lon_cell, h.as_of) NOT IN (
        SELECT n.per_degree, n.lat_cell, n.lon_cell, n.as_of FROM pg_temp.ntsb_place_history n);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    INSERT INTO ntsb.place_history AS h SELECT * FROM pg_temp.ntsb_place_history n ORDER BY 1, 2, 3, 4
    ON CONFLICT (per_degree, lat_cell, lon_cell, as_of) DO UPDATE
    SET events = excluded.events, injury_events = excluded.injury_events, fatal_events = excluded.fatal_events
    WHERE (h.events, h.injury_events, h.fatal_events)
        IS DISTINCT FROM (excluded.events, excluded.injury_events, excluded.fatal_events);
    GET DIAGNOSTICS written = ROW_COUNT;
    DROP TABLE pg_temp.ntsb_place_history;
    IF deleted + written > 1000 THEN
        ANALYZE ntsb.place_history;
    END IF;
    RETURN deleted + written;
END
$$;
COMMENT ON FUNCTION ntsb_internal.refresh_place_history() IS
'Internal: called by ntsb_refresh_features. Updates ntsb.place_history from the star schema. Returns the number of rows changed.';

CREATE PROCEDURE ntsb_refresh_features()
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    started timestamptz := clock_timestamp();
    star record;
BEGIN
    IF NOT ntsb_internal.begin_refresh('features') THEN
        RETURN;
    END IF;
    SELECT s.last_seq, s.refreshed_at INTO star FROM ntsb.refresh_state s WHERE s.what = 'star';
    IF NOT FOUND OR EXISTS (SELECT FROM ntsb.refresh_state s
                            WHERE s.what = 'features' AND s.refreshed_at > star.refreshed_at) THEN
        RETURN;
    END IF;
    PERFORM ntsb_internal.record_refresh('features', star.last_seq, started,
        ntsb_internal.refresh_type_history() + ntsb_internal.refresh_place_history());
END
$$;
COMMENT ON PROCEDURE ntsb_refresh_features() IS
'Updates ntsb.type_history and ntsb.place_history, which ntsb.accident_features reads, if the star schema is newer. ntsb_refresh calls it. Does nothing, with a NOTICE, if another refresh is running or on a standby. Errors: 3F000 no warehouse.';

-- Reads pg_depend, where PostgreSQL records every column that a view reads, also within expressions.
CREATE FUNCTION ntsb_feature_leaks(view_name text DEFAULT 'ntsb.accident_features')
RETURNS TABLE (table_name text, column_name text, reason text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view oid := (SELECT c.oid FROM pg_class c
                 WHERE c.oid = to_regclass(ntsb_feature_leaks.view_name) AND c.relkind IN ('v', 'm'));
BEGIN
    IF view IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('view_name must be the name of a view, got %L', left(ntsb_feature_leaks.view_name, 200)),
            HINT = 'Write the schema before the name, such as ntsb.accident_features.';
    END IF;
    RETURN QUERY
    WITH RECURSIVE reads AS (
        SELECT d.refobjid AS relation, d.refobjsubid AS attnum
        FROM pg_rewrite r
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
        WHERE r.ev_class = view
        UNION
        SELECT d.refobjid, d.refobjsubid
        FROM reads v
        JOIN pg_class c ON c.oid = v.relation AND c.relkind IN ('v', 'm')
        JOIN pg_rewrite r ON r.ev_class = c.oid
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    )
    SELECT v.relation::regclass::text, a.attname::text, @extschema@.ntsb_check_leakage(a.attname::text)
    FROM (SELECT DISTINCT relation, attnum FROM reads) v
    JOIN pg_class c ON c.oid = v.relation AND c.relkind IN ('r', 'p', 'f')
    JOIN pg_attribute a ON a.attrelid = v.relation
        AND (a.attnum = v.attnum OR v.attnum = 0 AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
            SELECT FROM reads o WHERE o.relation = v.relation AND o.attnum > 0))
    WHERE @extschema@.ntsb_check_leakage(a.attname::text) IS NOT NULL
    UNION
    SELECT v.relation::regclass::text, '*', 'ntsb_check_leakage does not cover the columns of this table'
    FROM reads v WHERE v.relation = ANY (ARRAY[to_regclass('ntsb.injury'), to_regclass('ntsb.findings'),
        to_regclass('ntsb.narratives'), to_regclass('ntsb.ntsb_admin')])
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION ntsb_feature_leaks(text) IS
'Columns that a view reads although they reveal the outcome of an event (leakage), by name or within an expression, also through other views. No rows: no leakage. ntsb_train_model refuses to train while ntsb.accident_features has any. view_name: the view to check. Errors: 22023 no such view.';
