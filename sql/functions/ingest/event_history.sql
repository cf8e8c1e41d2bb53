-- The change history of one event.

CREATE FUNCTION ntsb_event_history(ev_id text)
RETURNS TABLE (
    changed_at timestamptz, batch_id bigint, source text, as_of timestamp, table_name text,
    row_key text, action text, column_name text, old_value text, new_value text
)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT l.changed_at, l.batch_id, b.source, b.as_of::timestamp, l.table_name, l.row_key, l.action,
           c.key, c.value ->> 'old', c.value ->> 'new'
    FROM ntsb.change_log l
    LEFT JOIN ntsb.batch b USING (batch_id)
    LEFT JOIN LATERAL jsonb_each(l.changes) c ON true
    WHERE l.ev_id = ntsb_event_history.ev_id
    ORDER BY l.seq, c.key;
END
$$;
COMMENT ON FUNCTION ntsb_event_history(text) IS
'The change history of an event and its rows, oldest first: one row per inserted, withdrawn or returned row, and one per changed column of an updated row. source: the loaded file; as_of: newest lchg_date in that file. No rows for an unknown ev_id.';
