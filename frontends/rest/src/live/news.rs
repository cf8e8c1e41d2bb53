//! Reads new changes, loads, alerts and predictions from the primary, and publishes them.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Mutex;

use super::Hub;
use crate::database::{Database, Query};
use crate::error::Problem;

const LATEST: &str = "
    SELECT (SELECT coalesce(max(seq), 0)::int8 FROM ntsb.change_log),
           (SELECT coalesce(max(batch_id), 0)::int8 FROM ntsb.batch WHERE finished_at IS NOT NULL),
           (SELECT max(predicted_at) FROM ntsb.predictions),
           (SELECT coalesce(array_agg(a.alert_id), '{}') FROM
                (SELECT alert_id FROM ntsb.alert ORDER BY alert_id DESC LIMIT 1000) a)";

const LATEST_CHANGE: &str = "SELECT coalesce(max(seq), 0)::int8 FROM ntsb.change_log";

pub const CHANGES: &str = "
    SELECT seq, json_build_object('type', 'change', 'cursor', seq, 'batch_id', batch_id,
        'changed_at', changed_at, 'ev_id', ev_id, 'action', action, 'tables', tables,
        'columns', columns, 'ev_date', ev_date, 'ev_state', ev_state, 'severity', severity)::text
    FROM ntsb_changes_since($1, $2)";

const BATCHES: &str = "
    SELECT b.batch_id, json_build_object('type', 'batch', 'batch_id', b.batch_id, 'source', b.source,
        'mode', b.mode, 'as_of', b.as_of, 'inserted', sum(t.inserted), 'updated', sum(t.updated),
        'withdrawn', sum(t.withdrawn),
        'new_events', sum(t.inserted) FILTER (WHERE t.table_name = 'events'))::text
    FROM ntsb.batch b JOIN ntsb.batch_table t USING (batch_id)
    WHERE b.batch_id > $1 AND b.finished_at IS NOT NULL
    GROUP BY b.batch_id, b.source, b.mode, b.as_of ORDER BY b.batch_id LIMIT $2";

pub const ALERTS: &str = "
    SELECT alert_id, json_build_object('type', 'alert', 'data', json_build_object('alert_id', alert_id,
        'kind', kind, 'severity', severity, 'subject', subject, 'message', message))::text
    FROM ntsb.alert WHERE alert_id > $1 ORDER BY alert_id LIMIT $2";

/// IDs are assigned before a transaction commits, so an alert may appear after one with a greater ID.
const NEW_ALERTS: &str = "
    SELECT alert_id, json_build_object('type', 'alert', 'data', json_build_object('alert_id', alert_id,
        'kind', kind, 'severity', severity, 'subject', subject, 'message', message))::text
    FROM ntsb.alert WHERE alert_id > $1 AND alert_id <> ALL ($2) ORDER BY alert_id LIMIT $3";

const PREDICTIONS: &str = "
    SELECT model_id, count(*)::int8, max(predicted_at) FROM ntsb.predictions
    WHERE $1 IS NULL OR predicted_at > $1 GROUP BY model_id ORDER BY model_id";

pub const PAGE_ROWS: i32 = 1_000;

/// The range of IDs before the last alert in which published alerts are remembered.
const REMEMBERED_ALERTS: i64 = 1_000;

/// If the change log has more new entries, they are announced by one message.
const MAX_SINGLE_CHANGES: i64 = 10_000;

/// How far the tables have been read.
struct Positions {
    batch: i64,
    /// Alerts that were published or existed at the start, among the last 1,000 IDs.
    alerts: BTreeSet<i64>,
    predicted_at: Option<DateTime<Utc>>,
}

/// Which tables may have new rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    pub changes: bool,
    pub alerts: bool,
    pub predictions: bool,
}

impl Hints {
    pub const ALL: Hints = Hints { changes: true, alerts: true, predictions: true };
}

/// Publishes what is new in the tables.
pub struct NewsReader {
    database: Arc<Database>,
    hub: Arc<Hub>,
    /// None before the first read.
    positions: Mutex<Option<Positions>>,
}

