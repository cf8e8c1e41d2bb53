-- Data drift: whether recent events still resemble those that a model was trained on.

-- Compares the input columns of the model's features and the stored predictions. Features of kind derived are
-- computed from these columns and drift with them.
CREATE FUNCTION ntsb_internal.collect_drift_samples(model_id bigint, reference daterange, current_window daterange)
RETURNS TABLE (feature text, is_number boolean, reference_values text[], current_values text[])
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH event AS (
        SELECT f.ev_id, f.ev_date <@ collect_drift_samples.current_window AS is_current, to_jsonb(f) AS facts
        FROM ntsb.accident_features f
        WHERE f.ev_date <@ collect_drift_samples.reference OR f.ev_date <@ collect_drift_samples.current_window
    ), input AS (
        SELECT c.name, c.kind = 'number' AS is_number
        FROM ntsb.model m
        JOIN ntsb.feature c ON c.name = ANY (m.features)
        WHERE m.model_id = collect_drift_samples.model_id AND c.kind IN ('number', 'code', 'late_code', 'type')
    ), sample AS (
        SELECT i.name, i.is_number, e.is_current, e.facts ->> i.name AS value
        FROM event e CROSS JOIN input i
        UNION ALL
        SELECT v.name, v.is_number, e.is_current, v.value
        FROM event e
        JOIN ntsb.predictions p USING (ev_id)
        CROSS JOIN LATERAL (VALUES ('(prediction)', false, p.severity), ('(confidence)', true, p.confidence::text))
            AS v (name, is_number, value)
        WHERE p.model_id = collect_drift_samples.model_id
    )
    SELECT name, is_number, array_agg(value) FILTER (WHERE NOT is_current), array_agg(value) FILTER (WHERE is_current)
    FROM sample GROUP BY 1, 2
$$;
COMMENT ON FUNCTION ntsb_internal.collect_drift_samples(bigint, daterange, daterange) IS
'Internal: called by ntsb_detect_drift. Returns the values of each feature in both windows, as text.';

CREATE FUNCTION ntsb_detect_drift(reference daterange, current_window daterange, model text DEFAULT NULL,
    alarm_rate double precision DEFAULT 0.05, min_psi double precision DEFAULT 0.1)
RETURNS TABLE (feature text, test text, statistic double precision, p_value double precision, psi double precision,
               jensen_shannon double precision, drifted boolean)
LANGUAGE plpgsql ROWS 60
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    chosen_model bigint := ntsb_internal.find_model('severity', ntsb_detect_drift.model);
    report bigint := nextval('ntsb.drift_report_id');
    drifted_features text[];
BEGIN
    IF isempty(ntsb_detect_drift.reference) IS NOT false OR isempty(ntsb_detect_drift.current_window) IS NOT false
       OR ntsb_detect_drift.reference && ntsb_detect_drift.current_window THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('reference and current_window must be non-empty and must not overlap, got %s and %s',
                             coalesce(ntsb_detect_drift.reference::text, 'null'), coalesce(ntsb_detect_drift.current_window::text, 'null')),
            HINT = 'Give two date ranges, such as ''[2010-01-01,2015-01-01)'' and ''[2015-01-01,2016-01-01)''.';
    ELSIF ntsb_detect_drift.alarm_rate IS NULL OR NOT ntsb_detect_drift.alarm_rate BETWEEN 0 AND 1
       OR ntsb_detect_drift.min_psi IS NULL OR NOT ntsb_detect_drift.min_psi >= 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('alarm_rate must be between 0 and 1 and min_psi at least 0, got %s and %s',
                             coalesce(ntsb_detect_drift.alarm_rate::text, 'null'), coalesce(ntsb_detect_drift.min_psi::text, 'null')),
            HINT = 'Omit them for the defaults 0.05 and 0.1.';
    END IF;
    INSERT INTO ntsb.drift_report (report_id, feature, model_id, reference, current_window, reference_rows,
        current_rows, test, statistic, p_value, psi, jensen_shannon, drifted)
    WITH samples AS MATERIALIZED (
        SELECT * FROM ntsb_internal.collect_drift_samples(chosen_model, ntsb_detect_drift.reference, ntsb_detect_drift.current_window)
    ), measured AS MATERIALIZED (
        SELECT s.feature, cardinality(s.reference_values) AS n, cardinality(s.current_values) AS m, d.*
        FROM samples s
        CROSS JOIN LATERAL ntsb_internal.measure_number_drift(s.reference_values::double precision[],
                                                            s.current_values::double precision[]) d
        WHERE s.is_number
        UNION ALL
        SELECT s.feature, cardinality(s.reference_values), cardinality(s.current_values), d.*
        FROM samples s
        CROSS JOIN LATERAL ntsb_internal.measure_code_drift(s.reference_values, s.current_values) d
        WHERE NOT s.is_number
    ), flagged AS (
        SELECT * FROM unnest(
            (SELECT array_agg(x.feature ORDER BY x.feature) FROM measured x),
            (SELECT ntsb_internal.flag_drifted_features(array_agg(x.p_value ORDER BY x.feature), array_agg(x.psi ORDER BY x.feature),
                ntsb_detect_drift.alarm_rate, ntsb_detect_drift.min_psi) FROM measured x)) AS f (feature, drifted)
    )
    SELECT report, x.feature, chosen_model, ntsb_detect_drift.reference, ntsb_detect_drift.current_window, x.n, x.m, x.test,
           x.statistic, x.p_value, x.psi, x.jensen_shannon, f.drifted
    FROM measured x JOIN flagged f USING (feature);
    SELECT array_agg(r.feature ORDER BY r.psi DESC) INTO drifted_features
    FROM ntsb.drift_report r WHERE r.report_id = report AND r.drifted;
    IF drifted_features IS NOT NULL THEN
        PERFORM @extschema@.ntsb_raise_alert('drift', 'warning',
            (SELECT format('model %s:%s', m.name, m.version) FROM ntsb.model m WHERE m.model_id = chosen_model),
            format('Events of %s differ from those of %s in: %s', ntsb_detect_drift.current_window,
                   ntsb_detect_drift.reference, array_to_string(drifted_features, ', ')),
            jsonb_build_object('report_id', report, 'model_id', chosen_model, 'features', to_jsonb(drifted_features)));
    END IF;
    RETURN QUERY
    SELECT r.feature, r.test, r.statistic, r.p_value, r.psi, r.jensen_shannon, r.drifted
    FROM ntsb.drift_report r WHERE r.report_id = report ORDER BY r.drifted DESC, r.psi DESC, r.feature;
END
$$;
COMMENT ON FUNCTION ntsb_detect_drift(daterange, daterange, text, double precision, double precision) IS
'Data drift between two date ranges, for each input column of the model in Production (or the one named) and for its stored predictions (ntsb.predictions). test: Kolmogorov-Smirnov for numbers, chi-squared for codes; psi: population stability index; jensen_shannon: divergence in bits, 0 to 1. drifted: significant and with a psi of at least min_psi; alarm_rate bounds the probability of any false alarm in one report (Holm correction). Writes ntsb.drift_report and raises an alert of kind drift if a feature drifted (see ntsb_raise_alert). Errors: 22023 windows or limits, 42704 no model in Production.';
