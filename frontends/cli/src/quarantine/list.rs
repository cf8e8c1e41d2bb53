//! The refused rows, some of them or all.

use console::truncate_str;
use serde_json::json;
use tokio_postgres::Client;

use super::rows::{COLUMNS, FROM, Held};
use crate::args::{ListArgs, Status};
use crate::failure::Failure;
use crate::report::{aligned, grouped};
use crate::terminal::{one_line, stdout_width};

const HEAD: [&str; 7] = ["id", "batch", "status", "table", "row", "rule", "value"];

/// A value is cut to this width, lest one narrative widen all lines.
const WIDTH: usize = 40;

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
    let held: Vec<Held> = rows.iter().map(Held::from_row).collect::<Result<_, _>>()?;
    if args.json {
        return Ok(format!("{:#}\n", json!({ "total": total, "rows": held })));
    }
    Ok(table_of(args, &held, total, stdout_width()))
}

fn table_of(args: &ListArgs, held: &[Held], total: i64, width: Option<usize>) -> String {
    let which = match args.status {
        Status::All => "quarantined",
        Status::Held => "held",
        Status::Released => "released",
        Status::Discarded => "discarded",
    };
    if held.is_empty() {
        let filtered = args.table.is_some() || args.rule.is_some() || args.batch.is_some();
        let such = if filtered { " that these options name" } else { "" };
        return format!("No row{such} is {which}.\n");
    }
    let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
    lines.extend(held.iter().map(cells));
    let mut text = String::new();
    for line in aligned(&lines, HEAD.len()).lines() {
        text.push_str(&width.map_or(line.into(), |w| truncate_str(line, w, "…")));
        text.push('\n');
    }
    let shown = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let rows = if total == 1 { "row is" } else { "rows are" };
    let counted = match total > shown {
        true => format!("{} of {} rows that are {which}", grouped(shown), grouped(total)),
        false => format!("{} {rows} {which}", grouped(total)),
    };
    let more = if total > shown { "; --limit shows more" } else { "" };
    format!("{text}\n{counted}{more}. Why, and what the row holds: ntsb quarantine show ID\n")
}

fn cells(held: &Held) -> Vec<String> {
    let value = match (&held.column, &held.value) {
        (Some(column), Some(value)) => format!("{column} = {value}"),
        (Some(column), None) => format!("{column} is missing"),
        (None, value) => value.clone().unwrap_or_default(),
    };
    let key = held.row_key.as_deref().unwrap_or("-");
    vec![
        held.quarantine_id.to_string(),
        held.batch_id.to_string(),
        held.status.clone(),
        held.table.clone(),
        truncate_str(&one_line(key), WIDTH, "…").into_owned(),
        held.rule_id.clone(),
        truncate_str(&one_line(&value), WIDTH, "…").into_owned(),
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

    fn held(value: Option<&str>) -> Held {
        Held {
            quarantine_id: 3,
            status: "held".to_owned(),
            batch_id: 1,
            table: "events".to_owned(),
            row_key: Some("20190105X00001".to_owned()),
            rule_id: "events.date_in_future".to_owned(),
            column: Some("ev_date".to_owned()),
            value: value.map(str::to_owned),
            ..Held::default()
        }
    }

    #[test]
    fn a_line_is_a_row_that_waits() {
        let text = table_of(&args(), &[held(Some("2091-01-02")), held(None)], 2, None);
        let expected = "\
id  batch  status  table   row             rule                   value
3   1      held    events  20190105X00001  events.date_in_future  ev_date = 2091-01-02
3   1      held    events  20190105X00001  events.date_in_future  ev_date is missing

2 rows are held. Why, and what the row holds: ntsb quarantine show ID
";
        assert_eq!(text, expected);
        let part = table_of(&args(), &[held(None)], 1_234, None);
        assert!(part.contains("1 of 1,234 rows that are held; --limit shows more."), "{part}");
    }

    #[test]
    fn long_values_are_cut_and_obey_no_terminal() {
        let text = table_of(&args(), &[held(Some(&"\u{1B}[2Jx\n".repeat(100)))], 1, Some(60));
        let widest = text.lines().take(2).map(console::measure_text_width).max();
        assert!(widest <= Some(60) && !text.contains('\u{1B}'), "{text}");
    }

    #[test]
    fn nothing_to_decide_says_so() {
        assert_eq!(table_of(&args(), &[], 0, None), "No row is held.\n");
        let of_batch = ListArgs { batch: Some(7), ..args() };
        assert_eq!(table_of(&of_batch, &[], 0, None), "No row that these options name is held.\n");
    }
}
