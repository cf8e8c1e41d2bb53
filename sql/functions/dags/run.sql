-- Steps of CALL ntsb_run_dags(). Each runs in a transaction of its own. A session that runs a task holds an advisory lock
-- on it, which ends with the session, so a crash leaves a task that is running and has no lock.
-- Lock order, against deadlocks: a row of dag_run before the rows of its tasks.

CREATE FUNCTION ntsb_internal.finish_run(run_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run ntsb.dag_run;
    failed jsonb;
    skipped text;
BEGIN
    PERFORM FROM ntsb.dag_run r WHERE r.run_id = finish_run.run_id FOR UPDATE;
    IF EXISTS (SELECT FROM ntsb.task_run t WHERE t.run_id = finish_run.run_id AND t.state IN ('waiting', 'running')) THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(jsonb_build_object('task', t.task, 'sqlstate', t.sqlstate, 'error', t.error, 'attempts', t.attempts)
                     ORDER BY t.position) FILTER (WHERE t.state = 'failed'),
           string_agg(t.task, ', ' ORDER BY t.position) FILTER (WHERE t.state = 'skipped')
    INTO failed, skipped
    FROM ntsb.task_run t WHERE t.run_id = finish_run.run_id;
    UPDATE ntsb.dag_run r SET state = CASE WHEN failed IS NULL THEN 'succeeded' ELSE 'failed' END, finished_at = clock_timestamp()
    WHERE r.run_id = finish_run.run_id AND r.state = 'running' RETURNING r.* INTO run;
    IF FOUND AND failed IS NOT NULL THEN
        PERFORM @extschema@.ntsb_raise_alert('dag_failed', 'critical', run.dag,
            format('Run %s of pipeline %s failed: %s', run.run_id, run.dag,
                   (SELECT string_agg(format('%s (SQLSTATE %s): %s', f ->> 'task', f ->> 'sqlstate', f ->> 'error'), '; ')
                    FROM jsonb_array_elements(failed) f)) || coalesce('. Skipped: ' || skipped, ''),
            jsonb_build_object('dag', run.dag, 'run_id', run.run_id, 'failed', failed,
                               'skipped', to_jsonb(string_to_array(coalesce(skipped, ''), ', '))));
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.finish_run(bigint) IS
'Internal: called by ntsb_run_dags. Records the outcome of a run if none of its tasks is waiting or running, and raises an alert of kind dag_failed if one failed.';

CREATE FUNCTION ntsb_internal.complete_task(task_run_id integer, rows bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run bigint := (SELECT t.run_id FROM ntsb.task_run t WHERE t.task_run_id = complete_task.task_run_id);
BEGIN
    PERFORM FROM ntsb.dag_run r WHERE r.run_id = run FOR UPDATE;
    UPDATE ntsb.task_run t SET state = 'succeeded', finished_at = clock_timestamp(), rows = complete_task.rows,
        sqlstate = NULL, error = NULL
    WHERE t.task_run_id = complete_task.task_run_id;
    PERFORM ntsb_internal.finish_run(run);
    PERFORM ntsb_internal.raise_late_alerts();
END
$$;
COMMENT ON FUNCTION ntsb_internal.complete_task(integer, bigint) IS
'Internal: called by ntsb_run_dags. Records that a task succeeded.';

CREATE FUNCTION ntsb_internal.fail_task(task_run_id integer, sqlstate text, error text, detail text, hint text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run bigint := (SELECT t.run_id FROM ntsb.task_run t WHERE t.task_run_id = fail_task.task_run_id);
    task ntsb.task_run;
BEGIN
    PERFORM FROM ntsb.dag_run r WHERE r.run_id = run FOR UPDATE;
    UPDATE ntsb.task_run t SET
        finished_at = clock_timestamp(), rows = NULL, sqlstate = fail_task.sqlstate, error = fail_task.error,
        failures = t.failures || jsonb_build_object('attempt', t.attempts, 'started_at', t.started_at,
            'finished_at', clock_timestamp(), 'sqlstate', fail_task.sqlstate, 'error', fail_task.error,
            'detail', fail_task.detail, 'hint', fail_task.hint),
        state = CASE WHEN t.attempts < t.max_attempts AND r.state = 'running' THEN 'waiting' ELSE 'failed' END,
        -- An interrupted task is tried again at once.
        next_attempt_at = CASE WHEN t.attempts < t.max_attempts AND r.state = 'running' THEN clock_timestamp()
            + CASE fail_task.sqlstate WHEN '57P02' THEN interval '0'
                   ELSE least(t.backoff * 2 ^ (t.attempts - 1), interval '1 day') END END
    FROM ntsb.dag_run r
    WHERE t.task_run_id = fail_task.task_run_id AND r.run_id = t.run_id RETURNING t.* INTO task;
    IF task.state = 'failed' THEN
        WITH RECURSIVE dependant AS (
            SELECT t.task_run_id, t.task FROM ntsb.task_run t WHERE t.run_id = run AND task.task = ANY (t.depends_on)
            UNION
            SELECT t.task_run_id, t.task FROM ntsb.task_run t JOIN dependant d ON t.run_id = run AND d.task = ANY (t.depends_on)
        )
        UPDATE ntsb.task_run t SET state = 'skipped', finished_at = clock_timestamp()
        FROM dependant d WHERE t.task_run_id = d.task_run_id AND t.state = 'waiting';
        PERFORM ntsb_internal.finish_run(run);
    END IF;
    PERFORM ntsb_internal.raise_late_alerts();
END
$$;
COMMENT ON FUNCTION ntsb_internal.fail_task(integer, text, text, text, text) IS
'Internal: called by ntsb_run_dags. Records a failed attempt: the task waits for its next attempt, or has failed and the tasks that depend on it are skipped.';

CREATE FUNCTION ntsb_internal.release_task_locks() RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_advisory_unlock(l.classid::bigint::integer, l.objid::bigint::integer) FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.objsubid = 2 AND l.classid = x'6e746467'::bigint::oid
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
$$;
COMMENT ON FUNCTION ntsb_internal.release_task_locks() IS
'Internal: called by ntsb_run_dags in the transaction that records the outcome of a task, whose row stays locked until the commit. Releases the locks of the tasks of this session.';

CREATE FUNCTION ntsb_internal.raise_late_alerts() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    late record;
BEGIN
    FOR late IN
        SELECT r.run_id, r.dag, r.due_at, d.sla, r.finished_at
        FROM ntsb.dag_run r JOIN ntsb.dag d USING (dag)
        WHERE r.late_at IS NULL AND r.state IN ('queued', 'running', 'succeeded', 'failed') AND d.is_enabled
          AND r.due_at + d.sla < coalesce(r.finished_at, clock_timestamp())
          -- Not the runs from before a change of the SLA.
          AND (r.finished_at IS NULL OR r.finished_at > clock_timestamp() - interval '1 hour')
        ORDER BY r.run_id FOR UPDATE OF r SKIP LOCKED
    LOOP
        UPDATE ntsb.dag_run r SET late_at = clock_timestamp() WHERE r.run_id = late.run_id;
        PERFORM @extschema@.ntsb_raise_alert('dag_late', 'warning', late.dag,
            format('Run %s of pipeline %s, due at %s, %s its SLA of %s', late.run_id, late.dag, late.due_at,
                   CASE WHEN late.finished_at IS NULL THEN 'is unfinished after' ELSE 'finished after' END, late.sla),
            jsonb_build_object('dag', late.dag, 'run_id', late.run_id, 'due_at', late.due_at,
                               'sla_seconds', extract(epoch FROM late.sla)));
    END LOOP;
    FOR late IN
        SELECT r.run_id, r.dag, r.due_at, t.task_run_id, t.task, t.sla, t.state
        FROM ntsb.dag_run r
        JOIN ntsb.dag d USING (dag)
        JOIN ntsb.task_run t USING (run_id)
        WHERE t.late_at IS NULL AND t.sla IS NOT NULL AND d.is_enabled AND t.state <> 'skipped'
          AND (r.state = 'running' OR r.finished_at > clock_timestamp() - interval '1 hour')
          AND r.due_at + t.sla < CASE WHEN t.state IN ('waiting', 'running') THEN clock_timestamp() ELSE t.finished_at END
        ORDER BY r.run_id, t.position FOR UPDATE OF r SKIP LOCKED
    LOOP
        UPDATE ntsb.task_run t SET late_at = clock_timestamp() WHERE t.task_run_id = late.task_run_id;
        PERFORM @extschema@.ntsb_raise_alert('dag_late', 'warning', late.dag,
            format('Task %s in run %s of pipeline %s, due at %s, %s its SLA of %s', late.task, late.run_id, late.dag,
                   late.due_at, CASE WHEN late.state IN ('waiting', 'running') THEN 'is unfinished after' ELSE 'finished after' END,
                   late.sla),
            jsonb_build_object('dag', late.dag, 'run_id', late.run_id, 'task', late.task, 'due_at', late.due_at,
                               'sla_seconds', extract(epoch FROM late.sla)));
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.raise_late_alerts() IS
'Internal: called by ntsb_run_dags. Raises one alert of kind dag_late for each run and each task that is late, or finished late within the last hour.';

CREATE FUNCTION ntsb_internal.start_due_runs(dag text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    due record;
BEGIN
    FOR due IN
        SELECT d.dag, d.schedule, d.next_due_at FROM ntsb.dag d
        WHERE d.is_enabled AND d.next_due_at <= clock_timestamp()
          AND (start_due_runs.dag IS NULL OR d.dag = start_due_runs.dag)
        FOR UPDATE SKIP LOCKED
    LOOP
        -- One run catches up with all those missed.
        INSERT INTO ntsb.dag_run (dag, started_by, due_at) VALUES (due.dag, 'schedule', due.next_due_at)
        ON CONFLICT (dag) WHERE state = 'queued' DO NOTHING;
        UPDATE ntsb.dag d SET next_due_at = @extschema@.ntsb_next_run(due.schedule, clock_timestamp()) WHERE d.dag = due.dag;
    END LOOP;
    FOR due IN
        SELECT r.run_id, r.dag FROM ntsb.dag_run r JOIN ntsb.dag d USING (dag)
        WHERE r.state = 'queued' AND d.is_enabled AND (start_due_runs.dag IS NULL OR r.dag = start_due_runs.dag)
          AND NOT EXISTS (SELECT FROM ntsb.dag_run o WHERE o.dag = r.dag AND o.state = 'running')
        FOR UPDATE OF r, d SKIP LOCKED
    LOOP
        UPDATE ntsb.dag_run r SET state = 'running', started_at = clock_timestamp() WHERE r.run_id = due.run_id;
        INSERT INTO ntsb.task_run (run_id, task, position, depends_on, command, max_attempts, backoff, timeout, lock_timeout, sla)
        SELECT due.run_id, t.task, t.position, t.depends_on, t.command, t.max_attempts, t.backoff, t.timeout, t.lock_timeout, t.sla
        FROM ntsb.dag_task t WHERE t.dag = due.dag ORDER BY t.position;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.start_due_runs(text) IS
'Internal: called by ntsb_run_dags. Queues the scheduled runs that are due, and starts the queued runs whose pipeline (dag, or all) has no other run.';

CREATE FUNCTION ntsb_internal.recover_tasks() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    task record;
BEGIN
    FOR task IN
        SELECT t.task_run_id, t.run_id, t.pid FROM ntsb.task_run t WHERE t.state = 'running' ORDER BY t.run_id, t.task_run_id
    LOOP
        PERFORM FROM ntsb.dag_run r WHERE r.run_id = task.run_id FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        PERFORM FROM ntsb.task_run t WHERE t.task_run_id = task.task_run_id AND t.state = 'running' FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        IF pg_try_advisory_xact_lock(x'6e746467'::int, task.task_run_id) THEN
            PERFORM ntsb_internal.fail_task(task.task_run_id, '57P02',
                format('the session that ran the task (process %s) ended before the task did', task.pid), NULL::text, NULL::text);
        END IF;
    END LOOP;
    -- A session may have ended between the last task and the end of the run.
    FOR task IN
        SELECT r.run_id FROM ntsb.dag_run r
        WHERE r.state = 'running'
          AND NOT EXISTS (SELECT FROM ntsb.task_run t WHERE t.run_id = r.run_id AND t.state IN ('waiting', 'running'))
        FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM ntsb_internal.finish_run(task.run_id);
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.recover_tasks() IS
'Internal: called by ntsb_run_dags. Records the tasks whose session has ended as failed attempts (57P02), which are tried again at once.';

CREATE FUNCTION ntsb_internal.claim_task(dag text, OUT task_run_id integer, OUT run_id bigint, OUT task text, OUT command text,
    OUT timeout_ms integer, OUT lock_timeout_ms integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    candidate record;
BEGIN
    -- One session at a time, and the next one sees the runs that it has started.
    PERFORM pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('dags'));
    PERFORM ntsb_internal.start_due_runs(claim_task.dag);
    PERFORM ntsb_internal.recover_tasks();
    PERFORM ntsb_internal.raise_late_alerts();
    FOR candidate IN
        SELECT t.* FROM ntsb.task_run t
        JOIN ntsb.dag_run r ON r.run_id = t.run_id
        JOIN ntsb.dag d ON d.dag = r.dag
        WHERE r.state = 'running' AND d.is_enabled AND t.state = 'waiting'
          AND (claim_task.dag IS NULL OR r.dag = claim_task.dag)
          AND (t.next_attempt_at IS NULL OR t.next_attempt_at <= clock_timestamp())
          AND NOT EXISTS (SELECT FROM ntsb.task_run b
                          WHERE b.run_id = t.run_id AND b.task = ANY (t.depends_on) AND b.state <> 'succeeded')
        ORDER BY r.due_at, t.run_id, t.position
        LIMIT 1 FOR UPDATE OF t SKIP LOCKED
    LOOP
        CONTINUE WHEN NOT pg_try_advisory_lock(x'6e746467'::int, candidate.task_run_id);
        UPDATE ntsb.task_run t SET state = 'running', attempts = t.attempts + 1, started_at = clock_timestamp(),
            finished_at = NULL, next_attempt_at = NULL, pid = pg_backend_pid()
        WHERE t.task_run_id = candidate.task_run_id;
        task_run_id := candidate.task_run_id;
        run_id := candidate.run_id;
        task := candidate.task;
        command := candidate.command;
        timeout_ms := greatest(1, extract(epoch FROM candidate.timeout) * 1000)::integer;
        lock_timeout_ms := greatest(1, extract(epoch FROM candidate.lock_timeout) * 1000)::integer;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_internal.claim_task(text) IS
'Internal: called by ntsb_run_dags. Takes the next task of a pipeline (dag, or all) that can start, and its lock; nulls if there is none.';

CREATE FUNCTION ntsb_internal.describe_run(run_id bigint, OUT state text, OUT message text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.state,
           CASE r.state
               WHEN 'queued' THEN format('run %s waits for an earlier run of %s', r.run_id, r.dag)
               WHEN 'running' THEN format('run %s of %s is unfinished: %s', r.run_id, r.dag,
                   string_agg(CASE WHEN t.state = 'running' THEN format('%s is running in process %s', t.task, t.pid)
                                   WHEN t.next_attempt_at IS NOT NULL
                                       THEN format('%s is tried again at %s', t.task, date_trunc('second', t.next_attempt_at))
                                   ELSE t.task || ' is waiting' END, ', ' ORDER BY t.position)
                       FILTER (WHERE t.state IN ('waiting', 'running')))
               WHEN 'failed' THEN format('run %s of %s failed: %s', r.run_id, r.dag,
                   string_agg(format('%s: %s (SQLSTATE %s)', t.task, t.error, t.sqlstate), '; ' ORDER BY t.position)
                       FILTER (WHERE t.state = 'failed'))
               ELSE format('run %s of %s %s', r.run_id, r.dag, CASE r.state WHEN 'cancelled' THEN 'was cancelled' ELSE r.state END) END
    FROM ntsb.dag_run r LEFT JOIN ntsb.task_run t USING (run_id)
    WHERE r.run_id = describe_run.run_id
    GROUP BY r.run_id
$$;
COMMENT ON FUNCTION ntsb_internal.describe_run(bigint) IS
'Internal: called by ntsb_run_dag. The state of a run, and a message about it.';
