-- Completeness of the warehouse. A partial dump, or a restore with errors, can lack tables, views or constraints,
-- and nothing else would notice before data are wrong. ntsb.schema_object records what must exist.

CREATE FUNCTION ntsb_internal.list_warehouse_objects()
RETURNS TABLE (kind text, name text, definition text, rank integer, id oid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'function', p.oid::regprocedure::text,
           CASE p.prokind WHEN 'a' THEN NULL ELSE pg_get_functiondef(p.oid) END, 1, p.oid
    FROM pg_proc p WHERE p.pronamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs'))
    UNION ALL
    -- Tables have no definition here: their rows cannot be recreated.
    SELECT 'table', format('%I.%I', c.relnamespace::regnamespace::text, c.relname), NULL, 2, c.oid
    FROM pg_class c
    WHERE c.relnamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs')) AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT k.kind, k.name,
           format('CREATE %s %s AS %s', upper(k.kind), k.name, pg_get_viewdef(c.oid))
               || format('; COMMENT ON %s %s IS %L', upper(k.kind), k.name, obj_description(c.oid, 'pg_class'))
               || (SELECT string_agg(format('; COMMENT ON COLUMN %s.%I IS %L', k.name, a.attname,
                                            col_description(c.oid, a.attnum)), '' ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0), 3, c.oid
    FROM pg_class c
    CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
                               format('%I.%I', c.relnamespace::regnamespace::text, c.relname) AS name) k
    WHERE c.relnamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs')) AND c.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'constraint', format('%I of %s', n.conname, n.conrelid::regclass),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', n.conrelid::regclass, n.conname, pg_get_constraintdef(n.oid)),
           CASE WHEN n.contype IN ('p', 'u') THEN 4 WHEN n.contype = 'f' THEN 6 ELSE 5 END, n.oid
    FROM pg_constraint n
    WHERE n.connamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs')) AND n.contype IN ('c', 'f', 'p', 'u', 'x')
      AND n.conrelid <> 0 AND n.conparentid = 0 AND n.coninhcount = 0
    UNION ALL
    SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), 7, i.indexrelid
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs')) AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = i.indexrelid AND n.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'trigger', format('%I of %s', t.tgname, t.tgrelid::regclass), pg_get_triggerdef(t.oid), 8, t.oid
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace IN (to_regnamespace('ntsb'), to_regnamespace('asrs')) AND NOT t.tgisinternal AND t.tgparentid = 0
$$;
COMMENT ON FUNCTION ntsb_internal.list_warehouse_objects() IS
'Internal: called by ntsb_create_warehouse. Lists the objects of schemas ntsb and asrs with the command that recreates each (null for tables and aggregates), in creation order.';

