//! Everything about one refused row.

use ntsb_schema::tables::Table;
use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use super::rows::{COLUMNS, FROM, Held, parsed};
use crate::args::ShowArgs;
use crate::failure::Failure;
use crate::report::aligned;
use crate::status::day;
use crate::terminal::one_line;

/// Rows that wait for the decision about their event.
const WAITING: &str = "
    (SELECT count(*) FROM ntsb.staging_quarantine o
     WHERE q.table_name = 'events' AND q.status = 'held' AND o.ev_id = q.ev_id
       AND o.status = 'held' AND o.rule_id = 'schema.parent_rejected') AS waiting";

/// A row with what is not shown in a list.
struct Whole {
    held: Held,
    waiting: i64,
    payload: Map<String, Value>,
}

pub async fn run(args: &ShowArgs, client: &Client) -> Result<String, Failure> {
    let sql = format!(
        "SELECT {COLUMNS}, {WAITING}, q.payload::text FROM {FROM} WHERE q.quarantine_id = $1::bigint"
    );
    let Some(row) = client.query_opt(&sql, &[&args.id]).await? else {
        return Err(Failure::Other(format!(
            "there is no quarantined row {}; see ntsb quarantine list --status all",
            args.id
        )));
    };
    let payload = match parsed(row.try_get("payload")?)? {
        Some(Value::Object(payload)) => payload,
        _ => Map::new(),
    };
    let whole = Whole { held: Held::from_row(&row)?, waiting: row.try_get("waiting")?, payload };
    if args.json { whole.json() } else { Ok(whole.text()) }
}

impl Whole {
    fn json(&self) -> Result<String, Failure> {
        let mut row = json!(self.held);
        row["waiting"] = self.waiting.into();
        row["raw"] = Value::Object(self.payload.clone());
        Ok(format!("{row:#}\n"))
    }

    fn text(&self) -> String {
        let head = self.head();
        let raw: Vec<Vec<String>> = self.raw().map(|(name, value)| pair(name, &value)).collect();
        format!(
            "{}\nThe raw row (what it does not name is empty):\n{}{}",
            aligned(&head, 2),
            aligned(&raw, 2),
            self.way_out()
        )
    }

    fn head(&self) -> Vec<Vec<String>> {
        let held = &self.held;
        let source = held.source.as_deref().unwrap_or("a load that is no longer known");
        let mut head = vec![
            pair("quarantined row", &format!("{}, {}", held.quarantine_id, held.status)),
            pair("table", &held.table),
            pair("key", held.row_key.as_deref().unwrap_or("cannot be read")),
            pair("brought by", &format!("batch {}, {source}", held.batch_id)),
            pair("since", &day(held.quarantined_at.as_deref())),
            pair("refused by", &held.rule_id),
            pair("because", &held.reason),
        ];
        if self.waiting > 0 {
            let waiting = format!("{} other rows of the event", self.waiting);
            head.push(pair("holds back", &waiting));
        }
        if let Some(decision) = &held.decision {
            let by = held.decided_by.as_deref().unwrap_or("someone");
            let at = day(held.decided_at.as_deref());
            head.push(pair("decided", &format!("{at} by {by}: {decision}")));
        }
        head
    }

    /// Column and value, in the order of the file.
    fn raw(&self) -> impl Iterator<Item = (&str, String)> {
        let columns = Table::find(&self.held.table).map_or(&[][..], |table| table.columns);
        let place = |name: &str| columns.iter().position(|c| c.name == name);
        let mut raw: Vec<_> = self.payload.iter().filter(|(_, v)| !v.is_null()).collect();
        raw.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
        raw.into_iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.as_str(), text)
        })
    }

    /// What can be done with a row that waits.
    fn way_out(&self) -> String {
        let Held { quarantine_id: id, status, rule_id, column, .. } = &self.held;
        if status != "held" {
            return String::new();
        }
        let column = column.as_deref().unwrap_or("COLUMN");
        let release = if rule_id == "schema.parent_rejected" {
            "Release its event, which takes this row along".to_owned()
        } else {
            format!("Store it:     ntsb quarantine release {id} --set {column}=VALUE")
        };
        format!("\n{release}\nLeave it out: ntsb quarantine discard {id} --reason TEXT\n")
    }
}

fn pair(name: &str, value: &str) -> Vec<String> {
    vec![format!("  {name}"), one_line(value)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Whole {
        let held = Held {
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
            ..Held::default()
        };
        let payload = json!({"ev_city": "A\nB", "ev_date": "2091-01-02", "metar": null, "ev_id": "20190105X00001"});
        let Value::Object(payload) = payload else {
            return Whole { held, waiting: 0, payload: Map::new() };
        };
        Whole { held, waiting: 2, payload }
    }

    #[test]
    fn a_row_is_told_with_its_values_and_the_way_out() {
        let expected = "  quarantined row  3, held
  table            events
  key              20190105X00001
  brought by       batch 1, avall.zip
  since            2026-11-23
  refused by       events.date_in_future
  because          It cannot have happened
  holds back       2 other rows of the event

The raw row (what it does not name is empty):
  ev_id    20190105X00001
  ev_date  2091-01-02
  ev_city  A B

Store it:     ntsb quarantine release 3 --set ev_date=VALUE
Leave it out: ntsb quarantine discard 3 --reason TEXT
";
        assert_eq!(whole().text(), expected);
    }

    #[test]
    fn a_row_that_waits_for_its_event_names_it() {
        let mut whole = whole();
        whole.held.rule_id = "schema.parent_rejected".to_owned();
        assert!(whole.text().contains("Release its event"), "{}", whole.text());
    }

    #[test]
    fn a_decision_is_told_instead_of_a_way_out() {
        let mut whole = whole();
        whole.held.status = "discarded".to_owned();
        whole.held.decided_by = Some("ann".to_owned());
        whole.held.decision = Some(json!({"reason": "made up"}));
        let text = whole.text();
        assert!(text.contains("by ann: {\"reason\":\"made up\"}"), "{text}");
        assert!(!text.contains("ntsb quarantine"), "{text}");
    }
}
