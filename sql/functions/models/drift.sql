-- Whether events still look like those that a model learned from.

-- Every fact of the model's features in two windows, and what the model said of their events. A feature
-- that follows from facts by a formula drifts with them.
CREATE FUNCTION ntsb_internal.drift_samples(model_id bigint, reference daterange, current_window daterange)
RETURNS TABLE (feature text, is_number boolean, reference_values text[], current_values text[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH facts AS (
        SELECT f.ev_id, f.ev_date <@ drift_samples.current_window AS is_current, to_jsonb(f) AS of_event
        FROM ntsb.accident_features f
        WHERE f.ev_date <@ drift_samples.reference OR f.ev_date <@ drift_samples.current_window
    ), asked AS (
        SELECT c.name, c.kind = 'number' AS is_number
        FROM ntsb.model m
        JOIN ntsb.feature c ON c.name = ANY (m.features)
        WHERE m.model_id = drift_samples.model_id AND c.kind IN ('number', 'code', 'late_code', 'type')
    ), said AS (
        SELECT a.name, a.is_number, f.is_current, f.of_event ->> a.name AS value
        FROM facts f CROSS JOIN asked a
        UNION ALL
        SELECT v.name, v.is_number, f.is_current, v.value
        FROM facts f
        JOIN ntsb.predictions p USING (ev_id)
        CROSS JOIN LATERAL (VALUES ('(prediction)', false, p.severity), ('(confidence)', true, p.confidence::text))
            AS v (name, is_number, value)
        WHERE p.model_id = drift_samples.model_id
    )
    SELECT name, is_number, array_agg(value) FILTER (WHERE NOT is_current), array_agg(value) FILTER (WHERE is_current)
    FROM said GROUP BY 1, 2
$$;
COMMENT ON FUNCTION ntsb_internal.drift_samples(bigint, daterange, daterange) IS
'A part of ntsb_detect_drift: the values of each feature in both windows, as text.';

CREATE FUNCTION ntsb_detect_drift(reference daterange, current_window daterange, model text DEFAULT NULL,
    alarm_rate double precision DEFAULT 0.05, least_psi double precision DEFAULT 0.1)
RETURNS TABLE (feature text, test text, statistic double precision, p_value double precision, psi double precision,
               jensen_shannon double precision, drifted boolean)
LANGUAGE plpgsql ROWS 60
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked bigint := ntsb_internal.model_asked('severity', ntsb_detect_drift.model);
    report bigint := nextval('ntsb.drift_report_id');
    found text[];
BEGIN
    IF isempty(ntsb_detect_drift.reference) IS NOT false OR isempty(ntsb_detect_drift.current_window) IS NOT false
       OR ntsb_detect_drift.reference && ntsb_detect_drift.current_window THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('the windows %s and %s are empty or share days',
                             ntsb_detect_drift.reference, ntsb_detect_drift.current_window),
            HINT = 'Give two ranges of days one after the other, such as ''[2010-01-01,2015-01-01)'' and ''[2015-01-01,2016-01-01)''.';
    ELSIF ntsb_detect_drift.alarm_rate IS NULL OR NOT ntsb_detect_drift.alarm_rate BETWEEN 0 AND 1
       OR ntsb_detect_drift.least_psi IS NULL OR NOT ntsb_detect_drift.least_psi >= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('alarm_rate is %s and least_psi is %s', ntsb_detect_drift.alarm_rate, ntsb_detect_drift.least_psi),
            HINT = 'alarm_rate is between 0 and 1, least_psi is 0 or more.';
    END IF;
    INSERT INTO ntsb.drift_report (report_id, feature, model_id, reference, current_window, reference_rows,
        current_rows, test, statistic, p_value, psi, jensen_shannon, drifted)
    WITH samples AS MATERIALIZED (
        SELECT * FROM ntsb_internal.drift_samples(asked, ntsb_detect_drift.reference, ntsb_detect_drift.current_window)
    ), measured AS MATERIALIZED (
        SELECT s.feature, cardinality(s.reference_values) AS n, cardinality(s.current_values) AS m, d.*
        FROM samples s
        CROSS JOIN LATERAL ntsb_internal.drift_of_numbers(s.reference_values::double precision[],
                                                            s.current_values::double precision[]) d
        WHERE s.is_number
        UNION ALL
        SELECT s.feature, cardinality(s.reference_values), cardinality(s.current_values), d.*
        FROM samples s
        CROSS JOIN LATERAL ntsb_internal.drift_of_codes(s.reference_values, s.current_values) d
        WHERE NOT s.is_number
    ), judged AS (
        SELECT * FROM unnest(
            (SELECT array_agg(x.feature ORDER BY x.feature) FROM measured x),
            (SELECT ntsb_internal.drifted(array_agg(x.p_value ORDER BY x.feature), array_agg(x.psi ORDER BY x.feature),
                ntsb_detect_drift.alarm_rate, ntsb_detect_drift.least_psi) FROM measured x)) AS j (feature, drifted)
    )
    SELECT report, x.feature, asked, ntsb_detect_drift.reference, ntsb_detect_drift.current_window, x.n, x.m, x.test,
           x.statistic, x.p_value, x.psi, x.jensen_shannon, j.drifted
    FROM measured x JOIN judged j USING (feature);
    SELECT array_agg(r.feature ORDER BY r.psi DESC) INTO found
    FROM ntsb.drift_report r WHERE r.report_id = report AND r.drifted;
    IF found IS NOT NULL THEN
        PERFORM @extschema@.ntsb_raise_alert('drift', 'warning',
            (SELECT format('model %s:%s', m.name, m.version) FROM ntsb.model m WHERE m.model_id = asked),
            format('Events of %s differ from those of %s in %s.', ntsb_detect_drift.current_window,
                   ntsb_detect_drift.reference, array_to_string(found, ', ')),
            jsonb_build_object('report_id', report, 'model_id', asked, 'features', to_jsonb(found)));
    END IF;
    RETURN QUERY
    SELECT r.feature, r.test, r.statistic, r.p_value, r.psi, r.jensen_shannon, r.drifted
    FROM ntsb.drift_report r WHERE r.report_id = report ORDER BY r.drifted DESC, r.psi DESC, r.feature;
END
$$;
COMMENT ON FUNCTION ntsb_detect_drift(daterange, daterange, text, double precision, double precision) IS
'Whether events of one window of days look like those of another, in each fact that the model in Production (or the one named) sees, and in what it said of them (ntsb.predictions). test: Kolmogorov-Smirnov of numbers, chi-squared of codes; psi: population stability index; jensen_shannon: divergence in bits. drifted: not by chance, so that a report of all features raises a false alarm at most at alarm_rate (Holm), and with a psi of at least least_psi. Writes ntsb.drift_report; where something drifted, raises an alert (see ntsb_raise_alert). Errors: 22023 windows or limits, 42704 no model in Production.';
