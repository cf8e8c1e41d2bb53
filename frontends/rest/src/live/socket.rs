//! One reader: first what it missed, then what comes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use chrono::Utc;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::News;
use super::news::{ALERTS, CHANGES, PAGE};
use crate::ask::Question;
use crate::auth::Caller;
use crate::connection::PeerSlot;
use crate::pools::Purpose;
use crate::state::App;

/// A reader that does not take a message within this time is too slow.
const PATIENCE: Duration = Duration::from_secs(5);

/// As 401 of HTTP, in the range of codes for applications.
const UNAUTHORIZED: u16 = 4401;

/// Why a socket ends.
enum End {
    Gone,
    TooSlow,
    Unwell,
    Expired,
    Revoked,
    Shutdown,
}

impl End {
    fn frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            End::Gone => return None,
            End::TooSlow => {
                (close_code::AGAIN, "you read too slowly: connect again with since=CURSOR")
            }
            End::Unwell => (close_code::AGAIN, "the database does not answer: connect again"),
            End::Expired => (UNAUTHORIZED, "the token has expired: connect again with a new one"),
            End::Revoked => (UNAUTHORIZED, "the key of the token was revoked or has expired"),
            End::Shutdown => (close_code::AWAY, "the service is shutting down: connect again"),
        };
        Some(CloseFrame { code, reason: reason.into() })
    }
}

/// Where a reader has got to, or wants to begin.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    pub change: Option<i64>,
    pub alert: Option<i64>,
}

/// What a reader was told already, by the change log and by alerts. Alerts may be told in another order
/// than that of their numbers: only what was replayed is known to have been told.
struct Reached {
    change: i64,
    alerts: BTreeSet<i64>,
}

/// Alerts come late by less than this.
const REMEMBERED_ALERTS: usize = 2_000;

impl Reached {
    fn is_new(&mut self, news: &News) -> bool {
        if news.seq.is_some_and(|seq| seq <= self.change) {
            return false;
        }
        self.change = news.seq.unwrap_or(self.change);
        news.alert.is_none_or(|alert| !self.alerts.contains(&alert))
    }

    fn replayed_alert(&mut self, alert: i64) {
        self.alerts.insert(alert);
        if self.alerts.len() > REMEMBERED_ALERTS {
            self.alerts.pop_first();
        }
    }
}

/// `slot`: the socket counts among the connections of its address.
pub async fn follow(
    app: Arc<App>,
    caller: Caller,
    mut socket: WebSocket,
    since: Since,
    slot: Option<PeerSlot>,
) {
    app.metrics.sockets.inc();
    let end = tokio::select! {
        end = followed(&app, &caller, &mut socket, since) => end,
        end = until_unauthorized(&app, &caller) => end,
        () = app.until_shutdown() => End::Shutdown,
    };
    if matches!(end, End::TooSlow) {
        app.metrics.dropped_sockets.inc();
    }
    if let Some(frame) = end.frame() {
        let _ = timeout(PATIENCE, close(&mut socket, frame)).await;
    }
    app.metrics.sockets.dec();
    drop(slot);
}

/// Says why, and waits for the reader to have read it.
async fn close(socket: &mut WebSocket, frame: CloseFrame) {
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

/// Ends when the caller's token does.
async fn until_unauthorized(app: &App, caller: &Caller) -> End {
    let mut changes = app.tokens.revoked.changes();
    loop {
        if caller.key.is_some_and(|key| app.tokens.revoked.contains(key)) {
            return End::Revoked;
        }
        let left = caller.expires_at.map(|at| (at - Utc::now()).to_std().unwrap_or_default());
        let expiry = async {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = expiry => return End::Expired,
            changed = changes.changed() => if changed.is_err() {
                return End::Gone;
            },
        }
    }
}

async fn followed(app: &Arc<App>, caller: &Caller, socket: &mut WebSocket, since: Since) -> End {
    // From here on nothing is missed; what comes in twice is told apart by its number.
    let mut news = app.live.subscribe();
    let change = since.change.unwrap_or_else(|| app.live.last());
    let alert = since.alert.unwrap_or_else(|| app.live.last_alert());
    let hello = serde_json::json!({ "type": "hello", "cursor": change, "alert": alert });
    let mut reached = Reached { change, alerts: BTreeSet::new() };
    if let Err(end) = send(socket, hello.to_string().into()).await {
        return end;
    }
    if let Err(end) = catch_up(app, caller, socket, since, &mut reached).await {
        return end;
    }
    let beat = Duration::from_millis(app.settings.heartbeat_ms.max(10));
    let mut heart = interval_at(Instant::now() + beat, beat);
    // One that comes late is no reason to expect the answer at once.
    heart.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut answered = true;
    loop {
        tokio::select! {
            told = news.recv() => match told {
                Ok(told) => {
                    if reached.is_new(&told)
                        && let Err(end) = send(socket, told.text).await
                    {
                        return end;
                    }
                }
                Err(RecvError::Lagged(_)) => return End::TooSlow,
                Err(RecvError::Closed) => return End::Gone,
            },
            said = socket.recv() => match said {
                // What readers say is only a sign of life.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
                Some(Ok(_)) => answered = true,
            },
            _ = heart.tick() => {
                if !std::mem::replace(&mut answered, false) {
                    return End::Gone;
                }
                if let Err(end) = push(socket, Message::Ping(Bytes::new())).await {
                    return end;
                }
            }
        }
    }
}

/// All that the change log and the alerts hold after what the reader knows, page by page.
async fn catch_up(
    app: &Arc<App>,
    caller: &Caller,
    socket: &mut WebSocket,
    since: Since,
    reached: &mut Reached,
) -> Result<(), End> {
    if let Some(first) = since.change {
        replay(app, caller, socket, CHANGES, first, |seq| reached.change = reached.change.max(seq))
            .await?;
    }
    if let Some(first) = since.alert {
        replay(app, caller, socket, ALERTS, first, |alert| reached.replayed_alert(alert)).await?;
    }
    Ok(())
}

async fn replay(
    app: &Arc<App>,
    caller: &Caller,
    socket: &mut WebSocket,
    question: &'static str,
    mut after: i64,
    mut note: impl FnMut(i64),
) -> Result<(), End> {
    loop {
        let page = Question::new(question).long(after).int(PAGE).purpose(Purpose::ReadPrimary);
        let rows = app.rows(caller, page).await.map_err(|_| End::Unwell)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let number = row.try_get(0).map_err(|_| End::Unwell)?;
            let text: String = row.try_get(1).map_err(|_| End::Unwell)?;
            after = after.max(number);
            note(number);
            send(socket, text.into()).await?;
        }
    }
}

async fn send(socket: &mut WebSocket, text: axum::extract::ws::Utf8Bytes) -> Result<(), End> {
    push(socket, Message::Text(text)).await
}

async fn push(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::TooSlow),
    }
}
