-- Cases of NTSB's JSON name an event by its NTSB number and say a part of what an Access file says.
-- Where the warehouse knows the event, the staged rows get its ev_id, and what they leave open is
-- filled from the stored row: a case adds and corrects, and takes nothing away.

CREATE FUNCTION ntsb_adopt_cases(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
    adopted bigint;
BEGIN
    IF to_regclass('ntsb.batch') IS NULL THEN
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
        UNION ALL
        -- An archived event is known, too; what is said of it is left alone.
        SELECT s.ev_id, a.ev_id, true, NULL, NULL
        FROM staged s JOIN ntsb.archived_event a USING (ntsb_no)
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
            PERFORM ntsb_internal.adopt_rows(ntsb_adopt_cases.batch_id,
                described.name, described.keys, described.columns);
        END LOOP;
    END IF;
    DROP TABLE pg_temp.ntsb_adopted;
    RETURN adopted;
END
$$;
COMMENT ON FUNCTION ntsb_adopt_cases(bigint) IS
'For a batch of cases as JSON, between COPY and CALL ntsb_ingest(batch): staged cases whose NTSB number the warehouse knows get its ev_id, and columns and rows that they leave open are filled from what is stored, so that a case adds and corrects and takes nothing away. Returns how many events were known. Errors: 3F000 no warehouse.';

CREATE FUNCTION ntsb_internal.adopt_rows(batch_id bigint, table_name text, keys text[], columns text[])
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
COMMENT ON FUNCTION ntsb_internal.adopt_rows(bigint, text, text[], text[]) IS
'One table''s part of ntsb_adopt_cases, which calls it.';
