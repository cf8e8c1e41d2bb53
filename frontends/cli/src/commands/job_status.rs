//! The pipelines in `ntsb status`.

use serde_json::{Value, json};
use tokio_postgres::{Client, Row};

use crate::failure::Failure;
use crate::output::{align_rows, date_and_minute_of, group_digits, one_line};

const JOBS: &str = "
    SELECT dag, status, is_late, is_enabled, rows, error,
           to_json(last_started_at) #>> '{}' AS last_started_at,
           to_json(last_finished_at) #>> '{}' AS last_finished_at,
           extract(epoch FROM duration)::float8 AS seconds, to_json(next_due_at) #>> '{}' AS next_due_at
    FROM ntsb.job_status ORDER BY dag";

const HEADER: [&str; 7] =
    ["pipeline", "status", "last run", "next run", "error", "seconds", "rows"];

/// Characters of an error in the table.
const MAX_ERROR: usize = 60;

pub struct Job {
    dag: String,
    status: Option<String>,
    is_late: bool,
    is_enabled: bool,
    rows: Option<i64>,
    error: Option<String>,
    last_started_at: Option<String>,
    last_finished_at: Option<String>,
    seconds: Option<f64>,
    next_due_at: Option<String>,
}

/// None is defined in a warehouse of a release without pipelines.
pub async fn fetch_jobs(client: &Client) -> Result<Vec<Job>, Failure> {
    let has_jobs = "SELECT to_regclass('ntsb.job_status') IS NOT NULL";
    if !client.query_one(has_jobs, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(Vec::new());
    }
    let rows = client.query(JOBS, &[]).await?;
    Ok(rows.iter().map(Job::from_row).collect::<Result<_, _>>()?)
}

/// The table of the pipelines; empty if there are none.
pub fn jobs_to_text(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return String::new();
    }
    let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
    rows.extend(jobs.iter().map(Job::cells));
    format!("{}\n", align_rows(&rows, 5))
}

impl Job {
    fn from_row(row: &Row) -> Result<Job, tokio_postgres::Error> {
        Ok(Job {
            dag: row.try_get("dag")?,
            status: row.try_get("status")?,
            is_late: row.try_get("is_late")?,
            is_enabled: row.try_get("is_enabled")?,
            rows: row.try_get("rows")?,
            error: row.try_get("error")?,
            last_started_at: row.try_get("last_started_at")?,
            last_finished_at: row.try_get("last_finished_at")?,
            seconds: row.try_get("seconds")?,
            next_due_at: row.try_get("next_due_at")?,
        })
    }

    pub fn to_json(&self) -> Value {
        json!({
            "pipeline": self.dag,
            "status": self.status,
            "is_late": self.is_late,
            "is_enabled": self.is_enabled,
            "last_started_at": self.last_started_at,
            "last_finished_at": self.last_finished_at,
            "seconds": self.seconds,
            "rows": self.rows,
            "error": self.error,
            "next_due_at": self.next_due_at,
        })
    }

    fn cells(&self) -> Vec<String> {
        let status = self.status.as_deref().unwrap_or("-");
        let next = match &self.next_due_at {
            _ if !self.is_enabled => "paused".to_owned(),
            None => "on request".to_owned(),
            due => date_and_minute_of(due.as_deref()),
        };
        vec![
            self.dag.clone(),
            if self.is_late { format!("{status}, late") } else { status.to_owned() },
            date_and_minute_of(self.last_started_at.as_deref()),
            next,
            self.error
                .as_deref()
                .map(|e| one_line(e).chars().take(MAX_ERROR).collect())
                .unwrap_or_default(),
            self.seconds.map_or("-".to_owned(), |s| format!("{s:.1}")),
            self.rows.map_or("-".to_owned(), group_digits),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_shows_its_last_and_next_run() {
        let job = Job {
            dag: "nightly".to_owned(),
            status: Some("failed".to_owned()),
            is_late: true,
            is_enabled: true,
            rows: Some(1_234),
            error: Some("views: no\nspace".to_owned()),
            last_started_at: Some("2026-11-30T09:30:05.1+00:00".to_owned()),
            last_finished_at: Some("2026-11-30T09:31:05.1+00:00".to_owned()),
            seconds: Some(60.0),
            next_due_at: Some("2026-12-01T09:30:00+00:00".to_owned()),
        };
        let text = jobs_to_text(&[job]);
        let line = text.lines().nth(1).unwrap_or_default();
        for part in [
            "nightly",
            "failed, late",
            "2026-11-30 09:30",
            "2026-12-01 09:30",
            "60.0",
            "1,234",
            "views: no",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert_eq!(jobs_to_text(&[]), "");
    }
}
