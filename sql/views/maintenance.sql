-- Usage of indexes.

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
    'Indexes of schema ntsb: size, and usage since the statistics were reset (pg_stat_reset)';
COMMENT ON COLUMN ntsb.index_usage.is_unique IS 'Enforces uniqueness, so it is needed even if no query uses it';
COMMENT ON COLUMN ntsb.index_usage.is_valid IS 'False after a failed rebuild; CALL ntsb_maintain() rebuilds it';
COMMENT ON COLUMN ntsb.index_usage.scans IS 'Number of scans by queries';
COMMENT ON COLUMN ntsb.index_usage.entries_read IS 'Index entries returned by those scans';
COMMENT ON COLUMN ntsb.index_usage.bytes IS 'Size in bytes';
COMMENT ON COLUMN ntsb.index_usage.unused IS 'No query has used it and it enforces no uniqueness';
