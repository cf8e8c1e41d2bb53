-- Creating a warehouse twice changes nothing. The warehouse belongs to the database, not to the extension.
SET client_min_messages = warning;
CREATE EXTENSION pg_ntsb CASCADE;
RESET client_min_messages;
CALL ntsb_create_warehouse();
SELECT oid AS events_before FROM pg_class WHERE oid = 'ntsb.events'::regclass \gset
CALL ntsb_create_warehouse();
SELECT 'ntsb.events'::regclass::oid = :events_before AS same_table;
SELECT version, name FROM ntsb.schema_version ORDER BY version;

-- The warehouse has every column of an NTSB file with its type, and no other columns except bookkeeping ones.
WITH expected AS (
    SELECT table_name, column_name, sql_type FROM ntsb_source_columns()
), actual AS (
    SELECT c.relname::text, a.attname::text,
           replace(format_type(a.atttypid, a.atttypmod), 'timestamp(0) without time zone', 'timestamp(0)')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'ntsb'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relname IN (SELECT table_name FROM expected)
      AND NOT a.attname = ANY (ARRAY['geog', 'words', 'content_hash', 'hash_version',
                                     'first_batch', 'last_batch', 'withdrawn_batch'])
)
(SELECT 'missing' AS problem, * FROM (TABLE expected EXCEPT TABLE actual) x)
UNION ALL
(SELECT 'unexpected', * FROM (TABLE actual EXCEPT TABLE expected) y);
SELECT count(DISTINCT table_name) AS tables, count(*) FILTER (WHERE NOT derived) AS columns
FROM ntsb_source_columns();

-- Primary keys match ntsb_source_columns().
SELECT d.table_name, d.key AS expected, b.key AS actual
FROM (SELECT table_name, array_agg(column_name ORDER BY column_name) AS key
      FROM ntsb_source_columns() WHERE in_key GROUP BY 1) d
LEFT JOIN (SELECT i.indrelid::regclass::text AS table_name,
                  array_agg(a.attname::text ORDER BY a.attname::text) AS key
           FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
           WHERE i.indisprimary GROUP BY 1) b ON b.table_name = 'ntsb.' || d.table_name
WHERE d.key IS DISTINCT FROM b.key AND d.table_name <> 'events';

-- Logical replication of updates and deletes needs a replica identity. Staging tables are unlogged and thus
-- never published. For ntsb.events the partitions are published.
SELECT c.oid::regclass AS without_identity
FROM pg_class c
WHERE c.relnamespace IN ('ntsb'::regnamespace, 'ntsb_staging'::regnamespace) AND c.relkind IN ('r', 'p')
  AND c.relpersistence = 'p' AND c.relreplident = 'd'
  AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
ORDER BY 1;
SELECT DISTINCT relpersistence FROM pg_class WHERE relnamespace = 'ntsb_staging'::regnamespace AND relkind = 'r';
SET client_min_messages = error;
CREATE PUBLICATION everything FOR ALL TABLES;
RESET client_min_messages;
INSERT INTO ntsb.exposure_hours (ev_year, operations, hours, source, edition) VALUES (2019, 'all', 1000, 'test data', '2020');
UPDATE ntsb.exposure_hours SET hours = hours + 1 WHERE ev_year = 2019 RETURNING ev_year, hours;
DELETE FROM ntsb.exposure_hours WHERE ev_year = 2019;
DROP PUBLICATION everything;

-- All tables, views and columns have a comment.
SELECT c.relname AS without_comment, a.attname AS column
FROM pg_class c LEFT JOIN pg_attribute a
  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
  AND c.relname NOT IN ('schema_version')
  AND (obj_description(c.oid, 'pg_class') IS NULL
       OR a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL
          AND a.attname NOT IN ('batch_id', 'table_name', 'ev_id', 'column_name', 'reason', 'value',
                                'quarantine_id', 'quarantined_at'))
ORDER BY 1, 2;

-- One partition per decade, and a default partition.
SELECT relid::text AS partition, pg_get_expr(c.relpartbound, c.oid) AS years
FROM pg_partition_tree('ntsb.events') t JOIN pg_class c ON c.oid = t.relid
WHERE isleaf ORDER BY 2;

-- The extension owns functions only.
SELECT DISTINCT split_part(pg_describe_object(classid, objid, 0), ' ', 1) AS owned
FROM pg_depend WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_ntsb') AND deptype = 'e';
