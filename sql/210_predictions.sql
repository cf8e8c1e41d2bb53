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

-- What was said beside what became known, by the month of the event. The commonest severity of the month,
-- known only afterwards, is a bar higher than any model could have been held to before.
CREATE VIEW ntsb.model_performance AS
SELECT date_trunc('month', f.ev_date)::date AS month,
       m.model_id, m.name, m.version,
       count(*) AS predictions,
       count(f.severity) AS known,
       avg((p.severity = f.severity)::int)::double precision AS accuracy,
       greatest(count(*) FILTER (WHERE f.severity = 'FATL'), count(*) FILTER (WHERE f.severity = 'SERS'),
                count(*) FILTER (WHERE f.severity = 'MINR'), count(*) FILTER (WHERE f.severity = 'NONE'))
           / nullif(count(f.severity), 0)::double precision AS majority_accuracy,
       avg(p.confidence) FILTER (WHERE f.severity IS NOT NULL) AS confidence,
       count(*) FILTER (WHERE p.decided AND f.severity IS NOT NULL)
           / nullif(count(f.severity), 0)::double precision AS coverage,
       (avg((p.severity = f.severity)::int) FILTER (WHERE p.decided))::double precision AS decided_accuracy,
       avg(-ln(greatest((p.probabilities ->> f.severity)::double precision, 1e-15))) AS log_loss
FROM ntsb.predictions p
JOIN ntsb.model m USING (model_id)
JOIN ntsb.fact_accidents f USING (ev_id)
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW ntsb.model_performance IS
    'How right the predictions of each model were, by the month of the event, as far as NTSB has told by the last refresh';
COMMENT ON COLUMN ntsb.model_performance.month IS 'First day of the month of the events';
COMMENT ON COLUMN ntsb.model_performance.model_id IS 'The model';
COMMENT ON COLUMN ntsb.model_performance.name IS 'Its name';
COMMENT ON COLUMN ntsb.model_performance.version IS 'Its version';
COMMENT ON COLUMN ntsb.model_performance.predictions IS 'Events that it was asked about';
COMMENT ON COLUMN ntsb.model_performance.known IS 'Of these, those whose severity is known by now';
COMMENT ON COLUMN ntsb.model_performance.accuracy IS 'Share of the known that it got right';
COMMENT ON COLUMN ntsb.model_performance.majority_accuracy IS
    'Share of the known that naming the commonest severity of that month would have got right';
COMMENT ON COLUMN ntsb.model_performance.confidence IS 'Mean confidence in the known: near accuracy where probabilities mean what they say';
COMMENT ON COLUMN ntsb.model_performance.coverage IS 'Share of the known on which it was confident enough to answer';
COMMENT ON COLUMN ntsb.model_performance.decided_accuracy IS 'Share of these that it got right';
COMMENT ON COLUMN ntsb.model_performance.log_loss IS 'Mean negative logarithm of the probability of what came true';
