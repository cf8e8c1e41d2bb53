//! `ntsb quarantine show`.

use ntsb_schema::tables::Table;
use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use super::rows::{COLUMNS, FROM, QuarantinedRow, parse_json};
use crate::args::ShowArgs;
use crate::failure::Failure;
use crate::output::{align_rows, date_of, one_line};

/// The number of rows that are quarantined because of this event.
const WAITING: &str = "
    (SELECT count(*) FROM ntsb.staging_quarantine o
     WHERE q.table_name = 'events' AND q.status = 'held' AND o.ev_id = q.ev_id
       AND o.status = 'held' AND o.rule_id = 'schema.parent_rejected') AS waiting";

/// A row with the fields that a list does not show.
struct RowDetails {
    row: QuarantinedRow,
    waiting: i64,
    payload: Map<String, Value>,
}

pub async fn run(args: &ShowArgs, client: &Client) -> Result<String, Failure> {
    let sql = format!(
        "SELECT {COLUMNS}, {WAITING}, q.payload::text FROM {FROM} WHERE q.quarantine_id = $1::bigint"
    );
    let Some(row) = client.query_opt(&sql, &[&args.id]).await? else {
        return Err(Failure::Other(format!(
            "quarantined row {} not found\nhint: ntsb quarantine list --status all lists the rows.",
            args.id
        )));
    };
    let payload = match parse_json(row.try_get("payload")?)? {
        Some(Value::Object(payload)) => payload,
        _ => Map::new(),
    };
    let waiting = row.try_get("waiting")?;
    let details = RowDetails { row: QuarantinedRow::from_row(&row)?, waiting, payload };
    if args.json { details.to_json() } else { Ok(details.to_text()) }
}

impl RowDetails {
    fn to_json(&self) -> Result<String, Failure> {
        let mut row = json!(self.row);
        row["waiting"] = self.waiting.into();
        row["raw"] = Value::Object(self.payload.clone());
        Ok(format!("{row:#}\n"))
    }

    fn to_text(&self) -> String {
        let raw: Vec<Vec<String>> =
            self.raw_values().map(|(name, value)| format_pair(name, &value)).collect();
        format!(
            "{}\nRaw values (columns that are not listed are empty):\n{}{}",
            align_rows(&self.summary(), 2),
            align_rows(&raw, 2),
            self.next_steps()
        )
    }

    fn summary(&self) -> Vec<Vec<String>> {
        let row = &self.row;
        let source = row.source.as_deref().unwrap_or("unknown source");
        let mut summary = vec![
            format_pair("quarantined row", &format!("{}, {}", row.quarantine_id, row.status)),
            format_pair("table", &row.table),
            format_pair("key", row.row_key.as_deref().unwrap_or("unreadable")),
            format_pair("loaded by", &format!("batch {}, {source}", row.batch_id)),
            format_pair("since", &date_of(row.quarantined_at.as_deref())),
            format_pair("rule", &row.rule_id),
            format_pair("reason", &row.reason),
        ];
        if self.waiting > 0 {
            let waiting = format!("{} other rows of the event", self.waiting);
            summary.push(format_pair("also holds", &waiting));
        }
        if let Some(decision) = &row.decision {
            let by = row.decided_by.as_deref().unwrap_or("unknown");
            let at = date_of(row.decided_at.as_deref());
            summary.push(format_pair("decision", &format!("{at} by {by}: {decision}")));
        }
        summary
    }

    /// Columns and values, in the column order of the table.
    fn raw_values(&self) -> impl Iterator<Item = (&str, String)> {
        let columns = Table::find(&self.row.table).map_or(&[][..], |table| table.columns);
        let position = |name: &str| columns.iter().position(|c| c.name == name);
        let mut values: Vec<_> = self.payload.iter().filter(|(_, v)| !v.is_null()).collect();
        values.sort_by_key(|(name, _)| position(name).unwrap_or(usize::MAX));
        values.into_iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.as_str(), text)
        })
    }

    /// The commands that release or discard a held row.
    fn next_steps(&self) -> String {
        let QuarantinedRow { quarantine_id: id, status, rule_id, column, .. } = &self.row;
        if status != "held" {
            return String::new();
        }
        let column = column.as_deref().unwrap_or("COLUMN");
        let release = if rule_id == "schema.parent_rejected" {
            "Release: release the event of this row, which includes the row".to_owned()
        } else {
            format!("Release: ntsb quarantine release {id} --set {column}=VALUE")
        };
        format!("\n{release}\nDiscard: ntsb quarantine discard {id} --reason TEXT\n")
    }
}

fn format_pair(name: &str, value: &str) -> Vec<String> {
    vec![format!("  {name}"), one_line(value)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> RowDetails {
        let row = QuarantinedRow {
            quarantine_id: 3,
            status: "held".to_owned(),
            batch_id: 1,
            source: Some("avall.zip".to_owned()),
            table: "events".to_owned(),
            row_key: Some("20190105X00001".to_owned()),
            rule_id: "events.date_in_future".to_owned(),
            column: Some("ev_date".to_owned()),
            reason: "It cannot have happened".to_owned(),
            quarantined_at: Some("2026-11-23T04:28:36+00:00".to_owned()),
            ..QuarantinedRow::default()
        };
        let payload = json!({"ev_city": "A\nB", "ev_date": "2091-01-02", "metar": null, "ev_id": "20190105X00001"});
        let Value::Object(payload) = payload else {
            return RowDetails { row, waiting: 0, payload: Map::new() };
        };
        RowDetails { row, waiting: 2, payload }
    }

    #[test]
    fn a_held_row_is_shown_with_its_values_and_the_next_steps() {
        let expected = "  quarantined row  3, held
  table            events
  key              20190105X00001
  loaded by        batch 1, avall.zip
  since            2026-11-23
  rule             events.date_in_future
  reason           It cannot have happened
  also holds       2 other rows of the event

Raw values (columns that are not listed are empty):
  ev_id    20190105X00001
  ev_date  2091-01-02
  ev_city  A B

Release: ntsb quarantine release 3 --set ev_date=VALUE
Discard: ntsb quarantine discard 3 --reason TEXT
";
        assert_eq!(details().to_text(), expected);
    }

    #[test]
    fn a_row_of_a_quarantined_event_refers_to_the_event() {
        let mut details = details();
        details.row.rule_id = "schema.parent_rejected".to_owned();
        let text = details.to_text();
        assert!(text.contains("release the event of this row"), "{text}");
    }

    #[test]
    fn a_decision_is_shown_instead_of_the_next_steps() {
        let mut details = details();
        details.row.status = "discarded".to_owned();
        details.row.decided_by = Some("ann".to_owned());
        details.row.decision = Some(json!({"reason": "made up"}));
        let text = details.to_text();
        assert!(text.contains("by ann: {\"reason\":\"made up\"}"), "{text}");
        assert!(!text.contains("ntsb quarantine"), "{text}");
    }
}
