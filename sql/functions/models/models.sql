-- The registry of models: moved through their stages, shown, compared, carried elsewhere.

CREATE PROCEDURE ntsb_train(name text, target text, feature_set text DEFAULT 'scene', options jsonb DEFAULT '{}')
LANGUAGE plpgsql
AS $$
DECLARE
    -- Its search_path is the caller's, since it commits: so every name is qualified.
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    failure pg_catalog.text;
    state pg_catalog.text;
    advice pg_catalog.text;
BEGIN
    BEGIN
        PERFORM @extschema@.ntsb_train_model(ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options);
        RETURN;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS failure = MESSAGE_TEXT, state = RETURNED_SQLSTATE, advice = PG_EXCEPTION_HINT;
    END;
    INSERT INTO ntsb.model_run (name, target, feature_set, options, state, sqlstate, message, started_at)
    VALUES (ntsb_train.name, ntsb_train.target, ntsb_train.feature_set, ntsb_train.options, 'failed', state, failure, began);
    COMMIT;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = failure, HINT = coalesce(advice, '');
END
$$;
COMMENT ON PROCEDURE ntsb_train(text, text, text, jsonb) IS
'ntsb_train_model for schedules: a training that fails is recorded in ntsb.model_run before the error is raised, which takes a statement of its own. Arguments and errors are those of ntsb_train_model; 2D000 a failure within a transaction block.';

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
            MESSAGE = format('there is no stage %L to go to', ntsb_promote_model.stage),
            HINT = 'Stages follow each other: None, Staging, Production, Archived; any may be archived.';
    END IF;
    -- Two promotions at a time would each see the other's model out of Production.
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    SELECT m.* INTO model FROM ntsb.model m WHERE m.model_id = ntsb_promote_model.model_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no model %s', ntsb_promote_model.model_id),
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
'Moves a model to its next stage: None to Staging, Staging to Production, any to Archived. Of one name and target one model is in Production; the one before is archived in the same transaction. Returns what was done. Errors: 55000 not the next stage, 22023 no such stage, P0002 no such model.';

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
'Models and how good each is on its test part, which it has not seen: accuracy beside that of naming the commonest class (majority) and of a logistic regression on the same columns (logistic), F1, AUC, log loss, Brier score, calibration error (ece), accuracy where only the surest 85 of 100 are answered, and accuracy within the United States. model_id: one model; all without it. ntsb.model.metrics holds more: confusion, coverage, years.';

CREATE FUNCTION ntsb_compare_models(model_a bigint, model_b bigint)
RETURNS TABLE (part text, metric text, a double precision, b double precision, better text)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one ntsb.model;
    other ntsb.model;
BEGIN
    SELECT m.* INTO one FROM ntsb.model m WHERE m.model_id = model_a;
    SELECT m.* INTO other FROM ntsb.model m WHERE m.model_id = model_b;
    IF one.model_id IS NULL OR other.model_id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found',
            MESSAGE = format('there is no model %s', CASE WHEN one.model_id IS NULL THEN model_a ELSE model_b END),
            HINT = 'ntsb_model_info() lists the models.';
    ELSIF (one.target, one.tested_from, one.tested_to) IS DISTINCT FROM (other.target, other.tested_from, other.tested_to)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('model %s tells %s of %s to %s, model %s %s of %s to %s: they cannot be compared',
                model_a, one.target, one.tested_from, one.tested_to, model_b, other.target, other.tested_from, other.tested_to),
            HINT = 'Train both for one target, with the same test_from and test_to.';
    END IF;
    RETURN QUERY
    SELECT p.part, k.metric, v.a, v.b,
           CASE WHEN v.a = v.b THEN 'equal' WHEN (v.a > v.b) = k.more_is_better THEN 'a' ELSE 'b' END
    FROM unnest('{overall,domestic,foreign}'::text[]) WITH ORDINALITY p (part, place)
    CROSS JOIN (VALUES (1, 'accuracy', true), (2, 'macro_f1', true), (3, 'weighted_f1', true), (4, 'auc', true),
                       (5, 'log_loss', false), (6, 'brier', false), (7, 'ece', false)) k (place, metric, more_is_better)
    CROSS JOIN LATERAL (SELECT (one.metrics -> p.part ->> k.metric)::double precision AS a,
                               (other.metrics -> p.part ->> k.metric)::double precision AS b) v
    WHERE v.a IS NOT NULL AND v.b IS NOT NULL
    ORDER BY p.place, k.place;
