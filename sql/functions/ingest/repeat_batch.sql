-- The same file again, with nothing changed since it was loaded, says nothing new of any row: the
-- change log ends where that load left it, and its rules are today's. A row that was refused may
-- have been refused for the day it was (a date in the future), so then the day must be the same.

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
       OR earlier.gates IS DISTINCT FROM @extschema@.ntsb_rules_digest()
       OR earlier.last_seq IS DISTINCT FROM (SELECT max(seq) FROM ntsb.change_log)
       -- What the file said of archived events was left alone: where some came back, it counts.
       OR earlier.finished_at <= (SELECT max(greatest(a.archived_at, a.attached_at)) FROM ntsb.archive a)
       OR (earlier.finished_at::date <> current_date AND EXISTS (
               SELECT FROM ntsb.batch_table t
               WHERE t.batch_id = earlier.batch_id AND t.rejected > 0))
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO ntsb.batch
        (source, mode, digest, as_of, period, legacy, last_seq, chain_head, gates, repeats, finished_at)
    VALUES (ntsb_repeat_batch.source, earlier.mode, earlier.digest, earlier.as_of, earlier.period,
        earlier.legacy, earlier.last_seq, earlier.chain_head, earlier.gates, coalesce(earlier.repeats, earlier.batch_id), clock_timestamp())
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
'Records that a file was given again that had been loaded already, and returns the number of that batch, whose rows are all unchanged: nothing has to be staged. Null where its rows must be compared: no file of this digest (SHA-256, hexadecimal) and mode was loaded, something changed since, or the rules did. Waits for a load that is under way.';
