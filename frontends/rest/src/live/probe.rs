//! A connection that listens for notifications, and a probe whether they arrive. Behind a pooler that gives each
//! transaction another connection (PgBouncer in transaction mode), LISTEN succeeds but nothing ever arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client};

use super::news::Hints;
use crate::connection_string::connection_settings;
use crate::database::{Database, Query};
use crate::error::{Problem, error_chain};

/// A notification to the service itself normally takes milliseconds.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

const CHANNELS: &str = "LISTEN ntsb_events; LISTEN ntsb_refresh; LISTEN ntsb_alert; LISTEN ntsb_prediction; LISTEN ntsb_api_key";

/// The channels that had a notification. The payload is ignored, as any login can send one.
#[derive(Default)]
pub struct Notifications {
    events: AtomicBool,
    refresh: AtomicBool,
    alerts: AtomicBool,
    predictions: AtomicBool,
    keys: AtomicBool,
    probe: AtomicBool,
    has_ended: AtomicBool,
    notify: Notify,
}

/// What was notified since the last call of `take`.
#[derive(Clone, Copy, Debug)]
pub struct Notified {
    pub data: bool,
    pub keys: bool,
    pub hints: Hints,
    pub has_ended: bool,
}

impl Notifications {
    fn record(&self, channel: &str) {
        let flag = match channel {
            "ntsb_events" => &self.events,
            "ntsb_refresh" => &self.refresh,
            "ntsb_alert" => &self.alerts,
            "ntsb_prediction" => &self.predictions,
            "ntsb_api_key" => &self.keys,
            _ => &self.probe,
        };
        flag.store(true, Ordering::SeqCst);
        self.notify.notify_one();
    }

    pub async fn wait(&self) {
        self.notify.notified().await;
    }

    pub fn take(&self) -> Notified {
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::SeqCst);
        let (events, refresh) = (take(&self.events), take(&self.refresh));
        let (alerts, predictions) = (take(&self.alerts), take(&self.predictions));
        Notified {
            data: events || refresh,
            keys: take(&self.keys),
            hints: Hints { changes: events, alerts, predictions },
            has_ended: self.has_ended.load(Ordering::SeqCst),
        }
    }
}

pub struct ListenConnection {
    client: Client,
    driver: JoinHandle<()>,
    pub notifications: Arc<Notifications>,
    channel: String,
}

impl Drop for ListenConnection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl ListenConnection {
    /// Connects, and listens only to the channel of the probe.
    pub async fn open(connection_string: &str) -> Result<ListenConnection, String> {
        let settings = connection_settings(connection_string)?;
        let (client, mut connection) = settings.connect().await.map_err(|e| error_chain(&e))?;
        let notifications = Arc::new(Notifications::default());
        let received = notifications.clone();
        let driver = tokio::spawn(async move {
            let mut messages = poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(note) = message {
                    received.record(note.channel());
                }
            }
            received.has_ended.store(true, Ordering::SeqCst);
            received.notify.notify_one();
        });
        let channel = format!("ntsb_probe_{}", crate::trace::new_trace_id());
        let connection = ListenConnection { client, driver, notifications, channel };
        connection.execute(&format!("LISTEN {}", connection.channel)).await?;
        Ok(connection)
    }

    async fn execute(&self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).await.map_err(|e| error_chain(&e))
    }

    pub async fn listen_to_all(&self) -> Result<(), String> {
        self.execute(CHANNELS).await
    }

    /// Whether a notification from another connection arrives here.
    pub async fn receives_probe(&self, database: &Database) -> Result<bool, Problem> {
        const PROBE: &str = "SELECT pg_notify($1, '')";
        self.notifications.probe.store(false, Ordering::SeqCst);
        database.service_rows(&Query::new(PROBE).text(self.channel.clone())).await?;
        let arrived = async {
            while !self.notifications.probe.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let has_arrived = tokio::time::timeout(PROBE_TIMEOUT, arrived).await.is_ok();
        if !has_arrived {
            // This is a pooler's connection, which other clients use. It must not keep listening.
            let _ = self.execute("UNLISTEN *").await;
        }
        Ok(has_arrived)
    }
}
