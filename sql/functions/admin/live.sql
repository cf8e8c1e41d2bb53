-- Changes since a given entry, for clients that follow the warehouse. A notification is only a hint: clients
-- read the change log, so a client that was disconnected misses nothing.

CREATE FUNCTION ntsb_changes_since(since bigint, max_rows integer DEFAULT 1000)
RETURNS TABLE (seq bigint, batch_id bigint, changed_at timestamptz, ev_id text, action text, tables text[],
    columns text[], ev_date date, ev_state text, severity text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF max_rows NOT BETWEEN 1 AND 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('max_rows must be between 1 and 10,000, got %s', max_rows),
            HINT = 'To get more rows, call again with the last seq as since.';
    END IF;
    RETURN QUERY
    WITH entry AS (
        SELECT l.* FROM ntsb.change_log l
        WHERE l.seq > since AND l.ev_id IS NOT NULL ORDER BY l.seq LIMIT max_rows
    ), changed AS (
        SELECT max(l.seq) AS seq, l.batch_id, max(l.changed_at) AS changed_at, l.ev_id,
               coalesce(max(l.action) FILTER (WHERE l.table_name = 'events'), 'update') AS action,
               array_agg(DISTINCT l.table_name) AS tables,
               array_agg(DISTINCT c.key) FILTER (WHERE c.key IS NOT NULL) AS columns
        FROM entry l
        LEFT JOIN LATERAL jsonb_object_keys(CASE WHEN l.action = 'update' THEN l.changes END) c (key) ON true
        GROUP BY l.batch_id, l.ev_id
    )
    SELECT c.seq, c.batch_id, c.changed_at, c.ev_id, c.action, c.tables, coalesce(c.columns, '{}'),
           e.ev_date, e.ev_state, e.ev_highest_injury
    FROM changed c
    LEFT JOIN ntsb.event_key k ON k.ev_id = c.ev_id
    LEFT JOIN ntsb.events e ON e.ev_id = k.ev_id AND e.ev_year = k.ev_year
    ORDER BY c.seq;
END
$$;
COMMENT ON FUNCTION ntsb_changes_since(bigint, integer) IS
'Events that changed after entry since of ntsb.change_log, oldest first: one row per event and batch among the next max_rows entries (1 to 10,000), with the changed tables and, for updates, the changed columns. seq: pass it as since to get the next rows. action: insert, update, withdraw or return, of the event itself. No rows if nothing is newer. Errors: 22023 max_rows.';

-- Rows that a load quarantined need a person's review.
CREATE FUNCTION ntsb_internal.raise_batch_alert(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source text := (SELECT b.source FROM ntsb.batch b WHERE b.batch_id = raise_batch_alert.batch_id);
    quarantined bigint;
    flagged bigint;
    rules jsonb;
BEGIN
    WITH defect AS (
        SELECT q.rule_id, true AS is_quarantined FROM ntsb.staging_quarantine q
        WHERE q.batch_id = raise_batch_alert.batch_id
        UNION ALL
        SELECT d.rule_id, false FROM ntsb.batch_defects d WHERE d.batch_id = raise_batch_alert.batch_id
    ), rule AS (
        SELECT d.rule_id, d.is_quarantined, count(*) AS rows FROM defect d GROUP BY 1, 2
    )
    SELECT coalesce(sum(r.rows) FILTER (WHERE r.is_quarantined), 0), coalesce(sum(r.rows) FILTER (WHERE NOT r.is_quarantined), 0),
           jsonb_object_agg(r.rule_id, r.rows)
    INTO quarantined, flagged, rules FROM rule r;
    IF rules IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN @extschema@.ntsb_raise_alert('data_quality', CASE WHEN quarantined > 0 THEN 'warning' ELSE 'info' END, source,
        format('%s: %s rows quarantined, %s defects of the batch as a whole; see ntsb quarantine list and ntsb.data_quality',
               source, quarantined, flagged),
        jsonb_build_object('batch_id', raise_batch_alert.batch_id, 'rules', rules));
END
$$;
COMMENT ON FUNCTION ntsb_internal.raise_batch_alert(bigint) IS
'Internal: called by ntsb_ingest. Raises an alert of kind data_quality if rows of the batch were quarantined (severity warning) or only rules of gate 3 flagged the batch (info). Returns the number of the alert, or null if there is nothing to report.';
