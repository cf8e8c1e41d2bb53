-- The model registry: training, stages, comparison, export and import.

CREATE PROCEDURE ntsb_train(name text, target text, feature_set text DEFAULT 'scene', options jsonb DEFAULT '{}')
LANGUAGE plpgsql
AS $$
DECLARE
    -- A procedure that commits cannot set its own search_path, so every name is qualified.
    started constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    failure pg_catalog.text;
    state pg_catalog.text;
    failure_hint pg_catalog.text;
BEGIN
    BEGIN
        PERFORM @extschema@.ntsb_train_model(ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options);
        RETURN;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS failure = MESSAGE_TEXT, state = RETURNED_SQLSTATE, failure_hint = PG_EXCEPTION_HINT;
    END;
    INSERT INTO ntsb.model_run (name, target, feature_set, options, state, sqlstate, message, started_at)
    VALUES (ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options, 'failed', state, failure, started);
    COMMIT;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = failure, HINT = coalesce(failure_hint, '');
END
$$;
COMMENT ON PROCEDURE ntsb_train(text, text, text, jsonb) IS
'ntsb_train_model for scheduled jobs: records a failed training in ntsb.model_run before it raises the error. For that it commits, so it cannot run within a transaction block. Arguments and errors: those of ntsb_train_model, and 2D000 a failure within a transaction block.';

CREATE FUNCTION ntsb_promote_model(model_id bigint, stage text DEFAULT 'Production') RETURNS text
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    model ntsb.model;
    archived bigint;
BEGIN
    IF ntsb_promote_model.stage NOT IN ('Staging', 'Production', 'Archived') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('stage must be Staging, Production or Archived, got %L', ntsb_promote_model.stage),
            HINT = 'Stages follow each other: None, Staging, Production. A model may be archived from any stage.';
    END IF;
    -- Serializes promotions: two concurrent ones would not see each other's model in Production.
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    SELECT m.* INTO model FROM ntsb.model m WHERE m.model_id = ntsb_promote_model.model_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('model %s does not exist', ntsb_promote_model.model_id),
            HINT = 'ntsb_model_info() lists the models.';
    END IF;
    IF model.stage = 'Staging' AND ntsb_promote_model.stage = 'Production' THEN
        UPDATE ntsb.model m SET stage = 'Archived'
        WHERE m.name = model.name AND m.target = model.target AND m.stage = 'Production'
        RETURNING m.model_id INTO archived;
    END IF;
    UPDATE ntsb.model m SET stage = ntsb_promote_model.stage WHERE m.model_id = ntsb_promote_model.model_id;
    RETURN format('%s is in %s', ntsb_promote_model.model_id, ntsb_promote_model.stage)
        || CASE WHEN archived IS NULL THEN '' ELSE format(', %s is archived', archived) END;
END
$$;
COMMENT ON FUNCTION ntsb_promote_model(bigint, text) IS
'Moves a model to its next stage: None to Staging, Staging to Production, any stage to Archived. Only one model per name and target is in Production; the previous one is archived in the same transaction. Returns a message with what was done. Errors: 55000 not the next stage, 22023 no such stage, P0002 no such model.';

