-- What a person decides about a refused row.

CREATE FUNCTION ntsb_internal.held_row(quarantine_id bigint,
    OUT id bigint, OUT batch_id bigint, OUT table_name text, OUT ev_id text, OUT rule_id text,
    OUT payload jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
BEGIN
    SELECT q.* INTO held FROM ntsb.staging_quarantine q
    WHERE q.quarantine_id = held_row.quarantine_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no quarantined row %s', held_row.quarantine_id),
            HINT = 'SELECT quarantine_id, table_name, row_key, reason FROM ntsb.staging_quarantine WHERE status = ''held'' lists them.';
    ELSIF held.status <> 'held' THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('quarantined row %s is %s already', held.quarantine_id, held.status),
            DETAIL = format('%s decided on %s: %s', held.decided_by, held.decided_at::date, held.decision);
    END IF;
    id := held.quarantine_id;
    batch_id := held.batch_id;
    table_name := held.table_name;
    ev_id := held.ev_id;
    rule_id := held.rule_id;
    payload := held.payload;
END
$$;
COMMENT ON FUNCTION ntsb_internal.held_row(bigint) IS
'A row of ntsb.staging_quarantine that waits for a decision, locked for it. Errors: P0002 no such row, 55000 decided already.';

CREATE FUNCTION ntsb_internal.stage_row(batch bigint, table_name text, payload jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO ntsb_staging.%1$I SELECT (jsonb_populate_record(NULL::ntsb_staging.%1$I, $1)).*',
        table_name) USING payload || jsonb_build_object('batch_id', batch);
END
$$;
COMMENT ON FUNCTION ntsb_internal.stage_row(bigint, text, jsonb) IS
'Puts one raw row, given as JSON, into ntsb_staging as part of a batch.';

-- A name that is no column would be passed over in silence, and the row judged as it stood.
CREATE FUNCTION ntsb_internal.check_patch(table_name text, patch jsonb) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unknown text;
BEGIN
    IF coalesce(jsonb_typeof(patch), 'null') <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a patch is a JSON object of columns and their new values',
            DETAIL = format('It is %s.', coalesce(left(patch::text, 100), 'NULL')),
            HINT = 'Write, for example, {"ev_date": "2019-01-05"}.';
    END IF;
    SELECT string_agg(format('"%s"', k), ', ') INTO unknown FROM jsonb_object_keys(patch) k
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = to_regclass(format('ntsb_staging.%I', check_patch.table_name))
          AND a.attname = k AND a.attnum > 0 AND k <> 'batch_id' AND NOT a.attisdropped);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s has no column %s', check_patch.table_name, unknown),
            HINT = format('\d ntsb_staging.%s lists the columns of a file.', check_patch.table_name);
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_patch(text, jsonb) IS
'Refuses new values for a raw row that are not an object or name a column that the table does not have (22023).';

CREATE FUNCTION ntsb_release_quarantine(
    quarantine_id bigint, patch jsonb DEFAULT '{}', waive text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
    child record;
    released bigint[] := '{}';
    batch bigint;
    refused text;
BEGIN
    SELECT * INTO held FROM ntsb_internal.held_row(ntsb_release_quarantine.quarantine_id);
    PERFORM ntsb_internal.check_patch(held.table_name, patch);
    -- A null in place of the list waives nothing.
    waive := coalesce(waive, '{}');
    SELECT string_agg(w, ', ') INTO refused FROM unnest(waive) w
    WHERE NOT EXISTS (SELECT FROM ntsb.validation_rule r WHERE r.rule_id = w);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no rule %s to waive', refused),
            HINT = 'ntsb.validation_rule lists them; this row failed ' || held.rule_id || '.';
    END IF;

    batch := @extschema@.ntsb_begin_batch(format('quarantine %s', held.id), 'increment', NULL::text);
    UPDATE ntsb.batch b
    SET as_of = (SELECT o.as_of FROM ntsb.batch o WHERE o.batch_id = held.batch_id),
        waived_rules = waive
    WHERE b.batch_id = batch;
    PERFORM ntsb_internal.stage_row(batch, held.table_name, held.payload || patch);
    -- An event takes along what was held back because of it. Locked, so that nobody discards a row
    -- that is being stored; what was discarded meanwhile stays where it is.
    IF held.table_name = 'events' THEN
        FOR child IN
            SELECT q.quarantine_id, q.table_name, q.payload FROM ntsb.staging_quarantine q
            WHERE q.ev_id = held.ev_id AND q.status = 'held' AND q.rule_id = 'schema.parent_rejected'
            ORDER BY q.quarantine_id FOR UPDATE
        LOOP
            PERFORM ntsb_internal.stage_row(batch, child.table_name,
                child.payload || jsonb_strip_nulls(jsonb_build_object('ev_id', patch -> 'ev_id')));
            released := released || child.quarantine_id;
        END LOOP;
    END IF;
    CALL @extschema@.ntsb_ingest(batch, false, NULL::bigint);

    IF EXISTS (SELECT FROM ntsb.batch_table t
               WHERE t.batch_id = batch AND t.table_name = held.table_name AND t.rejected + t.stale > 0) THEN
        SELECT string_agg(format('%s (%s)', v.reason, v.rule_id), '; ') INTO refused
        FROM @extschema@.ntsb_validate_row(held.table_name, held.payload || patch) v
        WHERE v.action = 'reject' AND NOT v.rule_id = ANY (waive);
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = format('quarantined row %s still cannot be stored', held.id),
            DETAIL = coalesce(refused, 'The row it belongs to is not stored, or a newer one is.'),
            HINT = 'Patch the value, waive the rule, or store the row it belongs to first.';
    END IF;
    UPDATE ntsb.staging_quarantine q
    SET status = 'released', decided_at = now(), decided_by = session_user,
        decision = jsonb_build_object('patch', patch, 'waived', waive, 'batch_id', batch)
    WHERE q.quarantine_id = held.id OR q.quarantine_id = ANY (released);
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_release_quarantine(bigint, jsonb, text[]) IS
'Stores a row of ntsb.staging_quarantine after all: patch replaces values of the raw row ({"ev_date": "01/05/19"}), waive names rules not to apply (the journal of loads keeps them, waived_rules). An event takes along the rows held back because of it. Everything is checked, logged and stored as in a load; returns the batch. Errors: P0002 no such row, 55000 decided already, 22023 no such rule or column, 23514 still refused (nothing changes).';

CREATE FUNCTION ntsb_discard_quarantine(quarantine_id bigint, reason text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
BEGIN
    SELECT * INTO held FROM ntsb_internal.held_row(ntsb_discard_quarantine.quarantine_id);
    IF coalesce(trim(ntsb_discard_quarantine.reason), '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a row is discarded for a reason', HINT = 'Say why; it is kept with the row.';
    END IF;
    UPDATE ntsb.staging_quarantine q
    SET status = 'discarded', decided_at = now(), decided_by = session_user,
        decision = jsonb_build_object('reason', ntsb_discard_quarantine.reason)
    WHERE q.quarantine_id = held.id;
END
$$;
COMMENT ON FUNCTION ntsb_discard_quarantine(bigint, text) IS
'Decides that a row of ntsb.staging_quarantine will not be stored, and why; the row and the decision are kept. Errors: P0002 no such row, 55000 decided already, 22023 no reason.';
