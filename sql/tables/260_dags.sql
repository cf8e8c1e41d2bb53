-- Pipelines (directed acyclic graphs of tasks), their runs, and the monthly report that one of them writes.
-- Commands run with the rights of the owner of these tables, so only the owner may write them.

CREATE TABLE ntsb.dag (
    dag         text PRIMARY KEY CHECK (dag ~ '^[a-z][a-z0-9_]{0,47}$'),
    description text NOT NULL,
    schedule    text,
    sla         interval CHECK (sla > interval '0'),
    is_enabled  boolean NOT NULL DEFAULT true,
    next_due_at timestamptz,
    defined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    defined_by  text NOT NULL DEFAULT current_user
);
COMMENT ON TABLE ntsb.dag IS
    'Pipelines: directed acyclic graphs of tasks (ntsb.dag_task). ntsb_define_dag writes it, CALL ntsb_run_dags() runs what is due';
COMMENT ON COLUMN ntsb.dag.dag IS 'Name: lower-case letters, digits and _, at most 48 characters';
COMMENT ON COLUMN ntsb.dag.description IS 'What the pipeline does';
COMMENT ON COLUMN ntsb.dag.schedule IS
    'Cron expression of five fields (minute, hour, day of month, month, day of week) in GMT; null: runs on request only';
COMMENT ON COLUMN ntsb.dag.sla IS
    'A run must finish within this time after it was due, else an alert of kind dag_late is raised; null: no limit';
COMMENT ON COLUMN ntsb.dag.is_enabled IS 'False: no run starts and no task of a run starts (ntsb_enable_dag)';
COMMENT ON COLUMN ntsb.dag.next_due_at IS 'When the next scheduled run is due; null if there is no schedule';
COMMENT ON COLUMN ntsb.dag.defined_at IS 'When the definition changed last';
COMMENT ON COLUMN ntsb.dag.defined_by IS 'Role that changed the definition last';

CREATE TABLE ntsb.dag_task (
    dag          text NOT NULL REFERENCES ntsb.dag ON DELETE CASCADE,
    task         text NOT NULL CHECK (task ~ '^[a-z][a-z0-9_]{0,47}$'),
    position     integer NOT NULL CHECK (position > 0),
    depends_on   text[] NOT NULL DEFAULT '{}',
    command      text NOT NULL,
    max_attempts integer NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 10),
    backoff      interval NOT NULL DEFAULT '1 minute' CHECK (backoff BETWEEN '0' AND interval '1 day'),
    timeout      interval NOT NULL DEFAULT '1 hour' CHECK (timeout BETWEEN '1 millisecond' AND interval '1 day'),
    lock_timeout interval NOT NULL DEFAULT '1 minute' CHECK (lock_timeout BETWEEN '1 millisecond' AND interval '1 day'),
    sla          interval CHECK (sla > interval '0'),
    PRIMARY KEY (dag, task)
);
COMMENT ON TABLE ntsb.dag_task IS 'Tasks of each pipeline. Each is one SQL statement and runs in a transaction of its own';
COMMENT ON COLUMN ntsb.dag_task.dag IS 'Pipeline in ntsb.dag';
COMMENT ON COLUMN ntsb.dag_task.task IS 'Name: lower-case letters, digits and _, at most 48 characters';
COMMENT ON COLUMN ntsb.dag_task.position IS 'Place in the definition, from 1; of several tasks that can start, the first starts first';
COMMENT ON COLUMN ntsb.dag_task.depends_on IS 'Tasks of the same pipeline that must succeed before this one starts';
COMMENT ON COLUMN ntsb.dag_task.command IS 'One SQL statement; it runs with the rights of the owner of the warehouse';
COMMENT ON COLUMN ntsb.dag_task.max_attempts IS 'How often the task is tried in a run, 1 to 10';
COMMENT ON COLUMN ntsb.dag_task.backoff IS 'Pause after the first failed attempt; it doubles with each further one, up to one day';
COMMENT ON COLUMN ntsb.dag_task.timeout IS 'Time limit of one attempt';
COMMENT ON COLUMN ntsb.dag_task.lock_timeout IS 'Time limit to wait for one lock';
COMMENT ON COLUMN ntsb.dag_task.sla IS
    'The task must finish within this time after its run was due, else an alert of kind dag_late is raised; null: no limit';

CREATE TABLE ntsb.dag_run (
    run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dag          text NOT NULL,
    started_by   text NOT NULL CHECK (started_by IN ('schedule', 'request')),
    requested_by text NOT NULL DEFAULT session_user,
    due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    started_at   timestamptz,
    finished_at  timestamptz,
    late_at      timestamptz,
    CONSTRAINT dag_run_finished CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL))
);
CREATE INDEX dag_run_dag_idx ON ntsb.dag_run (dag, run_id);
-- At most one run of a pipeline is running, and at most one waits for it.
CREATE UNIQUE INDEX dag_run_running_idx ON ntsb.dag_run (dag) WHERE state = 'running';
CREATE UNIQUE INDEX dag_run_queued_idx ON ntsb.dag_run (dag) WHERE state = 'queued';
COMMENT ON TABLE ntsb.dag_run IS 'Runs of pipelines. The pipeline retention deletes old ones';
COMMENT ON COLUMN ntsb.dag_run.run_id IS 'Number of the run';
COMMENT ON COLUMN ntsb.dag_run.dag IS 'Pipeline, which may have been dropped since';
COMMENT ON COLUMN ntsb.dag_run.started_by IS 'schedule, or request (ntsb_request_run, CALL ntsb_run_dag)';
COMMENT ON COLUMN ntsb.dag_run.requested_by IS 'Role of the session that requested the run, or that found it due';
COMMENT ON COLUMN ntsb.dag_run.due_at IS 'When the run was due: the time of the schedule, or of the request';
COMMENT ON COLUMN ntsb.dag_run.state IS
    'queued, running, succeeded (all tasks), failed (at least one task failed for good) or cancelled';
