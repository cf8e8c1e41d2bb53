-- The rules that every row must pass, what they found, and what they refused.

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
    CONSTRAINT own_rules_have_a_predicate CHECK (built_in = (predicate IS NULL))
);
COMMENT ON TABLE ntsb.validation_rule IS
    'Rules that rows must pass on their way in. Switch one off, change its action or threshold, or add your own as a predicate; the next load obeys';
COMMENT ON COLUMN ntsb.validation_rule.rule_id IS 'What is wrong where it fails: table.what; your own must not begin like one that is built in';
COMMENT ON COLUMN ntsb.validation_rule.gate IS '1 schema (can it be stored), 2 business (can it be true), 3 statistics (is it likely)';
COMMENT ON COLUMN ntsb.validation_rule.table_name IS 'The table whose rows it judges; * for every table';
COMMENT ON COLUMN ntsb.validation_rule.column_name IS 'The column that is wrong where it fails; null if it is the row';
COMMENT ON COLUMN ntsb.validation_rule.action IS
    'reject: the row goes to ntsb.staging_quarantine; null: the value is dropped; flag: the value is kept. All are recorded';
COMMENT ON COLUMN ntsb.validation_rule.threshold IS 'The limit it compares with, if it has one';
COMMENT ON COLUMN ntsb.validation_rule.description IS 'What is wrong with a row that fails';
COMMENT ON COLUMN ntsb.validation_rule.enabled IS 'Whether it is asked at all';
COMMENT ON COLUMN ntsb.validation_rule.predicate IS
    'Your own rule: an SQL condition over the columns of one row that a good row does not make false, such as crew_age >= 16';
COMMENT ON COLUMN ntsb.validation_rule.built_in IS 'Comes with the extension; ntsb_create_warehouse() keeps your changes to it';

-- Defects of a row: what cleaning repaired, and what rules dropped or flagged.
ALTER TABLE ntsb.row_defects ADD COLUMN action text NOT NULL DEFAULT 'repair'
    CHECK (action IN ('repair', 'null', 'flag'));
ALTER TABLE ntsb.row_defects ADD COLUMN reason text;
COMMENT ON TABLE ntsb.row_defects IS
    'Values of stored rows that cleaning repaired or dropped, or that a rule dropped or flagged, with what the file said; replaced when the row changes';
COMMENT ON COLUMN ntsb.row_defects.column_name IS 'The column; * if the row as a whole is meant';
COMMENT ON COLUMN ntsb.row_defects.defect IS
    'Name of the defect (ntsb_defects() describes each), or the rule_id of ntsb.validation_rule';
COMMENT ON COLUMN ntsb.row_defects.action IS
    'repair: mended or dropped by cleaning; null: dropped by a rule; flag: kept, but a rule doubts it';
COMMENT ON COLUMN ntsb.row_defects.reason IS 'What the rule says; null for repairs';

-- What was refused, until a person decides.
ALTER TABLE ntsb.staging_quarantine
    ADD COLUMN ev_id text,
    ADD COLUMN status text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'released', 'discarded')),
    ADD COLUMN decided_at timestamptz,
    ADD COLUMN decided_by text,
    ADD COLUMN decision jsonb,
    ADD CONSTRAINT decisions_are_signed
        CHECK ((status = 'held') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL));
CREATE INDEX staging_quarantine_held_idx ON ntsb.staging_quarantine (ev_id) WHERE status = 'held';
COMMENT ON COLUMN ntsb.staging_quarantine.rule_id IS 'The rule that refused it; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.staging_quarantine.ev_id IS 'The event that the row says it belongs to';
COMMENT ON COLUMN ntsb.staging_quarantine.status IS 'held: waits for a decision; released: stored after all; discarded: will not be stored';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_at IS 'When it was released or discarded';
COMMENT ON COLUMN ntsb.staging_quarantine.decided_by IS 'Who decided';
COMMENT ON COLUMN ntsb.staging_quarantine.decision IS 'Released: the patch, the rules waived and the batch; discarded: the reason';

-- What was found about a batch as a whole.
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
COMMENT ON TABLE ntsb.batch_defects IS 'What rules of gate 3 found about a load as a whole, such as a month with far too many events';
COMMENT ON COLUMN ntsb.batch_defects.rule_id IS 'The rule; see ntsb.validation_rule';
COMMENT ON COLUMN ntsb.batch_defects.subject IS 'What it is about, such as the month 2025-03';
COMMENT ON COLUMN ntsb.batch_defects.value IS 'What was found';

-- A rule that could not be applied would stop the next load, so it is refused when it is written. The
-- extension judges; the table stays usable without it.
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
COMMENT ON FUNCTION ntsb.check_rule() IS 'Trigger: a rule must be one that can be applied';

CREATE TRIGGER must_be_applicable BEFORE INSERT OR UPDATE ON ntsb.validation_rule
    FOR EACH ROW EXECUTE FUNCTION ntsb.check_rule();
