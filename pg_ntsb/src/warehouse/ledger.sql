-- Two calls at once take turns; the number is that of ntsb_lock_number('warehouse').
SELECT pg_catalog.pg_advisory_xact_lock(x'6e747362'::int, 2);

SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS ntsb;
COMMENT ON SCHEMA ntsb IS 'The NTSB aviation accident database';
CREATE SCHEMA IF NOT EXISTS ntsb_staging;
COMMENT ON SCHEMA ntsb_staging IS 'Rows of files on their way into schema ntsb, and the journal of loads';

CREATE TABLE IF NOT EXISTS ntsb.schema_version (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT current_user
);
COMMENT ON TABLE ntsb.schema_version IS 'Steps by which this warehouse was built, each applied once';
