-- Stored predictions, and alerts.

CREATE FUNCTION ntsb_raise_alert(kind text, severity text, subject text, message text, details jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_alert ntsb.alert;
BEGIN
    IF ntsb_raise_alert.severity IS NULL OR ntsb_raise_alert.severity NOT IN ('info', 'warning', 'critical') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('severity must be info, warning or critical, got %s', coalesce(quote_literal(ntsb_raise_alert.severity), 'null')),
            HINT = 'Use warning for what needs review, critical for what needs action now.';
    END IF;
    INSERT INTO ntsb.alert (kind, severity, subject, message, details)
    VALUES (ntsb_raise_alert.kind, ntsb_raise_alert.severity, ntsb_raise_alert.subject, ntsb_raise_alert.message,
            coalesce(ntsb_raise_alert.details, '{}'))
    RETURNING * INTO new_alert;
    -- A NOTIFY payload must be shorter than 8,000 bytes. The row holds the full text.
    -- A load onto shards is a prepared transaction, which cannot notify; the row is delivered all the same.
    IF current_setting('ntsb.prepared_load', true) IS NOT DISTINCT FROM 'on' THEN
        RETURN new_alert.alert_id;
    END IF;
    PERFORM pg_notify('ntsb_alert', json_build_object('alert_id', new_alert.alert_id, 'kind', new_alert.kind,
        'severity', new_alert.severity, 'subject', left(new_alert.subject, 200), 'message', left(new_alert.message, 500))::text);
    RETURN new_alert.alert_id;
END
$$;
COMMENT ON FUNCTION ntsb_raise_alert(text, text, text, text, jsonb) IS
'Adds an alert to ntsb.alert and sends its number, kind, severity, subject and message as JSON on channel ntsb_alert. severity: info, warning or critical. Returns its number. Errors: 22023 severity.';

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
        HINT = 'SELECT * FROM ntsb.alert WHERE acknowledged_at IS NULL lists the open alerts.';
END
$$;
COMMENT ON FUNCTION ntsb_acknowledge_alert(bigint) IS
'Acknowledges an alert: records who did it and when. Returns false if it was already acknowledged. Errors: P0002 no such alert.';

-- Commits after each unit of events, so that it can be cancelled and continued later. A procedure that commits
-- cannot set its own search_path, so the body sets it in each transaction.
CREATE PROCEDURE ntsb_predict_pending(since date DEFAULT NULL, model text DEFAULT NULL, unit integer DEFAULT 1000)
LANGUAGE plpgsql
AS $$
DECLARE
    model_number pg_catalog.int8;
    events pg_catalog.text[];
    last_ev_id pg_catalog.text COLLATE pg_catalog."C" := '';
    total pg_catalog.int8 := 0;
BEGIN
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE NOTICE 'skipped: predictions of a standby are made by its primary';
        RETURN;
    ELSIF (unit OPERATOR(pg_catalog.>=) 1) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = pg_catalog.format('unit must be at least 1, got %s', coalesce(unit::pg_catalog.text, 'null')),
            HINT = 'unit is the number of events per transaction, such as 1000.';
    END IF;
    LOOP
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF NOT pg_try_advisory_xact_lock(x'6e747362'::int, ntsb_internal.lock_number('predictions')) THEN
            RAISE NOTICE 'skipped: another session is predicting';
            RETURN;
        END IF;
        -- Looked up in each transaction: after a promotion the new model starts again with the first event.
        IF model_number IS DISTINCT FROM ntsb_internal.find_model('severity', model) THEN
            model_number := ntsb_internal.find_model('severity', model);
            last_ev_id := '';
        END IF;
        SELECT array_agg(f.ev_id ORDER BY f.ev_id COLLATE "C") INTO events FROM (
            SELECT f.ev_id FROM ntsb.fact_accidents f
            WHERE f.ev_id COLLATE "C" > last_ev_id AND (since IS NULL OR f.ev_date >= since)
              AND NOT EXISTS (SELECT FROM ntsb.predictions p WHERE p.model_id = model_number AND p.ev_id = f.ev_id)
            ORDER BY f.ev_id COLLATE "C" LIMIT unit) f;
        EXIT WHEN events IS NULL;
        INSERT INTO ntsb.predictions (ev_id, model_id, severity, confidence, probabilities, decided)
        SELECT f.ev_id, model_number, p.predicted_severity, p.confidence, p.probabilities, p.decided
        FROM ntsb.accident_features f
        CROSS JOIN LATERAL @extschema@.ntsb_predict_severity(to_jsonb(f), model) p
        WHERE f.ev_id = ANY (events)
        ON CONFLICT DO NOTHING;
        total := total + cardinality(events);
        last_ev_id := events[cardinality(events)];
        PERFORM pg_notify('ntsb_prediction', json_build_object('model_id', model_number, 'rows', cardinality(events))::text);
        COMMIT;
    END LOOP;
    RAISE NOTICE 'predicted % events', total;
END
$$;
COMMENT ON PROCEDURE ntsb_predict_pending(date, text, integer) IS
'Predicts the severity of each event that the model in Production (or the one named) has not predicted yet, and stores the predictions in ntsb.predictions. since: only events from this day on. unit: events per transaction, at least 1; it commits after each unit, so it can be cancelled and continued later, and notifies channel ntsb_prediction. Does nothing, with a NOTICE, on a standby or if another session is predicting. Errors: 42704 no model in Production, 22023 unit, 2D000 within a transaction block.';
