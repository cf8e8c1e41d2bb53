-- Definition of pipelines. The commands of tasks run with the rights of the caller of ntsb_run_dags, so only the owner
-- of the warehouse may define them, and only the owner may run them.

CREATE FUNCTION ntsb_internal.check_dag_owner() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner name := (SELECT r.rolname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.oid = to_regclass('ntsb.dag'));
    owner_is_superuser boolean := (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = owner);
BEGIN
    IF to_regclass('ntsb.task_run') IS NULL OR owner IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'there are no pipelines: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    -- A member of the owner must switch to it, or the owner's commands would run with the rights of the member.
    ELSIF current_user <> owner
        AND NOT (owner_is_superuser AND (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)) THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('only %I, the owner of the warehouse, may define and run pipelines, not %I', owner, current_user),
            HINT = format('Connect as the owner, or run SET ROLE %I.', owner);
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_dag_owner() IS
'Internal: called by the functions that define and run pipelines. Errors: 42501 the current user does not own ntsb.dag, 3F000 no warehouse.';

CREATE FUNCTION ntsb_next_run(schedule text, after timestamptz DEFAULT now()) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_timestamp(ntsb_internal.find_next_run(ntsb_next_run.schedule, floor(extract(epoch FROM ntsb_next_run.after))::bigint))
$$;
COMMENT ON FUNCTION ntsb_next_run(text, timestamptz) IS
'The first time after a moment that matches a schedule: a cron expression of five fields (minute, hour, day of month, month, day of week) in GMT, as pg_cron reads it. Null if an argument is null. Errors: 22023 not a schedule, or no date matches it.';

CREATE FUNCTION ntsb_build_task(task text, command text, depends_on text[] DEFAULT '{}', max_attempts integer DEFAULT 3,
    backoff interval DEFAULT '1 minute', timeout interval DEFAULT '1 hour', lock_timeout interval DEFAULT '1 minute',
    sla interval DEFAULT NULL)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('task', ntsb_build_task.task, 'command', ntsb_build_task.command,
        'depends_on', coalesce(to_jsonb(ntsb_build_task.depends_on), '[]'), 'max_attempts', ntsb_build_task.max_attempts,
        'backoff', ntsb_build_task.backoff, 'timeout', ntsb_build_task.timeout,
        'lock_timeout', ntsb_build_task.lock_timeout, 'sla', ntsb_build_task.sla)
$$;
COMMENT ON FUNCTION ntsb_build_task(text, text, text[], integer, interval, interval, interval, interval) IS
'A task of a pipeline, as an argument of ntsb_define_dag, which checks it. command: one SQL statement, which runs in a transaction of its own; CALL of a procedure that commits is allowed. depends_on: tasks that must succeed before. max_attempts: 1 to 10. backoff: pause after the first failed attempt, up to 1 day; it doubles with each further one. timeout and lock_timeout: limits of one attempt and of waiting for a lock, 1 ms to 1 day. sla: the task must finish within this time after its run was due; null: no limit.';

