-- Rows are checked as they are cleaned, so the function takes the rules too.
DROP FUNCTION ntsb_clean_row(text, record, text, anyelement);
CREATE FUNCTION ntsb_clean_row(table_name text, raw record, far_part text, ev_date date, today date,
    rules text, vocabulary text, shape anyelement)
RETURNS anyelement
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'ntsb_clean_row_wrapper';

CREATE FUNCTION "ntsb_check_rule"(
	"rule" jsonb
) RETURNS VOID
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ntsb_check_rule_wrapper';

CREATE FUNCTION "ntsb_validate_row"(
	"table_name" TEXT,
	"data" jsonb
) RETURNS TABLE (
	"rule_id" TEXT, 
	"gate" smallint, 
	"column_name" TEXT, 
	"value" TEXT, 
	"action" TEXT, 
	"reason" TEXT 
)
STRICT STABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'ntsb_validate_row_wrapper';

-- What a person decides about a refused row.

CREATE FUNCTION ntsb_held_row(quarantine_id bigint,
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
    WHERE q.quarantine_id = ntsb_held_row.quarantine_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no quarantined row %s', ntsb_held_row.quarantine_id),
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
COMMENT ON FUNCTION ntsb_held_row(bigint) IS
'A row of ntsb.staging_quarantine that waits for a decision, locked for it. Errors: P0002 no such row, 55000 decided already.';

CREATE FUNCTION ntsb_stage_row(batch bigint, table_name text, payload jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO ntsb_staging.%1$I SELECT (jsonb_populate_record(NULL::ntsb_staging.%1$I, $1)).*',
        table_name) USING payload || jsonb_build_object('batch_id', batch);
END
$$;
COMMENT ON FUNCTION ntsb_stage_row(bigint, text, jsonb) IS
'Puts one raw row, given as JSON, into ntsb_staging as part of a batch.';

CREATE FUNCTION ntsb_release_quarantine(
    quarantine_id bigint, patch jsonb DEFAULT '{}', waive text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
    batch bigint;
    refused text;
BEGIN
    SELECT * INTO held FROM @extschema@.ntsb_held_row(ntsb_release_quarantine.quarantine_id);
    SELECT string_agg(w, ', ') INTO refused FROM unnest(waive) w
    WHERE NOT EXISTS (SELECT FROM ntsb.validation_rule r WHERE r.rule_id = w);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no rule %s to waive', refused),
            HINT = 'ntsb.validation_rule lists them; this row failed ' || held.rule_id || '.';
    END IF;

    batch := @extschema@.ntsb_begin_batch(format('quarantine %s', held.id), 'increment');
    UPDATE ntsb_staging.batch_journal b
    SET as_of = (SELECT o.as_of FROM ntsb_staging.batch_journal o WHERE o.batch_id = held.batch_id)
    WHERE b.batch_id = batch;
    PERFORM @extschema@.ntsb_stage_row(batch, held.table_name, held.payload || patch);
    -- An event takes along what was held back because of it.
    IF held.table_name = 'events' THEN
        PERFORM @extschema@.ntsb_stage_row(batch, q.table_name,
            q.payload || jsonb_strip_nulls(jsonb_build_object('ev_id', patch -> 'ev_id')))
        FROM ntsb.staging_quarantine q
        WHERE q.ev_id = held.ev_id AND q.status = 'held' AND q.rule_id = 'schema.parent_rejected';
    END IF;
    PERFORM set_config('ntsb.waived_rules', waive::text, true);
    CALL @extschema@.ntsb_ingest(batch);
    PERFORM set_config('ntsb.waived_rules', '', true);

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
    WHERE q.status = 'held' AND (q.quarantine_id = held.id
        OR held.table_name = 'events' AND q.ev_id = held.ev_id AND q.rule_id = 'schema.parent_rejected');
    RETURN batch;
END
$$;
COMMENT ON FUNCTION ntsb_release_quarantine(bigint, jsonb, text[]) IS
'Stores a row of ntsb.staging_quarantine after all: patch replaces values of the raw row ({"ev_date": "01/05/19"}), waive names rules not to apply. An event takes along the rows held back because of it. Everything is checked, logged and stored as in a load; returns the batch. Errors: P0002 no such row, 55000 decided already, 22023 no such rule, 23514 still refused (nothing changes).';

CREATE FUNCTION ntsb_discard_quarantine(quarantine_id bigint, reason text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
BEGIN
    SELECT * INTO held FROM @extschema@.ntsb_held_row(ntsb_discard_quarantine.quarantine_id);
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

COMMENT ON FUNCTION ntsb_clean_row(text, record, text, date, date, text, text, anyelement) IS
'Cleans and checks one staged row: raw is a row of ntsb_staging.TABLE, shape a null of type ntsb_staging.clean_TABLE. far_part (of the event''s first aircraft) tells the unit of temperatures, ev_date is the event''s, today ends the past; all may be null. rules and vocabulary are JSON, as CALL ntsb_ingest makes them of ntsb.validation_rule and the data dictionary. Returns the typed row with content_hash, defects, and rejected_by, the rule that refuses it.';
COMMENT ON FUNCTION ntsb_validate_row(text, jsonb) IS
'What a load would say of a row: data holds columns of a file and their values, such as {"ev_id": "20190105X00001", "ev_date": "01/05/19"}; columns left out are null. One line for each rule it fails and each repair, with the value found. Errors: 22023 no such table or column.';
COMMENT ON FUNCTION ntsb_check_rule(jsonb) IS
'Refuses a row of ntsb.validation_rule that could not be applied, and says why: unknown table, column or action, or a predicate that is more than a condition over one row. Errors: 22023.';

CREATE FUNCTION ntsb_adopt_cases(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
    adopted bigint;
BEGIN
    IF to_regclass('ntsb_staging.batch_journal') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    -- Of several events with that number one that stands, and one with an ev_id of NTSB's own.
    CREATE TEMP TABLE ntsb_adopted ON COMMIT DROP AS
    WITH staged AS (
        SELECT s.ev_id, btrim(s.ntsb_no) AS ntsb_no FROM ntsb_staging.events s
        WHERE s.batch_id = ntsb_adopt_cases.batch_id
    ), known AS (
        SELECT s.ev_id AS given, e.ev_id, true AS by_number, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ntsb_no)
        UNION ALL
        SELECT s.ev_id, e.ev_id, false, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ev_id)
    )
    SELECT DISTINCT ON (given) given, ev_id
    FROM known
    ORDER BY given, withdrawn_batch IS NOT NULL, NOT by_number, substr(ev_id, 9, 1) = 'M',
             lchg_date DESC NULLS LAST, ev_id;
    GET DIAGNOSTICS adopted = ROW_COUNT;
    IF adopted > 0 THEN
        FOR described IN
            SELECT c.table_name AS name,
                   array_agg(c.column_name ORDER BY c.position) FILTER (WHERE c.in_key) AS keys,
                   array_agg(c.column_name ORDER BY c.position) AS columns
            FROM @extschema@.ntsb_source_columns() c
            WHERE NOT c.derived AND NOT c.reference
            GROUP BY c.table_name
            ORDER BY c.table_name <> 'events', c.table_name
        LOOP
            PERFORM @extschema@.ntsb_adopt_rows(ntsb_adopt_cases.batch_id,
                described.name, described.keys, described.columns);
        END LOOP;
    END IF;
    DROP TABLE pg_temp.ntsb_adopted;
    RETURN adopted;
END
$$;
COMMENT ON FUNCTION ntsb_adopt_cases(bigint) IS
'For a batch of cases as JSON, between COPY and CALL ntsb_ingest(batch): staged cases whose NTSB number the warehouse knows get its ev_id, and columns and rows that they leave open are filled from what is stored, so that a case adds and corrects and takes nothing away. Returns how many events were known. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_adopt_rows(batch_id bigint, table_name text, keys text[], columns text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
SET extra_float_digits = 1
AS $$
DECLARE
    -- Of staged rows (s) and stored rows (t): the same key; values; and when a stored one counts.
    same_key text := (SELECT string_agg(format('btrim(s.%1$I) = t.%1$I::text', k), ' AND ')
                      FROM unnest(keys) k);
    filled text := (
        SELECT string_agg(CASE
            -- A date whose zone is open does not overrule one that is known.
            WHEN table_name = 'events' AND c IN ('ev_date', 'ev_dow', 'ev_time', 'ev_tmzn',
                                                 'ev_year', 'ev_month')
            THEN format('%1$I = CASE WHEN s.ev_tmzn IS NULL AND t.ev_date IS NOT NULL
                                     THEN t.%1$I::text ELSE coalesce(s.%1$I, t.%1$I::text) END', c)
            ELSE format('%1$I = coalesce(nullif(btrim(s.%1$I), ''''), t.%1$I::text)', c) END, ', ')
        FROM unnest(columns) c
        WHERE c <> ALL (keys) AND c NOT IN ('lchg_date', 'lchg_userid'));
    names text := (SELECT string_agg(format('%I', c), ', ') FROM unnest(columns) c);
    stored text := (SELECT string_agg(format('t.%I::text', c), ', ') FROM unnest(columns) c);
BEGIN
    EXECUTE format(
        'UPDATE ntsb_staging.%1$I s SET ev_id = a.ev_id FROM pg_temp.ntsb_adopted a
         WHERE s.batch_id = $1 AND s.ev_id = a.given AND a.ev_id <> a.given', table_name)
    USING batch_id;
    -- Rows that are nothing but their key have nothing to fill.
    IF filled IS NOT NULL THEN
        EXECUTE format(
            'UPDATE ntsb_staging.%1$I s SET %2$s FROM ntsb.%1$I t
             WHERE s.batch_id = $1 AND t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_adopted)
               AND t.withdrawn_batch IS NULL AND %3$s', table_name, filled, same_key)
        USING batch_id;
    END IF;
    -- A table of which the batch says nothing keeps its rows anyway.
    EXECUTE format(
        'INSERT INTO ntsb_staging.%1$I (batch_id, %2$s)
         SELECT $1, %3$s FROM ntsb.%1$I t
         WHERE t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_adopted) AND t.withdrawn_batch IS NULL
           AND EXISTS (SELECT FROM ntsb_staging.%1$I s WHERE s.batch_id = $1)
           AND NOT EXISTS (SELECT FROM ntsb_staging.%1$I s WHERE s.batch_id = $1 AND %4$s)',
        table_name, names, stored, same_key)
    USING batch_id;
END
$$;
COMMENT ON FUNCTION ntsb_adopt_rows(bigint, text, text[], text[]) IS
'One table''s part of ntsb_adopt_cases, which calls it.';
