-- Which indexes are worth their place, and what was done to keep tables and indexes in shape.

CREATE VIEW ntsb.index_usage AS
SELECT s.relname::text AS table_name,
       s.indexrelname::text AS index_name,
       i.indisunique AS is_unique,
       i.indisvalid AS is_valid,
       s.idx_scan AS scans,
       s.idx_tup_read AS entries_read,
       pg_catalog.pg_relation_size(s.indexrelid) AS bytes,
       s.idx_scan = 0 AND NOT i.indisunique AS unused,
       pg_catalog.pg_get_indexdef(s.indexrelid) AS definition
FROM pg_catalog.pg_stat_user_indexes s
JOIN pg_catalog.pg_index i USING (indexrelid)
WHERE s.schemaname = 'ntsb';
COMMENT ON VIEW ntsb.index_usage IS
    'Indexes of schema ntsb: size, and how often each was used since the statistics were reset (pg_stat_reset)';
COMMENT ON COLUMN ntsb.index_usage.is_unique IS 'Keeps keys unique, so that it is needed even if no query reads it';
COMMENT ON COLUMN ntsb.index_usage.is_valid IS 'False after a rebuild that broke off; CALL ntsb_maintain() repeats it';
COMMENT ON COLUMN ntsb.index_usage.scans IS 'How often a query used it';
COMMENT ON COLUMN ntsb.index_usage.entries_read IS 'Entries that those scans returned';
COMMENT ON COLUMN ntsb.index_usage.bytes IS 'Size in bytes';
COMMENT ON COLUMN ntsb.index_usage.unused IS 'No query has used it, and no key rests on it';

CREATE TABLE ntsb.maintenance (
    object   text NOT NULL,
    action   text NOT NULL CHECK (action IN ('vacuum', 'reindex', 'measure')),
    done_at  timestamptz NOT NULL,
    reason   text NOT NULL,
    took     interval NOT NULL,
    bytes    bigint NOT NULL,
    entries  double precision NOT NULL,
    PRIMARY KEY (object, action)
);
COMMENT ON TABLE ntsb.maintenance IS
    'What CALL ntsb_maintain() last did to each table and index, and why';
COMMENT ON COLUMN ntsb.maintenance.object IS 'Table, materialized view or index, with its schema';
COMMENT ON COLUMN ntsb.maintenance.action IS
    'vacuum: VACUUM (ANALYZE); reindex: REINDEX CONCURRENTLY; measure: the size from which the growth of an index counts';
COMMENT ON COLUMN ntsb.maintenance.bytes IS 'Its size afterwards, in bytes';
COMMENT ON COLUMN ntsb.maintenance.entries IS 'Rows or index entries afterwards, as the planner estimates them';
