-- Accuracy of stored predictions.

-- majority_accuracy uses the most frequent severity of the same month, which is known only afterwards, so it is a
-- stricter baseline than any model could use in advance.
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
    'Accuracy of the stored predictions of each model, by month of the event, against the severities known at the last refresh';
COMMENT ON COLUMN ntsb.model_performance.month IS 'First day of the month of the events';
COMMENT ON COLUMN ntsb.model_performance.model_id IS 'The model';
COMMENT ON COLUMN ntsb.model_performance.name IS 'Name of the model';
COMMENT ON COLUMN ntsb.model_performance.version IS 'Version of the model';
COMMENT ON COLUMN ntsb.model_performance.predictions IS 'Number of predicted events';
COMMENT ON COLUMN ntsb.model_performance.known IS 'Number of predicted events whose severity is known';
COMMENT ON COLUMN ntsb.model_performance.accuracy IS 'Share of the known events with a correct prediction';
COMMENT ON COLUMN ntsb.model_performance.majority_accuracy IS
    'Share of the known events with the most frequent severity of that month';
COMMENT ON COLUMN ntsb.model_performance.confidence IS 'Mean confidence over the known events; close to accuracy if the model is well calibrated';
COMMENT ON COLUMN ntsb.model_performance.coverage IS 'Share of the known events for which the model was confident enough to answer';
COMMENT ON COLUMN ntsb.model_performance.decided_accuracy IS 'Share of those events with a correct prediction';
COMMENT ON COLUMN ntsb.model_performance.log_loss IS 'Mean negative natural logarithm of the predicted probability of the actual severity';
