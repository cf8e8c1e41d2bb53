-- What cleaning found, and what could not be stored.

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
    'Values of stored rows that cleaning repaired or dropped, with what the file said; replaced when the row changes';
COMMENT ON COLUMN ntsb.row_defects.row_key IS 'Primary key of the row, its parts joined by /';
COMMENT ON COLUMN ntsb.row_defects.defect IS 'Name of the defect; ntsb_defects() describes each';
COMMENT ON COLUMN ntsb.row_defects.raw_value IS 'The value as found, cut at 1,000 characters';
COMMENT ON COLUMN ntsb.row_defects.batch_id IS 'The load that brought the value';

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
-- The same row refused again for the same reason is one case, not two.
CREATE UNIQUE INDEX staging_quarantine_once_idx
    ON ntsb.staging_quarantine (table_name, rule_id, md5(payload::text));
COMMENT ON TABLE ntsb.staging_quarantine IS
    'Rows that could not be stored, as they stood in the file, and why';
COMMENT ON COLUMN ntsb.staging_quarantine.batch_id IS 'The first load that brought the row';
COMMENT ON COLUMN ntsb.staging_quarantine.row_key IS 'Its key, as far as it could be read';
COMMENT ON COLUMN ntsb.staging_quarantine.rule_id IS
    'key_missing: no usable primary key; orphan: the row it belongs to is not stored';
COMMENT ON COLUMN ntsb.staging_quarantine.payload IS 'The raw row';
