//! What a listening connection has heard, and whether it hears at all: behind a pooler that gives each
//! transaction another connection (PgBouncer in transaction mode), LISTEN is accepted and nothing ever comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use super::news::Hints;
use crate::ask::Question;
use crate::error::{Problem, chain};
use crate::pools::configuration;
use crate::state::App;

/// A notification to oneself takes milliseconds.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

const CHANNELS: &str = "LISTEN ntsb_events; LISTEN ntsb_refresh; LISTEN ntsb_alert; LISTEN ntsb_prediction; LISTEN ntsb_api_key";

/// Which channels had a notification. What it said does not count: any login can say anything.
#[derive(Default)]
pub struct Heard {
    events: AtomicBool,
    refresh: AtomicBool,
    alerts: AtomicBool,
    predictions: AtomicBool,
    keys: AtomicBool,
    probe: AtomicBool,
    has_ended: AtomicBool,
    something: Notify,
}

/// What was heard since the last look.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub data: bool,
    pub keys: bool,
    pub hints: Hints,
    pub has_ended: bool,
}

impl Heard {
    fn hear(&self, channel: &str) {
        let flag = match channel {
            "ntsb_events" => &self.events,
            "ntsb_refresh" => &self.refresh,
            "ntsb_alert" => &self.alerts,
            "ntsb_prediction" => &self.predictions,
            "ntsb_api_key" => &self.keys,
            _ => &self.probe,
        };
        flag.store(true, Ordering::SeqCst);
        self.something.notify_one();
    }

    pub async fn wait(&self) {
        self.something.notified().await;
    }

    pub fn take(&self) -> Taken {
        let take = |flag: &AtomicBool| flag.swap(false, Ordering::SeqCst);
        let (events, refresh) = (take(&self.events), take(&self.refresh));
        let (alerts, predictions) = (take(&self.alerts), take(&self.predictions));
        Taken {
            data: events || refresh,
            keys: take(&self.keys),
            hints: Hints { changes: events, alerts, predictions },
            has_ended: self.has_ended.load(Ordering::SeqCst),
        }
    }
}

pub struct Listening {
    client: Client,
    driver: JoinHandle<()>,
    pub heard: Arc<Heard>,
    channel: String,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Listening {
    /// Listens to a channel of its own alone.
    pub async fn start(app: &App) -> Result<Listening, String> {
        let config = configuration(&app.settings.database)?;
        let (client, mut connection) = config.connect(NoTls).await.map_err(|e| chain(&e))?;
        let heard = Arc::new(Heard::default());
        let hearing = heard.clone();
        let driver = tokio::spawn(async move {
            let mut messages = poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(note) = message {
                    hearing.hear(note.channel());
                }
            }
            hearing.has_ended.store(true, Ordering::SeqCst);
            hearing.something.notify_one();
        });
        let channel = format!("ntsb_probe_{}", crate::trace::fresh());
        let listening = Listening { client, driver, heard, channel };
        listening.execute(&format!("LISTEN {}", listening.channel)).await?;
        Ok(listening)
    }

    async fn execute(&self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).await.map_err(|e| chain(&e))
    }

    pub async fn listen_to_all(&self) -> Result<(), String> {
        self.execute(CHANNELS).await
    }

    /// Whether a notification that another connection sends comes here.
    pub async fn hears(&self, app: &App) -> Result<bool, Problem> {
        const PROBE: &str = "SELECT pg_notify($1, '')";
        self.heard.probe.store(false, Ordering::SeqCst);
        app.service_rows(Question::new(PROBE).text(self.channel.clone())).await?;
        let arrived = async {
            while !self.heard.probe.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let has_arrived = tokio::time::timeout(PROBE_PATIENCE, arrived).await.is_ok();
        if !has_arrived {
            // The pooler's connection, which others use now, is not to listen for nobody.
            let _ = self.execute("UNLISTEN *").await;
        }
        Ok(has_arrived)
    }
}
