-- Alerts on withdrawn events, and the choice of the load mode.

CREATE FUNCTION ntsb_internal.raise_withdrawal_alert(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source text := (SELECT b.source FROM ntsb.batch b WHERE b.batch_id = raise_withdrawal_alert.batch_id);
    events bigint;
    years jsonb;
    examples jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.batch_table t
                   WHERE t.batch_id = raise_withdrawal_alert.batch_id
                     AND t.table_name = 'events' AND t.withdrawn > 0) THEN
        RETURN NULL;
    END IF;
    WITH withdrawn AS (
        SELECT e.ev_id, coalesce(extract(year FROM e.ev_date)::text, 'unknown') AS year,
               row_number() OVER (ORDER BY e.ev_id) AS number
        FROM ntsb.events e WHERE e.withdrawn_batch = raise_withdrawal_alert.batch_id
    ), yearly AS (
        SELECT g.year, count(*) AS events FROM withdrawn g GROUP BY 1
    )
    SELECT (SELECT count(*) FROM withdrawn),
           (SELECT jsonb_object_agg(y.year, y.events) FROM yearly y),
           (SELECT jsonb_agg(g.ev_id ORDER BY g.ev_id) FROM withdrawn g WHERE g.number <= 100)
    INTO events, years, examples;
    RETURN @extschema@.ntsb_raise_alert('withdrawal', 'warning', source,
        format('%s: %s events withdrawn because the file lacks them; '
               'SELECT * FROM ntsb.events WHERE withdrawn_batch = %s',
               source, events, raise_withdrawal_alert.batch_id),
        jsonb_build_object('batch_id', raise_withdrawal_alert.batch_id, 'events', events,
                           'years', years, 'ev_ids', examples));
END
$$;
COMMENT ON FUNCTION ntsb_internal.raise_withdrawal_alert(bigint) IS
'Internal: called by ntsb_ingest. Raises an alert of kind withdrawal (severity warning) if a batch withdrew events, with the number of events per year and the first 100 ev_ids. Returns the number of the alert, or null if no event was withdrawn.';

-- The name of a file does not prove that it is complete: it must also hold the stored events of its years.
CREATE FUNCTION ntsb_internal.choose_mode(batch_id bigint) RETURNS text
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    total bigint;
    in_complete_years bigint;
    chosen text;
BEGIN
    WITH event AS (
        SELECT DISTINCT s.ev_id, substr(btrim(s.ev_id), 9, 1) = 'L' AS legacy,
               extract(year FROM @extschema@.ntsb_clean_date(s.ev_date)) AS year
        FROM ntsb_staging.events s WHERE s.batch_id = choose_mode.batch_id
    ), staged AS (
        SELECT e.legacy, e.year, count(*) AS events FROM event e GROUP BY 1, 2
    ), stored AS (
        SELECT substr(t.ev_id, 9, 1) = 'L' AS legacy, extract(year FROM t.ev_date) AS year,
               count(*) AS events
        FROM ntsb.events t WHERE t.withdrawn_batch IS NULL GROUP BY 1, 2
    )
    SELECT sum(h.events), sum(h.events) FILTER (WHERE 10 * h.events >= 9 * coalesce(s.events, 0))
    INTO total, in_complete_years
    FROM staged h LEFT JOIN stored s USING (legacy, year);
    -- full: most of its events are in years of which it holds nearly all stored events.
    chosen := CASE WHEN 2 * in_complete_years >= total THEN 'full' ELSE 'increment' END;
    UPDATE ntsb.batch b SET mode = chosen
    WHERE b.batch_id = choose_mode.batch_id AND b.finished_at IS NULL AND b.mode <> chosen;
    RETURN chosen;
END
$$;
COMMENT ON FUNCTION ntsb_internal.choose_mode(bigint) IS
'Internal: called by ntsb load between COPY of the events and CALL ntsb_ingest(batch), if the mode was guessed from the file name. Sets and returns the mode: full if at least half of the staged events are in years of which the file holds at least nine tenths of the stored events, else increment.';
