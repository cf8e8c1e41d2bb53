-- The sources beside NTSB's Access files, and when each was last asked and loaded.

CREATE TABLE ntsb.source_state (
    source        text PRIMARY KEY CHECK (source ~ '^[a-z][a-z0-9_]*$'),
    asked_at      timestamptz,
    loaded_at     timestamptz,
    name          text,
    edition       text,
    row_count     bigint CHECK (row_count >= 0),
    digest        text,
    complete_until date,
    state         jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE ntsb.source_state IS
    'When each source beside NTSB''s Access files was last asked and loaded. ntsb.source_status shows what is due';
COMMENT ON COLUMN ntsb.source_state.source IS 'Name of the source, as in ntsb.source_status';
COMMENT ON COLUMN ntsb.source_state.asked_at IS 'Last time the publisher was asked, or a file was offered, with or without changes';
COMMENT ON COLUMN ntsb.source_state.loaded_at IS 'Last time rows were stored';
COMMENT ON COLUMN ntsb.source_state.name IS 'Name of the file or service loaded last';
COMMENT ON COLUMN ntsb.source_state.edition IS 'Edition or effective date that the source states; null if it states none';
COMMENT ON COLUMN ntsb.source_state.row_count IS 'Number of rows of the source that are stored';
COMMENT ON COLUMN ntsb.source_state.digest IS 'SHA-256 of the file loaded last, hexadecimal';
COMMENT ON COLUMN ntsb.source_state.complete_until IS 'Of the API: everything that changed up to this day (UTC) is stored';
COMMENT ON COLUMN ntsb.source_state.state IS 'Position of an unfinished synchronization';
