-- The versions of the narratives, from the change log: texts that NTSB has replaced or removed stay readable.

CREATE VIEW ntsb.narrative_version AS
WITH change AS (
    SELECT l.ev_id, l.row_key, c.key AS column_name, l.seq, l.changed_at, l.batch_id, c.value ->> 'old' AS old_text
    FROM ntsb.change_log l
    CROSS JOIN LATERAL jsonb_each(l.changes) c
    WHERE l.table_name = 'narratives' AND l.action = 'update' AND c.key IN ('narr_accp', 'narr_accf', 'narr_cause')
), version AS (
    SELECT c.ev_id, c.row_key, c.column_name, c.seq, c.old_text AS text,
           lag(c.changed_at) OVER w AS changed_at, lag(c.batch_id) OVER w AS batch_id, c.changed_at AS valid_until
    FROM change c
    WINDOW w AS (PARTITION BY c.row_key, c.column_name ORDER BY c.seq)
    UNION ALL
    SELECT n.ev_id, n.row_key, k.column_name, 9223372036854775807, k.text, l.changed_at, l.batch_id, w.changed_at
    FROM (SELECT r.*, r.ev_id || '/' || r.aircraft_key AS row_key FROM ntsb.narratives r) n
    CROSS JOIN LATERAL (VALUES ('narr_accp', n.narr_accp), ('narr_accf', n.narr_accf), ('narr_cause', n.narr_cause))
        AS k (column_name, text)
    LEFT JOIN LATERAL (SELECT c.changed_at, c.batch_id FROM change c
                       WHERE c.ev_id = n.ev_id AND c.row_key = n.row_key AND c.column_name = k.column_name
                       ORDER BY c.seq DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT x.changed_at FROM ntsb.change_log x
                       WHERE n.withdrawn_batch IS NOT NULL AND x.ev_id = n.ev_id AND x.row_key = n.row_key
                         AND x.table_name = 'narratives' AND x.action = 'withdraw'
                       ORDER BY x.seq DESC LIMIT 1) w ON true
)
SELECT v.ev_id, split_part(v.row_key, '/', 2)::integer AS aircraft_key,
       CASE v.column_name WHEN 'narr_accp' THEN 'facts' WHEN 'narr_accf' THEN 'analysis' ELSE 'probable cause' END
           AS kind,
       row_number() OVER (PARTITION BY v.row_key, v.column_name ORDER BY v.seq)::integer AS version,
       v.text, coalesce(v.batch_id, f.batch_id) AS batch_id, coalesce(v.changed_at, f.changed_at) AS valid_from,
       v.valid_until
FROM version v
LEFT JOIN LATERAL (SELECT x.batch_id, x.changed_at FROM ntsb.change_log x
                   WHERE x.ev_id = v.ev_id AND x.row_key = v.row_key AND x.table_name = 'narratives'
                     AND x.action = 'insert'
                   ORDER BY x.seq LIMIT 1) f ON true
WHERE v.text IS NOT NULL;
COMMENT ON VIEW ntsb.narrative_version IS
    'Every version of every narrative, from the change log: a preliminary text stays here when NTSB replaces it. Filter by ev_id';
COMMENT ON COLUMN ntsb.narrative_version.ev_id IS 'Event';
COMMENT ON COLUMN ntsb.narrative_version.aircraft_key IS 'Aircraft within the event, from 1';
COMMENT ON COLUMN ntsb.narrative_version.kind IS
    'facts: what happened, preliminary until the factual text; analysis; probable cause';
COMMENT ON COLUMN ntsb.narrative_version.version IS 'Number of the version, from 1';
COMMENT ON COLUMN ntsb.narrative_version.text IS 'The text';
COMMENT ON COLUMN ntsb.narrative_version.batch_id IS 'Batch that stored the version; see ntsb.batch';
COMMENT ON COLUMN ntsb.narrative_version.valid_from IS 'When the version was stored';
COMMENT ON COLUMN ntsb.narrative_version.valid_until IS 'When it was replaced or withdrawn; null while it is current';
