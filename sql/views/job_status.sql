-- State of each pipeline.

CREATE VIEW ntsb.job_status AS
SELECT d.dag, d.description, d.schedule, d.is_enabled, r.run_id AS last_run_id, r.state AS status,
       r.started_at AS last_started_at, r.finished_at AS last_finished_at,
       coalesce(r.finished_at, CASE r.state WHEN 'running' THEN now() END) - r.started_at AS duration,
       t.rows, t.error,
       (SELECT max(s.finished_at) FROM ntsb.dag_run s WHERE s.dag = d.dag AND s.state = 'succeeded') AS last_succeeded_at,
       d.next_due_at,
       CASE WHEN NOT d.is_enabled THEN false
            -- A run that waits or is running.
            WHEN EXISTS (SELECT FROM ntsb.dag_run u
                         WHERE u.dag = d.dag AND u.state IN ('queued', 'running') AND u.due_at + d.sla < now()) THEN true
            WHEN EXISTS (SELECT FROM ntsb.dag_run u
                         JOIN ntsb.task_run w USING (run_id)
                         WHERE u.dag = d.dag AND u.state = 'running' AND w.state IN ('waiting', 'running')
                           AND u.due_at + w.sla < now()) THEN true
            -- A run that should have started.
            ELSE coalesce(d.next_due_at + d.sla < now(), false) END AS is_late
FROM ntsb.dag d
LEFT JOIN LATERAL (SELECT * FROM ntsb.dag_run l WHERE l.dag = d.dag ORDER BY l.run_id DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (
    SELECT sum(w.rows)::bigint AS rows,
           string_agg(format('%s: %s (SQLSTATE %s)', w.task, w.error, w.sqlstate), '; ' ORDER BY w.position)
               FILTER (WHERE w.error IS NOT NULL) AS error
    FROM ntsb.task_run w WHERE w.run_id = r.run_id) t ON true;
COMMENT ON VIEW ntsb.job_status IS 'Each pipeline with its last run, its next run, and whether it is late';
COMMENT ON COLUMN ntsb.job_status.dag IS 'Pipeline in ntsb.dag';
COMMENT ON COLUMN ntsb.job_status.description IS 'What the pipeline does';
COMMENT ON COLUMN ntsb.job_status.schedule IS 'Cron expression of five fields in GMT; null: runs on request only';
COMMENT ON COLUMN ntsb.job_status.is_enabled IS 'False: the pipeline is paused';
COMMENT ON COLUMN ntsb.job_status.last_run_id IS 'Last run in ntsb.dag_run; null if there is none. The columns up to error are about it';
COMMENT ON COLUMN ntsb.job_status.status IS 'queued, running, succeeded, failed or cancelled; null if there is no run';
COMMENT ON COLUMN ntsb.job_status.last_started_at IS 'When the last run started';
COMMENT ON COLUMN ntsb.job_status.last_finished_at IS 'When the last run finished; null while it is not finished';
COMMENT ON COLUMN ntsb.job_status.duration IS 'How long the last run took, or has been running';
COMMENT ON COLUMN ntsb.job_status.rows IS 'Rows of all tasks of the last run; null if no task reported any';
COMMENT ON COLUMN ntsb.job_status.error IS 'Errors of the last run: task, message and SQLSTATE; null if there are none';
COMMENT ON COLUMN ntsb.job_status.last_succeeded_at IS 'When a run last succeeded; null if none did';
COMMENT ON COLUMN ntsb.job_status.next_due_at IS 'When the next scheduled run is due; null if there is no schedule';
COMMENT ON COLUMN ntsb.job_status.is_late IS
    'Whether a run or a task is unfinished, or a scheduled run has not started, longer than its SLA allows after it was due';