CREATE FUNCTION ntsb_internal.check_task_limits(definition jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    task text := definition ->> 'task';
    problem text;
BEGIN
    problem := CASE
        WHEN ((definition ->> 'max_attempts')::integer BETWEEN 1 AND 10) IS NOT TRUE
            THEN format('max_attempts of task %s must be between 1 and 10, got %s', task, coalesce(definition ->> 'max_attempts', 'null'))
        WHEN ((definition ->> 'backoff')::interval BETWEEN '0' AND interval '1 day') IS NOT TRUE
            THEN format('backoff of task %s must be between 0 and 1 day, got %s', task, coalesce(definition ->> 'backoff', 'null'))
        WHEN ((definition ->> 'timeout')::interval BETWEEN '1 millisecond' AND interval '1 day') IS NOT TRUE
            THEN format('timeout of task %s must be between 1 ms and 1 day, got %s', task, coalesce(definition ->> 'timeout', 'null'))
        WHEN ((definition ->> 'lock_timeout')::interval BETWEEN '1 millisecond' AND interval '1 day') IS NOT TRUE
            THEN format('lock_timeout of task %s must be between 1 ms and 1 day, got %s', task, coalesce(definition ->> 'lock_timeout', 'null'))
        WHEN (definition ->> 'sla')::interval <= interval '0'
            THEN format('sla of task %s must be more than 0, got %s', task, definition ->> 'sla') END;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = problem,
            HINT = 'ntsb_build_task lists the arguments of a task and their limits.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_task_limits(jsonb) IS
'Internal: called by ntsb_define_dag. Errors: 22023 a limit of the task is out of range.';

CREATE FUNCTION ntsb_internal.check_dag(dag text, description text, sla interval) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (check_dag.dag ~ '^[a-z][a-z0-9_]{0,47}$') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('dag must be lower-case letters, digits and _, start with a letter and have at most 48 characters, got %s',
                             coalesce(quote_literal(left(check_dag.dag, 100)), 'null')),
            HINT = 'Use a name such as nightly.';
    ELSIF (btrim(check_dag.description) <> '') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'description must not be empty',
            HINT = 'Say in one sentence what the pipeline does.';
    ELSIF check_dag.sla <= interval '0' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('sla must be more than 0, got %s', check_dag.sla),
            HINT = 'Give a time such as ''2 hours'', or null for no limit.';
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_dag(text, text, interval) IS
'Internal: called by ntsb_define_dag. Errors: 22023 name, description or sla.';

CREATE FUNCTION ntsb_define_dag(dag text, description text, tasks jsonb[], schedule text DEFAULT NULL, sla interval DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    previous ntsb.dag;
    definition record;
    new_tasks ntsb.dag_task[] := '{}';
    next_due_at timestamptz := @extschema@.ntsb_next_run(ntsb_define_dag.schedule, clock_timestamp());
BEGIN
    PERFORM ntsb_internal.check_dag_owner();
    PERFORM ntsb_internal.check_dag(ntsb_define_dag.dag, ntsb_define_dag.description, ntsb_define_dag.sla);
    -- Names, dependencies and commands.
    PERFORM ntsb_internal.check_tasks(coalesce(to_jsonb(ntsb_define_dag.tasks), '[]'));
    FOR definition IN SELECT t.value, t.ordinality FROM unnest(ntsb_define_dag.tasks) WITH ORDINALITY t (value, ordinality) LOOP
        PERFORM ntsb_internal.check_task_limits(definition.value);
        new_tasks := new_tasks || jsonb_populate_record(NULL::ntsb.dag_task, definition.value
            || jsonb_build_object('dag', ntsb_define_dag.dag, 'position', definition.ordinality));
    END LOOP;
    -- Waits for sessions that are defining pipelines or starting runs.
    LOCK TABLE ntsb.dag IN SHARE ROW EXCLUSIVE MODE;
    SELECT d.* INTO previous FROM ntsb.dag d WHERE d.dag = ntsb_define_dag.dag;
    IF FOUND AND (previous.description, previous.schedule, previous.sla)
            IS NOT DISTINCT FROM (ntsb_define_dag.description, ntsb_define_dag.schedule, ntsb_define_dag.sla)
        AND new_tasks = ARRAY(SELECT t FROM ntsb.dag_task t WHERE t.dag = ntsb_define_dag.dag ORDER BY t.position) THEN
        RETURN false;
    ELSIF previous.schedule = ntsb_define_dag.schedule THEN
        next_due_at := previous.next_due_at;
    END IF;
    INSERT INTO ntsb.dag AS d (dag, description, schedule, sla, next_due_at)
    VALUES (ntsb_define_dag.dag, ntsb_define_dag.description, ntsb_define_dag.schedule, ntsb_define_dag.sla, next_due_at)
    ON CONFLICT ON CONSTRAINT dag_pkey DO UPDATE SET description = excluded.description, schedule = excluded.schedule,
        sla = excluded.sla, next_due_at = excluded.next_due_at, defined_at = clock_timestamp(), defined_by = current_user;
    DELETE FROM ntsb.dag_task t WHERE t.dag = ntsb_define_dag.dag;
    INSERT INTO ntsb.dag_task SELECT t.* FROM unnest(new_tasks) t;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_define_dag(text, text, jsonb[], text, interval) IS
'Defines or replaces a pipeline. tasks: 1 to 100 tasks of ntsb_build_task; of several that can start, the first starts first. schedule: cron expression of five fields in GMT (ntsb_next_run); null: runs on request only. sla: a run must finish within this time after it was due, else an alert of kind dag_late is raised; null: no limit. A run that has started goes on with its old tasks. Returns false if nothing changed. Errors: 22023 name, schedule, limits, an unknown task or a cycle (the message names it), a command that is not one SQL statement; 42501 not the owner of the warehouse; 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.require_dag(dag text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ntsb_internal.check_dag_owner();
    -- The row stays locked, so that no run starts in the meantime.
    PERFORM FROM ntsb.dag d WHERE d.dag = require_dag.dag FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = format('pipeline %s does not exist', coalesce(quote_literal(left(require_dag.dag, 100)), 'null')),
            HINT = coalesce((SELECT 'Pipelines: ' || string_agg(d.dag, ', ' ORDER BY d.dag) || '.' FROM ntsb.dag d),
                            'None is defined: dags-sql/install.sql defines those of pg_ntsb.');
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.require_dag(text) IS
'Internal: called by the functions that change or run a pipeline. Locks its row. Errors: 42704 no such pipeline, 42501 not the owner.';

CREATE FUNCTION ntsb_enable_dag(dag text, is_enabled boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ntsb_internal.require_dag(ntsb_enable_dag.dag);
    UPDATE ntsb.dag d SET is_enabled = ntsb_enable_dag.is_enabled,
        next_due_at = @extschema@.ntsb_next_run(d.schedule, clock_timestamp())
    WHERE d.dag = ntsb_enable_dag.dag AND d.is_enabled <> ntsb_enable_dag.is_enabled;
END
$$;
COMMENT ON FUNCTION ntsb_enable_dag(text, boolean) IS
'Pauses a pipeline (is_enabled false) or lets it run again. While it is paused, no run and no task of it starts; a task that is running goes on. Scheduled runs of that time are not caught up. Errors: 42704 no such pipeline, 42501 not the owner of the warehouse.';

CREATE FUNCTION ntsb_drop_dag(dag text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ntsb_internal.check_dag_owner();
    LOCK TABLE ntsb.dag IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM ntsb.dag d WHERE d.dag = ntsb_drop_dag.dag;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE ntsb.dag_run r SET state = 'cancelled', finished_at = clock_timestamp()
    WHERE r.dag = ntsb_drop_dag.dag AND r.state IN ('queued', 'running');
    UPDATE ntsb.task_run t SET state = 'skipped', finished_at = clock_timestamp(), next_attempt_at = NULL
    FROM ntsb.dag_run r
    WHERE r.run_id = t.run_id AND r.dag = ntsb_drop_dag.dag AND r.state = 'cancelled' AND t.state = 'waiting';
    RETURN true;
END
$$;
COMMENT ON FUNCTION ntsb_drop_dag(text) IS
'Deletes a pipeline. Its unfinished run is cancelled: a task that is running goes on, the others are skipped. The history of its runs stays. Returns false if there is no such pipeline. Errors: 42501 not the owner of the warehouse.';

CREATE FUNCTION ntsb_request_run(dag text) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new_run_id bigint;
BEGIN
    PERFORM ntsb_internal.require_dag(ntsb_request_run.dag);
    IF NOT (SELECT d.is_enabled FROM ntsb.dag d WHERE d.dag = ntsb_request_run.dag) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('pipeline %s is paused', ntsb_request_run.dag),
            HINT = format('SELECT ntsb_enable_dag(%L) lets it run again.', ntsb_request_run.dag);
    END IF;
    INSERT INTO ntsb.dag_run AS r (dag, started_by) VALUES (ntsb_request_run.dag, 'request')
    ON CONFLICT (dag) WHERE state = 'queued' DO NOTHING RETURNING r.run_id INTO new_run_id;
    RETURN coalesce(new_run_id, (SELECT r.run_id FROM ntsb.dag_run r WHERE r.dag = ntsb_request_run.dag AND r.state = 'queued'));
END
$$;
COMMENT ON FUNCTION ntsb_request_run(text) IS
'Requests a run of a pipeline and returns its number in ntsb.dag_run. The next CALL ntsb_run_dags() starts it, after a run that is unfinished. If a run is queued already, returns that one. Errors: 42704 no such pipeline, 55000 the pipeline is paused, 42501 not the owner of the warehouse.';
