-- The model registry. Models are immutable except for their stage.

CREATE TABLE ntsb.model (
    model_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name             text NOT NULL CHECK (name <> ''),
    version          integer NOT NULL CHECK (version > 0),
    target           text NOT NULL CHECK (target IN ('severity', 'fatal', 'cause_category', 'cause_event')),
    feature_set      text NOT NULL CHECK (feature_set IN ('pre_event', 'scene')),
    algorithm        text NOT NULL CHECK (algorithm IN ('xgboost', 'random_forest')),
    stage            text NOT NULL DEFAULT 'None' CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
    parameters       jsonb NOT NULL,
    metrics          jsonb NOT NULL,
    features         text[] NOT NULL,
    columns          text[] NOT NULL,
    classes          text[] NOT NULL,
    encoding         jsonb NOT NULL,
    calibration      jsonb NOT NULL,
    decide_at        double precision NOT NULL,
    rounds           integer NOT NULL,
    trained_from     date NOT NULL,
    validated_from   date NOT NULL,
    tested_from      date NOT NULL,
    tested_to        date NOT NULL,
    rows_trained     bigint NOT NULL,
    rows_validated   bigint NOT NULL,
    rows_tested      bigint NOT NULL,
    data_digest      bytea NOT NULL,
    artifact         bytea NOT NULL,
    artifact_digest  bytea NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    created_by       text NOT NULL DEFAULT session_user,
    stage_changed_at timestamptz NOT NULL DEFAULT now(),
    stage_changed_by text NOT NULL DEFAULT session_user,
    UNIQUE (name, target, version),
    CONSTRAINT model_artifact_digest CHECK (sha256(artifact) = artifact_digest),
    CONSTRAINT model_windows CHECK
        (trained_from < validated_from AND validated_from < tested_from AND tested_from <= tested_to)
);
CREATE UNIQUE INDEX model_in_production_idx ON ntsb.model (name, target) WHERE stage = 'Production';
-- Each connection reads the whole artifact: uncompressed it loads twice as fast.
ALTER TABLE ntsb.model ALTER COLUMN artifact SET STORAGE EXTERNAL;
COMMENT ON TABLE ntsb.model IS
    'Trained models, immutable except for their stage. ntsb_train_model and ntsb_import_model add one, ntsb_promote_model changes its stage';
COMMENT ON COLUMN ntsb.model.model_id IS 'Number of the model';
COMMENT ON COLUMN ntsb.model.name IS 'Name given at training; models with the same name and target are versions';
COMMENT ON COLUMN ntsb.model.version IS 'Version among the models with the same name and target, from 1';
COMMENT ON COLUMN ntsb.model.target IS
    'What the model predicts. severity: highest injury; fatal: fatal or not; cause_category: category of the first finding; cause_event: defining event in the codes used since 2008';
COMMENT ON COLUMN ntsb.model.feature_set IS 'pre_event: features known before the event; scene: also features known at the scene';
COMMENT ON COLUMN ntsb.model.algorithm IS 'xgboost: gradient-boosted trees; random_forest: XGBoost''s parallel trees';
COMMENT ON COLUMN ntsb.model.stage IS 'None, Staging, Production (one model per name and target) or Archived';
COMMENT ON COLUMN ntsb.model.parameters IS 'Training options, including defaults';
COMMENT ON COLUMN ntsb.model.metrics IS
    'Metrics on the test set: overall, domestic, foreign, by year, and of the baselines';
COMMENT ON COLUMN ntsb.model.features IS 'Features of ntsb.feature that the model uses';
COMMENT ON COLUMN ntsb.model.columns IS 'Columns of the encoded features, in the order of the trees; a code feature has one column per class';
COMMENT ON COLUMN ntsb.model.classes IS 'Classes that the model predicts; of two classes, the trees give the probability of the second';
COMMENT ON COLUMN ntsb.model.encoding IS 'Parameters of the encoder, fitted on the training set';
COMMENT ON COLUMN ntsb.model.calibration IS 'Parameters of the calibration, fitted on the validation set';
COMMENT ON COLUMN ntsb.model.decide_at IS
    'Minimum confidence for an answer, chosen so that 90 % of the answers on the validation set are correct (option decide_accuracy); above 1: never answers';
