//! One WebSocket: sends first what the reader has missed, then new messages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message as WsMessage, Utf8Bytes, WebSocket, close_code};
use chrono::Utc;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::news::{ALERTS, CHANGES, PAGE_ROWS};
use super::{Hub, Message};
use crate::auth::{Caller, RevokedKeys};
use crate::connection::PeerSlot;
use crate::database::{Database, Purpose, Query};
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// A reader that takes longer to accept a message is too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// The counterpart of HTTP 401, in the range of private close codes.
const UNAUTHORIZED: u16 = 4401;

/// Why a WebSocket ends.
enum End {
    Disconnected,
    TooSlow,
    DatabaseDown,
    Expired,
    Revoked,
    Shutdown,
}

impl End {
    fn frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            End::Disconnected => return None,
            End::TooSlow => {
                (close_code::AGAIN, "you read too slowly: connect again with since=CURSOR")
            }
            End::DatabaseDown => (close_code::AGAIN, "the database does not answer: connect again"),
            End::Expired => (UNAUTHORIZED, "the token has expired: connect again with a new one"),
            End::Revoked => (UNAUTHORIZED, "the key of the token was revoked or has expired"),
            End::Shutdown => (close_code::AWAY, "the service is shutting down: connect again"),
        };
        Some(CloseFrame { code, reason: reason.into() })
    }
}

/// The last change and the last alert that the reader has seen. None: it wants only new ones.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    pub change: Option<i64>,
    pub alert: Option<i64>,
}

/// What a reader has been sent. Alerts may arrive out of order, so the replayed ones are remembered one by one.
struct Progress {
    change: i64,
    replayed_alerts: BTreeSet<i64>,
}

/// Alerts arrive late by fewer alerts than this.
const REMEMBERED_ALERTS: usize = 2_000;

impl Progress {
    fn is_new(&mut self, message: &Message) -> bool {
        if message.seq.is_some_and(|seq| seq <= self.change) {
            return false;
        }
        self.change = message.seq.unwrap_or(self.change);
        message.alert.is_none_or(|alert| !self.replayed_alerts.contains(&alert))
    }

    fn record_replayed_alert(&mut self, alert: i64) {
        self.replayed_alerts.insert(alert);
        if self.replayed_alerts.len() > REMEMBERED_ALERTS {
            self.replayed_alerts.pop_first();
        }
    }
}

/// What every WebSocket needs.
pub struct LiveContext {
    pub database: Arc<Database>,
    pub hub: Arc<Hub>,
    pub revoked: Arc<RevokedKeys>,
    pub metrics: Arc<Metrics>,
    pub shutdown: Arc<Shutdown>,
    pub heartbeat: Duration,
    pub max_sockets: usize,
    /// Origins whose pages may open WebSockets.
    pub allowed_origins: Vec<String>,
}

impl LiveContext {
    /// Sends messages until the reader, the service or the token ends. The slot counts the socket among the
    /// connections of its address.
    pub async fn serve(
        self: Arc<LiveContext>,
        caller: Caller,
        mut socket: WebSocket,
        since: Since,
        slot: Option<PeerSlot>,
    ) {
        self.metrics.sockets.inc();
        let end = tokio::select! {
            end = self.send_messages(&caller, &mut socket, since) => end,
            end = self.until_unauthorized(&caller) => end,
            () = self.shutdown.wait() => End::Shutdown,
        };
        if matches!(end, End::TooSlow) {
            self.metrics.dropped_sockets.inc();
        }
        if let Some(frame) = end.frame() {
            let _ = timeout(SEND_TIMEOUT, close(&mut socket, frame)).await;
        }
        self.metrics.sockets.dec();
        drop(slot);
    }

