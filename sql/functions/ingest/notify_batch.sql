-- Notifications about a loaded batch. A prepared transaction cannot notify, so a load onto shards calls this afterwards.

CREATE FUNCTION ntsb_internal.notify_batch(batch_id bigint) RETURNS void
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('ntsb_events', json_build_object(
        'type', 'batch', 'batch_id', b.batch_id, 'source', b.source, 'mode', b.mode,
        'as_of', b.as_of, 'inserted', sum(t.inserted), 'updated', sum(t.updated),
        'withdrawn', sum(t.withdrawn),
        'new_events', sum(t.inserted) FILTER (WHERE t.table_name = 'events'))::text)
    FROM ntsb.batch b JOIN ntsb.batch_table t ON t.batch_id = b.batch_id
    WHERE b.batch_id = notify_batch.batch_id
    GROUP BY b.batch_id, b.source, b.mode, b.as_of;
    PERFORM pg_notify('ntsb_events', json_build_object(
        'type', 'event', 'batch_id', notify_batch.batch_id, 'ev_id', e.ev_id, 'ev_date', e.ev_date,
        'ev_state', e.ev_state, 'ev_highest_injury', e.ev_highest_injury)::text)
    FROM (SELECT l.ev_id FROM ntsb.change_log l
          WHERE l.batch_id = notify_batch.batch_id AND l.table_name = 'events' AND l.action = 'insert'
          ORDER BY l.seq LIMIT 100) new
    JOIN ntsb.events e ON e.ev_id = new.ev_id;
END
$$;
COMMENT ON FUNCTION ntsb_internal.notify_batch(bigint) IS
'Internal: called by ntsb_ingest and by ntsb load --shards. Notifies channel ntsb_events of a batch and of its first hundred new events.';
