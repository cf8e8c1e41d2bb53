-- Many predictions in one call. A row that cannot be predicted does not spoil the others.

CREATE FUNCTION ntsb_severity_label(code text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE code WHEN 'FATL' THEN 'Fatal' WHEN 'SERS' THEN 'Serious' WHEN 'MINR' THEN 'Minor'
                     WHEN 'NONE' THEN 'None' END
$$;
COMMENT ON FUNCTION ntsb_severity_label(text) IS
'A severity in a word: Fatal, Serious, Minor or None for FATL, SERS, MINR or NONE, as severity_label of ntsb.accidents has it; null for any other code.';

-- One prediction, as the service answers it. PL/pgSQL keeps the plans of its statements, SQL would not.
CREATE FUNCTION ntsb_internal.prediction(input jsonb, question text) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF question = 'severity' THEN
        RETURN (SELECT to_jsonb(p) || jsonb_build_object('label', @extschema@.ntsb_severity_label(p.predicted_severity))
                FROM @extschema@.ntsb_predict_severity(input, NULL::text) p);
    END IF;
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM @extschema@.ntsb_predict_causes(input, 5, NULL::text) p);
END
$$;
COMMENT ON FUNCTION ntsb_internal.prediction(jsonb, text) IS
'A part of ntsb_predict_batch: the answer to one question (severity or causes) of one accident that is described.';

CREATE FUNCTION ntsb_predict_batch(inputs jsonb, question text DEFAULT 'severity')
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
    IF question NOT IN ('severity', 'causes') IS NOT FALSE THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('there is no question %s', coalesce(quote_literal(question), 'null')),
            HINT = 'Questions are severity and causes.';
    ELSIF coalesce(jsonb_typeof(inputs), 'null') <> 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs are no array but %s', coalesce(jsonb_typeof(inputs), 'null')),
            HINT = 'ntsb_predict_batch(''[{"acft_make": "CESSNA"}]'')';
    ELSIF jsonb_array_length(inputs) > 10000 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('inputs are %s rows', jsonb_array_length(inputs)),
            HINT = 'Ask for at most 10,000 rows at once.';
    END IF;
    n := 0;
    FOR input IN SELECT i.value FROM jsonb_array_elements(inputs) i LOOP
        n := n + 1;
        result := NULL;
        error := NULL;
        BEGIN
            result := ntsb_internal.prediction(input, question);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            -- What is wrong with the row is part of the answer, anything else ends it.
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
'Predictions for an array of at most 10,000 accidents, each an object as for ntsb_predict_severity: n from 1, and either a result or an error (code, message, hint) of that row alone. question: severity (one prediction, with its label) or causes (the five likeliest). Errors: 22023 no such question, no array, too many rows; 42704 no model in Production.';