COMMENT ON COLUMN ntsb.model.rounds IS 'Boosting rounds kept';
COMMENT ON COLUMN ntsb.model.trained_from IS 'First day of the training set';
COMMENT ON COLUMN ntsb.model.validated_from IS 'First day of the validation set, which follows the training set';
COMMENT ON COLUMN ntsb.model.tested_from IS 'First day of the test set, which follows the validation set';
COMMENT ON COLUMN ntsb.model.tested_to IS 'Last day of the test set';
COMMENT ON COLUMN ntsb.model.rows_trained IS 'Events in the training set';
COMMENT ON COLUMN ntsb.model.rows_validated IS 'Events in the validation set';
COMMENT ON COLUMN ntsb.model.rows_tested IS 'Events in the test set';
COMMENT ON COLUMN ntsb.model.data_digest IS 'SHA-256 over the events, facts and labels of all sets: equal if the same data was read';
COMMENT ON COLUMN ntsb.model.artifact IS 'Trees in XGBoost''s UBJSON format; ntsb_export_model returns them, also as JSON';
COMMENT ON COLUMN ntsb.model.artifact_digest IS 'SHA-256 of artifact';
COMMENT ON COLUMN ntsb.model.created_at IS 'When the model was trained or imported';
COMMENT ON COLUMN ntsb.model.created_by IS 'Role that trained or imported it';
COMMENT ON COLUMN ntsb.model.stage_changed_at IS 'When the stage last changed';
COMMENT ON COLUMN ntsb.model.stage_changed_by IS 'Role that last changed the stage';

CREATE TABLE ntsb.model_run (
    run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id    bigint REFERENCES ntsb.model,
    name        text NOT NULL,
    target      text NOT NULL,
    feature_set text NOT NULL,
    options     jsonb NOT NULL,
    state       text NOT NULL CHECK (state IN ('done', 'failed')),
    sqlstate    text,
    message     text,
    curve       jsonb NOT NULL DEFAULT '[]',
    seconds     jsonb NOT NULL DEFAULT '{}',
    memory_mb   double precision,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_by  text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE ntsb.model_run IS
    'Finished training runs, including failed ones. A cancelled run, or one in a rolled-back transaction, leaves no row';
COMMENT ON COLUMN ntsb.model_run.run_id IS 'Number of the run';
COMMENT ON COLUMN ntsb.model_run.model_id IS 'Trained model; null if the run failed';
COMMENT ON COLUMN ntsb.model_run.name IS 'Requested name of the model';
COMMENT ON COLUMN ntsb.model_run.target IS 'Requested target';
COMMENT ON COLUMN ntsb.model_run.feature_set IS 'Requested feature set';
COMMENT ON COLUMN ntsb.model_run.options IS 'Requested options';
COMMENT ON COLUMN ntsb.model_run.state IS 'done or failed';
COMMENT ON COLUMN ntsb.model_run.sqlstate IS 'SQLSTATE of the error; null if the run succeeded';
COMMENT ON COLUMN ntsb.model_run.message IS 'Message of the error; null if the run succeeded';
COMMENT ON COLUMN ntsb.model_run.curve IS 'Log loss after each round, as an array of [training, validation]';
COMMENT ON COLUMN ntsb.model_run.seconds IS 'Seconds per step: read, encode, train, baseline, judge (evaluation)';
COMMENT ON COLUMN ntsb.model_run.memory_mb IS 'Estimated memory in MiB';
COMMENT ON COLUMN ntsb.model_run.started_at IS 'Start of the run';
COMMENT ON COLUMN ntsb.model_run.finished_at IS 'End of the run';
COMMENT ON COLUMN ntsb.model_run.started_by IS 'Role that started the run';

CREATE FUNCTION ntsb.refuse_model_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(new) - '{stage,stage_changed_at,stage_changed_by}'::text[]
                          = to_jsonb(old) - '{stage,stage_changed_at,stage_changed_by}'::text[] THEN
        IF (old.stage, new.stage) IN (('None', 'Staging'), ('Staging', 'Production'), ('Production', 'Archived'),
                                      ('None', 'Archived'), ('Staging', 'Archived')) THEN
            new.stage_changed_at := now();
            new.stage_changed_by := session_user;
            RETURN new;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('model %s cannot go from %s to %s', old.model_id, old.stage, new.stage),
            HINT = 'Stages follow each other: None, Staging, Production. A model may be archived from any stage.';
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('model %s cannot be changed or deleted, except for its stage', old.model_id),
        HINT = 'Train or import another model. ntsb_promote_model(model_id, ''Archived'') retires this one.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_model_change() IS 'Trigger function: refuses to change or delete a model, except for valid changes of its stage';
CREATE TRIGGER refuse_model_change BEFORE UPDATE OR DELETE ON ntsb.model
    FOR EACH ROW EXECUTE FUNCTION ntsb.refuse_model_change();
CREATE FUNCTION ntsb.refuse_model_truncate() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = 'models cannot be deleted',
        HINT = 'ntsb_promote_model(model_id, ''Archived'') retires a model.';
END
$$;
COMMENT ON FUNCTION ntsb.refuse_model_truncate() IS 'Trigger function: refuses TRUNCATE on ntsb.model';
CREATE TRIGGER refuse_model_truncate BEFORE TRUNCATE ON ntsb.model
    FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_model_truncate();
