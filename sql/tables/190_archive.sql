-- Decades that were written to files and taken out of the tables. ntsb.event_key keeps their events, so that
-- their names stay taken; ntsb.archived_event tells that they are not missing.

CREATE TABLE ntsb.archive (
    archive_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    decade      integer NOT NULL,
    path        text,
    events      bigint NOT NULL,
    tables      jsonb,
    archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    archived_by text NOT NULL DEFAULT session_user,
    attached_at timestamptz,
    attached_by text
);
COMMENT ON TABLE ntsb.archive IS
    'Archives of decades: CALL ntsb_archive_decade(decade) makes one, CALL ntsb_attach_archive(decade) brings its rows back';
COMMENT ON COLUMN ntsb.archive.archive_id IS 'Number of the archive; never given twice';
COMMENT ON COLUMN ntsb.archive.decade IS 'First year of the decade';
COMMENT ON COLUMN ntsb.archive.path IS 'Folder of the server that holds the files';
COMMENT ON COLUMN ntsb.archive.events IS 'How many events it holds';
COMMENT ON COLUMN ntsb.archive.tables IS
    'Each table with its rows, the bytes of its files and the SHA-256 of its manifest.json, which names those of the files and of their rows';
COMMENT ON COLUMN ntsb.archive.archived_at IS 'When it was made';
COMMENT ON COLUMN ntsb.archive.archived_by IS 'Who made it';
COMMENT ON COLUMN ntsb.archive.attached_at IS 'When its rows were brought back; null while they are in files alone';
COMMENT ON COLUMN ntsb.archive.attached_by IS 'Who brought them back';

CREATE TABLE ntsb.archived_event (
    ev_id      text PRIMARY KEY REFERENCES ntsb.event_key (ev_id),
    archive_id bigint NOT NULL REFERENCES ntsb.archive,
    ntsb_no    text
);
CREATE INDEX archived_event_archive_idx ON ntsb.archived_event (archive_id);
CREATE INDEX archived_event_ntsb_no_idx ON ntsb.archived_event (ntsb_no);
COMMENT ON TABLE ntsb.archived_event IS
    'Events whose rows are in an archive and not in the tables: a load leaves them alone';
COMMENT ON COLUMN ntsb.archived_event.archive_id IS 'The archive that holds it; see ntsb.archive';
COMMENT ON COLUMN ntsb.archived_event.ntsb_no IS 'Its NTSB number, by which cases as JSON name it';
