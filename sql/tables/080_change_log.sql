-- Row changes as a hash chain:
--   entry_hash = SHA-256(entry_hash of the entry before || canonical JSON of this entry)
-- starting from 32 zero bytes. ntsb_verify_change_log() verifies the chain.

CREATE TABLE ntsb.change_log (
    seq        bigint PRIMARY KEY,
    batch_id   bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    table_name text NOT NULL,
    row_key    text NOT NULL,
    ev_id      text,
    action     text NOT NULL CHECK (action IN ('insert', 'update', 'withdraw', 'return')),
    old_hash   bytea,
    new_hash   bytea,
    changes    jsonb,
    entry_hash bytea NOT NULL
);
CREATE INDEX change_log_ev_id_idx ON ntsb.change_log (ev_id);
CREATE INDEX change_log_batch_idx ON ntsb.change_log USING brin (batch_id);

COMMENT ON TABLE ntsb.change_log IS
    'Every insert, update, withdrawal and return of a row, in order; append-only, each entry chained to the previous one by hash';
COMMENT ON COLUMN ntsb.change_log.seq IS 'Number of the entry, from 1, without gaps';
COMMENT ON COLUMN ntsb.change_log.batch_id IS 'Batch that made the change; see ntsb.batch';
COMMENT ON COLUMN ntsb.change_log.changed_at IS 'Start of the transaction that made the change';
COMMENT ON COLUMN ntsb.change_log.row_key IS 'Primary key of the row, its columns joined by /';
COMMENT ON COLUMN ntsb.change_log.ev_id IS 'Event that the row belongs to; null for code lists';
COMMENT ON COLUMN ntsb.change_log.action IS
    'insert: new row; update: content changed; withdraw: missing from a newer file; return: withdrawn before, and in a file again';
COMMENT ON COLUMN ntsb.change_log.old_hash IS 'content_hash before; null for an insert';
COMMENT ON COLUMN ntsb.change_log.new_hash IS 'content_hash after; null for a withdrawal';
COMMENT ON COLUMN ntsb.change_log.changes IS
    'Changed columns with their values: {"ev_city": {"old": "A", "new": "B"}}; null for actions other than update';
COMMENT ON COLUMN ntsb.change_log.entry_hash IS 'SHA-256 over the entry_hash of the previous entry and this entry';

CREATE FUNCTION ntsb.refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = format('%I.%I is append-only: %s is not allowed', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP),
        HINT = 'To correct a row, load a newer file. The log then has both values.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_change() IS 'Trigger function: refuses UPDATE, DELETE and TRUNCATE on an append-only table';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ntsb.change_log
    FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_change();
