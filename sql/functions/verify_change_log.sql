-- Walks the chain. Whoever alters, drops or adds an entry breaks it at that place.

CREATE FUNCTION ntsb_verify_change_log()
RETURNS TABLE (seq bigint, problem text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH walked AS (
        SELECT l.seq, l.entry_hash,
               l.seq - lag(l.seq, 1, 0::bigint) OVER w AS step,
               @extschema@.ntsb_chain_step(
                   NULL, lag(l.entry_hash) OVER w, l.batch_id, l.changed_at, l.table_name, l.row_key,
                   l.ev_id, l.action, l.old_hash, l.new_hash, l.changes) AS expected
        FROM ntsb.change_log l
        WINDOW w AS (ORDER BY l.seq)
    )
    SELECT w.seq,
           CASE WHEN w.step <> 1 THEN format('%s entries missing before this one', w.step - 1)
                ELSE 'altered, or the entry before it is' END
    FROM walked w
    WHERE w.step <> 1 OR w.entry_hash <> w.expected
    UNION ALL
    SELECT b.last_seq, format('batch %s ended here; the entry is missing or another', b.batch_id)
    FROM ntsb.batch b
    LEFT JOIN ntsb.change_log l ON l.seq = b.last_seq AND l.entry_hash = b.chain_head
    WHERE b.last_seq IS NOT NULL AND l.seq IS NULL
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION ntsb_verify_change_log() IS
'Places where ntsb.change_log was tampered with: altered or missing entries, or an end other than the one that a batch recorded. No rows: the log is whole.';
