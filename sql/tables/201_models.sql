-- The registry of models: each is stored once, judged once, and never changed but in its stage.

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
-- Read whole by each connection that asks: bytes as they are come twice as fast.
ALTER TABLE ntsb.model ALTER COLUMN artifact SET STORAGE EXTERNAL;
COMMENT ON TABLE ntsb.model IS
    'Trained models; all but the stage is as it was when it was trained. ntsb_train_model adds one, ntsb_promote_model moves its stage';
COMMENT ON COLUMN ntsb.model.model_id IS 'Key';
COMMENT ON COLUMN ntsb.model.name IS 'Name that its trainer gave it; versions of one name and target follow each other';
COMMENT ON COLUMN ntsb.model.version IS 'Number among the models of that name and target';
COMMENT ON COLUMN ntsb.model.target IS
    'What it tells. severity: highest injury; fatal: whether anybody died; cause_category: category of the first finding; cause_event: defining event in the codes used since 2008';
COMMENT ON COLUMN ntsb.model.feature_set IS 'pre_event: knows what was known before the event; scene: also what is seen at the scene';
COMMENT ON COLUMN ntsb.model.algorithm IS 'xgboost: boosted trees; random_forest: XGBoost''s parallel trees';
COMMENT ON COLUMN ntsb.model.stage IS 'None, Staging, Production (one for each name and target) or Archived';
COMMENT ON COLUMN ntsb.model.parameters IS 'Options that it was trained with, defaults included';
COMMENT ON COLUMN ntsb.model.metrics IS
    'How good it is on the test part, which it has not seen: overall, domestic, foreign, by year, and the baselines beside it';
COMMENT ON COLUMN ntsb.model.features IS 'Features of ntsb.feature that it sees';
COMMENT ON COLUMN ntsb.model.columns IS 'What these become for the trees, in order: code columns are one for each class told';
COMMENT ON COLUMN ntsb.model.classes IS 'What it tells apart; of two the second is the one whose probability the trees give';
COMMENT ON COLUMN ntsb.model.encoding IS 'What the encoder learned on the training part';
COMMENT ON COLUMN ntsb.model.calibration IS 'How its probabilities are set right, learned on the validation part';
COMMENT ON COLUMN ntsb.model.decide_at IS
    'Confidence from which on it answers, so that nine in ten answers were right on the validation part; above 1: never';
COMMENT ON COLUMN ntsb.model.rounds IS 'Rounds of boosting that were kept';
COMMENT ON COLUMN ntsb.model.trained_from IS 'First day of the training part';
COMMENT ON COLUMN ntsb.model.validated_from IS 'First day of the validation part, which follows it';
COMMENT ON COLUMN ntsb.model.tested_from IS 'First day of the test part, which follows that';
COMMENT ON COLUMN ntsb.model.tested_to IS 'Last day of the test part';
COMMENT ON COLUMN ntsb.model.rows_trained IS 'Events of the training part';
COMMENT ON COLUMN ntsb.model.rows_validated IS 'Events of the validation part';
COMMENT ON COLUMN ntsb.model.rows_tested IS 'Events of the test part';
COMMENT ON COLUMN ntsb.model.data_digest IS 'SHA-256 over events, facts and labels of all parts: equal where the same data was read';
COMMENT ON COLUMN ntsb.model.artifact IS 'The trees as XGBoost''s UBJSON; ntsb_export_model gives it, as JSON too';
COMMENT ON COLUMN ntsb.model.artifact_digest IS 'SHA-256 of the artifact';
COMMENT ON COLUMN ntsb.model.created_at IS 'When it was trained or imported';
COMMENT ON COLUMN ntsb.model.created_by IS 'By whom';
COMMENT ON COLUMN ntsb.model.stage_changed_at IS 'When it came to its stage';
COMMENT ON COLUMN ntsb.model.stage_changed_by IS 'By whom';

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
    'Every training that ended, failed ones too; one that was cancelled, or that a surrounding transaction took back, leaves no row';
COMMENT ON COLUMN ntsb.model_run.run_id IS 'Key';
COMMENT ON COLUMN ntsb.model_run.model_id IS 'The model that came of it; null where it failed';
COMMENT ON COLUMN ntsb.model_run.name IS 'Name asked for';
COMMENT ON COLUMN ntsb.model_run.target IS 'Target asked for';
COMMENT ON COLUMN ntsb.model_run.feature_set IS 'Feature set asked for';
COMMENT ON COLUMN ntsb.model_run.options IS 'Options as given';
COMMENT ON COLUMN ntsb.model_run.state IS 'done or failed';
COMMENT ON COLUMN ntsb.model_run.sqlstate IS 'SQLSTATE of the failure';
COMMENT ON COLUMN ntsb.model_run.message IS 'Message of the failure';
COMMENT ON COLUMN ntsb.model_run.curve IS 'Log loss after each round: [training, validation]';
COMMENT ON COLUMN ntsb.model_run.seconds IS 'Where the time went: read, encode, train, baseline, judge';
COMMENT ON COLUMN ntsb.model_run.memory_mb IS 'Memory that it was reckoned to need, in MiB';
COMMENT ON COLUMN ntsb.model_run.started_at IS 'When it began';
COMMENT ON COLUMN ntsb.model_run.finished_at IS 'When it ended';
COMMENT ON COLUMN ntsb.model_run.started_by IS 'By whom';

CREATE FUNCTION ntsb.keep_model() RETURNS trigger
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
            HINT = 'Stages follow each other: None, Staging, Production, Archived; any may be archived.';
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = format('model %s is never changed or deleted, but in its stage', old.model_id),
        HINT = 'Train or import another; ntsb_promote_model(model_id, ''Archived'') takes this one out of use.';
END
$$;
COMMENT ON FUNCTION ntsb.keep_model() IS 'Refuses to change or delete a model, but for legal moves of its stage';
CREATE TRIGGER keep_model BEFORE UPDATE OR DELETE ON ntsb.model
    FOR EACH ROW EXECUTE FUNCTION ntsb.keep_model();
CREATE FUNCTION ntsb.keep_models() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = 'models are never deleted',
        HINT = 'ntsb_promote_model(model_id, ''Archived'') takes one out of use.';
END
$$;
COMMENT ON FUNCTION ntsb.keep_models() IS 'Refuses to empty ntsb.model';
CREATE TRIGGER keep_models BEFORE TRUNCATE ON ntsb.model
    FOR EACH STATEMENT EXECUTE FUNCTION ntsb.keep_models();
