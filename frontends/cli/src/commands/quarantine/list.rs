//! `ntsb quarantine list`.

use console::truncate_str;
use serde_json::json;
use tokio_postgres::Client;

use super::rows::{COLUMNS, FROM, QuarantinedRow};
use crate::args::{ListArgs, Status};
use crate::failure::Failure;
use crate::output::{align_rows, group_digits};
use crate::output::{one_line, stdout_width};

const HEADER: [&str; 7] = ["id", "batch", "status", "table", "row", "rule", "value"];

/// Values are cut to this width because one narrative would widen all rows.
const MAX_CELL_WIDTH: usize = 40;

pub async fn run(args: &ListArgs, client: &Client) -> Result<String, Failure> {
    let sql = format!(
        "SELECT {COLUMNS}, count(*) OVER () AS total FROM {FROM}
         WHERE ($1::text IS NULL OR q.status = $1) AND ($2::text IS NULL OR q.table_name = $2)
           AND ($3::text IS NULL OR q.rule_id = $3) AND ($4::bigint IS NULL OR q.batch_id = $4)
         ORDER BY q.quarantine_id LIMIT $5::bigint"
    );
    let (status, limit) = (args.status.as_str(), i64::from(args.limit));
    let table = args.table.as_ref().map(|name| name.to_ascii_lowercase());
    let rows = client.query(&sql, &[&status, &table, &args.rule, &args.batch, &limit]).await?;
    let total = rows.first().map(|row| row.try_get("total")).transpose()?.unwrap_or(0_i64);
    let rows: Vec<QuarantinedRow> =
        rows.iter().map(QuarantinedRow::from_row).collect::<Result<_, _>>()?;
    if args.json {
        return Ok(format!("{:#}\n", json!({ "total": total, "rows": rows })));
    }
    Ok(format_table(args, &rows, total, stdout_width()))
}

fn format_table(
    args: &ListArgs,
    rows: &[QuarantinedRow],
    total: i64,
    width: Option<usize>,
) -> String {
    let status = match args.status {
        Status::All => "quarantined",
        Status::Held => "held",
        Status::Released => "released",
        Status::Discarded => "discarded",
    };
    if rows.is_empty() {
        let is_filtered = args.table.is_some() || args.rule.is_some() || args.batch.is_some();
        let filter = if is_filtered { " match these options" } else { "" };
        return format!("No {status} rows{filter}.\n");
    }
    let mut table = vec![HEADER.map(str::to_owned).to_vec()];
    table.extend(rows.iter().map(format_cells));
    let mut text = String::new();
    for line in align_rows(&table, HEADER.len()).lines() {
        text.push_str(&width.map_or(line.into(), |w| truncate_str(line, w, "…")));
        text.push('\n');
    }
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let noun = if total == 1 { "row" } else { "rows" };
    let count = match total > shown {
        true => format!(
            "{} of {} {status} rows (use --limit to show more)",
            group_digits(shown),
            group_digits(total)
        ),
        false => format!("{} {status} {noun}", group_digits(total)),
    };
    format!("{text}\n{count}. For details: ntsb quarantine show ID\n")
}

fn format_cells(row: &QuarantinedRow) -> Vec<String> {
    let value = match (&row.column, &row.value) {
        (Some(column), Some(value)) => format!("{column} = {value}"),
        (Some(column), None) => format!("{column} is missing"),
        (None, value) => value.clone().unwrap_or_default(),
    };
    let key = row.row_key.as_deref().unwrap_or("-");
    vec![
        row.quarantine_id.to_string(),
        row.batch_id.to_string(),
        row.status.clone(),
        row.table.clone(),
        truncate_str(&one_line(key), MAX_CELL_WIDTH, "…").into_owned(),
        row.rule_id.clone(),
        truncate_str(&one_line(&value), MAX_CELL_WIDTH, "…").into_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> ListArgs {
        ListArgs {
            status: Status::Held,
            table: None,
            rule: None,
            batch: None,
            limit: 20,
            json: false,
        }
    }

    fn row(value: Option<&str>) -> QuarantinedRow {
        QuarantinedRow {
            quarantine_id: 3,
            status: "held".to_owned(),
            batch_id: 1,
            table: "events".to_owned(),
            row_key: Some("20190105X00001".to_owned()),
            rule_id: "events.date_in_future".to_owned(),
            column: Some("ev_date".to_owned()),
            value: value.map(str::to_owned),
            ..QuarantinedRow::default()
        }
    }

    #[test]
    fn each_quarantined_row_is_one_line() {
        let text = format_table(&args(), &[row(Some("2091-01-02")), row(None)], 2, None);
        let expected = "\
id  batch  status  table   row             rule                   value
3   1      held    events  20190105X00001  events.date_in_future  ev_date = 2091-01-02
3   1      held    events  20190105X00001  events.date_in_future  ev_date is missing

2 held rows. For details: ntsb quarantine show ID
";
        assert_eq!(text, expected);
        let part = format_table(&args(), &[row(None)], 1_234, None);
        assert!(part.contains("1 of 1,234 held rows (use --limit to show more)."), "{part}");
    }

    #[test]
    fn long_values_are_cut_and_have_no_control_characters() {
        let text = format_table(&args(), &[row(Some(&"\u{1B}[2Jx\n".repeat(100)))], 1, Some(60));
        let widest = text.lines().take(2).map(console::measure_text_width).max();
        assert!(widest <= Some(60) && !text.contains('\u{1B}'), "{text}");
    }

    #[test]
    fn an_empty_list_says_so() {
        assert_eq!(format_table(&args(), &[], 0, None), "No held rows.\n");
        let batch_args = ListArgs { batch: Some(7), ..args() };
        let text = format_table(&batch_args, &[], 0, None);
        assert_eq!(text, "No held rows match these options.\n");
    }
}
