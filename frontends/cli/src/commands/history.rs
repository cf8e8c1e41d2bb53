//! `ntsb history`: shows the change history of one event.

use std::collections::BTreeMap;
use std::fmt::Write;

use console::truncate_str;
use serde_json::{Value, json};
use tokio_postgres::Row;

use crate::args::HistoryArgs;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::date_of;
use crate::output::{Terminal, one_line, stdout_width};

const HISTORY: &str = "
    SELECT to_json(changed_at) #>> '{}' AS changed_at, batch_id, source,
           to_json(as_of) #>> '{}' AS as_of, table_name, row_key, action, column_name, old_value,
           new_value
    FROM ntsb_event_history($1::text)";

/// One row of the history: a row that was inserted or withdrawn, or a value that changed.
#[derive(Debug, Clone, Default)]
struct Change {
    changed_at: Option<String>,
    batch_id: i64,
    source: Option<String>,
    as_of: Option<String>,
    table_name: String,
    row_key: String,
    action: String,
    column_name: Option<String>,
    old_value: Option<String>,
    new_value: Option<String>,
}

pub async fn run(
    args: &HistoryArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let rows = client.query(HISTORY, &[&args.ev_id]).await?;
    let changes: Vec<Change> = rows.iter().map(Change::from_row).collect::<Result<_, _>>()?;
    if changes.is_empty() {
        return Err(Failure::Other(format!("event {} not found in the warehouse", args.ev_id)));
    }
    if args.json {
        let changes: Vec<_> = changes.iter().map(Change::to_json).collect();
        terminal.print(&format!("{:#}\n", json!({ "ev_id": args.ev_id, "changes": changes })))
    } else {
        terminal.print(&format_history(&args.ev_id, &changes, stdout_width()))
    }
}

impl Change {
    fn from_row(row: &Row) -> Result<Change, tokio_postgres::Error> {
        Ok(Change {
            changed_at: row.try_get("changed_at")?,
            batch_id: row.try_get("batch_id")?,
            source: row.try_get("source")?,
            as_of: row.try_get("as_of")?,
            table_name: row.try_get("table_name")?,
            row_key: row.try_get::<_, Option<String>>("row_key")?.unwrap_or_default(),
            action: row.try_get("action")?,
            column_name: row.try_get("column_name")?,
            old_value: row.try_get("old_value")?,
            new_value: row.try_get("new_value")?,
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "changed_at": self.changed_at,
            "batch_id": self.batch_id,
            "source": self.source,
            "as_of": self.as_of,
            "table": self.table_name,
            "row_key": self.row_key,
            "action": self.action,
            "column": self.column_name,
            "old_value": self.old_value,
            "new_value": self.new_value,
        })
    }

    /// The table and, if the event has several rows in it, the rest of the key.
    fn location(&self, ev_id: &str) -> String {
        let rest = self.row_key.replace(ev_id, "");
        let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
        if rest.is_empty() {
            self.table_name.clone()
        } else {
            format!("{} {rest}", self.table_name)
        }
    }

    fn to_line(&self, ev_id: &str) -> String {
        let location = self.location(ev_id);
        match (self.action.as_str(), &self.column_name) {
            ("update", Some(column)) => {
                let (old, new) = (quote_value(&self.old_value), quote_value(&self.new_value));
                format!("{location}: {column}: {old} → {new}")
            }
            ("withdraw", _) => format!("{location}: withdrawn"),
            ("return", _) => format!("{location}: restored"),
            (action, _) => format!("{location}: {action}"),
        }
    }
}

/// Formats the changes batch by batch and cuts lines to `width`.
fn format_history(ev_id: &str, changes: &[Change], width: Option<usize>) -> String {
    let mut text = String::new();
    for batch in changes.chunk_by(|a, b| a.batch_id == b.batch_id) {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut add = |line: &str| {
            let line = one_line(line);
            let line = width.map_or(line.as_str().into(), |w| truncate_str(&line, w, "…"));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        };
        add(&format_batch_header(batch));
        if let Some(line) = count_inserts(batch) {
            add(&format!("  {line}"));
        }
        for change in batch.iter().filter(|c| c.action != "insert") {
            add(&format!("  {}", change.to_line(ev_id)));
        }
    }
    text
}

