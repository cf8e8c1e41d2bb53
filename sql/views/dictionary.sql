-- NTSB's data dictionary, as included in the loaded files.

CREATE VIEW ntsb.data_dictionary AS
SELECT lower("table") AS table_name,
       lower("column") AS column_name,
       ct_name AS code_table,
       code_iaids AS code,
       meaning,
       short_desc AS title,
       question_def AS definition,
       code_meaning AS code_definition,
       change_notes
FROM ntsb.eadmspub_datadictionary
WHERE withdrawn_batch IS NULL;
COMMENT ON VIEW ntsb.data_dictionary IS
    'NTSB''s own definitions of columns and codes, one row per code; empty until a loaded file includes them';
COMMENT ON COLUMN ntsb.data_dictionary.table_name IS 'Table in schema ntsb';
COMMENT ON COLUMN ntsb.data_dictionary.column_name IS 'Column of that table, or the col_name of a dt_ table';
COMMENT ON COLUMN ntsb.data_dictionary.code IS 'Code of the column; xx stands for any digits';
COMMENT ON COLUMN ntsb.data_dictionary.meaning IS 'Meaning of the code';
COMMENT ON COLUMN ntsb.data_dictionary.definition IS 'NTSB''s definition of the column';
