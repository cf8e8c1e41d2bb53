-- Defects found by cleaning, and quarantined rows.

CREATE TABLE ntsb.row_defects (
    table_name  text NOT NULL,
    row_key     text NOT NULL,
    column_name text NOT NULL,
    defect        text NOT NULL,
    raw_value   text,
    batch_id    bigint NOT NULL,
    PRIMARY KEY (row_key, table_name, column_name, defect)
);
COMMENT ON TABLE ntsb.row_defects IS
    'Values of stored rows that cleaning repaired or dropped, with the raw value; replaced when the row changes';
COMMENT ON COLUMN ntsb.row_defects.row_key IS 'Primary key of the row, its columns joined by /';
COMMENT ON COLUMN ntsb.row_defects.defect IS 'Name of the defect; ntsb_defects() describes each';
COMMENT ON COLUMN ntsb.row_defects.raw_value IS 'Raw value from the file, truncated to 1,000 characters';
COMMENT ON COLUMN ntsb.row_defects.batch_id IS 'Batch that loaded the value';

CREATE TABLE ntsb.staging_quarantine (
    quarantine_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id       bigint NOT NULL,
    table_name     text NOT NULL,
    row_key        text,
    rule_id        text NOT NULL,
    column_name    text,
    value          text,
    reason         text NOT NULL,
    payload        jsonb NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now()
);
-- A row that is rejected again by the same rule is not quarantined twice.
CREATE UNIQUE INDEX staging_quarantine_once_idx
    ON ntsb.staging_quarantine (table_name, rule_id, md5(payload::text));
COMMENT ON TABLE ntsb.staging_quarantine IS
    'Quarantined rows: rejected rows as they were in the file, with the rule that rejected them';
COMMENT ON COLUMN ntsb.staging_quarantine.batch_id IS 'First batch that had the row';
COMMENT ON COLUMN ntsb.staging_quarantine.row_key IS 'Key of the row, as far as it could be parsed';
COMMENT ON COLUMN ntsb.staging_quarantine.rule_id IS
    'key_missing: no valid primary key; orphan: its parent row is not stored';
COMMENT ON COLUMN ntsb.staging_quarantine.payload IS 'Raw row as JSON';
