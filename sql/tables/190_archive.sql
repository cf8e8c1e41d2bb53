-- Decades that were moved from the tables into files. ntsb.event_key keeps their ev_ids, so that they cannot be reused.
-- ntsb.archived_event marks them as archived rather than missing.

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
    'Archives of decades: CALL ntsb_archive_decade(decade) creates one, CALL ntsb_attach_archive(decade) restores its rows';
COMMENT ON COLUMN ntsb.archive.archive_id IS 'Number of the archive; never reused';
COMMENT ON COLUMN ntsb.archive.decade IS 'First year of the decade';
COMMENT ON COLUMN ntsb.archive.path IS 'Folder on the server with the files';
COMMENT ON COLUMN ntsb.archive.events IS 'Number of events';
COMMENT ON COLUMN ntsb.archive.tables IS
    'Each table with its rows, the bytes of its files and the SHA-256 of its manifest.json, which has the digests of the files and of their rows';
COMMENT ON COLUMN ntsb.archive.archived_at IS 'When the archive was created';
COMMENT ON COLUMN ntsb.archive.archived_by IS 'Role that created it';
COMMENT ON COLUMN ntsb.archive.attached_at IS 'When its rows were restored; null while they are only in files';
COMMENT ON COLUMN ntsb.archive.attached_by IS 'Role that restored them';

CREATE TABLE ntsb.archived_event (
    ev_id      text PRIMARY KEY REFERENCES ntsb.event_key (ev_id),
    archive_id bigint NOT NULL REFERENCES ntsb.archive,
    ntsb_no    text
);
CREATE INDEX archived_event_archive_idx ON ntsb.archived_event (archive_id);
CREATE INDEX archived_event_ntsb_no_idx ON ntsb.archived_event (ntsb_no);
COMMENT ON TABLE ntsb.archived_event IS
    'Events whose rows are in an archive and not in the tables; loads skip them';
COMMENT ON COLUMN ntsb.archived_event.archive_id IS 'Archive of the event; see ntsb.archive';
COMMENT ON COLUMN ntsb.archived_event.ntsb_no IS 'NTSB number, which identifies the event in JSON cases';
