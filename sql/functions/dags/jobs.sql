-- Commands of the pipelines in dags-sql/ that no other area has.

-- The refresh procedures skip what another session is refreshing, which may have started before the latest load.
CREATE FUNCTION ntsb_internal.lock_refresh(what text) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number(lock_refresh.what))
$$;
COMMENT ON FUNCTION ntsb_internal.lock_refresh(text) IS
'Internal: called by the pipelines. Waits, at most lock_timeout, until no other session is refreshing star, views, search, clusters or features, and keeps the lock for this transaction.';

CREATE FUNCTION ntsb_train_candidates(options jsonb DEFAULT '{}') RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    production ntsb.model;
    candidate bigint;
    comparison jsonb;
    trained integer := 0;
BEGIN
    FOR production IN SELECT m.* FROM ntsb.model m WHERE m.stage = 'Production' ORDER BY m.target, m.name LOOP
        -- The same test events, or the two could not be compared.
        candidate := @extschema@.ntsb_train_model(production.name, production.target, production.feature_set,
            jsonb_build_object('test_from', production.tested_from, 'test_to', production.tested_to)
                || coalesce(ntsb_train_candidates.options, '{}'));
        PERFORM @extschema@.ntsb_promote_model(candidate, 'Staging');
        BEGIN
            SELECT jsonb_agg(to_jsonb(c)) INTO comparison FROM @extschema@.ntsb_compare_models(candidate, production.model_id) c;
        EXCEPTION WHEN invalid_parameter_value THEN
            comparison := NULL;
        END;
        PERFORM @extschema@.ntsb_raise_alert('model_candidate', 'info',
            (SELECT format('model %s:%s', m.name, m.version) FROM ntsb.model m WHERE m.model_id = candidate),
            format('Model %s (%s) is in Staging beside %s:%s in Production: %s. To promote it: ntsb_promote_model(%s)', candidate,
                   production.target, production.name, production.version,
                   coalesce((SELECT format('accuracy %s and %s', round((c ->> 'a')::numeric, 3), round((c ->> 'b')::numeric, 3))
                             FROM jsonb_array_elements(comparison) c
                             WHERE c ->> 'part' = 'overall' AND c ->> 'metric' = 'accuracy'),
                            'tested on other events, so they cannot be compared'), candidate),
            jsonb_build_object('candidate', candidate, 'production', production.model_id, 'comparison', comparison));
        trained := trained + 1;
    END LOOP;
    RETURN trained;
END
$$;
COMMENT ON FUNCTION ntsb_train_candidates(jsonb) IS
'Trains a candidate for each model in Production: same name, target, feature set and test window, on the present data. Puts it in Staging, compares it with the one in Production (ntsb_compare_models, a: candidate) and raises an alert of kind model_candidate with the comparison. A person promotes it. options: as for ntsb_train_model. Returns the number of candidates. Errors: those of ntsb_train_model.';

