//! `ntsb status`: the last loads, and what is there now.

use serde_json::{Value, json};
use tokio_postgres::{Client, Row};

use crate::args::StatusArgs;
use crate::connect::connect;
use crate::failure::Failure;
use crate::report::{Counts, aligned, grouped};
use crate::terminal::Terminal;

/// Times come as ISO 8601 text, which both forms of output want.
const BATCHES: &str = "
    SELECT b.batch_id, b.source, b.mode, b.digest, b.loaded_by,
           to_json(b.as_of) #>> '{}' AS as_of,
           to_json(b.started_at) #>> '{}' AS started_at,
           to_json(b.finished_at) #>> '{}' AS finished_at,
           extract(epoch FROM b.finished_at - b.started_at)::float8 AS seconds,
           t.staged, t.inserted, t.updated, t.unchanged, t.stale, t.withdrawn, t.duplicates,
           t.rejected
    FROM ntsb.batch AS b
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(staged), 0)::bigint AS staged,
               coalesce(sum(inserted), 0)::bigint AS inserted,
               coalesce(sum(updated), 0)::bigint AS updated,
               coalesce(sum(unchanged), 0)::bigint AS unchanged,
               coalesce(sum(stale), 0)::bigint AS stale,
               coalesce(sum(withdrawn), 0)::bigint AS withdrawn,
               coalesce(sum(duplicates), 0)::bigint AS duplicates,
               coalesce(sum(rejected), 0)::bigint AS rejected
        FROM ntsb.batch_table WHERE batch_id = b.batch_id
    ) AS t
    ORDER BY b.batch_id DESC
    LIMIT $1::bigint";

const EVENTS: &str = "
    SELECT count(*) AS events, max(ev_date)::date::text AS latest FROM ntsb.events
    WHERE withdrawn_batch IS NULL";

/// What is worth the width of a terminal; the JSON has all counts.
const HEAD: [&str; 12] = [
    "batch",
    "source",
    "mode",
    "as of",
    "loaded at",
    "by",
    "seconds",
    "inserted",
    "updated",
    "unchanged",
    "withdrawn",
    "rejected",
];

struct Batch {
    batch_id: i64,
    source: String,
    mode: String,
    digest: Option<String>,
    loaded_by: Option<String>,
    as_of: Option<String>,
    started_at: Option<String>,
    finished_at: Option<String>,
    seconds: Option<f64>,
    counts: Counts,
}

struct Status {
    events: i64,
    latest: Option<String>,
    batches: Vec<Batch>,
}

pub async fn run(args: &StatusArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let status = read(&client, args.limit).await?;
    if args.json {
        terminal.result(&format!("{:#}\n", status.json()))
    } else {
        terminal.result(&status.text())
    }
}

async fn read(client: &Client, limit: u32) -> Result<Status, Failure> {
    let batches = client.query(BATCHES, &[&i64::from(limit)]).await?;
    let events = client.query_one(EVENTS, &[]).await?;
    Ok(Status {
        events: events.try_get("events")?,
        latest: events.try_get("latest")?,
        batches: batches.iter().map(Batch::from_row).collect::<Result<_, _>>()?,
    })
}

impl Batch {
    fn from_row(row: &Row) -> Result<Batch, tokio_postgres::Error> {
        Ok(Batch {
            batch_id: row.try_get("batch_id")?,
            source: row.try_get("source")?,
            mode: row.try_get("mode")?,
            digest: row.try_get("digest")?,
            loaded_by: row.try_get("loaded_by")?,
            as_of: row.try_get("as_of")?,
            started_at: row.try_get("started_at")?,
            finished_at: row.try_get("finished_at")?,
            seconds: row.try_get("seconds")?,
            counts: Counts::from_row(row)?,
        })
    }

    fn json(&self) -> Value {
        json!({
            "batch_id": self.batch_id,
            "source": self.source,
            "mode": self.mode,
            "digest": self.digest,
            "as_of": self.as_of,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "seconds": self.seconds,
            "loaded_by": self.loaded_by,
            "rows": self.counts,
        })
    }

    fn cells(&self) -> Vec<String> {
        let seconds = self.seconds.map_or("-".to_owned(), |s| format!("{s:.1}"));
        let words = [
            self.batch_id.to_string(),
            self.source.clone(),
            self.mode.clone(),
            day(self.as_of.as_deref()),
            minute(self.started_at.as_deref()),
            self.loaded_by.clone().unwrap_or_default(),
            seconds,
        ];
        let Counts { inserted, updated, unchanged, withdrawn, rejected, .. } = self.counts;
        let counts = [inserted, updated, unchanged, withdrawn, rejected];
        words.into_iter().chain(counts.map(grouped)).collect()
    }
}

impl Status {
    fn json(&self) -> Value {
        json!({
            "events": self.events,
            "latest_event": self.latest,
            "batches": self.batches.iter().map(Batch::json).collect::<Vec<_>>(),
        })
    }

    fn text(&self) -> String {
        let latest = self.latest.as_deref().unwrap_or("none");
        let events = format!("{} events, the latest of {latest}\n", grouped(self.events));
        if self.batches.is_empty() {
            return format!("{events}Nothing was loaded yet: ntsb load avall.zip\n");
        }
        let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
        lines.extend(self.batches.iter().map(Batch::cells));
        format!("{}\n{events}", aligned(&lines, 6))
    }
}

/// The date of an ISO timestamp.
pub fn day(timestamp: Option<&str>) -> String {
    timestamp.and_then(|t| t.get(..10)).unwrap_or("-").to_owned()
}

/// Date and time of an ISO timestamp, to the minute.
fn minute(timestamp: Option<&str>) -> String {
    timestamp.and_then(|t| t.get(..16)).map_or("-".to_owned(), |t| t.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(batches: Vec<Batch>) -> Status {
        Status { events: 92_767, latest: Some("2025-10-30".to_owned()), batches }
    }

    #[test]
    fn an_empty_warehouse_says_how_to_begin() {
        assert!(status(Vec::new()).text().contains("ntsb load avall.zip"));
    }

    #[test]
    fn batches_are_lines() {
        let batch = Batch {
            batch_id: 3,
            source: "up22APR.zip".to_owned(),
            mode: "increment".to_owned(),
            digest: None,
            loaded_by: Some("ann".to_owned()),
            as_of: Some("2025-03-31T10:00:00".to_owned()),
            started_at: Some("2026-11-23T04:28:36.5+00:00".to_owned()),
            finished_at: None,
            seconds: Some(0.42),
            counts: Counts { inserted: 1_234, ..Counts::default() },
        };
        let text = status(vec![batch]).text();
        let line = text.lines().nth(1).unwrap_or_default();
        let start =
            "3      up22APR.zip  increment  2025-03-31  2026-11-23 04:28  ann      0.4     1,234";
        assert!(line.starts_with(start), "{line}");
        assert!(text.ends_with("92,767 events, the latest of 2025-10-30\n"));
    }
}
