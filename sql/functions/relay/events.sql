-- Changes, alerts and predictions as CloudEvents 1.0 (https://cloudevents.io), for `ntsb relay`.

CREATE FUNCTION ntsb_internal.name_relay_source() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'urn:pg-ntsb:warehouse:' || string_agg(
        CASE WHEN c.letter ~ '^[A-Za-z0-9._~-]$' THEN c.letter
             ELSE regexp_replace(upper(encode(convert_to(c.letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g') END,
        '' ORDER BY c.place)
    FROM regexp_split_to_table(current_database(), '') WITH ORDINALITY c (letter, place)
$$;
COMMENT ON FUNCTION ntsb_internal.name_relay_source() IS
'Internal: called by ntsb_relay_batch. Returns the default source of events: urn:pg-ntsb:warehouse: and the name of the database, percent-encoded.';

CREATE FUNCTION ntsb_internal.build_cloud_event(id text, source text, type text, subject text, happened_at timestamptz,
    schema text, partition_key text, seq bigint, data jsonb)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'specversion', '1.0', 'id', id, 'source', source, 'type', 'pg_ntsb.' || type, 'subject', nullif(subject, ''),
        'time', to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'datacontenttype', 'application/json', 'dataschema', 'urn:pg-ntsb:schema:' || schema || ':1',
        'partitionkey', nullif(partition_key, ''), 'sequence', lpad(seq::text, 19, '0')))
        || jsonb_build_object('data', data)
$$;
COMMENT ON FUNCTION ntsb_internal.build_cloud_event(text, text, text, text, timestamptz, text, text, bigint, jsonb) IS
'Internal: called by ntsb_relay_batch. Returns a CloudEvent 1.0 in JSON format with the extension attributes partitionkey and sequence. Empty attributes are omitted, because CloudEvents allows none.';

-- Values above 256 KiB are omitted: one event must fit into a message of every target (Kafka: 1 MB by default).
CREATE FUNCTION ntsb_internal.read_relay_changes(after bigint, max_rows integer, source text)
RETURNS TABLE (seq bigint, id text, event jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    largest constant integer := 262144;
    batch_bytes constant bigint := 8388608;
BEGIN
    RETURN QUERY
    WITH entry AS (
        SELECT l.*, coalesce(octet_length(l.changes::text), 0) AS bytes FROM ntsb.change_log l
        WHERE l.seq > read_relay_changes.after ORDER BY l.seq LIMIT read_relay_changes.max_rows
    ), fitting AS (
        SELECT e.*, sum(e.bytes) OVER (ORDER BY e.seq) - e.bytes AS bytes_before FROM entry e
    )
    SELECT f.seq, i.id, ntsb_internal.build_cloud_event(i.id, read_relay_changes.source, 'change.' || f.action,
        f.table_name || '/' || f.row_key, f.changed_at, 'change', coalesce(f.ev_id, f.table_name), f.seq,
        jsonb_build_object('seq', f.seq, 'batch_id', f.batch_id, 'table', f.table_name, 'key', f.row_key,
            'ev_id', f.ev_id, 'action', f.action, 'old_hash', encode(f.old_hash, 'hex'),
            'new_hash', encode(f.new_hash, 'hex'), 'entry_hash', encode(f.entry_hash, 'hex'),
            'columns', coalesce((SELECT jsonb_agg(c.name ORDER BY c.name COLLATE "C")
                                 FROM jsonb_object_keys(f.changes) c (name)), '[]'),
            'changes', CASE WHEN f.bytes <= largest THEN f.changes END,
            'is_complete', f.bytes <= largest))
    FROM fitting f
    CROSS JOIN LATERAL (SELECT format('change-%s-%s', f.seq, left(encode(f.entry_hash, 'hex'), 16)) AS id) i
    WHERE f.bytes_before < batch_bytes ORDER BY f.seq;
END
$$;
COMMENT ON FUNCTION ntsb_internal.read_relay_changes(bigint, integer, text) IS
'Internal: called by ntsb_relay_batch. Returns the next entries of ntsb.change_log as CloudEvents, at most max_rows and about 8 MiB. The id contains the start of the entry''s hash, so it differs after a restore and a new load.';

CREATE FUNCTION ntsb_internal.read_relay_alerts(after bigint, max_rows integer, source text)
RETURNS TABLE (seq bigint, id text, event jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT r."position", i.id, ntsb_internal.build_cloud_event(i.id, read_relay_alerts.source, 'alert.raise',
        left(a.subject, 1000), a.raised_at, 'alert', a.kind, r."position",
        jsonb_build_object('alert_id', a.alert_id, 'kind', a.kind, 'severity', a.severity,
            'subject', left(a.subject, 1000), 'message', left(a.message, 10000),
            'details', CASE WHEN octet_length(a.details::text) <= 262144 THEN a.details END))
    FROM ntsb.relay_alert r
    JOIN ntsb.alert a USING (alert_id)
    CROSS JOIN LATERAL (SELECT format('alert-%s-%s', a.alert_id, (extract(epoch FROM a.raised_at) * 1000000)::bigint) AS id) i
    WHERE r."position" > read_relay_alerts.after ORDER BY r."position" LIMIT read_relay_alerts.max_rows;
END
$$;
COMMENT ON FUNCTION ntsb_internal.read_relay_alerts(bigint, integer, text) IS
'Internal: called by ntsb_relay_batch. Returns the next numbered alerts as CloudEvents. The id contains the time in microseconds since 1970, so it differs after a restore.';

-- A later version of a model supersedes the prediction of the version before it.
CREATE FUNCTION ntsb_internal.read_relay_predictions(after bigint, max_rows integer, source text)
RETURNS TABLE (seq bigint, id text, event jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH numbered AS MATERIALIZED (
        SELECT r."position" AS seq, r.ev_id, r.model_id FROM ntsb.relay_prediction r
        WHERE r."position" > read_relay_predictions.after
        ORDER BY r."position" LIMIT read_relay_predictions.max_rows
    )
    SELECT n.seq, i.id, ntsb_internal.build_cloud_event(i.id, read_relay_predictions.source,
        CASE WHEN s.model_id IS NULL THEN 'prediction.insert' ELSE 'prediction.supersede' END,
        p.ev_id, p.predicted_at, 'prediction', p.ev_id, n.seq,
        jsonb_build_object('ev_id', p.ev_id, 'model_id', p.model_id, 'model', m.name, 'version', m.version,
            'severity', p.severity, 'confidence', p.confidence, 'probabilities', p.probabilities, 'decided', p.decided,
            'supersedes', CASE WHEN s.model_id IS NOT NULL THEN jsonb_build_object('model_id', s.model_id,
                'version', s.version, 'severity', s.severity, 'confidence', s.confidence) END))
    FROM numbered n
    JOIN ntsb.predictions p USING (model_id, ev_id)
    JOIN ntsb.model m USING (model_id)
    CROSS JOIN LATERAL (SELECT format('prediction-%s-%s-%s', p.model_id, p.ev_id,
                                      (extract(epoch FROM p.predicted_at) * 1000000)::bigint) AS id) i
    LEFT JOIN LATERAL (
        SELECT o.model_id, o.severity, o.confidence, om.version
        FROM ntsb.relay_prediction e
        JOIN ntsb.predictions o ON o.model_id = e.model_id AND o.ev_id = e.ev_id
        JOIN ntsb.model om ON om.model_id = o.model_id
        WHERE e.ev_id = p.ev_id AND e."position" < n.seq AND om.name = m.name AND om.target = m.target
        ORDER BY e."position" DESC LIMIT 1) s ON true
    ORDER BY n.seq;
END
$$;
COMMENT ON FUNCTION ntsb_internal.read_relay_predictions(bigint, integer, text) IS
'Internal: called by ntsb_relay_batch. Returns the next numbered predictions as CloudEvents. supersedes: the previous prediction of the event by another version of the same model, null if there is none.';
