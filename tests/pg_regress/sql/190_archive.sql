-- Errors of exports and archives: message, SQLSTATE and hint.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM ntsb_export_parquet('incidents', '/tmp/ntsb_export');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_export_parquet('states; DROP TABLE ntsb.states', '/tmp/ntsb_export');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_export_parquet('states', 'here');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_export_parquet('states', '/');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_export_parquet('states', '/tmp', true);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
-- The message contains a process id, so only the SQLSTATE is shown.
\set VERBOSITY sqlstate
SELECT * FROM ntsb_export_parquet('states', '/no/such/folder/states');
\set VERBOSITY default
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SELECT * FROM ntsb_export_parquet(NULL, '/tmp/ntsb_export');
CALL ntsb_archive_decade(1995);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
CALL ntsb_archive_decade(2090);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
CALL ntsb_attach_archive(1910);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SHOW ntsb.archive_directory;
SET ntsb.archive_directory = 'somewhere';
-- A role that may not write server files.
CREATE ROLE ntsb_test_exporter;
CALL ntsb_create_roles();
GRANT ntsb_admin TO ntsb_test_exporter;
GRANT USAGE ON SCHEMA ntsb TO ntsb_test_exporter;
GRANT SELECT ON ntsb.states TO ntsb_test_exporter;
SET ROLE ntsb_test_exporter;
SELECT * FROM ntsb_export_parquet('states', '/tmp/ntsb_export');
\echo SQLSTATE :LAST_ERROR_SQLSTATE
SET ntsb.archive_directory = '/tmp';
\echo SQLSTATE :LAST_ERROR_SQLSTATE
CALL ntsb_archive_decade(2020);
\echo SQLSTATE :LAST_ERROR_SQLSTATE
RESET ROLE;
DROP OWNED BY ntsb_test_exporter;
DROP ROLE ntsb_test_exporter;
