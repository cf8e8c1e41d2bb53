//! The one connection that listens. It is made anew whenever it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use crate::ask::Question;
use crate::auth::{Caller, Role};
use crate::error::{Problem, chain};
use crate::limit::Tier;
use crate::pools::{SEARCH_PATH, configuration};
use crate::state::App;

const CHANNELS: &str = "LISTEN ntsb_events; LISTEN ntsb_refresh; LISTEN ntsb_alert; LISTEN ntsb_prediction; LISTEN ntsb_api_key";

/// Longer than a token holds.
const REVOKED: &str = "SELECT ntsb_revoked_api_keys(make_interval(mins => $1))";

const LATEST: &str = "SELECT coalesce(max(seq), 0)::int8 FROM ntsb.change_log";
const LATEST_ALERT: &str = "SELECT coalesce(max(alert_id), 0)::int8 FROM ntsb.alert";

pub const ALERTS: &str = "
    SELECT alert_id, json_build_object('type', 'alert', 'data', json_build_object('alert_id', alert_id,
        'kind', kind, 'severity', severity, 'subject', subject, 'message', message))::text
    FROM ntsb.alert WHERE alert_id > $1 ORDER BY alert_id LIMIT $2";

pub const CHANGES: &str = "
    SELECT seq, json_build_object('type', 'change', 'cursor', seq, 'batch_id', batch_id,
        'changed_at', changed_at, 'ev_id', ev_id, 'action', action, 'tables', tables,
        'columns', columns, 'ev_date', ev_date, 'ev_state', ev_state, 'severity', severity)::text
    FROM ntsb_changes_since($1, $2)";

/// So many entries of the log at once.
pub const PAGE: i32 = 1_000;

/// Entries of the log that are passed on one by one.
const MOST: i64 = 10_000;

const PAUSES: [u64; 5] = [100, 200, 500, 1_000, 2_000];

/// The service's own voice, where nobody asks.
pub fn service() -> Caller {
    Caller {
        role: Role::Viewer,
        tier: Tier::Premium,
        name: Some("ntsb-rest".into()),
        key: None,
        address: std::net::Ipv4Addr::LOCALHOST.into(),
    }
}

/// Never ends.
pub async fn listen(app: Arc<App>) {
    let mut failures = 0;
    loop {
        let error = heard(&app, &mut failures).await.err();
        app.cache.listens(false);
        let pause = PAUSES.get(failures).or(PAUSES.last()).copied().unwrap_or(1_000);
        failures += 1;
        tracing::warn!(error, "nothing is heard from the database; connecting anew");
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

async fn heard(app: &Arc<App>, failures: &mut usize) -> Result<(), String> {
    let config = configuration(&app.settings.database)?;
    let (client, mut connection) = config.connect(NoTls).await.map_err(|e| chain(&e))?;
    let (send, mut receive) = mpsc::unbounded_channel();
    let driver = tokio::spawn(async move {
        let mut messages = poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(note) = message {
                let _ = send.send((note.channel().to_owned(), note.payload().to_owned()));
            }
        }
    });
    client.batch_execute(CHANNELS).await.map_err(|e| chain(&e))?;
    // Only now: what is told from here on is heard, what was before is read.
    catch_up(app, &client).await.map_err(|p| p.message)?;
    app.forget();
    app.cache.listens(true);
    *failures = 0;
    tracing::info!(last = app.live.last(), "listening to the database");
    while let Some((channel, payload)) = receive.recv().await {
        if let Err(problem) = told(app, &channel, payload).await {
            tracing::warn!(problem = problem.message, channel, "news could not be passed on");
            break;
        }
    }
    driver.abort();
    Err("the connection that listens has ended".into())
}

/// What happened while nobody listened.
async fn catch_up(app: &Arc<App>, client: &Client) -> Result<(), Problem> {
    let minutes = i32::try_from(app.settings.jwt_minutes + 1).unwrap_or(i32::MAX);
    client.batch_execute(SEARCH_PATH).await?;
    match client.query(REVOKED, &[&minutes]).await {
        Ok(rows) => rows.iter().for_each(|row| app.tokens.revoke(row.get(0))),
        Err(error) => tracing::warn!(error = %chain(&error), "revoked keys cannot be asked for"),
    }
    if app.live.last() < 0 {
        app.live.reached_alert(latest(app, LATEST_ALERT).await?);
        app.live.reached(latest(app, LATEST).await?);
        return Ok(());
    }
    pass_on(app).await?;
    pass_on_alerts(app).await
}

async fn latest(app: &Arc<App>, question: &'static str) -> Result<i64, Problem> {
    let rows = app.rows(&service(), Question::new(question)).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

async fn told(app: &Arc<App>, channel: &str, payload: String) -> Result<(), Problem> {
    match channel {
        "ntsb_events" => {
            app.forget();
            // The events of a batch are read from the log, where none is missing.
            if payload.contains(r#""type" : "batch""#) {
                app.live.tell(None, payload);
                pass_on(app).await?;
            }
        }
        "ntsb_refresh" => app.forget(),
        "ntsb_api_key" => {
            if let Ok(key) = payload.parse() {
                app.tokens.revoke(key);
            }
        }
        "ntsb_alert" => app.live.tell_alert(number(&payload), typed(channel, &payload)),
        other => app.live.tell(None, typed(other, &payload)),
    }
    Ok(())
}

fn number(payload: &str) -> Option<i64> {
    serde_json::from_str::<serde_json::Value>(payload).ok()?.get("alert_id")?.as_i64()
}

/// An alert or a prediction, with its kind beside what was told.
fn typed(channel: &str, payload: &str) -> String {
    let kind = channel.trim_start_matches("ntsb_");
    let data = serde_json::from_str(payload).unwrap_or_else(|_| serde_json::json!(payload));
    serde_json::json!({ "type": kind, "data": data }).to_string()
}

/// Tells of all entries that were not told of yet. So many that they would push out all that readers
/// wait for are only named: readers may have them by `since`.
async fn pass_on(app: &Arc<App>) -> Result<(), Problem> {
    let latest = latest(app, LATEST).await?;
    let first = app.live.last();
    if latest - first > MOST {
        let text = serde_json::json!({ "type": "many_changes", "since": first, "cursor": latest });
        app.live.tell(Some(latest), text.to_string());
        return Ok(());
    }
    loop {
        let page = Question::new(CHANGES).long(app.live.last()).int(PAGE);
        let rows = app.rows(&service(), page).await?;
        if rows.is_empty() {
            app.live.reached(latest);
            return Ok(());
        }
        rows.iter().for_each(|row| app.live.tell(Some(row.get(0)), row.get(1)));
    }
}

/// Alerts that were raised while nobody listened.
async fn pass_on_alerts(app: &Arc<App>) -> Result<(), Problem> {
    loop {
        let page = Question::new(ALERTS).long(app.live.last_alert()).int(PAGE);
        let rows = app.rows(&service(), page).await?;
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter().for_each(|row| app.live.tell_alert(Some(row.get(0)), row.get(1)));
    }
}
