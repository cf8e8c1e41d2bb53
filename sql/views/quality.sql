-- Defects of all batches in one list.

CREATE VIEW ntsb.data_quality AS
SELECT batch_id, table_name, column_name, defect AS rule_id, action, count(*) AS rows
FROM ntsb.row_defects
GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT batch_id, table_name, coalesce(column_name, '*'), rule_id, 'reject', count(*)
FROM ntsb.staging_quarantine
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT batch_id, table_name, column_name, rule_id, 'flag', count(*)
FROM ntsb.batch_defects
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW ntsb.data_quality IS
    'Number of rows with each defect, by batch, table, column and rule. Defects of a row that a later batch changed count for that batch';
COMMENT ON COLUMN ntsb.data_quality.rule_id IS 'Rule of ntsb.validation_rule, or a defect of ntsb_defects()';
COMMENT ON COLUMN ntsb.data_quality.action IS 'repair: cleaning repaired or dropped the value; null: a rule dropped it; flag: a rule flagged it; reject: the row is quarantined';

-- Counts only, so that monitoring need not read the rows.
CREATE VIEW ntsb.quarantine_counts AS
SELECT table_name, count(*) AS rows, min(quarantined_at) AS oldest_at
FROM ntsb.staging_quarantine
WHERE status = 'held'
GROUP BY 1;
COMMENT ON VIEW ntsb.quarantine_counts IS 'Number of quarantined rows that wait for a decision, by table';
COMMENT ON COLUMN ntsb.quarantine_counts.table_name IS 'Table of the rows';
COMMENT ON COLUMN ntsb.quarantine_counts.rows IS 'Number of rows in state held';
COMMENT ON COLUMN ntsb.quarantine_counts.oldest_at IS 'When the oldest of them was quarantined';