CREATE FUNCTION ntsb_missing_objects() RETURNS TABLE (kind text, name text, definition text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('ntsb.schema_version') IS NULL OR to_regclass('ntsb.schema_object') IS NULL
       OR to_regclass('ntsb.schema_view') IS NULL THEN
        RETURN QUERY SELECT 'table', t.name, NULL::text
        FROM unnest('{ntsb.schema_version,ntsb.schema_object,ntsb.schema_view}'::text[]) t (name)
        WHERE to_regclass(t.name) IS NULL;
        RETURN;
    END IF;
    -- Without these rows it is unknown which steps built the tables.
    IF NOT EXISTS (SELECT FROM ntsb.schema_version) OR NOT EXISTS (SELECT FROM ntsb.schema_object)
       OR NOT EXISTS (SELECT FROM ntsb.schema_view) THEN
        RETURN QUERY SELECT 'table', 'ntsb.schema_version, ntsb.schema_object and ntsb.schema_view, their rows', NULL::text;
    END IF;
    RETURN QUERY
    SELECT o.kind, o.name, o.definition FROM ntsb.schema_object o
    WHERE NOT EXISTS (SELECT FROM ntsb_internal.list_warehouse_objects() w WHERE w.kind = o.kind AND w.name = o.name)
      -- Schema asrs as a whole may be missing (pg_dump --schema=ntsb): it is created anew, without reports.
      AND (to_regnamespace('asrs') IS NOT NULL OR o.name !~ '(^| )asrs[.]')
    ORDER BY o.position;
    RETURN QUERY
    SELECT 'schema', 'asrs', '' FROM ntsb.schema_version v WHERE v.name = 'asrs' AND to_regnamespace('asrs') IS NULL;
    -- Staged rows are transient: ntsb_create_warehouse recreates missing staging tables.
    RETURN QUERY
    SELECT 'staging table', format('ntsb_staging.%I', s.table_name), ''
    FROM (SELECT DISTINCT c.table_name FROM @extschema@.ntsb_source_columns() c
          UNION VALUES ('airport'), ('asrs_report'), ('metar'), ('safety_recommendation')) s
    WHERE to_regclass(format('ntsb_staging.%I', s.table_name)) IS NULL
    ORDER BY 2;
END
$$;
COMMENT ON FUNCTION ntsb_missing_objects() IS
'Objects that the warehouse should have and lacks, for example after restoring a partial dump. No rows: the warehouse is complete. CALL ntsb_create_warehouse() recreates objects that have a definition; tables without one must be restored from a dump.';

CREATE FUNCTION ntsb_internal.complete_warehouse() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing_tables text := (SELECT string_agg(m.kind || ' ' || m.name, ', ') FROM @extschema@.ntsb_missing_objects() m
                  WHERE m.definition IS NULL);
    object record;
    recreated text[] := '{}';
BEGIN
    IF missing_tables IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the warehouse is incomplete; missing: %s', missing_tables),
            DETAIL = 'The rows of missing tables cannot be recreated.',
            HINT = 'Restore a dump of the whole schema (pg_dump --schema=ntsb), or run DROP SCHEMA ntsb CASCADE and load the files again.';
    END IF;
    FOR object IN
        SELECT m.kind, m.name, m.definition FROM @extschema@.ntsb_missing_objects() m WHERE m.definition <> ''
    LOOP
        EXECUTE object.definition;
        recreated := recreated || format('%s %s', object.kind, object.name);
    END LOOP;
    IF recreated <> '{}' THEN
        RAISE WARNING 'the warehouse was incomplete; recreated: %', array_to_string(recreated, ', ');
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.complete_warehouse() IS
'Internal: called by ntsb_create_warehouse. Recreates the views, constraints, indexes and triggers that ntsb_missing_objects() lists, with a WARNING. Errors: 55000 tables are missing.';

CREATE FUNCTION ntsb_internal.record_objects(present text[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    -- A step may have dropped objects.
    DELETE FROM ntsb.schema_object o
    WHERE NOT EXISTS (SELECT FROM ntsb_internal.list_warehouse_objects() w WHERE w.kind = o.kind AND w.name = o.name);
    INSERT INTO ntsb.schema_object AS o (kind, name, definition, position)
    SELECT w.kind, w.name, w.definition, row_number() OVER (ORDER BY w.rank, w.id)
    FROM ntsb_internal.list_warehouse_objects() w
    WHERE NOT w.kind || ' ' || w.name = ANY (present)
       OR EXISTS (SELECT FROM ntsb.schema_object k WHERE k.kind = w.kind AND k.name = w.name)
    ON CONFLICT (kind, name) DO UPDATE SET definition = excluded.definition, position = excluded.position
    WHERE (o.definition, o.position) IS DISTINCT FROM (excluded.definition, excluded.position);
$$;
COMMENT ON FUNCTION ntsb_internal.record_objects(text[]) IS
'Internal: called by ntsb_create_warehouse after it has built or upgraded the tables. Records the present objects in ntsb.schema_object, except those that existed before and do not belong to the warehouse.';
