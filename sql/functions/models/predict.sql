-- Predictions written down, and alerts.

CREATE FUNCTION ntsb_raise_alert(kind text, severity text, subject text, message text, details jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    raised ntsb.alert;
BEGIN
    IF ntsb_raise_alert.severity IS NULL OR ntsb_raise_alert.severity NOT IN ('info', 'warning', 'critical') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('an alert cannot be of severity %s', coalesce(quote_literal(ntsb_raise_alert.severity), 'null')),
            HINT = 'Severities are info, warning and critical.';
    END IF;
    INSERT INTO ntsb.alert (kind, severity, subject, message, details)
    VALUES (ntsb_raise_alert.kind, ntsb_raise_alert.severity, ntsb_raise_alert.subject, ntsb_raise_alert.message,
            coalesce(ntsb_raise_alert.details, '{}'))
    RETURNING * INTO raised;
    -- A notification holds less than 8,000 bytes; the row has all.
    PERFORM pg_notify('ntsb_alert', json_build_object('alert_id', raised.alert_id, 'kind', raised.kind,
        'severity', raised.severity, 'subject', left(raised.subject, 200), 'message', left(raised.message, 500))::text);
    RETURN raised.alert_id;
END
$$;
COMMENT ON FUNCTION ntsb_raise_alert(text, text, text, text, jsonb) IS
'Adds an alert to ntsb.alert and notifies channel ntsb_alert with its number, kind, severity, subject and message as JSON. severity: info, warning or critical. Returns its number. Errors: 22023 severity.';

CREATE FUNCTION ntsb_acknowledge_alert(alert_id bigint) RETURNS boolean
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE ntsb.alert a SET acknowledged_at = clock_timestamp(), acknowledged_by = session_user
    WHERE a.alert_id = ntsb_acknowledge_alert.alert_id AND a.acknowledged_at IS NULL;
    IF FOUND THEN
        RETURN true;
    ELSIF EXISTS (SELECT FROM ntsb.alert a WHERE a.alert_id = ntsb_acknowledge_alert.alert_id) THEN
        RETURN false;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'no_data_found',
        MESSAGE = format('alert %s does not exist', ntsb_acknowledge_alert.alert_id),
        HINT = 'SELECT * FROM ntsb.alert WHERE acknowledged_at IS NULL lists those that are open.';
END
$$;
COMMENT ON FUNCTION ntsb_acknowledge_alert(bigint) IS
'Notes who took note of an alert, and when; false if somebody had already. Errors: P0002 no such alert.';

-- A unit of events is a transaction, so that it may be broken off and called again. A procedure that
-- commits cannot have a search_path of its own: each unit sets it.
CREATE PROCEDURE ntsb_predict_pending(since date DEFAULT NULL, model text DEFAULT NULL, unit integer DEFAULT 1000)
LANGUAGE plpgsql
AS $$
DECLARE
    chosen pg_catalog.int8;
    events pg_catalog.text[];
    before pg_catalog.text COLLATE pg_catalog."C" := '';
    total pg_catalog.int8 := 0;
BEGIN
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE NOTICE 'nothing is predicted on a standby: its primary does it';
        RETURN;
    ELSIF (unit OPERATOR(pg_catalog.>=) 1) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = pg_catalog.format('a unit of %s events is none', unit),
            HINT = 'A unit is the number of events of a transaction, such as 1000.';
    END IF;
    LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF NOT pg_try_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('predictions')) THEN
            RAISE NOTICE 'another session predicts already';
            RETURN;
        END IF;
        -- Found anew for each unit: a promotion meanwhile leaves no event with two answers of one round.
        IF chosen IS DISTINCT FROM ntsb_internal.model_asked('severity', model) THEN
            chosen := ntsb_internal.model_asked('severity', model);
            before := '';
        END IF;
        SELECT array_agg(f.ev_id ORDER BY f.ev_id COLLATE "C") INTO events FROM (
            SELECT f.ev_id FROM ntsb.fact_accidents f
            WHERE f.ev_id COLLATE "C" > before AND (since IS NULL OR f.ev_date >= since)
              AND NOT EXISTS (SELECT FROM ntsb.predictions p WHERE p.model_id = chosen AND p.ev_id = f.ev_id)
            ORDER BY f.ev_id COLLATE "C" LIMIT unit) f;
        EXIT WHEN events IS NULL;
        INSERT INTO ntsb.predictions (ev_id, model_id, severity, confidence, probabilities, decided)
        SELECT f.ev_id, chosen, p.predicted_severity, p.confidence, p.probabilities, p.decided
        FROM ntsb.accident_features f
        CROSS JOIN LATERAL @extschema@.ntsb_predict_severity(to_jsonb(f), model) p
        WHERE f.ev_id = ANY (events)
        ON CONFLICT DO NOTHING;
        total := total + cardinality(events);
        before := events[cardinality(events)];
        PERFORM pg_notify('ntsb_prediction', json_build_object('model_id', chosen, 'rows', cardinality(events))::text);
        COMMIT;
    END LOOP;
    RAISE NOTICE 'predicted % events', total;
END
$$;
COMMENT ON PROCEDURE ntsb_predict_pending(date, text, integer) IS
'Asks the model in Production (or the one named) about each event that it has not been asked about, and writes the answers to ntsb.predictions; notifies channel ntsb_prediction of each unit. since: only events from this day on. Commits after each unit of events, so that it may be broken off and called again; does nothing on a standby or where another session is at it. Errors: 42704 no model in Production, 22023 unit, 2D000 within a transaction block.';