CREATE FUNCTION ntsb_model_info(model_id bigint DEFAULT NULL)
RETURNS TABLE (
    model_id bigint, name text, version integer, target text, feature_set text, algorithm text, stage text,
    rounds integer, accuracy double precision, majority double precision, logistic double precision,
    macro_f1 double precision, weighted_f1 double precision, auc double precision, log_loss double precision,
    brier double precision, ece double precision, accuracy_of_surest_85 double precision,
    domestic_accuracy double precision, domestic_majority double precision,
    trained_from date, validated_from date, tested_from date, tested_to date,
    rows_trained bigint, rows_tested bigint, created_at timestamptz, created_by text
)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.model_id, m.name, m.version, m.target, m.feature_set, m.algorithm, m.stage, m.rounds,
           (m.metrics #>> '{overall,accuracy}')::double precision,
           (m.metrics #>> '{overall,majority_accuracy}')::double precision,
           (m.metrics #>> '{baseline,logistic,accuracy}')::double precision,
           (m.metrics #>> '{overall,macro_f1}')::double precision,
           (m.metrics #>> '{overall,weighted_f1}')::double precision,
           (m.metrics #>> '{overall,auc}')::double precision,
           (m.metrics #>> '{overall,log_loss}')::double precision,
           (m.metrics #>> '{overall,brier}')::double precision,
           (m.metrics #>> '{overall,ece}')::double precision,
           (m.metrics #>> '{overall,surest,accuracy}')::double precision,
           (m.metrics #>> '{domestic,accuracy}')::double precision,
           (m.metrics #>> '{domestic,majority_accuracy}')::double precision,
           m.trained_from, m.validated_from, m.tested_from, m.tested_to, m.rows_trained, m.rows_tested,
           m.created_at, m.created_by
    FROM ntsb.model m
    WHERE ntsb_model_info.model_id IS NULL OR m.model_id = ntsb_model_info.model_id
    ORDER BY m.name, m.target, m.version
$$;
COMMENT ON FUNCTION ntsb_model_info(bigint) IS
'Models and their metrics on the test set: accuracy, accuracy of always predicting the most frequent class (majority) and of a logistic regression on the same columns (logistic), F1, AUC, log loss, Brier score, expected calibration error (ece), accuracy over the 85 % most confident predictions, and accuracy within the United States. model_id: one model; null: all. ntsb.model.metrics holds more: confusion matrix, coverage, metrics by year.';

CREATE FUNCTION ntsb_compare_models(model_a bigint, model_b bigint)
RETURNS TABLE (part text, metric text, a double precision, b double precision, better text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_model ntsb.model;
    second_model ntsb.model;
BEGIN
    SELECT m.* INTO first_model FROM ntsb.model m WHERE m.model_id = model_a;
    SELECT m.* INTO second_model FROM ntsb.model m WHERE m.model_id = model_b;
    IF first_model.model_id IS NULL OR second_model.model_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('model %s does not exist', CASE WHEN first_model.model_id IS NULL THEN model_a ELSE model_b END),
            HINT = 'ntsb_model_info() lists the models.';
    ELSIF (first_model.target, first_model.tested_from, first_model.tested_to)
        IS DISTINCT FROM (second_model.target, second_model.tested_from, second_model.tested_to) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('cannot compare model %s (%s, tested %s to %s) with model %s (%s, tested %s to %s)',
                model_a, first_model.target, first_model.tested_from, first_model.tested_to,
                model_b, second_model.target, second_model.tested_from, second_model.tested_to),
            HINT = 'Train both models with the same target, test_from and test_to.';
    END IF;
    RETURN QUERY
    SELECT p.part, k.metric, v.a, v.b,
           CASE WHEN v.a = v.b THEN 'equal' WHEN (v.a > v.b) = k.higher_is_better THEN 'a' ELSE 'b' END
    FROM unnest('{overall,domestic,foreign}'::text[]) WITH ORDINALITY p (part, place)
    CROSS JOIN (VALUES (1, 'accuracy', true), (2, 'macro_f1', true), (3, 'weighted_f1', true), (4, 'auc', true),
                       (5, 'log_loss', false), (6, 'brier', false), (7, 'ece', false)) k (place, metric, higher_is_better)
    CROSS JOIN LATERAL (SELECT (first_model.metrics -> p.part ->> k.metric)::double precision AS a,
                               (second_model.metrics -> p.part ->> k.metric)::double precision AS b) v
    WHERE v.a IS NOT NULL AND v.b IS NOT NULL
    ORDER BY p.place, k.place;
END
$$;
COMMENT ON FUNCTION ntsb_compare_models(bigint, bigint) IS
'Two models with the same target and test window, metric by metric: overall, domestic and foreign. better: a, b or equal. Errors: P0002 no such model, 22023 different target or window.';

CREATE FUNCTION ntsb_export_model(model_id bigint, format text DEFAULT 'ubj') RETURNS bytea
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trees bytea;
BEGIN
    SELECT m.artifact INTO trees FROM ntsb.model m WHERE m.model_id = ntsb_export_model.model_id;
    IF trees IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('model %s does not exist', ntsb_export_model.model_id),
            HINT = 'ntsb_model_info() lists the models.';
    END IF;
    RETURN CASE ntsb_export_model.format WHEN 'ubj' THEN trees
                ELSE ntsb_internal.convert_artifact(trees, ntsb_export_model.format) END;
END
$$;
COMMENT ON FUNCTION ntsb_export_model(bigint, text) IS
'The trees of a model as an XGBoost model file, ubj or json. Python''s xgboost loads it and returns the same uncalibrated predictions for rows with the columns of ntsb.model.columns. Errors: P0002 no such model, 22023 no such format.';

CREATE FUNCTION ntsb_describe_model(model_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(m) - '{model_id,version,stage,artifact,artifact_digest,created_at,created_by,stage_changed_at,stage_changed_by}'::text[]
    FROM ntsb.model m WHERE m.model_id = ntsb_describe_model.model_id
$$;
COMMENT ON FUNCTION ntsb_describe_model(bigint) IS
'Everything about a model except its trees: features, classes, encoder, calibration, windows, metrics. ntsb_import_model takes it together with the artifact of ntsb_export_model. Null if there is no such model.';

CREATE FUNCTION ntsb_import_model(artifact bytea, description jsonb) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trees constant bytea := ntsb_internal.convert_artifact(artifact, 'ubj');
    info constant jsonb := ntsb_internal.describe_artifact(trees);
    described ntsb.model;
    new_id bigint;
BEGIN
    described := jsonb_populate_record(null::ntsb.model, description);
    IF (info ->> 'columns')::integer IS DISTINCT FROM cardinality(described.columns)
        OR (info ->> 'classes')::integer IS DISTINCT FROM cardinality(described.classes) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('artifact has %s columns and %s classes, but description has %s and %s', info ->> 'columns',
                info ->> 'classes', coalesce(cardinality(described.columns), 0), coalesce(cardinality(described.classes), 0)),
            HINT = 'Import the artifact with the description that ntsb_describe_model returned for the same model.';
    END IF;
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, parameters, metrics, features, columns,
        classes, encoding, calibration, decide_at, rounds, trained_from, validated_from, tested_from, tested_to,
        rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
    SELECT described.name, coalesce(max(m.version), 0) + 1, described.target, described.feature_set, described.algorithm, described.parameters,
           described.metrics, described.features, described.columns, described.classes, described.encoding, described.calibration, described.decide_at,
           described.rounds, described.trained_from, described.validated_from, described.tested_from, described.tested_to, described.rows_trained,
           described.rows_validated, described.rows_tested, described.data_digest, trees, sha256(trees)
    FROM ntsb.model m WHERE m.name = described.name AND m.target = described.target
    RETURNING ntsb.model.model_id INTO new_id;
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION ntsb_import_model(bytea, jsonb) IS
'Imports a model from another warehouse in stage None. artifact: as returned by ntsb_export_model, ubj or json; description: as returned by ntsb_describe_model. The metrics are those of the description and are not measured again. Returns its model_id. Errors: 22023 not a model, or the description of another model, 23502 incomplete description.';
