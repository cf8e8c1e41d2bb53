//! One reader: first what it missed, then what comes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::News;
use super::listener::{ALERTS, CHANGES, PAGE};
use crate::ask::Question;
use crate::auth::Caller;
use crate::state::App;

/// A reader that does not take a message within this time is too slow.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a socket ends.
enum End {
    Gone,
    TooSlow,
    Unwell,
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
    alert: i64,
}

impl Reached {
    fn is_new(&mut self, news: &News) -> bool {
        if news.seq.is_some_and(|seq| seq <= self.change) {
            return false;
        }
        self.change = news.seq.unwrap_or(self.change);
        news.alert.is_none_or(|alert| alert > self.alert)
    }
}

pub async fn follow(app: Arc<App>, caller: Caller, mut socket: WebSocket, since: Since) {
    app.metrics.sockets.inc();
    let end = followed(&app, &caller, &mut socket, since).await;
    app.metrics.sockets.dec();
    let frame = |code, reason: &'static str| CloseFrame { code, reason: reason.into() };
    let frame = match end {
        End::Gone => return,
        End::TooSlow => {
            app.metrics.dropped_sockets.inc();
            frame(close_code::AGAIN, "you read too slowly: connect again with since=CURSOR")
        }
        End::Unwell => frame(close_code::AGAIN, "the database does not answer: connect again"),
    };
    let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
}

async fn followed(app: &Arc<App>, caller: &Caller, socket: &mut WebSocket, since: Since) -> End {
    // From here on nothing is missed; what comes in twice is told apart by its number.
    let mut news = app.live.subscribe();
    let change = since.change.unwrap_or_else(|| app.live.last());
    let alert = since.alert.unwrap_or_else(|| app.live.last_alert());
    let hello = serde_json::json!({ "type": "hello", "cursor": change, "alert": alert });
    let mut reached = Reached { change, alert: since.alert.unwrap_or_default() };
    if let Err(end) = send(socket, hello.to_string().into()).await {
        return end;
    }
    if since.change.is_some()
        && let Err(end) = replay(app, caller, socket, CHANGES, &mut reached.change).await
    {
        return end;
    }
    if since.alert.is_some()
        && let Err(end) = replay(app, caller, socket, ALERTS, &mut reached.alert).await
    {
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

/// All that the change log, or the alerts, hold after `reached`, page by page.
async fn replay(
    app: &Arc<App>,
    caller: &Caller,
    socket: &mut WebSocket,
    question: &'static str,
    reached: &mut i64,
) -> Result<(), End> {
    loop {
        let page = Question::new(question).long(*reached).int(PAGE);
        let rows = app.rows(caller, page).await.map_err(|_| End::Unwell)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            *reached = (*reached).max(row.get(0));
            send(socket, row.get::<_, String>(1).into()).await?;
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
