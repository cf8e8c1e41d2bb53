-- Events that a load took away are for people to look at.

CREATE FUNCTION ntsb_internal.alert_of_withdrawal(batch_id bigint) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    source text := (SELECT b.source FROM ntsb.batch b WHERE b.batch_id = alert_of_withdrawal.batch_id);
    events bigint;
    years jsonb;
    examples jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM ntsb.batch_table t
                   WHERE t.batch_id = alert_of_withdrawal.batch_id
                     AND t.table_name = 'events' AND t.withdrawn > 0) THEN
        RETURN NULL;
    END IF;
    WITH gone AS (
        SELECT e.ev_id, coalesce(extract(year FROM e.ev_date)::text, 'unknown') AS year,
               row_number() OVER (ORDER BY e.ev_id) AS place
        FROM ntsb.events e WHERE e.withdrawn_batch = alert_of_withdrawal.batch_id
    ), yearly AS (
        SELECT g.year, count(*) AS events FROM gone g GROUP BY 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT jsonb_object_agg(y.year, y.events) FROM yearly y),
           (SELECT jsonb_agg(g.ev_id ORDER BY g.ev_id) FROM gone g WHERE g.place <= 100)
    INTO events, years, examples;
    RETURN @extschema@.ntsb_raise_alert('withdrawal', 'warning', source,
        format('%s: %s events withdrawn, which it lacks and the warehouse had; '
               'SELECT * FROM ntsb.events WHERE withdrawn_batch = %s',
               source, events, alert_of_withdrawal.batch_id),
        jsonb_build_object('batch_id', alert_of_withdrawal.batch_id, 'events', events,
                           'years', years, 'ev_ids', examples));
END
$$;
COMMENT ON FUNCTION ntsb_internal.alert_of_withdrawal(bigint) IS
'A part of ntsb_ingest: raises an alert of kind withdrawal (a warning) where a load withdrew events, with how many of each year and the first hundred ev_ids; its number, or null where none was withdrawn.';

-- A name alone does not make a file complete: it must also hold what the warehouse has of its years.
CREATE FUNCTION ntsb_internal.choose_mode(batch_id bigint) RETURNS text
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    total bigint;
    whole bigint;
    chosen text;
BEGIN
    WITH event AS (
        SELECT DISTINCT s.ev_id, substr(btrim(s.ev_id), 9, 1) = 'L' AS legacy,
               extract(year FROM @extschema@.ntsb_clean_date(s.ev_date)) AS year
        FROM ntsb_staging.events s WHERE s.batch_id = choose_mode.batch_id
    ), held AS (
        SELECT e.legacy, e.year, count(*) AS events FROM event e GROUP BY 1, 2
    ), stored AS (
        SELECT substr(t.ev_id, 9, 1) = 'L' AS legacy, extract(year FROM t.ev_date) AS year,
               count(*) AS events
        FROM ntsb.events t WHERE t.withdrawn_batch IS NULL GROUP BY 1, 2
    )
    SELECT sum(h.events), sum(h.events) FILTER (WHERE 10 * h.events >= 9 * coalesce(s.events, 0))
    INTO total, whole
    FROM held h LEFT JOIN stored s USING (legacy, year);
    -- Most of its events lie in years of which it holds nearly all that is stored.
    chosen := CASE WHEN 2 * whole >= total THEN 'full' ELSE 'increment' END;
    UPDATE ntsb.batch b SET mode = chosen
    WHERE b.batch_id = choose_mode.batch_id AND b.finished_at IS NULL AND b.mode <> chosen;
    RETURN chosen;
END
$$;
COMMENT ON FUNCTION ntsb_internal.choose_mode(bigint) IS
'A part of ntsb load, for a batch whose mode was guessed by the name of its file: between COPY of the events and CALL ntsb_ingest(batch): full where most of its events lie in years of which it holds at least nine tenths of the events that are stored (or nothing is), else increment. Sets and returns the mode.';
