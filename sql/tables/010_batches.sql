-- Batches: one per loaded file. They are in schema ntsb, next to the rows that reference them, so that a dump of
-- that schema alone is a complete warehouse.

CREATE TABLE ntsb.batch (
    batch_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text NOT NULL,
    mode         text NOT NULL CHECK (mode IN ('full', 'increment')),
    digest       text,
    as_of        timestamp(0),
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at  timestamptz,
    loaded_by    text NOT NULL DEFAULT session_user,
    last_seq     bigint,
    chain_head   bytea,
    rules_digest bytea,
    repeats      bigint,
    waived_rules text[] NOT NULL DEFAULT '{}',
    allow_withdraw bigint CHECK (allow_withdraw >= 0),
    period       daterange,
    legacy       boolean
);
COMMENT ON TABLE ntsb.batch IS
    'Batches, one row per loaded file: what was loaded, when and by whom, and how recent it is. A failed load is rolled back and leaves no row';
COMMENT ON COLUMN ntsb.batch.batch_id IS 'Number of the batch';
COMMENT ON COLUMN ntsb.batch.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb.batch.mode IS
    'full: the file holds all events of its period, and stored events that it lacks are withdrawn; increment: it holds some events, each complete';
COMMENT ON COLUMN ntsb.batch.digest IS 'SHA-256 of the file, hexadecimal; null if not given';
COMMENT ON COLUMN ntsb.batch.as_of IS
    'Newest lchg_date among the events of the file';
COMMENT ON COLUMN ntsb.batch.started_at IS 'Start of the load';
COMMENT ON COLUMN ntsb.batch.finished_at IS 'When the rows were stored';
COMMENT ON COLUMN ntsb.batch.loaded_by IS 'Role that loaded the file';
COMMENT ON COLUMN ntsb.batch.last_seq IS 'seq of the last entry of ntsb.change_log when the batch finished';
COMMENT ON COLUMN ntsb.batch.chain_head IS 'entry_hash of that entry';
COMMENT ON COLUMN ntsb.batch.rules_digest IS
    'SHA-256 over the rules, the codes and the version that validated the rows; see ntsb_rules_digest()';
COMMENT ON COLUMN ntsb.batch.repeats IS
    'Earlier batch of the same unchanged file: nothing had changed since, so no row was read again';
COMMENT ON COLUMN ntsb.batch.waived_rules IS
    'Rules of ntsb.validation_rule that were not applied because a quarantined row was released with them waived';
COMMENT ON COLUMN ntsb.batch.allow_withdraw IS
    'Maximum number of events that the batch may withdraw or remove rows from; null: the default, 1 % of its period or 19';
COMMENT ON COLUMN ntsb.batch.period IS
    'Of a full file: from the first to the last event of its complete years; null for none, or for an increment';
COMMENT ON COLUMN ntsb.batch.legacy IS
    'Whether the period belongs to the events of 1962 to 1981, which have their own ev_ids';

CREATE TABLE ntsb.batch_table (
    batch_id   bigint NOT NULL REFERENCES ntsb.batch,
    position   smallint NOT NULL,
    table_name text NOT NULL,
    staged     bigint NOT NULL,
    inserted   bigint NOT NULL,
    updated    bigint NOT NULL,
    unchanged  bigint NOT NULL,
    stale      bigint NOT NULL,
    withdrawn  bigint NOT NULL,
    duplicates bigint NOT NULL,
    rejected   bigint NOT NULL,
    PRIMARY KEY (batch_id, table_name),
    CONSTRAINT counts_add_up
        CHECK (staged = inserted + updated + unchanged + stale + duplicates + rejected)
);
COMMENT ON TABLE ntsb.batch_table IS
    'Row counts of a batch per table: staged = inserted + updated + unchanged + stale + duplicates + rejected; withdrawn counts stored rows that the file lacks';
COMMENT ON COLUMN ntsb.batch_table.position IS 'Order in which the tables were stored';
COMMENT ON COLUMN ntsb.batch_table.staged IS 'Rows in the file';
COMMENT ON COLUMN ntsb.batch_table.inserted IS 'New rows';
COMMENT ON COLUMN ntsb.batch_table.updated IS 'Rows that replaced a stored row';
COMMENT ON COLUMN ntsb.batch_table.unchanged IS 'Rows equal to the stored row';
COMMENT ON COLUMN ntsb.batch_table.stale IS 'Rows older than the stored row; ignored';
COMMENT ON COLUMN ntsb.batch_table.withdrawn IS 'Stored rows that the file lacks';
COMMENT ON COLUMN ntsb.batch_table.duplicates IS 'Repeated rows in the file, not counting the first of each';
COMMENT ON COLUMN ntsb.batch_table.rejected IS 'Rows rejected by a rule; see ntsb.staging_quarantine';
