-- Validation rules, the violations they found, and decisions on quarantined rows.

CREATE TABLE ntsb.validation_rule (
    rule_id     text PRIMARY KEY,
    gate        smallint NOT NULL CHECK (gate BETWEEN 1 AND 3),
    table_name  text NOT NULL,
    column_name text,
    action      text NOT NULL CHECK (action IN ('reject', 'null', 'flag')),
    threshold   double precision,
    description text NOT NULL,
    enabled     boolean NOT NULL DEFAULT true,
    predicate   text,
    built_in    boolean NOT NULL DEFAULT false,
    CONSTRAINT custom_rule_needs_predicate CHECK (built_in = (predicate IS NULL))
);
COMMENT ON TABLE ntsb.validation_rule IS
    'Validation rules of the load. Disable one, change its action or threshold, or add your own with a predicate; applies from the next load on';
COMMENT ON COLUMN ntsb.validation_rule.rule_id IS 'Name of the violation: table.what; your own rules must not have the prefix of a built-in rule';
COMMENT ON COLUMN ntsb.validation_rule.gate IS '1 schema (can the row be stored), 2 business (can it be true), 3 statistics (is it plausible)';
COMMENT ON COLUMN ntsb.validation_rule.table_name IS 'Table that the rule applies to; * for every table';
COMMENT ON COLUMN ntsb.validation_rule.column_name IS 'Column that is wrong in a violation; null for the row as a whole';
COMMENT ON COLUMN ntsb.validation_rule.action IS
    'reject: quarantines the row in ntsb.staging_quarantine; null: drops the value; flag: keeps the value. All violations are recorded';
COMMENT ON COLUMN ntsb.validation_rule.threshold IS 'Limit of the rule, if it has one';
COMMENT ON COLUMN ntsb.validation_rule.description IS 'What is wrong with a row that violates the rule';
COMMENT ON COLUMN ntsb.validation_rule.enabled IS 'Whether the rule is applied';
COMMENT ON COLUMN ntsb.validation_rule.predicate IS
    'For your own rules: an SQL condition over the columns of one row; a row violates the rule if it is false, such as crew_age >= 16';
COMMENT ON COLUMN ntsb.validation_rule.built_in IS 'Whether the rule comes with the extension; ntsb_create_warehouse() keeps your changes to it';

-- Rules also record their violations in ntsb.row_defects.
ALTER TABLE ntsb.row_defects ADD COLUMN action text NOT NULL DEFAULT 'repair'
    CHECK (action IN ('repair', 'null', 'flag'));
ALTER TABLE ntsb.row_defects ADD COLUMN reason text;
COMMENT ON TABLE ntsb.row_defects IS
    'Values of stored rows that cleaning repaired or dropped, or that a rule dropped or flagged, with the raw value; replaced when the row changes';
COMMENT ON COLUMN ntsb.row_defects.column_name IS 'Column with the defect; * for the row as a whole';
COMMENT ON COLUMN ntsb.row_defects.defect IS
    'Name of the defect (ntsb_defects() describes each), or the rule_id of ntsb.validation_rule';
COMMENT ON COLUMN ntsb.row_defects.action IS
    'repair: repaired or dropped by cleaning; null: dropped by a rule; flag: kept, but flagged by a rule';
COMMENT ON COLUMN ntsb.row_defects.reason IS 'Description of the violation; null for repairs';

-- Decisions on quarantined rows.
ALTER TABLE ntsb.staging_quarantine
    ADD COLUMN ev_id text,
    ADD COLUMN status text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'released', 'discarded')),
    ADD COLUMN decided_at timestamptz,
    ADD COLUMN decided_by text,
    ADD COLUMN decision jsonb,
    ADD CONSTRAINT decision_recorded
        CHECK ((status = 'held') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL));
CREATE INDEX staging_quarantine_held_idx ON ntsb.staging_quarantine (ev_id) WHERE status = 'held';
COMMENT ON COLUMN ntsb.staging_quarantine.rule_id IS 'Rule that rejected the row; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.staging_quarantine.ev_id IS 'Event of the row, according to the row';
COMMENT ON COLUMN ntsb.staging_quarantine.status IS 'held: not decided yet; released: stored later; discarded: will not be stored';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_at IS 'When it was released or discarded';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_by IS 'Role that decided';
COMMENT ON COLUMN ntsb.staging_quarantine.decision IS 'If released: the patch, the waived rules and the batch; if discarded: the reason';

-- Violations that concern a batch as a whole.
CREATE TABLE ntsb.batch_defects (
    batch_id    bigint NOT NULL,
    table_name  text NOT NULL,
    column_name text NOT NULL,
    rule_id     text NOT NULL,
    subject     text NOT NULL,
    value       text,
    reason      text NOT NULL,
    PRIMARY KEY (batch_id, rule_id, table_name, column_name, subject)
);
COMMENT ON TABLE ntsb.batch_defects IS 'Violations of gate 3 that concern a batch as a whole, such as a month with far too many events';
COMMENT ON COLUMN ntsb.batch_defects.rule_id IS 'Violated rule; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.batch_defects.subject IS 'What the violation concerns, such as the month 2025-03';
COMMENT ON COLUMN ntsb.batch_defects.value IS 'Measured value';

-- A rule that cannot be applied would fail the next load, so it is checked when it is written. The check is part of
-- the extension and is skipped if that is not installed.
CREATE FUNCTION ntsb.check_rule() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    functions text;
BEGIN
    SELECT n.nspname INTO functions
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_ntsb';
    IF FOUND THEN
        EXECUTE format('SELECT %I.ntsb_check_rule($1)', functions) USING to_jsonb(NEW) - 'built_in';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION ntsb.check_rule() IS 'Trigger function: refuses a rule that cannot be applied';

CREATE TRIGGER check_rule BEFORE INSERT OR UPDATE ON ntsb.validation_rule
    FOR EACH ROW EXECUTE FUNCTION ntsb.check_rule();
