-- Decisions on quarantined rows: release or discard.

CREATE FUNCTION ntsb_internal.lock_quarantined_row(quarantine_id bigint,
    OUT id bigint, OUT batch_id bigint, OUT table_name text, OUT ev_id text, OUT rule_id text,
    OUT payload jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found_row record;
BEGIN
    SELECT q.* INTO found_row FROM ntsb.staging_quarantine q
    WHERE q.quarantine_id = lock_quarantined_row.quarantine_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('quarantined row %s does not exist', coalesce(lock_quarantined_row.quarantine_id::text, 'null')),
            HINT = 'SELECT quarantine_id, table_name, row_key, reason FROM ntsb.staging_quarantine WHERE status = ''held'' lists the quarantined rows.';
    ELSIF found_row.status <> 'held' THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('quarantined row %s is already %s', found_row.quarantine_id, found_row.status),
            DETAIL = format('Decided by %s on %s: %s', found_row.decided_by, found_row.decided_at::date, found_row.decision);
    END IF;
    id := found_row.quarantine_id;
    batch_id := found_row.batch_id;
    table_name := found_row.table_name;
    ev_id := found_row.ev_id;
    rule_id := found_row.rule_id;
    payload := found_row.payload;
END
$$;
COMMENT ON FUNCTION ntsb_internal.lock_quarantined_row(bigint) IS
'Internal: called by ntsb_release_quarantine and ntsb_discard_quarantine. Locks and returns a row of ntsb.staging_quarantine that is not decided yet. Errors: P0002 no such row, 55000 already decided.';

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
'Internal: called by ntsb_release_quarantine. Inserts one raw row, given as JSON, into ntsb_staging as part of a batch.';

-- jsonb_populate_record ignores unknown keys, so a misspelled column would leave the row unchanged.
CREATE FUNCTION ntsb_internal.check_patch(table_name text, patch jsonb) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unknown text;
BEGIN
    IF coalesce(jsonb_typeof(patch), 'null') <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('patch must be a JSON object, got %s', coalesce(left(patch::text, 100), 'null')),
            HINT = 'Give columns and their new values, such as {"ev_date": "2019-01-05"}.';
    END IF;
    SELECT string_agg(format('"%s"', k), ', ' ORDER BY k) INTO unknown FROM jsonb_object_keys(patch) k
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = to_regclass(format('ntsb_staging.%I', check_patch.table_name))
          AND a.attname = k AND a.attnum > 0 AND k <> 'batch_id' AND NOT a.attisdropped);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('patch names unknown columns of table %s: %s', check_patch.table_name, unknown),
            HINT = format('\d ntsb_staging.%s lists the columns.', check_patch.table_name);
    END IF;
END
$$;
COMMENT ON FUNCTION ntsb_internal.check_patch(text, jsonb) IS
'Internal: called by ntsb_release_quarantine. Errors: 22023 the patch is not an object or names a column that the table lacks.';

