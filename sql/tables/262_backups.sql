-- Backups that pgBackRest has made of this cluster, and restore drills. deploy/backup records both.

CREATE TABLE ntsb.backup (
    backup_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stanza             text NOT NULL CHECK (stanza <> ''),
    repository         integer NOT NULL CHECK (repository BETWEEN 1 AND 256),
    label              text,
    type               text NOT NULL CHECK (type IN ('full', 'differential', 'incremental')),
    started_at         timestamptz NOT NULL,
    finished_at        timestamptz NOT NULL,
    size_bytes         bigint CHECK (size_bytes >= 0),
    stored_bytes       bigint CHECK (stored_bytes >= 0),
    wal_start          text,
    wal_stop           text,
    error              text,
    verified_at        timestamptz,
    verification_error text,
    expired_at         timestamptz,
    UNIQUE (stanza, repository, label),
    CONSTRAINT backup_failed_without_label CHECK (label IS NOT NULL OR error IS NOT NULL),
    CONSTRAINT backup_period CHECK (finished_at >= started_at)
);
CREATE INDEX backup_finished_idx ON ntsb.backup (type, finished_at DESC) WHERE error IS NULL;
COMMENT ON TABLE ntsb.backup IS
    'Backups of this cluster as pgBackRest lists them, and runs that failed; ntsb_record_backups and ntsb_record_backup_failure write it';
COMMENT ON COLUMN ntsb.backup.backup_id IS 'Number of the record';
COMMENT ON COLUMN ntsb.backup.stanza IS 'Name of the cluster in pgBackRest''s configuration';
COMMENT ON COLUMN ntsb.backup.repository IS 'Number of the repository in pgBackRest''s configuration (repo1, repo2, …)';
COMMENT ON COLUMN ntsb.backup.label IS 'pgBackRest''s name of the backup, such as 20240914-021500F; null for a run that failed';
COMMENT ON COLUMN ntsb.backup.type IS
    'full: every file; differential: what changed since the last full backup; incremental: what changed since the last backup of any type';
COMMENT ON COLUMN ntsb.backup.started_at IS 'When the backup started';
COMMENT ON COLUMN ntsb.backup.finished_at IS 'When the backup finished or failed';
COMMENT ON COLUMN ntsb.backup.size_bytes IS 'Size of the cluster that it restores, in bytes, uncompressed; null if unknown';
COMMENT ON COLUMN ntsb.backup.stored_bytes IS 'Size of its own files in the repository, in bytes, compressed; null if unknown';
COMMENT ON COLUMN ntsb.backup.wal_start IS 'First WAL segment that it needs; null if none';
COMMENT ON COLUMN ntsb.backup.wal_stop IS 'Last WAL segment that it needs to be consistent; null if none';
COMMENT ON COLUMN ntsb.backup.error IS 'Why the run failed, or that PostgreSQL''s page checksums did not match; null for a good backup';
COMMENT ON COLUMN ntsb.backup.verified_at IS 'When its files and WAL segments in the repository were last verified, with any result; null if never';
COMMENT ON COLUMN ntsb.backup.verification_error IS 'What the last verification found; null if everything matched';
COMMENT ON COLUMN ntsb.backup.expired_at IS 'When it was first missing in a readable repository; null while it is there';

CREATE TABLE ntsb.restore_drill (
    drill_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    drilled_at          timestamptz NOT NULL DEFAULT now(),
    source_label        text NOT NULL CHECK (source_label <> ''),
    target_time         timestamptz,
    rto_seconds         double precision CHECK (rto_seconds >= 0 AND rto_seconds < 'infinity'),
    rpo_seconds         double precision CHECK (rpo_seconds >= 0 AND rpo_seconds < 'infinity'),
    tables_compared     integer NOT NULL CHECK (tables_compared >= 0),
    tables_different    integer NOT NULL CHECK (tables_different BETWEEN 0 AND tables_compared),
    change_log_problems bigint CHECK (change_log_problems >= 0),
    comparison          jsonb NOT NULL,
    passed              boolean NOT NULL,
    error               text,
    details             jsonb NOT NULL
);
CREATE INDEX restore_drill_time_idx ON ntsb.restore_drill (drilled_at DESC);
COMMENT ON TABLE ntsb.restore_drill IS
    'Restore drills: a backup restored elsewhere and compared with what it should contain; ntsb_record_restore_drill adds a row';
COMMENT ON COLUMN ntsb.restore_drill.drill_id IS 'Number of the drill';
COMMENT ON COLUMN ntsb.restore_drill.drilled_at IS 'When the drill was recorded';
COMMENT ON COLUMN ntsb.restore_drill.source_label IS 'pgBackRest''s name of the backup that was restored';
COMMENT ON COLUMN ntsb.restore_drill.target_time IS 'Moment to which it was restored; null: as far as WAL was archived';
COMMENT ON COLUMN ntsb.restore_drill.rto_seconds IS
    'Seconds from the start of the restore until the restored cluster answered queries; null if it never did';
COMMENT ON COLUMN ntsb.restore_drill.rpo_seconds IS
    'Seconds of committed work that a loss of the cluster would have lost; null if not measured';
COMMENT ON COLUMN ntsb.restore_drill.tables_compared IS 'Number of compared tables';
COMMENT ON COLUMN ntsb.restore_drill.tables_different IS 'Number of tables whose row count or hash differed';
COMMENT ON COLUMN ntsb.restore_drill.change_log_problems IS 'Rows of ntsb_verify_change_log() in the restored database; null if it could not be asked';
COMMENT ON COLUMN ntsb.restore_drill.comparison IS
    'By table: expected and restored, each with rows and hash';
COMMENT ON COLUMN ntsb.restore_drill.passed IS
    'Whether there was no error, at least one table was compared, none differed, and the change log is intact';
COMMENT ON COLUMN ntsb.restore_drill.error IS 'Why the restore failed; null if it did not';
COMMENT ON COLUMN ntsb.restore_drill.details IS 'Further figures for people';
