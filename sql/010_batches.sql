-- The journal of loads. It lives beside the staged rows, so that schema ntsb holds nothing but what
-- NTSB says and what became of it: loading the same file again writes no tuple there.

CREATE TABLE ntsb_staging.batch_journal (
    batch_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source       text NOT NULL,
    mode         text NOT NULL CHECK (mode IN ('full', 'increment')),
    digest       text,
    as_of        timestamp(0),
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at  timestamptz,
    loaded_by    text NOT NULL DEFAULT session_user,
    last_seq     bigint,
    chain_head   bytea
);
COMMENT ON TABLE ntsb_staging.batch_journal IS
    'One row per load of one file. A batch that failed left nothing, so it has no row.';
COMMENT ON COLUMN ntsb_staging.batch_journal.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb_staging.batch_journal.mode IS
    'full: the file holds everything of its period, what it lacks is withdrawn; increment: it holds some events, each whole';
COMMENT ON COLUMN ntsb_staging.batch_journal.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb_staging.batch_journal.as_of IS
    'Newest lchg_date among the events of the file: how new what it says is';
COMMENT ON COLUMN ntsb_staging.batch_journal.last_seq IS 'Last entry of ntsb.change_log when the batch ended';
COMMENT ON COLUMN ntsb_staging.batch_journal.chain_head IS 'entry_hash of that entry';

CREATE TABLE ntsb_staging.batch_table_journal (
    batch_id   bigint NOT NULL REFERENCES ntsb_staging.batch_journal,
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

CREATE VIEW ntsb.batch AS
SELECT batch_id, source, mode, digest, as_of, started_at, finished_at, loaded_by
FROM ntsb_staging.batch_journal;
COMMENT ON VIEW ntsb.batch IS 'Loads, one row per file: what was loaded, when, by whom, and how new it is';

CREATE VIEW ntsb.batch_table AS
SELECT batch_id, position, table_name,
       staged, inserted, updated, unchanged, stale, withdrawn, duplicates, rejected
FROM ntsb_staging.batch_table_journal;
COMMENT ON VIEW ntsb.batch_table IS
    'What a load did to each table: staged = inserted + updated + unchanged + stale + duplicates + rejected; withdrawn counts stored rows that the file no longer holds';
COMMENT ON COLUMN ntsb.batch_table.stale IS 'Rows older than what is stored; left alone';
COMMENT ON COLUMN ntsb.batch_table.rejected IS 'Rows that cannot be stored; see ntsb.staging_quarantine';
