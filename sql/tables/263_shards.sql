-- Shards: databases that hold the events of some years (docs/adr/0031). A coordinator reads them as foreign tables and
-- records its loads onto them, so that each is stored on all shards or on none.

CREATE TABLE ntsb.shard_member (
    is_member    boolean PRIMARY KEY DEFAULT true CHECK (is_member),
    shard_number smallint NOT NULL CHECK (shard_number BETWEEN 1 AND 20),
    first_year   smallint,
    last_year    smallint,
    prepared_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT shard_member_years CHECK (first_year <= last_year)
);
COMMENT ON TABLE ntsb.shard_member IS
    'One row if this database is a shard: which events it holds. CALL ntsb_prepare_shard(…) writes it';
COMMENT ON COLUMN ntsb.shard_member.is_member IS 'Always true, so that there is one row at most';
COMMENT ON COLUMN ntsb.shard_member.shard_number IS
    'Number of the shard, 1 to 20; surrogate keys start at this number times 100,000,000, so that no two shards have the same';
COMMENT ON COLUMN ntsb.shard_member.first_year IS 'First year of its events; null: no lower limit';
COMMENT ON COLUMN ntsb.shard_member.last_year IS 'Last year of its events; null: no upper limit';
COMMENT ON COLUMN ntsb.shard_member.prepared_at IS 'When it became a shard';

CREATE TABLE ntsb.shard (
    shard_name   text PRIMARY KEY CHECK (shard_name ~ '^[a-z][a-z0-9_]{0,30}$'),
    shard_number smallint NOT NULL UNIQUE,
    first_year   smallint,
    last_year    smallint,
    attached_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    attached_by  text NOT NULL DEFAULT session_user,
    CONSTRAINT shard_years_overlap EXCLUDE USING gist
        (int4range(first_year::integer, last_year::integer, '[]') WITH &&)
);
COMMENT ON TABLE ntsb.shard IS
    'Shards whose events this database reads; a database with a row here is a coordinator and stores no events itself. CALL ntsb_attach_shard(…) writes it';
COMMENT ON COLUMN ntsb.shard.shard_name IS
    'Name of the shard; its foreign servers are ntsb_shard_NAME (queries) and ntsb_load_NAME (loads), its foreign tables are in schema ntsb_shard_NAME';
COMMENT ON COLUMN ntsb.shard.shard_number IS 'Number of the shard, as in its ntsb.shard_member';
COMMENT ON COLUMN ntsb.shard.first_year IS 'First year of its events; null: no lower limit';
COMMENT ON COLUMN ntsb.shard.last_year IS 'Last year of its events; null: no upper limit';
COMMENT ON COLUMN ntsb.shard.attached_at IS 'When it was attached';
COMMENT ON COLUMN ntsb.shard.attached_by IS 'Role that attached it';

CREATE TABLE ntsb.distributed_load (
    load_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text NOT NULL,
    mode        text NOT NULL CHECK (mode IN ('full', 'increment')),
    digest      text,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_by  text NOT NULL DEFAULT session_user,
    decision    text CHECK (decision IN ('commit', 'rollback')),
    decided_at  timestamptz,
    finished_at timestamptz
);
CREATE INDEX distributed_load_unfinished_idx ON ntsb.distributed_load (load_id) WHERE finished_at IS NULL;
COMMENT ON TABLE ntsb.distributed_load IS
    'Loads onto the shards. The row of a load decides whether its prepared transactions are committed or rolled back; CALL ntsb_resolve_distributed_loads() ends those that were interrupted';
COMMENT ON COLUMN ntsb.distributed_load.load_id IS 'Number of the load';
COMMENT ON COLUMN ntsb.distributed_load.source IS 'Name of the file or folder';
COMMENT ON COLUMN ntsb.distributed_load.mode IS 'full or increment, as in ntsb.batch';
COMMENT ON COLUMN ntsb.distributed_load.digest IS 'SHA-256 of the file, hexadecimal';
COMMENT ON COLUMN ntsb.distributed_load.started_at IS 'Start of the load';
COMMENT ON COLUMN ntsb.distributed_load.started_by IS 'Role that loaded the file';
COMMENT ON COLUMN ntsb.distributed_load.decision IS
    'commit: all shards have prepared, and each commits; rollback: none does; null: not decided, which counts as rollback if the loading session is gone';
COMMENT ON COLUMN ntsb.distributed_load.decided_at IS 'When that was decided';
COMMENT ON COLUMN ntsb.distributed_load.finished_at IS 'When the last shard had done so';

CREATE TABLE ntsb.distributed_load_shard (
    load_id     bigint NOT NULL REFERENCES ntsb.distributed_load,
    shard_name  text NOT NULL,
    gid         text NOT NULL UNIQUE,
    batch_id    bigint,
    prepared_at timestamptz,
    resolved_at timestamptz,
    outcome     text CHECK (outcome IN ('committed', 'rolled back', 'lost')),
    PRIMARY KEY (load_id, shard_name)
);
COMMENT ON TABLE ntsb.distributed_load_shard IS 'What became of each load on each shard';
COMMENT ON COLUMN ntsb.distributed_load_shard.load_id IS 'Load in ntsb.distributed_load';
COMMENT ON COLUMN ntsb.distributed_load_shard.shard_name IS 'Shard that takes part; it may have been detached since';
COMMENT ON COLUMN ntsb.distributed_load_shard.gid IS 'Name of the prepared transaction on the shard';
COMMENT ON COLUMN ntsb.distributed_load_shard.batch_id IS 'Batch on the shard; see ntsb.batch there';
COMMENT ON COLUMN ntsb.distributed_load_shard.prepared_at IS 'When the shard had prepared';
COMMENT ON COLUMN ntsb.distributed_load_shard.resolved_at IS 'When the shard had committed or rolled back';
COMMENT ON COLUMN ntsb.distributed_load_shard.outcome IS
    'committed; rolled back; or lost: commit was decided, but the shard has neither the prepared transaction nor the batch, for example because it was restored from an older backup';

CREATE TABLE ntsb.moved_event (
    batch_id bigint NOT NULL,
    ev_id    text NOT NULL,
    PRIMARY KEY (batch_id, ev_id)
);
COMMENT ON TABLE ntsb.moved_event IS
    'Events that a batch moved to another shard because their date was corrected to a year of that shard; here they are withdrawn';
COMMENT ON COLUMN ntsb.moved_event.batch_id IS 'Batch that moved the event';
COMMENT ON COLUMN ntsb.moved_event.ev_id IS 'Event';
