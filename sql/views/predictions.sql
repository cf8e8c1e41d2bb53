-- How right predictions were.

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