CREATE FUNCTION ntsb_create_report(month date DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_day date := coalesce(date_trunc('month', ntsb_create_report.month), date_trunc('month', now()) - interval '1 month')::date;
    next_month date := first_day + interval '1 month';
    details jsonb;
    body text;
BEGIN
    SELECT jsonb_build_object(
        'month', first_day,
        'events', (SELECT jsonb_build_object('count', count(*), 'fatal', count(*) FILTER (WHERE a.severity = 'FATL'),
                                             'fatalities', coalesce(sum(a.fatalities), 0))
                   FROM ntsb.accidents a WHERE a.ev_date >= first_day AND a.ev_date < next_month),
        'year_before', (SELECT jsonb_build_object('count', count(*), 'fatal', count(*) FILTER (WHERE a.severity = 'FATL'),
                                                  'fatalities', coalesce(sum(a.fatalities), 0))
                        FROM ntsb.accidents a
                        WHERE a.ev_date >= first_day - interval '1 year' AND a.ev_date < next_month - interval '1 year'),
        'states', (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM (
                       SELECT a.ev_state AS state, count(*) AS count FROM ntsb.accidents a
                       WHERE a.ev_date >= first_day AND a.ev_date < next_month AND a.ev_state IS NOT NULL
                       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5) s),
        'loads', (SELECT jsonb_build_object('batches', count(DISTINCT b.batch_id), 'inserted', coalesce(sum(t.inserted), 0),
                                            'updated', coalesce(sum(t.updated), 0), 'withdrawn', coalesce(sum(t.withdrawn), 0),
                                            'rejected', coalesce(sum(t.rejected), 0))
                  FROM ntsb.batch b LEFT JOIN ntsb.batch_table t USING (batch_id)
                  WHERE b.started_at >= first_day AND b.started_at < next_month),
        'open_alerts', (SELECT coalesce(jsonb_object_agg(k.kind, k.count), '{}') FROM (
                            SELECT a.kind, count(*) AS count FROM ntsb.alert a WHERE a.acknowledged_at IS NULL GROUP BY 1) k),
        'failed_runs', (SELECT count(*) FROM ntsb.dag_run r
                        WHERE r.state = 'failed' AND r.finished_at >= first_day AND r.finished_at < next_month))
    INTO details;
    body := format(E'Report for %s\n\nEvents: %s, of them fatal: %s, fatalities: %s\nA year before: %s, fatal: %s, fatalities: %s\nMost events: %s\nLoads: %s (rows inserted %s, updated %s, withdrawn %s, rejected %s)\nOpen alerts: %s\nFailed pipeline runs: %s\n',
        to_char(first_day, 'FMMonth YYYY'),
        details #>> '{events,count}', details #>> '{events,fatal}', details #>> '{events,fatalities}',
        details #>> '{year_before,count}', details #>> '{year_before,fatal}', details #>> '{year_before,fatalities}',
        coalesce((SELECT string_agg(format('%s %s', s ->> 'state', s ->> 'count'), ', ' ORDER BY place)
                  FROM jsonb_array_elements(details -> 'states') WITH ORDINALITY e (s, place)), 'none'),
        details #>> '{loads,batches}', details #>> '{loads,inserted}', details #>> '{loads,updated}',
        details #>> '{loads,withdrawn}', details #>> '{loads,rejected}',
        coalesce((SELECT string_agg(format('%s %s', k.key, k.value), ', ' ORDER BY k.key)
                  FROM jsonb_each_text(details -> 'open_alerts') k), 'none'),
        details ->> 'failed_runs');
    INSERT INTO ntsb.monthly_report AS r (month, details, body) VALUES (first_day, details, body)
    ON CONFLICT ON CONSTRAINT monthly_report_pkey DO UPDATE SET created_at = clock_timestamp(), details = excluded.details, body = excluded.body;
    RETURN body;
END
$$;
COMMENT ON FUNCTION ntsb_create_report(date) IS
'Writes the report of a month to ntsb.monthly_report and returns its text: events, fatal events and fatalities beside those of the same month a year before, the states with most events, loads, open alerts and failed runs of pipelines. month: any day of it; null: last month. A second call replaces the report. Recent months are incomplete: see ntsb.year_completeness.';

CREATE FUNCTION ntsb_check_restore_drill(max_age interval DEFAULT '35 days') RETURNS interval
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_drill timestamptz;
BEGIN
    IF to_regclass('ntsb.restore_drill') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_schema_name',
            MESSAGE = 'cannot check the restore drills: the warehouse is missing or outdated',
            HINT = 'Create or upgrade it with CALL ntsb_create_warehouse().';
    END IF;
    SELECT max(d.drilled_at) INTO last_drill FROM ntsb.restore_drill d WHERE d.passed;
    IF last_drill IS NULL OR last_drill < clock_timestamp() - ntsb_check_restore_drill.max_age THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = CASE WHEN last_drill IS NULL THEN 'no restore drill has succeeded'
                           ELSE format('the last restore drill that succeeded was %s, more than %s ago', last_drill::date,
                                       ntsb_check_restore_drill.max_age) END,
            HINT = 'Restore a backup on another server and record the result.';
    END IF;
    RETURN clock_timestamp() - last_drill;
END
$$;
COMMENT ON FUNCTION ntsb_check_restore_drill(interval) IS
'Returns how long ago the last restore drill of ntsb.restore_drill succeeded. max_age: fails if that is longer ago, or if none did. Errors: 55000 no drill within max_age, 3F000 no warehouse.';