CREATE FUNCTION ntsb_release_quarantine(
    quarantine_id bigint, patch jsonb DEFAULT '{}', waive text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    quarantined record;
    child record;
    child_ids bigint[] := '{}';
    batch bigint;
    unknown_rules text;
    violations text;
BEGIN
    SELECT * INTO quarantined FROM ntsb_internal.lock_quarantined_row(ntsb_release_quarantine.quarantine_id);
    PERFORM ntsb_internal.check_patch(quarantined.table_name, patch);
    -- A null list waives nothing.
    waive := coalesce(waive, '{}');
    SELECT string_agg(w, ', ') INTO unknown_rules FROM unnest(waive) w
    WHERE NOT EXISTS (SELECT FROM ntsb.validation_rule r WHERE r.rule_id = w);
    IF unknown_rules IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('waive names unknown rules: %s', unknown_rules),
            HINT = format('ntsb.validation_rule lists the rules. This row violates %s.', quarantined.rule_id);
    END IF;

    batch := @extschema@.ntsb_begin_batch(format('quarantine %s', quarantined.id), 'increment', NULL::text);
    UPDATE ntsb.batch b
    SET as_of = (SELECT o.as_of FROM ntsb.batch o WHERE o.batch_id = quarantined.batch_id),
        waived_rules = waive
    WHERE b.batch_id = batch;
    PERFORM ntsb_internal.stage_row(batch, quarantined.table_name, quarantined.payload || patch);
    -- Releasing an event also releases the rows that were quarantined because of it. FOR UPDATE, so that nobody
    -- discards such a row meanwhile. Rows that are already discarded stay discarded.
    IF quarantined.table_name = 'events' THEN
        FOR child IN
            SELECT q.quarantine_id, q.table_name, q.payload FROM ntsb.staging_quarantine q
            WHERE q.ev_id = quarantined.ev_id AND q.status = 'held' AND q.rule_id = 'schema.parent_rejected'
            ORDER BY q.quarantine_id FOR UPDATE
        LOOP
            PERFORM ntsb_internal.stage_row(batch, child.table_name,
                child.payload || jsonb_strip_nulls(jsonb_build_object('ev_id', patch -> 'ev_id')));
            child_ids := child_ids || child.quarantine_id;
        END LOOP;
    END IF;
    CALL @extschema@.ntsb_ingest(batch, false, NULL::bigint);

    IF EXISTS (SELECT FROM ntsb.batch_table t
               WHERE t.batch_id = batch AND t.table_name = quarantined.table_name AND t.rejected + t.stale > 0) THEN
        SELECT string_agg(format('%s (%s)', v.reason, v.rule_id), '; ') INTO violations
        FROM @extschema@.ntsb_validate_row(quarantined.table_name, quarantined.payload || patch) v
        WHERE v.action = 'reject' AND NOT v.rule_id = ANY (waive);
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = format('quarantined row %s still cannot be stored', quarantined.id),
            DETAIL = coalesce(violations, 'Its parent row is not stored, or a newer version of the row is stored.'),
            HINT = 'Patch the value, waive the rule, or store the parent row first.';
    END IF;
    UPDATE ntsb.staging_quarantine q
    SET status = 'released', decided_at = now(), decided_by = session_user,
        decision = jsonb_build_object('patch', patch, 'waived', waive, 'batch_id', batch)
    WHERE q.quarantine_id = quarantined.id OR q.quarantine_id = ANY (child_ids);
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_release_quarantine(bigint, jsonb, text[]) IS
'Stores a quarantined row of ntsb.staging_quarantine. patch replaces values of the raw row ({"ev_date": "01/05/19"}); waive lists rules not to apply, which ntsb.batch records in waived_rules. Releasing an event also releases the rows quarantined because of it. The rows are checked, logged and stored as in a load. Returns the batch. Errors: P0002 no such row, 55000 already decided, 22023 no such rule or column, 23514 the row still violates a rule (nothing changes).';

CREATE FUNCTION ntsb_discard_quarantine(quarantine_id bigint, reason text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    quarantined record;
BEGIN
    SELECT * INTO quarantined FROM ntsb_internal.lock_quarantined_row(ntsb_discard_quarantine.quarantine_id);
    IF coalesce(trim(ntsb_discard_quarantine.reason), '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'reason must not be empty', HINT = 'State why the row is discarded. The reason is stored with the row.';
    END IF;
    UPDATE ntsb.staging_quarantine q
    SET status = 'discarded', decided_at = now(), decided_by = session_user,
        decision = jsonb_build_object('reason', ntsb_discard_quarantine.reason)
    WHERE q.quarantine_id = quarantined.id;
END
$$;
COMMENT ON FUNCTION ntsb_discard_quarantine(bigint, text) IS
'Marks a row of ntsb.staging_quarantine as discarded: it will not be stored. The row and the reason are kept. Errors: P0002 no such row, 55000 already decided, 22023 empty reason.';