COMMENT ON COLUMN ntsb.dag_run.started_at IS 'When the run started; null while it is queued';
COMMENT ON COLUMN ntsb.dag_run.finished_at IS 'When the run finished; null while it is queued or running';
COMMENT ON COLUMN ntsb.dag_run.late_at IS 'When an alert said that the run is late; null if none did';

CREATE TABLE ntsb.task_run (
    -- An integer, because it is the key of the advisory lock of a running task.
    task_run_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id          bigint NOT NULL REFERENCES ntsb.dag_run ON DELETE CASCADE,
    task            text NOT NULL,
    position        integer NOT NULL,
    depends_on      text[] NOT NULL,
    command         text NOT NULL,
    max_attempts    integer NOT NULL,
    backoff         interval NOT NULL,
    timeout         interval NOT NULL,
    lock_timeout    interval NOT NULL,
    sla             interval,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'skipped')),
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    started_at      timestamptz,
    finished_at     timestamptz,
    rows            bigint,
    sqlstate        text,
    error           text,
    failures        jsonb NOT NULL DEFAULT '[]',
    pid             integer,
    late_at         timestamptz,
    UNIQUE (run_id, task)
);
CREATE INDEX task_run_unfinished_idx ON ntsb.task_run (run_id) WHERE state IN ('waiting', 'running');
COMMENT ON TABLE ntsb.task_run IS
    'Tasks of each run, as they were defined when the run started, with the outcome of the last attempt';
COMMENT ON COLUMN ntsb.task_run.task_run_id IS 'Number of the task in this run';
COMMENT ON COLUMN ntsb.task_run.run_id IS 'Run in ntsb.dag_run';
COMMENT ON COLUMN ntsb.task_run.task IS 'Name of the task, as in ntsb.dag_task';
COMMENT ON COLUMN ntsb.task_run.position IS 'Place in the definition, from 1';
COMMENT ON COLUMN ntsb.task_run.depends_on IS 'Tasks of the run that must succeed before this one starts';
COMMENT ON COLUMN ntsb.task_run.command IS 'SQL statement';
COMMENT ON COLUMN ntsb.task_run.max_attempts IS 'How often the task is tried';
COMMENT ON COLUMN ntsb.task_run.backoff IS 'Pause after the first failed attempt; it doubles with each further one, up to one day';
COMMENT ON COLUMN ntsb.task_run.timeout IS 'Time limit of one attempt';
COMMENT ON COLUMN ntsb.task_run.lock_timeout IS 'Time limit to wait for one lock';
COMMENT ON COLUMN ntsb.task_run.sla IS 'The task must finish within this time after its run was due; null: no limit';
COMMENT ON COLUMN ntsb.task_run.state IS
    'waiting (for other tasks, or for the next attempt), running, succeeded, failed (after the last attempt) or skipped (a task that it depends on failed, or the run was cancelled)';
COMMENT ON COLUMN ntsb.task_run.attempts IS 'Attempts that have started';
COMMENT ON COLUMN ntsb.task_run.next_attempt_at IS 'When a failed task is tried again; null if it is not';
COMMENT ON COLUMN ntsb.task_run.started_at IS 'When the last attempt started';
COMMENT ON COLUMN ntsb.task_run.finished_at IS 'When the last attempt finished, or the task was skipped';
COMMENT ON COLUMN ntsb.task_run.rows IS
    'Rows that the command changed or returned, or the value if it returned a single integer; null if it is not known, as for CALL';
COMMENT ON COLUMN ntsb.task_run.sqlstate IS 'SQLSTATE of the last failed attempt; null if the last attempt succeeded';
COMMENT ON COLUMN ntsb.task_run.error IS 'Message of the last failed attempt; null if the last attempt succeeded';
COMMENT ON COLUMN ntsb.task_run.failures IS
    'All failed attempts, oldest first: array of objects with attempt, started_at, finished_at, sqlstate, error, detail and hint';
COMMENT ON COLUMN ntsb.task_run.pid IS 'Process of the server that runs or ran the last attempt';
COMMENT ON COLUMN ntsb.task_run.late_at IS 'When an alert said that the task is late; null if none did';

CREATE TABLE ntsb.monthly_report (
    month      date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    details    jsonb NOT NULL,
    body       text NOT NULL
);
COMMENT ON TABLE ntsb.monthly_report IS 'Monthly reports; ntsb_create_report writes them';
COMMENT ON COLUMN ntsb.monthly_report.month IS 'First day of the reported month';
COMMENT ON COLUMN ntsb.monthly_report.created_at IS 'When the report was written last';
COMMENT ON COLUMN ntsb.monthly_report.details IS 'The report for programs';
COMMENT ON COLUMN ntsb.monthly_report.body IS 'The report for people, as text';
