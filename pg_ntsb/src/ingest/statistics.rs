//! Gate 3: rules that compare a row or a month with the others. They only flag, because an unlikely value
//! can be correct.

use super::client::IngestClient;
use super::error::IngestError;
use super::statements::{StatementBuilder, quote};
use ntsb_rules::{BOUNDED_COLUMNS, Scale};

/// Flags outliers in the rows just written.
pub fn flag_outliers(client: &mut IngestClient, sql: &StatementBuilder) -> Result<(), IngestError> {
    for (_, column, scale) in BOUNDED_COLUMNS.iter().filter(|(table, ..)| *table == sql.table.name)
    {
        client.update(&insert_outliers(sql, column, *scale), None, &[])?;
    }
    Ok(())
}

/// Needs at least 100 values in the column. The spread is the median absolute deviation, which is robust
/// against outliers.
fn insert_outliers(sql: &StatementBuilder, column: &str, scale: Scale) -> String {
    let (name, batch, column) = (sql.table.name, sql.batch, quote(column));
    let measure = |alias: &str| match scale {
        Scale::Linear => format!("{alias}.{column}::float8"),
        Scale::Log => format!("ln(nullif(greatest({alias}.{column}::float8, 0), 0))"),
    };
    format!(
        "INSERT INTO ntsb.row_defects
             (table_name, row_key, column_name, defect, raw_value, batch_id, action, reason)
         SELECT '{name}', {row_key}, '{column}', r.rule_id, c.{column}::text, {batch}, 'flag',
                format('%s (threshold %s): the median of the column is %s', r.description, r.threshold,
                       m.typical)
         FROM ntsb.validation_rule r
         CROSS JOIN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY {of_stored}) AS middle,
                            percentile_disc(0.5) WITHIN GROUP (ORDER BY s.{column}) AS typical
                     FROM ntsb.{name} s WHERE s.{column} IS NOT NULL
                     HAVING count(*) >= 100) m
         CROSS JOIN LATERAL (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs({of_stored} - m.middle))
                                 AS spread
                             FROM ntsb.{name} s WHERE s.{column} IS NOT NULL) d
         JOIN pg_temp.ntsb_verdict v ON v.verdict IN ('insert', 'update', 'return')
         JOIN pg_temp.ntsb_full c ON c.staging_ctid = v.staging_ctid
         WHERE r.rule_id = 'any.robust_bounds' AND r.enabled AND d.spread > 0
           AND abs({of_new} - m.middle) > r.threshold * d.spread
         ON CONFLICT DO NOTHING",
        row_key = sql.row_key("c"),
        of_stored = measure("s"),
        of_new = measure("c"),
    )
}

/// Flags months of this load with far more or fewer events than the same month of the five years before
/// and after, which indicates a truncated or duplicated file. The last year before the date of the file is
/// excluded, because it is still incomplete.
pub fn flag_months(client: &mut IngestClient, batch: i64) -> Result<(), IngestError> {
    client.update(
        &format!(
            "WITH month AS (
                 SELECT ev_year, ev_month, count(*) AS events, bool_or(first_batch = {batch}) AS loaded
                 FROM ntsb.events
                 WHERE withdrawn_batch IS NULL AND ev_month IS NOT NULL
                   AND ev_date < (SELECT coalesce(as_of, now()) - interval '1 year'
                                  FROM ntsb.batch WHERE batch_id = {batch})
                 GROUP BY 1, 2
             ), beside AS (
                 SELECT m.ev_year, m.ev_month, m.events,
                        percentile_cont(0.5) WITHIN GROUP (ORDER BY o.events) AS middle,
                        array_agg(o.events) AS others
                 FROM month m
                 JOIN month o ON o.ev_month = m.ev_month AND abs(o.ev_year - m.ev_year) BETWEEN 1 AND 5
                 WHERE m.loaded
                 GROUP BY 1, 2, 3 HAVING count(*) >= 5
             ), judged AS (
                 SELECT b.*, (SELECT 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(n - b.middle))
                              FROM unnest(b.others) n) AS spread
                 FROM beside b
             )
             INSERT INTO ntsb.batch_defects
                 (batch_id, table_name, column_name, rule_id, subject, value, reason)
             SELECT {batch}, 'events', 'ev_date', r.rule_id,
                    format('%s-%s', j.ev_year, to_char(j.ev_month, 'FM00')), j.events::text,
                    format('%s (threshold %s): the same month of other years has %s', r.description,
                           r.threshold, j.middle)
             FROM judged j
             JOIN ntsb.validation_rule r ON r.rule_id = 'events.monthly_jump' AND r.enabled
             -- Chance alone moves a count by its square root.
             WHERE abs(j.events - j.middle) > r.threshold * greatest(j.spread, sqrt(j.middle), 1)"
        ),
        None,
        &[],
    )?;
    Ok(())
}
