CREATE FUNCTION ntsb_standard_make("raw" text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c AS 'MODULE_PATHNAME', 'ntsb_standard_make_wrapper';
COMMENT ON FUNCTION ntsb_standard_make(text) IS
'The one spelling of an aircraft maker, whatever the file says: CESSNA and Cessna Aircraft Co are Cessna. Null for words that name none. ntsb.aircraft.acft_make_std holds it.';

CREATE FUNCTION ntsb_standard_model("make" text, "raw" text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c AS 'MODULE_PATHNAME', 'ntsb_standard_model_wrapper';
COMMENT ON FUNCTION ntsb_standard_model(text, text) IS
'The one spelling of a model of a maker (in any spelling): PA28-140 by PIPER is PA-28-140. ntsb.aircraft.acft_model_std holds it.';
