-- Metrics for monitoring. The REST service and postgres_exporter expose them (deploy/monitoring).
-- Each function reads small tables, views of counts, and the last rows of tables that grow.

CREATE FUNCTION ntsb_internal.measure_sources(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.name, jsonb_build_object('source', s.source), m.value
    FROM ntsb.source_status s
    CROSS JOIN LATERAL (VALUES
        ('ntsb_source_age_seconds', extract(epoch FROM now() - s.asked_at)),
        ('ntsb_source_interval_seconds', extract(epoch FROM s.every)),
        ('ntsb_source_rows', s.row_count)) AS m (name, value)
$$;
COMMENT ON FUNCTION ntsb_internal.measure_sources() IS
'Internal: called by ntsb_metrics. Age and size of each source of ntsb.source_status.';

CREATE FUNCTION ntsb_internal.measure_loads(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- At most the last 1,000 loads, as ntsb.batch has no index on finished_at.
    WITH recent AS MATERIALIZED (
        SELECT b.batch_id FROM (SELECT * FROM ntsb.batch ORDER BY batch_id DESC LIMIT 1000) b
        WHERE b.finished_at > now() - interval '1 day'
    ), loaded AS (
        SELECT t.table_name, o.outcome, sum(o.rows) AS rows
        FROM recent JOIN ntsb.batch_table t USING (batch_id)
        CROSS JOIN LATERAL (VALUES ('staged', t.staged), ('inserted', t.inserted), ('updated', t.updated),
            ('withdrawn', t.withdrawn), ('rejected', t.rejected)) AS o (outcome, rows)
        GROUP BY 1, 2
    ), counts AS (
        SELECT o.outcome, coalesce(sum(l.rows), 0) AS rows,
               coalesce(sum(l.rows) FILTER (WHERE l.table_name = 'events'), 0) AS events
        FROM unnest('{staged,inserted,updated,withdrawn,rejected}'::text[]) AS o (outcome)
        LEFT JOIN loaded l USING (outcome)
        GROUP BY 1
    )
    SELECT m.name, jsonb_build_object('outcome', c.outcome), m.value
    FROM counts c
    CROSS JOIN LATERAL (VALUES ('ntsb_load_rows', c.rows), ('ntsb_load_events', c.events)) AS m (name, value)
    UNION ALL
    (SELECT 'ntsb_load_duration_seconds', '{}', extract(epoch FROM b.finished_at - b.started_at)
     FROM ntsb.batch b ORDER BY b.batch_id DESC LIMIT 1)
    UNION ALL
    SELECT 'ntsb_events', '{}', sum(y.events) FROM ntsb.mv_yearly_stats y
    UNION ALL
    SELECT 'ntsb_quarantined_rows', '{}', coalesce(sum(q.rows), 0) FROM ntsb.quarantine_counts q
    UNION ALL
    SELECT 'ntsb_quarantined_table_rows', jsonb_build_object('table', q.table_name), q.rows
    FROM ntsb.quarantine_counts q
    UNION ALL
    SELECT 'ntsb_refresh_pending_entries', jsonb_build_object('part', r.what),
           coalesce((SELECT max(l.seq) FROM ntsb.change_log l), 0) - r.last_seq
    FROM ntsb.refresh_state r
$$;
COMMENT ON FUNCTION ntsb_internal.measure_loads() IS
'Internal: called by ntsb_metrics. What the loads of the last 24 hours did, quarantined rows, and how far derived data are behind.';

CREATE FUNCTION ntsb_internal.measure_models(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Names of models and kinds of alerts are free text, so their number is limited.
    WITH production AS MATERIALIZED (
        SELECT m.model_id, m.created_at,
               jsonb_build_object('model', format('%s:%s', m.name, m.version), 'target', m.target) AS labels
        FROM ntsb.model m WHERE m.stage = 'Production' ORDER BY m.model_id LIMIT 100
    ), report AS (
        SELECT r.model_id, r.report_id, max(r.reported_at) AS reported_at, count(*) FILTER (WHERE r.drifted) AS drifted,
               row_number() OVER (PARTITION BY r.model_id ORDER BY r.report_id DESC) AS position
        FROM (SELECT * FROM ntsb.drift_report ORDER BY report_id DESC LIMIT 5000) r
        GROUP BY 1, 2
    )
    SELECT m.name, p.labels, m.value
    FROM production p
    LEFT JOIN report r ON r.model_id = p.model_id AND r.position = 1
    CROSS JOIN LATERAL (VALUES
        ('ntsb_model_age_seconds', extract(epoch FROM now() - p.created_at)),
        ('ntsb_model_drift_age_seconds', extract(epoch FROM now() - r.reported_at)),
        ('ntsb_model_drifted_features', r.drifted)) AS m (name, value)
    UNION ALL
    (SELECT 'ntsb_alerts_open', jsonb_build_object('kind', a.kind, 'severity', a.severity), count(*)
     FROM ntsb.alert a WHERE a.acknowledged_at IS NULL
     GROUP BY a.kind, a.severity ORDER BY a.kind, a.severity LIMIT 100)
$$;
COMMENT ON FUNCTION ntsb_internal.measure_models() IS
'Internal: called by ntsb_metrics. Models in Production with the result of their last drift report, and open alerts.';

CREATE FUNCTION ntsb_internal.measure_pipelines(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.name, jsonb_build_object('dag', j.dag), m.value
    FROM (SELECT * FROM ntsb.job_status WHERE is_enabled ORDER BY dag LIMIT 100) j
    LEFT JOIN LATERAL (
        SELECT r.state, r.finished_at - r.started_at AS took FROM ntsb.dag_run r
        WHERE r.dag = j.dag AND r.state IN ('succeeded', 'failed') ORDER BY r.run_id DESC LIMIT 1) l ON true
    CROSS JOIN LATERAL (VALUES
        ('ntsb_dag_success_age_seconds', extract(epoch FROM now() - j.last_succeeded_at)),
        ('ntsb_dag_duration_seconds', extract(epoch FROM l.took)),
        ('ntsb_dag_failed', (l.state = 'failed')::integer),
        ('ntsb_dag_failures', (SELECT count(*) FROM ntsb.dag_run f
                               WHERE f.dag = j.dag AND f.state = 'failed' AND f.finished_at > now() - interval '1 day')),
        ('ntsb_dag_late', j.is_late::integer)) AS m (name, value)
$$;
COMMENT ON FUNCTION ntsb_internal.measure_pipelines() IS
'Internal: called by ntsb_metrics. State of the enabled pipelines.';

CREATE FUNCTION ntsb_internal.measure_backups(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH last AS (
        SELECT t.type, (SELECT max(b.finished_at) FROM ntsb.backup b
                        WHERE b.type = t.type AND b.error IS NULL AND b.expired_at IS NULL) AS finished_at
        FROM unnest('{full,differential,incremental}'::text[]) AS t (type)
    )
    SELECT 'ntsb_backup_age_seconds', jsonb_build_object('kind', k.kind), extract(epoch FROM now() - max(l.finished_at))
    FROM last l JOIN (VALUES ('full'), ('any')) AS k (kind) ON k.kind IN (l.type, 'any')
    GROUP BY k.kind
    UNION ALL
    SELECT 'ntsb_backups_damaged', '{}', count(*)
    FROM ntsb.backup b WHERE b.expired_at IS NULL AND b.verification_error IS NOT NULL
    HAVING EXISTS (SELECT FROM ntsb.backup)
    UNION ALL
    SELECT m.name, '{}', m.value
    FROM (SELECT * FROM ntsb.restore_drill ORDER BY drilled_at DESC, drill_id DESC LIMIT 1) d
    CROSS JOIN LATERAL (VALUES
        ('ntsb_restore_drill_age_seconds', extract(epoch FROM now() - d.drilled_at)),
        ('ntsb_restore_drill_failed', (NOT d.passed)::integer),
        ('ntsb_restore_drill_rto_seconds', d.rto_seconds),
        ('ntsb_restore_drill_rpo_seconds', d.rpo_seconds)) AS m (name, value)
$$;
COMMENT ON FUNCTION ntsb_internal.measure_backups() IS
'Internal: called by ntsb_metrics. Age of the last good backups, and the result of the last restore drill.';

CREATE FUNCTION ntsb_internal.measure_server(OUT name text, OUT labels jsonb, OUT value double precision)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Only a member of pg_read_all_stats sees the state and the lag of standbys.
    WITH standby AS (
        SELECT concat_ws(' ', r.application_name, r.client_addr) AS standby,
               max(CASE WHEN r.replay_lsn >= r.sent_lsn THEN 0 ELSE extract(epoch FROM r.replay_lag) END) AS seconds,
               max(r.sent_lsn - r.replay_lsn) AS bytes
        FROM pg_stat_replication r
        WHERE r.state = 'streaming' GROUP BY 1 ORDER BY 1 LIMIT 100
    )
    SELECT 'ntsb_database_bytes', '{}'::jsonb,
           CASE WHEN has_database_privilege(current_database(), 'CONNECT')
                THEN pg_database_size(current_database()) END
    UNION ALL
    SELECT 'ntsb_in_recovery', '{}', pg_is_in_recovery()::integer
    UNION ALL
    SELECT 'ntsb_standbys', '{}', CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN (SELECT count(*) FROM standby) END
    UNION ALL
    SELECT m.name, jsonb_build_object('standby', s.standby), m.value
    FROM standby s
    CROSS JOIN LATERAL (VALUES ('ntsb_replication_lag_seconds', s.seconds), ('ntsb_replication_lag_bytes', s.bytes))
        AS m (name, value)
    UNION ALL
    -- A standby that has replayed all that it received is current only while it receives.
    SELECT 'ntsb_standby_lag_seconds', '{}',
           CASE WHEN NOT pg_is_in_recovery() THEN NULL
                WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                     AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
                ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END
    UNION ALL
    SELECT m.name, '{}', m.value
    FROM pg_stat_archiver a
    CROSS JOIN LATERAL (VALUES
        ('ntsb_archiver_failures_total', a.failed_count),
        ('ntsb_archiver_failing', coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false)::integer),
        ('ntsb_archiver_age_seconds', extract(epoch FROM now() - a.last_archived_time))) AS m (name, value)
    WHERE current_setting('archive_mode') <> 'off'
$$;
COMMENT ON FUNCTION ntsb_internal.measure_server() IS
'Internal: called by ntsb_metrics. Size of the database, standbys, and archiving of the write-ahead log.';

CREATE FUNCTION ntsb_metrics()
RETURNS TABLE (name text, labels jsonb, value double precision, kind text, help text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
-- Monitoring must not wait for a refresh of a view or a change of the schema.
SET lock_timeout = '2s'
AS $$
    SELECT c.name, m.labels, m.value, c.kind, c.help
    FROM (VALUES
        ('ntsb_alerts_open', 'gauge', 'Alerts of ntsb.alert that are not acknowledged'),
        ('ntsb_archiver_age_seconds', 'gauge', 'Time since a file of the write-ahead log was archived'),
        ('ntsb_archiver_failing', 'gauge', 'Whether the last attempt to archive a file of the write-ahead log failed'),
        ('ntsb_archiver_failures_total', 'counter', 'Failed attempts to archive a file of the write-ahead log'),
        ('ntsb_backup_age_seconds', 'gauge', 'Time since the last good backup finished: a full one, or one of any type'),
        ('ntsb_backups_damaged', 'gauge', 'Backups in a repository whose last verification found an error'),
        ('ntsb_dag_duration_seconds', 'gauge', 'Duration of the last finished run of a pipeline'),
        ('ntsb_dag_failed', 'gauge', 'Whether the last finished run of a pipeline failed'),
        ('ntsb_dag_failures', 'gauge', 'Runs of a pipeline that failed within the last 24 hours'),
        ('ntsb_dag_late', 'gauge', 'Whether a pipeline has not finished in time (SLA)'),
        ('ntsb_dag_success_age_seconds', 'gauge', 'Time since a run of a pipeline last succeeded'),
        ('ntsb_database_bytes', 'gauge', 'Size of the database'),
        ('ntsb_events', 'gauge', 'Events in the warehouse as of the last refresh'),
        ('ntsb_in_recovery', 'gauge', 'Whether the server is a standby'),
        ('ntsb_load_duration_seconds', 'gauge', 'Duration of the last load'),
        ('ntsb_load_events', 'gauge', 'Rows of table events in the loads of the last 24 hours, by outcome'),
        ('ntsb_load_rows', 'gauge', 'Rows of all tables in the loads of the last 24 hours, by outcome'),
        ('ntsb_model_age_seconds', 'gauge', 'Time since a model in Production was trained or imported'),
        ('ntsb_model_drift_age_seconds', 'gauge', 'Time since the last drift report of a model in Production'),
        ('ntsb_model_drifted_features', 'gauge', 'Features that drifted according to that report'),
        ('ntsb_quarantined_rows', 'gauge', 'Quarantined rows that wait for a decision'),
        ('ntsb_quarantined_table_rows', 'gauge', 'Quarantined rows that wait for a decision, by table'),
        ('ntsb_refresh_pending_entries', 'gauge', 'Entries of the change log that a derived part has not processed'),
        ('ntsb_replication_lag_bytes', 'gauge', 'Bytes that a standby received but has not replayed'),
        ('ntsb_replication_lag_seconds', 'gauge', 'Delay until a standby has replayed a change'),
        ('ntsb_restore_drill_age_seconds', 'gauge', 'Time since the last restore drill'),
        ('ntsb_restore_drill_failed', 'gauge', 'Whether the last restore drill failed'),
        ('ntsb_restore_drill_rpo_seconds', 'gauge', 'Committed work that a loss of the cluster would have lost, in the last drill'),
        ('ntsb_restore_drill_rto_seconds', 'gauge', 'Time until the restored cluster answered, in the last drill'),
        ('ntsb_source_age_seconds', 'gauge', 'Time since a source was last asked, with or without changes'),
        ('ntsb_source_interval_seconds', 'gauge', 'How often the publisher renews a source'),
        ('ntsb_source_rows', 'gauge', 'Stored rows of a source'),
        ('ntsb_standbys', 'gauge', 'Standbys that stream from this server'),
        ('ntsb_standby_lag_seconds', 'gauge', 'Age of the last transaction that this standby replayed; 0 if it is current')
    ) AS c (name, kind, help)
    JOIN (SELECT * FROM ntsb_internal.measure_sources()
          UNION ALL SELECT * FROM ntsb_internal.measure_loads()
          UNION ALL SELECT * FROM ntsb_internal.measure_models()
          UNION ALL SELECT * FROM ntsb_internal.measure_pipelines()
          UNION ALL SELECT * FROM ntsb_internal.measure_backups()
          UNION ALL SELECT * FROM ntsb_internal.measure_server()) m USING (name)
    WHERE m.value IS NOT NULL
    ORDER BY c.name, m.labels
$$;
COMMENT ON FUNCTION ntsb_metrics() IS
'Metrics of the warehouse and its server for Prometheus, one row per time series: name, labels (a JSON object of texts), value, kind (gauge or counter) and help. A name that ends in _seconds or _bytes has that unit; whether something holds is 0 or 1. What is unknown has no row: a source that was never loaded, archiving that is off, the lag of standbys for a role outside pg_monitor. Reads small tables and the last rows of tables that grow: milliseconds at any size of the warehouse. Errors: 55P03 if a table is locked for more than 2 s.';
