-- Maintenance does what is due and records it. Afterwards nothing is due.
SELECT count(*) > 0 AS due FROM ntsb_maintenance_due() WHERE action = 'vacuum' AND object = 'ntsb.change_log';
CALL ntsb_maintain();
SELECT count(*) AS due FROM ntsb_maintenance_due();
SELECT object, action, reason, bytes > 0 AS has_size FROM ntsb.maintenance WHERE object = 'ntsb.change_log';
SELECT vacuum_count FROM pg_stat_user_tables WHERE relid = 'ntsb.change_log'::regclass;

-- An invalid index of an interrupted rebuild is rebuilt concurrently.
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ntsb.change_log_ev_id_idx'::regclass;
SELECT object, action, reason FROM ntsb_maintenance_due();
CALL ntsb_maintain();
SELECT is_valid FROM ntsb.index_usage WHERE index_name = 'change_log_ev_id_idx';

-- An index with twice its former bytes per entry is rebuilt too.
CREATE TABLE ntsb.grown AS SELECT n FROM generate_series(1, 600000) n;
CREATE INDEX grown_n_idx ON ntsb.grown (n);
CALL ntsb_maintain();
SELECT object, action, bytes > 8388608 AS is_large FROM ntsb.maintenance WHERE object = 'ntsb.grown_n_idx';
DELETE FROM ntsb.grown WHERE n % 3 > 0;
SELECT pg_stat_force_next_flush();
CALL ntsb_maintain();
SELECT object, action, bytes < 8388608 AS is_small, reason LIKE 'grew to 3.0 times%' AS grown_threefold
FROM ntsb.maintenance WHERE object = 'ntsb.grown_n_idx' AND action = 'reindex';
DROP TABLE ntsb.grown;
DELETE FROM ntsb.maintenance WHERE object LIKE 'ntsb.grown%';

-- It commits, so it cannot run inside a transaction.
\set SHOW_CONTEXT never
BEGIN;
CALL ntsb_maintain();
\echo :SQLSTATE
ROLLBACK;
DO $$ BEGIN CALL ntsb_maintain(); END $$;
\set SHOW_CONTEXT errors

-- Index usage.
SELECT count(*) AS unique_indexes_reported_unused FROM ntsb.index_usage WHERE unused AND is_unique;
