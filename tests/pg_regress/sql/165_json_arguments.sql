-- JSON nested too deeply is an error with a SQLSTATE.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT ntsb_content_hash((repeat('[', 127) || repeat(']', 127))::jsonb) IS NOT NULL AS accepted;
SELECT ntsb_content_hash((repeat('[', 128) || repeat(']', 128))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_content_hash((repeat('{"a":', 5000) || '1' || repeat('}', 5000))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_check_rule((repeat('[', 500) || repeat(']', 500))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_validate_row('events', (repeat('[', 500) || repeat(']', 500))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_predict('{"a":1}'::jsonb || jsonb_build_object('b', (repeat('[', 500) || repeat(']', 500))::jsonb), 'fatal');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_explain_severity((repeat('[', 500) || repeat(']', 500))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_derive_features((repeat('[', 500) || repeat(']', 500))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_train_model('x', 'fatal', 'scene', (repeat('[', 500) || repeat(']', 500))::jsonb);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT ntsb_content_hash(NULL) IS NULL AS strict;