/// "batch 3 · up22APR.zip · 2026-11-23 · data as of 2025-03-31"
fn format_batch_header(batch: &[Change]) -> String {
    let Some(first) = batch.first() else { return String::new() };
    let mut parts = vec![format!("batch {}", first.batch_id)];
    parts.extend(first.source.clone());
    parts.extend(first.changed_at.as_deref().map(|at| date_of(Some(at))));
    parts.extend(first.as_of.as_deref().map(|at| format!("data as of {}", date_of(Some(at)))));
    parts.join(" · ")
}

/// Counts the rows that a batch inserted: "first seen: 1 aircraft, 2 engines".
fn count_inserts(batch: &[Change]) -> Option<String> {
    let mut order: Vec<&str> = Vec::new();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for change in batch.iter().filter(|c| c.action == "insert") {
        if !order.contains(&change.table_name.as_str()) {
            order.push(&change.table_name);
        }
        *counts.entry(&change.table_name).or_default() += 1;
    }
    let first_seen = counts.contains_key("events");
    let count = |name: &&str| format!("{} {name}", counts.get(name).copied().unwrap_or_default());
    let rows: Vec<_> = order.iter().filter(|name| **name != "events").map(count).collect();
    match (first_seen, rows.is_empty()) {
        (true, true) => Some("first seen".to_owned()),
        (true, false) => Some(format!("first seen: {}", rows.join(", "))),
        (false, false) => Some(format!("added: {}", rows.join(", "))),
        (false, true) => None,
    }
}

fn quote_value(value: &Option<String>) -> String {
    value.as_ref().map_or("null".to_owned(), |value| format!("'{value}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EV_ID: &str = "20250324199899";

    fn change(batch_id: i64, table: &str, key: &str, action: &str) -> Change {
        Change {
            changed_at: Some("2026-11-23T04:28:36+00:00".to_owned()),
            batch_id,
            source: Some("up22APR.zip".to_owned()),
            as_of: Some("2025-03-31T00:00:00".to_owned()),
            table_name: table.to_owned(),
            row_key: key.to_owned(),
            action: action.to_owned(),
            ..Change::default()
        }
    }

    fn update(column: &str, old: Option<&str>, new: Option<&str>) -> Change {
        Change {
            column_name: Some(column.to_owned()),
            old_value: old.map(str::to_owned),
            new_value: new.map(str::to_owned),
            ..change(4, "events", EV_ID, "update")
        }
    }

    #[test]
    fn changes_are_grouped_by_batch() {
        let changes = [
            change(3, "events", EV_ID, "insert"),
            change(3, "aircraft", "20250324199899/1", "insert"),
            change(3, "engines", "20250324199899/1/1", "insert"),
            change(3, "engines", "20250324199899/1/2", "insert"),
            change(4, "findings", "20250324199899/1/7", "withdraw"),
            update("ev_city", Some("A\nB"), Some("C")),
            update("ev_state", None, Some("TX")),
            change(4, "narratives", "20250324199899/1", "insert"),
        ];
        let expected = "\
batch 3 · up22APR.zip · 2026-11-23 · data as of 2025-03-31
  first seen: 1 aircraft, 2 engines

batch 4 · up22APR.zip · 2026-11-23 · data as of 2025-03-31
  added: 1 narratives
  findings 1/7: withdrawn
  events: ev_city: 'A B' → 'C'
  events: ev_state: null → 'TX'
";
        assert_eq!(format_history(EV_ID, &changes, None), expected);
    }

    #[test]
    fn long_values_are_cut_to_the_width() {
        let changes = [update("metar", Some(&"x".repeat(500)), None)];
        let text = format_history(EV_ID, &changes, Some(40));
        assert!(text.lines().all(|line| console::measure_text_width(line) <= 40));
        assert!(text.contains('…'));
    }
}
