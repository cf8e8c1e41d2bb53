-- A plain view for each materialized view (ntsb.yearly_stats for ntsb.mv_yearly_stats). Power BI, Excel's Power Query
-- and others list tables from information_schema, which has no materialized views.
DO $$
DECLARE
    view record;
    source_column record;
BEGIN
    FOR view IN
        SELECT c.oid, c.relname, pg_catalog.substr(c.relname, 4) AS name, pg_catalog.obj_description(c.oid, 'pg_class') AS comment
        FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'ntsb'::pg_catalog.regnamespace AND c.relkind = 'm' AND c.relname LIKE 'mv\_%'
        ORDER BY c.relname
    LOOP
        EXECUTE pg_catalog.format('CREATE VIEW ntsb.%I AS SELECT * FROM ntsb.%I', view.name, view.relname);
        EXECUTE pg_catalog.format('COMMENT ON VIEW ntsb.%I IS %L', view.name, view.comment);
        FOR source_column IN
            SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) AS comment
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = view.oid AND a.attnum > 0 AND NOT a.attisdropped
        LOOP
            EXECUTE pg_catalog.format('COMMENT ON COLUMN ntsb.%I.%I IS %L', view.name, source_column.attname, source_column.comment);
        END LOOP;
    END LOOP;
END
$$;