impl NewsReader {
    pub fn new(database: Arc<Database>, hub: Arc<Hub>) -> NewsReader {
        NewsReader { database, hub, positions: Mutex::default() }
    }

    /// Publishes what is new since the last call. The first call only reads the current positions.
    pub async fn publish_new(&self, hints: Hints) -> Result<(), Problem> {
        let mut positions = self.positions.lock().await;
        let Some(positions) = positions.as_mut() else {
            *positions = Some(self.read_positions().await?);
            return Ok(());
        };
        if hints.changes {
            self.publish_batches(positions).await?;
            self.publish_changes().await?;
        }
        if hints.alerts {
            self.publish_alerts(positions).await?;
        }
        if hints.predictions {
            self.publish_predictions(positions).await?;
        }
        Ok(())
    }

    async fn read_positions(&self) -> Result<Positions, Problem> {
        let rows = self.database.viewer_rows(&Query::new(LATEST)).await?;
        let row = rows.first().ok_or_else(Problem::internal)?;
        let alerts: Vec<i64> = row.try_get(3)?;
        let positions = Positions {
            batch: row.try_get(1)?,
            alerts: alerts.into_iter().collect(),
            predicted_at: row.try_get(2)?,
        };
        self.hub.advance_seq(row.try_get(0)?);
        self.hub.advance_alert(positions.alerts.last().copied().unwrap_or(0));
        Ok(positions)
    }

    async fn publish_batches(&self, positions: &mut Positions) -> Result<(), Problem> {
        let page = Query::new(BATCHES).bigint(positions.batch).int(PAGE_ROWS);
        for row in self.database.viewer_rows(&page).await? {
            positions.batch = row.try_get(0)?;
            self.hub.publish(row.try_get(1)?);
        }
        Ok(())
    }

    /// Publishes the new entries of the change log. If there are too many, one message announces them instead, as
    /// they would push everything else out of the readers' queues. Readers can fetch them with `since`.
    async fn publish_changes(&self) -> Result<(), Problem> {
        let rows = self.database.viewer_rows(&Query::new(LATEST_CHANGE)).await?;
        let latest: i64 = rows.first().ok_or_else(Problem::internal)?.try_get(0)?;
        let first = self.hub.last_seq();
        if latest - first > MAX_SINGLE_CHANGES {
            let text = json!({ "type": "many_changes", "since": first, "cursor": latest });
            self.hub.publish_change(latest, text.to_string());
            return Ok(());
        }
        loop {
            let page = Query::new(CHANGES).bigint(self.hub.last_seq()).int(PAGE_ROWS);
            let rows = self.database.viewer_rows(&page).await?;
            if rows.is_empty() {
                self.hub.advance_seq(latest);
                return Ok(());
            }
            for row in rows {
                self.hub.publish_change(row.try_get(0)?, row.try_get(1)?);
            }
        }
    }

    async fn publish_alerts(&self, positions: &mut Positions) -> Result<(), Problem> {
        loop {
            let last = positions.alerts.last().copied().unwrap_or(0);
            let from = last - REMEMBERED_ALERTS;
            positions.alerts = positions.alerts.split_off(&from);
            let published = positions.alerts.iter().copied().collect();
            let page = Query::new(NEW_ALERTS).bigint(from).bigint_array(published).int(PAGE_ROWS);
            let rows = self.database.viewer_rows(&page).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let alert = row.try_get(0)?;
                positions.alerts.insert(alert);
                self.hub.publish_alert(alert, row.try_get(1)?);
            }
        }
    }

    async fn publish_predictions(&self, positions: &mut Positions) -> Result<(), Problem> {
        let query = Query::new(PREDICTIONS).timestamp(positions.predicted_at);
        for row in self.database.viewer_rows(&query).await? {
            let (model, rows): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            positions.predicted_at = positions.predicted_at.max(row.try_get(2)?);
            let data = json!({ "model_id": model, "rows": rows });
            self.hub.publish(json!({ "type": "prediction", "data": data }).to_string());
        }
        Ok(())
    }
}
