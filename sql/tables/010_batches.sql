-- The journal of loads. It stands in schema ntsb, beside the rows that refer to it, so that a dump of
-- that schema alone is a whole warehouse; loading the same file again writes here and nowhere else.

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
    gates        bytea,
    repeats      bigint,
    waived_rules text[] NOT NULL DEFAULT '{}',
    allow_withdraw bigint CHECK (allow_withdraw >= 0),
    period       daterange,
    legacy       boolean
);
COMMENT ON TABLE ntsb.batch IS
    'Loads, one row per file: what was loaded, when, by whom, and how new it is. A batch that failed left nothing, so it has no row';
COMMENT ON COLUMN ntsb.batch.batch_id IS 'Number of the load';
COMMENT ON COLUMN ntsb.batch.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb.batch.mode IS
    'full: the file holds everything of its period, what it lacks is withdrawn; increment: it holds some events, each whole';
COMMENT ON COLUMN ntsb.batch.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb.batch.as_of IS
    'Newest lchg_date among the events of the file: how new what it says is';
COMMENT ON COLUMN ntsb.batch.started_at IS 'When the load began';
COMMENT ON COLUMN ntsb.batch.finished_at IS 'When its rows were stored';
COMMENT ON COLUMN ntsb.batch.loaded_by IS 'Role that loaded it';
COMMENT ON COLUMN ntsb.batch.last_seq IS 'Last entry of ntsb.change_log when the batch ended';
COMMENT ON COLUMN ntsb.batch.chain_head IS 'entry_hash of that entry';
COMMENT ON COLUMN ntsb.batch.gates IS
    'SHA-256 over the rules, the codes and the version by which the rows were judged';
COMMENT ON COLUMN ntsb.batch.repeats IS
    'The batch that had loaded the very same file, nothing having changed since: no row was read again';
COMMENT ON COLUMN ntsb.batch.waived_rules IS
    'Rules of ntsb.validation_rule that were not applied: those waived for a row released from the quarantine';
COMMENT ON COLUMN ntsb.batch.allow_withdraw IS
    'The largest number of events that the batch might withdraw or take rows from; null: 1 % of its period, or 19';
COMMENT ON COLUMN ntsb.batch.period IS
    'Of a full file: from the first to the last event of the years that it holds whole; null: none, or an increment';
COMMENT ON COLUMN ntsb.batch.legacy IS
    'Whether that period is of the series of 1962 to 1981, whose events have ev_ids of their own';

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
    CONSTRAINT nothing_lost
        CHECK (staged = inserted + updated + unchanged + stale + duplicates + rejected)
);
COMMENT ON TABLE ntsb.batch_table IS
    'What a load did to each table: staged = inserted + updated + unchanged + stale + duplicates + rejected; withdrawn counts stored rows that the file no longer holds';
COMMENT ON COLUMN ntsb.batch_table.position IS 'Order in which the tables were stored';
COMMENT ON COLUMN ntsb.batch_table.staged IS 'Rows of the file';
COMMENT ON COLUMN ntsb.batch_table.inserted IS 'Rows that were new';
COMMENT ON COLUMN ntsb.batch_table.updated IS 'Rows that replaced a stored one';
COMMENT ON COLUMN ntsb.batch_table.unchanged IS 'Rows that say what is stored';
COMMENT ON COLUMN ntsb.batch_table.stale IS 'Rows older than what is stored; left alone';
COMMENT ON COLUMN ntsb.batch_table.withdrawn IS 'Stored rows that the file no longer holds';
COMMENT ON COLUMN ntsb.batch_table.duplicates IS 'Rows that stand in the file more than once, but for one of each';
COMMENT ON COLUMN ntsb.batch_table.rejected IS 'Rows that cannot be stored; see ntsb.staging_quarantine';