    /// Returns when the caller's token expires or its key is revoked.
    async fn until_unauthorized(&self, caller: &Caller) -> End {
        let mut changes = self.revoked.subscribe();
        loop {
            if caller.key.is_some_and(|key| self.revoked.contains(key)) {
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
                    return End::Disconnected;
                },
            }
        }
    }

    async fn send_messages(&self, caller: &Caller, socket: &mut WebSocket, since: Since) -> End {
        // Subscribes first, so that nothing is missed. Messages that also come from the replay are skipped.
        let mut messages = self.hub.subscribe();
        let change = since.change.unwrap_or_else(|| self.hub.last_seq());
        let alert = since.alert.unwrap_or_else(|| self.hub.last_alert());
        let hello = serde_json::json!({ "type": "hello", "cursor": change, "alert": alert });
        let mut progress = Progress { change, replayed_alerts: BTreeSet::new() };
        if let Err(end) = send_text(socket, hello.to_string().into()).await {
            return end;
        }
        if let Err(end) = self.catch_up(caller, socket, since, &mut progress).await {
            return end;
        }
        let mut heartbeat = interval_at(Instant::now() + self.heartbeat, self.heartbeat);
        // After a late ping, the reader still has the whole interval to answer.
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_alive = true;
        loop {
            tokio::select! {
                message = messages.recv() => match message {
                    Ok(message) => {
                        if progress.is_new(&message)
                            && let Err(end) = send_text(socket, message.text).await
                        {
                            return end;
                        }
                    }
                    Err(RecvError::Lagged(_)) => return End::TooSlow,
                    Err(RecvError::Closed) => return End::Disconnected,
                },
                received = socket.recv() => match received {
                    // The content of a reader's messages is ignored.
                    Some(Ok(WsMessage::Close(_)) | Err(_)) | None => return End::Disconnected,
                    Some(Ok(_)) => is_alive = true,
                },
                _ = heartbeat.tick() => {
                    if !std::mem::replace(&mut is_alive, false) {
                        return End::Disconnected;
                    }
                    if let Err(end) = send(socket, WsMessage::Ping(Bytes::new())).await {
                        return end;
                    }
                }
            }
        }
    }

    /// Sends the changes and alerts that the reader has missed.
    async fn catch_up(
        &self,
        caller: &Caller,
        socket: &mut WebSocket,
        since: Since,
        progress: &mut Progress,
    ) -> Result<(), End> {
        if let Some(first) = since.change {
            let record = |seq| progress.change = progress.change.max(seq);
            self.replay(caller, socket, CHANGES, first, record).await?;
        }
        if let Some(first) = since.alert {
            let record = |alert| progress.record_replayed_alert(alert);
            self.replay(caller, socket, ALERTS, first, record).await?;
        }
        Ok(())
    }

    /// Sends all rows of a query after `cursor`, page by page.
    async fn replay(
        &self,
        caller: &Caller,
        socket: &mut WebSocket,
        sql: &'static str,
        mut cursor: i64,
        mut record: impl FnMut(i64),
    ) -> Result<(), End> {
        loop {
            let page = Query::new(sql).bigint(cursor).int(PAGE_ROWS);
            let page = page.with_purpose(Purpose::ReadPrimary);
            let rows = self.database.rows(caller, &page).await.map_err(|_| End::DatabaseDown)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let number = row.try_get(0).map_err(|_| End::DatabaseDown)?;
                let text: String = row.try_get(1).map_err(|_| End::DatabaseDown)?;
                cursor = cursor.max(number);
                record(number);
                send_text(socket, text.into()).await?;
            }
        }
    }
}

/// Sends the reason, and waits until the reader has received it.
async fn close(socket: &mut WebSocket, frame: CloseFrame) {
    if socket.send(WsMessage::Close(Some(frame))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

async fn send_text(socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), End> {
    send(socket, WsMessage::Text(text)).await
}

async fn send(socket: &mut WebSocket, message: WsMessage) -> Result<(), End> {
    match timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Disconnected),
        Err(_) => Err(End::TooSlow),
    }
}
