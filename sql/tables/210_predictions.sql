-- Alerts, stored predictions and drift reports.

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
    'Alerts; ntsb_raise_alert adds a row and notifies channel ntsb_alert, ntsb_acknowledge_alert closes it';
COMMENT ON COLUMN ntsb.alert.alert_id IS 'Number of the alert';
COMMENT ON COLUMN ntsb.alert.raised_at IS 'When the alert was raised';
COMMENT ON COLUMN ntsb.alert.kind IS 'Kind of alert, such as drift, data_quality or withdrawal';
COMMENT ON COLUMN ntsb.alert.severity IS 'info, warning or critical';
COMMENT ON COLUMN ntsb.alert.subject IS 'Object that the alert concerns, such as a model or a file';
COMMENT ON COLUMN ntsb.alert.message IS 'Message text for people';
COMMENT ON COLUMN ntsb.alert.details IS 'Details for programs';
COMMENT ON COLUMN ntsb.alert.acknowledged_at IS 'When the alert was acknowledged; null while it is open';
COMMENT ON COLUMN ntsb.alert.acknowledged_by IS 'Role that acknowledged it';

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
-- Clients that follow the warehouse read the newest predictions.
CREATE INDEX predictions_predicted_at_idx ON ntsb.predictions (predicted_at);
COMMENT ON TABLE ntsb.predictions IS
    'Stored severity predictions, one per model and event; CALL ntsb_predict_pending() adds missing ones';
COMMENT ON COLUMN ntsb.predictions.ev_id IS 'Predicted event';
COMMENT ON COLUMN ntsb.predictions.model_id IS 'Model that made the prediction';
COMMENT ON COLUMN ntsb.predictions.severity IS 'Most likely highest injury: FATL, SERS, MINR or NONE';
COMMENT ON COLUMN ntsb.predictions.confidence IS 'Probability of severity, 0 to 1';
COMMENT ON COLUMN ntsb.predictions.probabilities IS 'Probability of each class, summing to 1';
COMMENT ON COLUMN ntsb.predictions.decided IS 'Whether the model is confident enough to answer';
COMMENT ON COLUMN ntsb.predictions.predicted_at IS 'When the prediction was made';

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
    'Results of ntsb_detect_drift: one row per report and feature of the model, and for its predictions';
COMMENT ON COLUMN ntsb.drift_report.report_id IS 'Number of the report, one per call of ntsb_detect_drift';
COMMENT ON COLUMN ntsb.drift_report.feature IS
    'Feature of ntsb.feature; (prediction) and (confidence) are the stored predictions of ntsb.predictions';
COMMENT ON COLUMN ntsb.drift_report.reported_at IS 'When the report was made';
COMMENT ON COLUMN ntsb.drift_report.model_id IS 'Model whose features were compared';
COMMENT ON COLUMN ntsb.drift_report.reference IS 'Date range of the reference events';
COMMENT ON COLUMN ntsb.drift_report.current_window IS 'Date range of the current events';
COMMENT ON COLUMN ntsb.drift_report.reference_rows IS 'Events in the reference range';
COMMENT ON COLUMN ntsb.drift_report.current_rows IS 'Events in the current range';
COMMENT ON COLUMN ntsb.drift_report.test IS 'kolmogorov_smirnov for numbers, chi_squared for codes; null counts as a value';
COMMENT ON COLUMN ntsb.drift_report.statistic IS 'Test statistic';
COMMENT ON COLUMN ntsb.drift_report.p_value IS 'p value of the test for this feature alone';
COMMENT ON COLUMN ntsb.drift_report.psi IS 'Population stability index: below 0.1 small, from 0.25 large';
COMMENT ON COLUMN ntsb.drift_report.jensen_shannon IS 'Jensen-Shannon divergence in bits, 0 to 1';
COMMENT ON COLUMN ntsb.drift_report.drifted IS
    'Whether the difference is significant, corrected for the number of features, and psi is at least min_psi';