END
$$;
COMMENT ON FUNCTION ntsb_compare_models(bigint, bigint) IS
'Two models of one target on one test window, metric by metric: overall, domestic and foreign; better: a, b or equal. Errors: P0002 no such model, 22023 another target or window.';

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
            MESSAGE = format('there is no model %s', ntsb_export_model.model_id),
            HINT = 'ntsb_model_info() lists the models.';
    END IF;
    RETURN CASE ntsb_export_model.format WHEN 'ubj' THEN trees
                ELSE ntsb_internal.convert_artifact(trees, ntsb_export_model.format) END;
END
$$;
COMMENT ON FUNCTION ntsb_export_model(bigint, text) IS
'The trees of a model as XGBoost''s own file, ubj or json: Python''s xgboost loads it and predicts the same, before calibration, of rows whose values are those of ntsb.model.columns. Errors: P0002 no such model, 22023 no such format.';

CREATE FUNCTION ntsb_describe_model(model_id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(m) - '{model_id,version,stage,artifact,artifact_digest,created_at,created_by,stage_changed_at,stage_changed_by}'::text[]
    FROM ntsb.model m WHERE m.model_id = ntsb_describe_model.model_id
$$;
COMMENT ON FUNCTION ntsb_describe_model(bigint) IS
'All that a model is beside its trees: features, classes, what its encoder and calibration learned, windows, metrics. With ntsb_export_model it is what ntsb_import_model takes. Null for no such model.';

CREATE FUNCTION ntsb_import_model(artifact bytea, description jsonb) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    trees constant bytea := ntsb_internal.convert_artifact(artifact, 'ubj');
    info constant jsonb := ntsb_internal.artifact_info(trees);
    told ntsb.model;
    made bigint;
BEGIN
    told := jsonb_populate_record(null::ntsb.model, description);
    IF (info ->> 'columns')::integer IS DISTINCT FROM cardinality(told.columns)
        OR (info ->> 'classes')::integer IS DISTINCT FROM cardinality(told.classes) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('the artifact has %s columns and %s classes, its description %s and %s', info ->> 'columns',
                info ->> 'classes', coalesce(cardinality(told.columns), 0), coalesce(cardinality(told.classes), 0)),
            HINT = 'Import an artifact together with what ntsb_describe_model gave of it.';
    END IF;
    LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, parameters, metrics, features, columns,
        classes, encoding, calibration, decide_at, rounds, trained_from, validated_from, tested_from, tested_to,
        rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
    SELECT told.name, coalesce(max(m.version), 0) + 1, told.target, told.feature_set, told.algorithm, told.parameters,
           told.metrics, told.features, told.columns, told.classes, told.encoding, told.calibration, told.decide_at,
           told.rounds, told.trained_from, told.validated_from, told.tested_from, told.tested_to, told.rows_trained,
           told.rows_validated, told.rows_tested, told.data_digest, trees, sha256(trees)
    FROM ntsb.model m WHERE m.name = told.name AND m.target = told.target
    RETURNING ntsb.model.model_id INTO made;
    RETURN made;
END
$$;
COMMENT ON FUNCTION ntsb_import_model(bytea, jsonb) IS
'Takes up a model of another warehouse, in stage None: artifact as ntsb_export_model gave it, ubj or json; description as ntsb_describe_model did. Metrics are those that it brings: they were measured elsewhere. Returns its model_id. Errors: 22023 no model or another''s description, 23502 an incomplete one.';
