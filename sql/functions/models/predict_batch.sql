-- Batch prediction. A row with invalid facts gets an error and does not fail the others.

CREATE FUNCTION ntsb_severity_label(code text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE code WHEN 'FATL' THEN 'Fatal' WHEN 'SERS' THEN 'Serious' WHEN 'MINR' THEN 'Minor'
                     WHEN 'NONE' THEN 'None' END
$$;
COMMENT ON FUNCTION ntsb_severity_label(text) IS
'The label of a severity code: Fatal, Serious, Minor or None for FATL, SERS, MINR or NONE, as in severity_label of ntsb.accidents. Null for any other code.';

-- One prediction in the form of the REST response. PL/pgSQL, because it caches the plans of its statements.
CREATE FUNCTION ntsb_internal.predict_row(input jsonb, target text) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF target = 'severity' THEN
        RETURN (SELECT to_jsonb(p) || jsonb_build_object('label', @extschema@.ntsb_severity_label(p.predicted_severity))
                FROM @extschema@.ntsb_predict_severity(input, NULL::text) p);
    END IF;
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM @extschema@.ntsb_predict_causes(input, 5, NULL::text) p);
END
$$;
COMMENT ON FUNCTION ntsb_internal.predict_row(jsonb, text) IS
'Internal: called by ntsb_predict_batch and ntsb-rest. Predicts severity or causes (target) for one accident given as facts; returns the prediction as JSON.';

CREATE FUNCTION ntsb_predict_batch(inputs jsonb, target text DEFAULT 'severity')
RETURNS TABLE (n integer, result jsonb, error jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    input jsonb;
    state text;
    message text;
    hint text;
BEGIN
    IF target NOT IN ('severity', 'causes') IS NOT FALSE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('target must be severity or causes, got %s', coalesce(quote_literal(target), 'null')),
            HINT = 'severity returns the prediction of ntsb_predict_severity, causes that of ntsb_predict_causes.';
    ELSIF coalesce(jsonb_typeof(inputs), 'null') <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs must be a JSON array, got %s', coalesce(jsonb_typeof(inputs), 'null')),
            HINT = 'Write, for example, ntsb_predict_batch(''[{"acft_make": "CESSNA"}]'').';
    ELSIF jsonb_array_length(inputs) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs must have at most 10,000 rows, got %s', jsonb_array_length(inputs)),
            HINT = 'Split the rows over several calls.';
    END IF;
    n := 0;
    FOR input IN SELECT i.value FROM jsonb_array_elements(inputs) i LOOP
        n := n + 1;
        result := NULL;
        error := NULL;
        BEGIN
            result := ntsb_internal.predict_row(input, target);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            -- Only data errors (class 22) belong to the row. Any other error fails the call.
            IF left(state, 2) <> '22' THEN
                RAISE;
            END IF;
            error := jsonb_build_object('code', state, 'message', message, 'hint', nullif(hint, ''));
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_predict_batch(jsonb, text) IS
'Batch prediction for a JSON array of at most 10,000 accidents, each an object as for ntsb_predict_severity. Returns a row for each: n counts from 1, and either result or error (code, message, hint) is set. target: severity (one prediction, with its label) or causes (the five most likely). Errors: 22023 no such target, not an array, too many rows; 42704 no model in Production.';
