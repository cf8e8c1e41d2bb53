//! Reads from the tables what is new, and passes it on. All of it comes from the primary.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::ask::Question;
use crate::error::Problem;
use crate::state::App;

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

/// Numbers are given before a transaction ends: one may appear after a greater one.
const NEW_ALERTS: &str = "
    SELECT alert_id, json_build_object('type', 'alert', 'data', json_build_object('alert_id', alert_id,
        'kind', kind, 'severity', severity, 'subject', subject, 'message', message))::text
    FROM ntsb.alert WHERE alert_id > $1 AND alert_id <> ALL ($2) ORDER BY alert_id LIMIT $3";

const PREDICTIONS: &str = "
    SELECT model_id, count(*)::int8, max(predicted_at) FROM ntsb.predictions
    WHERE $1 IS NULL OR predicted_at > $1 GROUP BY model_id ORDER BY model_id";

/// So many rows at once.
pub const PAGE: i32 = 1_000;

/// So many alerts before the last one are remembered.
const REMEMBERED_ALERTS: i64 = 1_000;

/// Entries of the log that are passed on one by one.
const MOST: i64 = 10_000;

/// Up to where the tables were read.
pub struct Positions {
    batch: i64,
    /// Alerts that were passed on, or were there at the start, among the last thousand numbers.
    alerts: BTreeSet<i64>,
    predicted_at: Option<DateTime<Utc>>,
}

/// Which tables may have something new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    pub changes: bool,
    pub alerts: bool,
    pub predictions: bool,
}

impl Hints {
    pub const ALL: Hints = Hints { changes: true, alerts: true, predictions: true };
}

impl App {
    /// Passes on what is new since the last call. The first call only finds out where everything is.
    pub async fn pass_on_news(&self, hints: Hints) -> Result<(), Problem> {
        let mut positions = self.live.positions.lock().await;
        let Some(positions) = positions.as_mut() else {
            *positions = Some(self.start_of_news().await?);
            return Ok(());
        };
        if hints.changes {
            self.pass_on_batches(positions).await?;
            self.pass_on_changes().await?;
        }
        if hints.alerts {
            self.pass_on_alerts(positions).await?;
        }
        if hints.predictions {
            self.pass_on_predictions(positions).await?;
        }
        Ok(())
    }

    async fn start_of_news(&self) -> Result<Positions, Problem> {
        let rows = self.viewer_rows(Question::new(LATEST)).await?;
        let row = rows.first().ok_or_else(Problem::internal)?;
        let alerts: Vec<i64> = row.try_get(3)?;
        let positions = Positions {
            batch: row.try_get(1)?,
            alerts: alerts.into_iter().collect(),
            predicted_at: row.try_get(2)?,
        };
        self.live.reached(row.try_get(0)?);
        self.live.reached_alert(positions.alerts.last().copied().unwrap_or(0));
        Ok(positions)
    }

    async fn pass_on_batches(&self, positions: &mut Positions) -> Result<(), Problem> {
        let page = Question::new(BATCHES).long(positions.batch).int(PAGE);
        for row in self.viewer_rows(page).await? {
            positions.batch = row.try_get(0)?;
            self.live.tell(None, row.try_get(1)?);
        }
        Ok(())
    }

    /// Tells of all entries that were not told of yet. So many that they would push out all that readers
    /// wait for are only named: readers may have them by `since`.
    async fn pass_on_changes(&self) -> Result<(), Problem> {
        let rows = self.viewer_rows(Question::new(LATEST_CHANGE)).await?;
        let latest: i64 = rows.first().ok_or_else(Problem::internal)?.try_get(0)?;
        let first = self.live.last();
        if latest - first > MOST {
            let text = json!({ "type": "many_changes", "since": first, "cursor": latest });
            self.live.tell(Some(latest), text.to_string());
            return Ok(());
        }
        loop {
            let page = Question::new(CHANGES).long(self.live.last()).int(PAGE);
            let rows = self.viewer_rows(page).await?;
            if rows.is_empty() {
                self.live.reached(latest);
                return Ok(());
            }
            for row in rows {
                self.live.tell(Some(row.try_get(0)?), row.try_get(1)?);
            }
        }
    }

    async fn pass_on_alerts(&self, positions: &mut Positions) -> Result<(), Problem> {
        loop {
            let last = positions.alerts.last().copied().unwrap_or(0);
            let from = last - REMEMBERED_ALERTS;
            positions.alerts = positions.alerts.split_off(&from);
            let known = positions.alerts.iter().copied().collect();
            let page = Question::new(NEW_ALERTS).long(from).longs(known).int(PAGE);
            let rows = self.viewer_rows(page).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let alert = row.try_get(0)?;
                positions.alerts.insert(alert);
                self.live.tell_alert(alert, row.try_get(1)?);
            }
        }
    }

    async fn pass_on_predictions(&self, positions: &mut Positions) -> Result<(), Problem> {
        let question = Question::new(PREDICTIONS).moment(positions.predicted_at);
        for row in self.viewer_rows(question).await? {
            let (model, rows): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            positions.predicted_at = positions.predicted_at.max(row.try_get(2)?);
            let data = json!({ "model_id": model, "rows": rows });
            self.live.tell(None, json!({ "type": "prediction", "data": data }).to_string());
        }
        Ok(())
    }
}
