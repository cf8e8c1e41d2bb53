-- Recomputes the hash chain of the change log and compares the log with the batches in both directions. Altering,
-- deleting or adding an entry breaks the chain or leaves entries that no batch recorded. Only heads stored outside
-- the database detect a rewrite of both: ntsb_change_log_head(), `ntsb verify --against`.

CREATE FUNCTION ntsb_verify_change_log()
RETURNS TABLE (seq bigint, problem text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH entry AS (
        SELECT l.seq, l.entry_hash,
               l.seq - lag(l.seq, 1, 0::bigint) OVER w AS step,
               ntsb_internal.chain_hash_step(
                   NULL::bytea, lag(l.entry_hash) OVER w, l.batch_id, l.changed_at, l.table_name, l.row_key,
                   l.ev_id, l.action, l.old_hash, l.new_hash, l.changes) AS expected
        FROM ntsb.change_log l
        WINDOW w AS (ORDER BY l.seq)
    ),
    -- The entries between two heads belong to the batch that recorded the second head. A repeated file has the same
    -- head as the batch before it, so a segment can have several batches.
    segment AS (
        SELECT b.last_seq, lag(b.last_seq, 1, 0::bigint) OVER (ORDER BY b.last_seq) AS before,
               array_agg(b.batch_id) AS batches
        FROM ntsb.batch b WHERE b.last_seq IS NOT NULL GROUP BY b.last_seq
    ),
    counted AS (
        SELECT l.batch_id, l.table_name, min(l.seq) AS seq,
               count(*) FILTER (WHERE l.action = 'insert') AS inserted,
               count(*) FILTER (WHERE l.action IN ('update', 'return')) AS updated,
               count(*) FILTER (WHERE l.action = 'withdraw') AS withdrawn
        FROM ntsb.change_log l GROUP BY l.batch_id, l.table_name
    )
    SELECT w.seq,
           CASE WHEN w.step <> 1 THEN format('%s entries missing before this one', w.step - 1)
                ELSE 'this entry or the one before it was altered' END
    FROM entry w
    WHERE w.step <> 1 OR w.entry_hash <> w.expected
    UNION ALL
    SELECT b.last_seq, format('batch %s ended here, but the entry is missing or differs', b.batch_id)
    FROM ntsb.batch b
    LEFT JOIN ntsb.change_log l ON l.seq = b.last_seq AND l.entry_hash = b.chain_head
    WHERE b.last_seq IS NOT NULL AND l.seq IS NULL
    UNION ALL
    SELECT min(l.seq), format('%s entries from here on were added after the last batch', count(*))
    FROM ntsb.change_log l
    WHERE l.seq > (SELECT coalesce(max(b.last_seq), 0) FROM ntsb.batch b)
    HAVING count(*) > 0
    UNION ALL
    SELECT min(l.seq), format('%s entries belong to unknown batch %s', count(*), l.batch_id)
    FROM ntsb.change_log l
    WHERE NOT EXISTS (SELECT FROM ntsb.batch b WHERE b.batch_id = l.batch_id)
    GROUP BY l.batch_id
    UNION ALL
    SELECT min(l.seq), format('%s entries of batch %s are stored among those of batch %s', count(*), l.batch_id, min(b.batch_id))
    FROM segment s
    JOIN ntsb.change_log l ON l.seq > s.before AND l.seq <= s.last_seq AND l.batch_id <> ALL (s.batches)
    JOIN ntsb.batch b ON b.batch_id = ANY (s.batches)
    WHERE EXISTS (SELECT FROM ntsb.batch o WHERE o.batch_id = l.batch_id)
    GROUP BY s.last_seq, l.batch_id
    UNION ALL
    SELECT coalesce(c.seq, b.last_seq),
           format('batch %s recorded %s inserted, %s updated and %s withdrawn rows of %s, but the log has %s, %s and %s',
                  b.batch_id, coalesce(t.inserted, 0), coalesce(t.updated, 0), coalesce(t.withdrawn, 0), table_name,
                  coalesce(c.inserted, 0), coalesce(c.updated, 0), coalesce(c.withdrawn, 0))
    FROM counted c
    FULL JOIN ntsb.batch_table t USING (batch_id, table_name)
    JOIN ntsb.batch b USING (batch_id)
    WHERE (coalesce(t.inserted, 0), coalesce(t.updated, 0), coalesce(t.withdrawn, 0))
       <> (coalesce(c.inserted, 0), coalesce(c.updated, 0), coalesce(c.withdrawn, 0))
    UNION ALL
    SELECT o.last_seq, format('batch %s ended here, before the end of an older batch', o.batch_id)
    FROM (SELECT b.batch_id, b.last_seq,
                 max(b.last_seq) OVER (ORDER BY b.batch_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM ntsb.batch b WHERE b.last_seq IS NOT NULL) o
    WHERE o.last_seq < o.before
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION ntsb_verify_change_log() IS
'Detects tampering with ntsb.change_log: entries that were altered, deleted, added after the last batch, or that belong to an unknown or another batch; an end that differs from the one a batch recorded; and counts that differ from ntsb.batch_table. No rows: the log and the batches agree. A rewrite of both is detected only with heads stored outside the database (ntsb_change_log_head, ntsb verify --against).';

CREATE FUNCTION ntsb_change_log_head()
RETURNS TABLE (batch_id bigint, seq bigint, entry_hash text, finished_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT b.batch_id, b.last_seq, encode(b.chain_head, 'hex'), b.finished_at
    FROM ntsb.batch b WHERE b.last_seq IS NOT NULL AND b.finished_at IS NOT NULL
    ORDER BY b.batch_id DESC LIMIT 1;
END
$$;
COMMENT ON FUNCTION ntsb_change_log_head() IS
'The head of ntsb.change_log: the last batch, the number and hash (hexadecimal) of its last entry, and when the batch finished. Store it outside the database to prove later that no entry up to it was changed (ntsb verify --against). No row before the first load.';
