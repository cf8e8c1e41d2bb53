-- What an export and an archive refuse: SQLSTATE, what was wrong, what to do.
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
-- Its message names a file by the number of a process.
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
-- A role that may not write files of the server.
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
