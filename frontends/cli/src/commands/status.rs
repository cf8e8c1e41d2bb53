//! `ntsb status`: shows the latest loads and the number of events.

use serde_json::{Value, json};
use tokio_postgres::{Client, Row};

use crate::args::StatusArgs;
use crate::commands::load::Counts;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;
use crate::output::{align_rows, date_of, group_digits};

/// Timestamps are fetched as ISO 8601 text for both output formats.
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

/// The columns of the table; JSON has all counts.
const HEADER: [&str; 12] = [
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
    let status = fetch_status(&client, args.limit).await?;
    if args.json {
        terminal.print(&format!("{:#}\n", status.to_json()))
    } else {
        terminal.print(&status.to_text())
    }
}

async fn fetch_status(client: &Client, limit: u32) -> Result<Status, Failure> {
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

    fn to_json(&self) -> Value {
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
        let texts = [
            self.batch_id.to_string(),
            self.source.clone(),
            self.mode.clone(),
            date_of(self.as_of.as_deref()),
            date_and_minute_of(self.started_at.as_deref()),
            self.loaded_by.clone().unwrap_or_default(),
            seconds,
        ];
        let Counts { inserted, updated, unchanged, withdrawn, rejected, .. } = self.counts;
        let counts = [inserted, updated, unchanged, withdrawn, rejected];
        texts.into_iter().chain(counts.map(group_digits)).collect()
    }
}

impl Status {
    fn to_json(&self) -> Value {
        json!({
            "events": self.events,
            "latest_event": self.latest,
            "batches": self.batches.iter().map(Batch::to_json).collect::<Vec<_>>(),
        })
    }

    fn to_text(&self) -> String {
        let latest = self.latest.as_deref().unwrap_or("none");
        let events = format!("{} events, latest event: {latest}\n", group_digits(self.events));
        if self.batches.is_empty() {
            return format!("{events}Nothing has been loaded yet. To load: ntsb load avall.zip\n");
        }
        let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
        rows.extend(self.batches.iter().map(Batch::cells));
        format!("{}\n{events}", align_rows(&rows, 6))
    }
}

/// Date and time of an ISO 8601 timestamp, to the minute.
fn date_and_minute_of(timestamp: Option<&str>) -> String {
    timestamp.and_then(|t| t.get(..16)).map_or("-".to_owned(), |t| t.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(batches: Vec<Batch>) -> Status {
        Status { events: 92_767, latest: Some("2025-10-30".to_owned()), batches }
    }

    #[test]
    fn an_empty_warehouse_suggests_a_load() {
        assert!(status(Vec::new()).to_text().contains("ntsb load avall.zip"));
    }

    #[test]
    fn each_batch_is_a_row() {
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
        let text = status(vec![batch]).to_text();
        let line = text.lines().nth(1).unwrap_or_default();
        let start =
            "3      up22APR.zip  increment  2025-03-31  2026-11-23 04:28  ann      0.4     1,234";
        assert!(line.starts_with(start), "{line}");
        assert!(text.ends_with("92,767 events, latest event: 2025-10-30\n"));
    }
}
