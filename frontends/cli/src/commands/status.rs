//! `ntsb status`: shows the latest loads, the sources, the pipelines and the number of events.

use serde_json::{Value, json};
use tokio_postgres::{Client, Row};

use crate::args::StatusArgs;
use crate::commands::job_status::{Job, fetch_jobs, jobs_to_text};
use crate::commands::load::Counts;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;
use crate::output::{align_rows, date_and_minute_of, date_of, group_digits};

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

/// The sources beside NTSB's Access files, which the loads show.
const SOURCES: &str = "
    SELECT source, title, command, name, edition, row_count, status,
           to_json(asked_at) #>> '{}' AS asked_at, to_json(loaded_at) #>> '{}' AS loaded_at,
           to_json(due_at) #>> '{}' AS due_at, complete_until::text AS complete_until
    FROM ntsb.source_status";

const SOURCE_HEADER: [&str; 6] =
    ["source", "status", "asked at", "loaded at", "rows", "file, or command that loads it"];

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

struct Source {
    source: String,
    title: String,
    command: String,
    name: Option<String>,
    edition: Option<String>,
    row_count: Option<i64>,
    status: String,
    asked_at: Option<String>,
    loaded_at: Option<String>,
    due_at: Option<String>,
    complete_until: Option<String>,
}

struct Status {
    sources: Vec<Source>,
    jobs: Vec<Job>,
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
    let sources = client.query(SOURCES, &[]).await?;
    Ok(Status {
        jobs: fetch_jobs(client).await?,
        sources: sources.iter().map(Source::from_row).collect::<Result<_, _>>()?,
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

impl Source {
    fn from_row(row: &Row) -> Result<Source, tokio_postgres::Error> {
        Ok(Source {
            source: row.try_get("source")?,
            title: row.try_get("title")?,
            command: row.try_get("command")?,
            name: row.try_get("name")?,
            edition: row.try_get("edition")?,
            row_count: row.try_get("row_count")?,
            status: row.try_get("status")?,
            asked_at: row.try_get("asked_at")?,
            loaded_at: row.try_get("loaded_at")?,
            due_at: row.try_get("due_at")?,
            complete_until: row.try_get("complete_until")?,
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "source": self.source,
            "title": self.title,
            "status": self.status,
            "asked_at": self.asked_at,
            "loaded_at": self.loaded_at,
            "due_at": self.due_at,
            "complete_until": self.complete_until,
            "name": self.name,
            "edition": self.edition,
            "rows": self.row_count,
            "command": self.command,
        })
    }

    /// A source that is due shows the command that loads it, another one the file loaded last.
    fn cells(&self) -> Vec<String> {
        let file = self.name.clone().unwrap_or_default();
        vec![
            self.title.clone(),
            self.status.clone(),
            date_and_minute_of(self.asked_at.as_deref()),
            date_and_minute_of(self.loaded_at.as_deref()),
            self.row_count.map_or("-".to_owned(), group_digits),
            if self.status == "current" { file } else { self.command.clone() },
        ]
    }
}

impl Status {
    fn to_json(&self) -> Value {
        json!({
            "pipelines": self.jobs.iter().map(Job::to_json).collect::<Vec<_>>(),
            "sources": self.sources.iter().map(Source::to_json).collect::<Vec<_>>(),
            "events": self.events,
            "latest_event": self.latest,
            "batches": self.batches.iter().map(Batch::to_json).collect::<Vec<_>>(),
        })
    }

    fn to_text(&self) -> String {
        let latest = self.latest.as_deref().unwrap_or("none");
        let events = format!("{} events, latest event: {latest}\n", group_digits(self.events));
        if self.batches.is_empty() {
            let (sources, jobs) = (self.sources_to_text(), jobs_to_text(&self.jobs));
            return format!(
                "{sources}{jobs}{events}Nothing has been loaded yet. To load: ntsb load avall.zip\n"
            );
        }
        let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
        rows.extend(self.batches.iter().map(Batch::cells));
        let (sources, jobs) = (self.sources_to_text(), jobs_to_text(&self.jobs));
        format!("{}\n{sources}{jobs}{events}", align_rows(&rows, 6))
    }

    fn sources_to_text(&self) -> String {
        if self.sources.is_empty() {
            return String::new();
        }
        let mut rows = vec![SOURCE_HEADER.map(str::to_owned).to_vec()];
        rows.extend(self.sources.iter().map(Source::cells));
        format!("{}\n", align_rows(&rows, 6))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(batches: Vec<Batch>) -> Status {
        Status {
            sources: Vec::new(),
            jobs: Vec::new(),
            events: 92_767,
            latest: Some("2025-10-30".to_owned()),
            batches,
        }
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
