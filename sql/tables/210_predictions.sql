-- What models said of events, how right they were, whether events still look as they did, and what
-- people should be told of.

CREATE TABLE ntsb.alert (
    alert_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    raised_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind            text NOT NULL CHECK (kind <> ''),
    severity        text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    subject         text NOT NULL,
    message         text NOT NULL,
    details         jsonb NOT NULL DEFAULT '{}',
    acknowledged_at timestamptz,
    acknowledged_by text,
    CONSTRAINT alert_acknowledged CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE INDEX alert_open_idx ON ntsb.alert (kind, raised_at) WHERE acknowledged_at IS NULL;
COMMENT ON TABLE ntsb.alert IS
    'What people should know of; ntsb_raise_alert adds a row and notifies channel ntsb_alert, ntsb_acknowledge_alert closes it';
COMMENT ON COLUMN ntsb.alert.alert_id IS 'Key';
COMMENT ON COLUMN ntsb.alert.raised_at IS 'When it was raised';
COMMENT ON COLUMN ntsb.alert.kind IS 'What it is about, such as drift';
COMMENT ON COLUMN ntsb.alert.severity IS 'info, warning or critical';
COMMENT ON COLUMN ntsb.alert.subject IS 'The thing that it is about, such as a model or a table';
COMMENT ON COLUMN ntsb.alert.message IS 'What happened, for people';
COMMENT ON COLUMN ntsb.alert.details IS 'What happened, for programs';
COMMENT ON COLUMN ntsb.alert.acknowledged_at IS 'When somebody took note of it; null: nobody did yet';
COMMENT ON COLUMN ntsb.alert.acknowledged_by IS 'Who did';

CREATE TABLE ntsb.predictions (
    ev_id         text NOT NULL REFERENCES ntsb.event_key,
    model_id      bigint NOT NULL REFERENCES ntsb.model,
    severity      text NOT NULL,
    confidence    double precision NOT NULL CHECK (confidence >= 0 AND confidence <= 1),
    probabilities jsonb NOT NULL,
    decided       boolean NOT NULL,
    predicted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (model_id, ev_id)
);
CREATE INDEX predictions_ev_id_idx ON ntsb.predictions (ev_id);
-- Followers of what happens ask for what is new.
CREATE INDEX predictions_predicted_at_idx ON ntsb.predictions (predicted_at);
COMMENT ON TABLE ntsb.predictions IS
    'What each model said of each event, once; CALL ntsb_predict_pending() adds what is missing';
COMMENT ON COLUMN ntsb.predictions.ev_id IS 'The event';
COMMENT ON COLUMN ntsb.predictions.model_id IS 'The model that was in Production';
COMMENT ON COLUMN ntsb.predictions.severity IS 'The likeliest highest injury: FATL, SERS, MINR or NONE';
COMMENT ON COLUMN ntsb.predictions.confidence IS 'Its probability';
COMMENT ON COLUMN ntsb.predictions.probabilities IS 'The probability of each; they add up to 1';
COMMENT ON COLUMN ntsb.predictions.decided IS 'Whether the model was confident enough to answer';
COMMENT ON COLUMN ntsb.predictions.predicted_at IS 'When it was asked';

CREATE TABLE ntsb.drift_report (
    report_id      bigint NOT NULL,
    feature        text NOT NULL,
    reported_at    timestamptz NOT NULL DEFAULT now(),
    model_id       bigint NOT NULL REFERENCES ntsb.model,
    reference      daterange NOT NULL,
    current_window daterange NOT NULL,
    reference_rows integer NOT NULL,
    current_rows   integer NOT NULL,
    test           text NOT NULL,
    statistic      double precision NOT NULL,
    p_value        double precision NOT NULL,
    psi            double precision NOT NULL,
    jensen_shannon double precision NOT NULL,
    drifted        boolean NOT NULL,
    PRIMARY KEY (report_id, feature)
);
CREATE SEQUENCE ntsb.drift_report_id OWNED BY ntsb.drift_report.report_id;
COMMENT ON SEQUENCE ntsb.drift_report_id IS 'Numbers of drift reports';
COMMENT ON TABLE ntsb.drift_report IS
    'What ntsb_detect_drift found: for each feature of a model, and for what the model says, how two windows of events differ';
COMMENT ON COLUMN ntsb.drift_report.report_id IS 'One call of ntsb_detect_drift';
COMMENT ON COLUMN ntsb.drift_report.feature IS
    'The fact, as ntsb.feature has it; (prediction) and (confidence): what the model said in ntsb.predictions';
COMMENT ON COLUMN ntsb.drift_report.reported_at IS 'When it was asked';
COMMENT ON COLUMN ntsb.drift_report.model_id IS 'Whose features they are';
COMMENT ON COLUMN ntsb.drift_report.reference IS 'Days of the events compared with';
COMMENT ON COLUMN ntsb.drift_report.current_window IS 'Days of the events compared';
COMMENT ON COLUMN ntsb.drift_report.reference_rows IS 'Events of these days';
COMMENT ON COLUMN ntsb.drift_report.current_rows IS 'Events of those days';
COMMENT ON COLUMN ntsb.drift_report.test IS 'kolmogorov_smirnov of numbers, chi_squared of codes; a missing value is a value';
COMMENT ON COLUMN ntsb.drift_report.statistic IS 'Its statistic';
COMMENT ON COLUMN ntsb.drift_report.p_value IS 'How likely so large a one is by chance, of this feature alone';
COMMENT ON COLUMN ntsb.drift_report.psi IS 'Population stability index: below 0.1 little, from 0.25 on much';
COMMENT ON COLUMN ntsb.drift_report.jensen_shannon IS 'Jensen-Shannon divergence in bits, 0 to 1';
COMMENT ON COLUMN ntsb.drift_report.drifted IS
    'Neither chance, in view of how many features were looked at, nor small';
