-- A case from NTSB's API (JSON) identifies its event by the NTSB number and has only some of the columns of an
-- Access file. If the warehouse has the event, the staged rows get its ev_id and missing values are filled from
-- the stored rows. So a case adds and corrects values and never removes any.

CREATE FUNCTION ntsb_adopt_cases(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source_table record;
    adopted bigint;
BEGIN
    IF to_regclass('ntsb.batch') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'the warehouse does not exist in this database',
            HINT = 'Create it with CALL ntsb_create_warehouse().';
    END IF;
    -- If several events have the number, prefers one that is not withdrawn and has an ev_id from NTSB.
    CREATE TEMP TABLE ntsb_adopted ON COMMIT DROP AS
    WITH staged AS (
        SELECT s.ev_id, btrim(s.ntsb_no) AS ntsb_no FROM ntsb_staging.events s
        WHERE s.batch_id = ntsb_adopt_cases.batch_id
    ), known AS (
        SELECT s.ev_id AS staged_ev_id, e.ev_id, true AS by_number, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ntsb_no)
        UNION ALL
        SELECT s.ev_id, e.ev_id, false, e.withdrawn_batch, e.lchg_date
        FROM staged s JOIN ntsb.events e USING (ev_id)
        UNION ALL
        -- Archived events are matched, too, so that the load skips them.
        SELECT s.ev_id, a.ev_id, true, NULL, NULL
        FROM staged s JOIN ntsb.archived_event a USING (ntsb_no)
    )
    SELECT DISTINCT ON (staged_ev_id) staged_ev_id, ev_id
    FROM known
    ORDER BY staged_ev_id, withdrawn_batch IS NOT NULL, NOT by_number, substr(ev_id, 9, 1) = 'M',
             lchg_date DESC NULLS LAST, ev_id;
    GET DIAGNOSTICS adopted = ROW_COUNT;
    IF adopted > 0 THEN
        FOR source_table IN
            SELECT c.table_name AS name,
                   array_agg(c.column_name ORDER BY c.position) FILTER (WHERE c.in_key) AS keys,
                   array_agg(c.column_name ORDER BY c.position) AS columns
            FROM @extschema@.ntsb_source_columns() c
            WHERE NOT c.derived AND NOT c.reference
            GROUP BY c.table_name
            ORDER BY c.table_name <> 'events', c.table_name
        LOOP
            PERFORM ntsb_internal.adopt_rows(ntsb_adopt_cases.batch_id,
                source_table.name, source_table.keys, source_table.columns);
        END LOOP;
    END IF;
    DROP TABLE pg_temp.ntsb_adopted;
    RETURN adopted;
END
$$;
COMMENT ON FUNCTION ntsb_adopt_cases(bigint) IS
'Prepares a batch of cases from JSON: call it after COPY and before CALL ntsb_ingest(batch). Staged cases whose NTSB number is known get the ev_id of the stored event, and their missing columns and rows are filled from the stored rows, so that a case never removes values. Returns the number of known events. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.adopt_rows(batch_id bigint, table_name text, keys text[], columns text[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
SET extra_float_digits = 1
AS $$
DECLARE
    -- SQL fragments over staged rows (s) and stored rows (t).
    same_key text := (SELECT string_agg(format('btrim(s.%1$I) = t.%1$I::text', k), ' AND ')
                      FROM unnest(keys) k);
    assignments text := (
        SELECT string_agg(CASE
            -- A date without a time zone does not replace a stored date.
            WHEN table_name = 'events' AND c IN ('ev_date', 'ev_dow', 'ev_time', 'ev_tmzn',
                                                 'ev_year', 'ev_month')
            THEN format('%1$I = CASE WHEN s.ev_tmzn IS NULL AND t.ev_date IS NOT NULL
                                     THEN t.%1$I::text ELSE coalesce(s.%1$I, t.%1$I::text) END', c)
            ELSE format('%1$I = coalesce(nullif(btrim(s.%1$I), ''''), t.%1$I::text)', c) END, ', ')
        FROM unnest(columns) c
        WHERE c <> ALL (keys) AND c NOT IN ('lchg_date', 'lchg_userid'));
    column_list text := (SELECT string_agg(format('%I', c), ', ') FROM unnest(columns) c);
    stored_values text := (SELECT string_agg(format('t.%I::text', c), ', ') FROM unnest(columns) c);
BEGIN
    EXECUTE format(
        'UPDATE ntsb_staging.%1$I s SET ev_id = a.ev_id FROM pg_temp.ntsb_adopted a
         WHERE s.batch_id = $1 AND s.ev_id = a.staged_ev_id AND a.ev_id <> a.staged_ev_id', table_name)
    USING batch_id;
    -- A table with only key columns has nothing to fill.
    IF assignments IS NOT NULL THEN
        EXECUTE format(
            'UPDATE ntsb_staging.%1$I s SET %2$s FROM ntsb.%1$I t
             WHERE s.batch_id = $1 AND t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_adopted)
               AND t.withdrawn_batch IS NULL AND %3$s', table_name, assignments, same_key)
        USING batch_id;
    END IF;
    -- Only for tables with staged rows of this batch: the load leaves the rows of other tables unchanged.
    EXECUTE format(
        'INSERT INTO ntsb_staging.%1$I (batch_id, %2$s)
         SELECT $1, %3$s FROM ntsb.%1$I t
         WHERE t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_adopted) AND t.withdrawn_batch IS NULL
           AND EXISTS (SELECT FROM ntsb_staging.%1$I s WHERE s.batch_id = $1)
           AND NOT EXISTS (SELECT FROM ntsb_staging.%1$I s WHERE s.batch_id = $1 AND %4$s)',
        table_name, column_list, stored_values, same_key)
    USING batch_id;
END
$$;
COMMENT ON FUNCTION ntsb_internal.adopt_rows(bigint, text, text[], text[]) IS
'Internal: called by ntsb_adopt_cases for each table. Fills staged rows, and adds missing ones, from the stored rows.';
