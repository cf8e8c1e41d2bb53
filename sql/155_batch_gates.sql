-- By what rules a batch was judged, and whether it was another one's file over again.

ALTER TABLE ntsb_staging.batch_journal ADD COLUMN gates bytea, ADD COLUMN repeats bigint;
COMMENT ON COLUMN ntsb_staging.batch_journal.gates IS
    'SHA-256 over the rules, the codes and the version by which the rows were judged';
COMMENT ON COLUMN ntsb_staging.batch_journal.repeats IS
    'The batch that had loaded the very same file, nothing having changed since: no row was read again';
