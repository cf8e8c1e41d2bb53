-- Loading the same file again can skip all row comparisons if nothing changed since: the change log still ends
-- where that load ended, and the rules are the same. If that load quarantined rows, it must also be the same day,
-- because a row may have been refused for a date that was in the future then.

CREATE FUNCTION ntsb_repeat_batch(source text, mode text, digest text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    earlier record;
    batch bigint;
BEGIN
    IF to_regclass('ntsb.batch') IS NULL OR ntsb_repeat_batch.digest IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM ntsb_internal.lock_ingest();
    SELECT j.* INTO earlier FROM ntsb.batch j
    WHERE j.digest = ntsb_repeat_batch.digest AND j.mode = ntsb_repeat_batch.mode
      AND j.finished_at IS NOT NULL
    ORDER BY j.batch_id DESC LIMIT 1;
    IF NOT FOUND
       OR earlier.rules_digest IS DISTINCT FROM @extschema@.ntsb_rules_digest()
       OR earlier.last_seq IS DISTINCT FROM (SELECT max(seq) FROM ntsb.change_log)
       -- The load skipped archived events. If some were attached since, their rows must be compared.
       OR earlier.finished_at <= (SELECT max(greatest(a.archived_at, a.attached_at)) FROM ntsb.archive a)
       OR (earlier.finished_at::date <> current_date AND EXISTS (
               SELECT FROM ntsb.batch_table t
               WHERE t.batch_id = earlier.batch_id AND t.rejected > 0))
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO ntsb.batch
        (source, mode, digest, as_of, period, legacy, last_seq, chain_head, rules_digest, repeats, finished_at)
    VALUES (ntsb_repeat_batch.source, earlier.mode, earlier.digest, earlier.as_of, earlier.period,
        earlier.legacy, earlier.last_seq, earlier.chain_head, earlier.rules_digest, coalesce(earlier.repeats, earlier.batch_id), clock_timestamp())
    RETURNING batch_id INTO batch;
    INSERT INTO ntsb.batch_table (batch_id, position, table_name, staged, inserted,
        updated, unchanged, stale, withdrawn, duplicates, rejected)
    SELECT batch, t.position, t.table_name, t.staged, 0, 0, t.inserted + t.updated + t.unchanged,
        t.stale, 0, t.duplicates, t.rejected
    FROM ntsb.batch_table t WHERE t.batch_id = earlier.batch_id;
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_repeat_batch(text, text, text) IS
'If a file with this digest (SHA-256, hexadecimal) and mode was already loaded, and neither the data nor the rules changed since, records a batch with all rows unchanged and returns its number: nothing has to be staged. Otherwise null: the rows must be loaded and compared. Waits for a running load. Errors: 55P03 another load did not end within lock_timeout.';
