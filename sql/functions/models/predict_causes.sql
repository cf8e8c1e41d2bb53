-- Predicted causes of an event.

CREATE FUNCTION ntsb_predict_causes(facts jsonb, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    cause_target text;
BEGIN
    IF ntsb_predict_causes.top IS NULL OR ntsb_predict_causes.top NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('top must be between 1 and 100, got %s', coalesce(ntsb_predict_causes.top::text, 'null')),
            HINT = 'top is the number of causes to return per target.';
    END IF;
    FOREACH cause_target IN ARRAY ntsb_internal.list_cause_targets(ntsb_predict_causes.model) LOOP
        RETURN QUERY
        SELECT cause_target, row_number() OVER (ORDER BY c.value::double precision DESC, c.key)::integer, c.key,
               m.meaning, c.value::double precision, p.decided, p.model_version
        FROM @extschema@.ntsb_predict(ntsb_predict_causes.facts, cause_target, ntsb_predict_causes.model) p
        CROSS JOIN LATERAL jsonb_each_text(p.probabilities) c
        LEFT JOIN ntsb.code_meaning m ON cause_target = 'cause_event' AND m.kind = 'event' AND m.code = c.key
        ORDER BY 2 LIMIT ntsb_predict_causes.top;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ntsb_predict_causes(jsonb, integer, text) IS
'Predicts the causes of an event: the most likely categories of the first finding (target cause_category) and the most likely defining events in the codes used since 2008 (target cause_event), for each target with a model in Production. facts: as for ntsb_predict_severity. top: number of causes per target, 1 to 100. probability: 0 to 1. decided: whether the model is confident enough to answer. Errors: 42704 no model in Production, 22023 facts or top.';

CREATE FUNCTION ntsb_predict_causes(ev_id text, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM @extschema@.ntsb_predict_causes(@extschema@.ntsb_event_facts(ntsb_predict_causes.ev_id),
                                                 ntsb_predict_causes.top, ntsb_predict_causes.model)
$$;
COMMENT ON FUNCTION ntsb_predict_causes(text, integer, text) IS
'Predicts the causes of a stored event by its ev_id; see ntsb_predict_causes(jsonb, integer, text). Errors: also P0002 no such event.';

CREATE FUNCTION ntsb_predict_causes(ev_date date DEFAULT NULL, dec_latitude double precision DEFAULT NULL,
    dec_longitude double precision DEFAULT NULL, acft_make text DEFAULT NULL, acft_model text DEFAULT NULL,
    pilot_tot_time double precision DEFAULT NULL, wx_cond_basic text DEFAULT NULL, wx_temp double precision DEFAULT NULL,
    light_cond text DEFAULT NULL, far_part text DEFAULT NULL, type_fly text DEFAULT NULL, phase text DEFAULT NULL,
    damage text DEFAULT NULL, top integer DEFAULT 3, model text DEFAULT NULL)
RETURNS TABLE (target text, rank integer, cause text, meaning text, probability double precision, decided boolean,
               model_version text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 6
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM @extschema@.ntsb_predict_causes(jsonb_build_object(
        'ev_date', ntsb_predict_causes.ev_date, 'dec_latitude', ntsb_predict_causes.dec_latitude,
        'dec_longitude', ntsb_predict_causes.dec_longitude, 'acft_make', ntsb_predict_causes.acft_make,
        'acft_model', ntsb_predict_causes.acft_model, 'pilot_tot_time', ntsb_predict_causes.pilot_tot_time,
        'wx_cond_basic', ntsb_predict_causes.wx_cond_basic, 'wx_temp', ntsb_predict_causes.wx_temp,
        'light_cond', ntsb_predict_causes.light_cond, 'far_part', ntsb_predict_causes.far_part,
        'type_fly', ntsb_predict_causes.type_fly, 'phase', ntsb_predict_causes.phase,
        'damage', ntsb_predict_causes.damage), ntsb_predict_causes.top, ntsb_predict_causes.model)
$$;
COMMENT ON FUNCTION ntsb_predict_causes(date, double precision, double precision, text, text, double precision, text, double precision, text, text, text, text, text, integer, text) IS
'Predicts the causes of an event from named facts, null for unknown; see ntsb_predict_causes(jsonb, integer, text).';
