//! Keeps one connection that listens for notifications. Reconnects when it is lost, and checks regularly that
//! notifications arrive.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::Hub;
use super::news::{Hints, NewsReader};
use super::probe::{ListenConnection, Notified};
use crate::api_keys::ApiKeys;
use crate::cache::Cache;
use crate::config::Settings;
use crate::database::Database;
use crate::error::Problem;
use crate::outage;

/// Milliseconds between attempts to connect. The last one repeats.
const RECONNECT_PAUSES: [u64; 5] = [100, 200, 500, 1_000, 2_000];

/// How often the tables are read while notifications do not arrive.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Time between two reads, so that a flood of notifications costs little.
const MIN_READ_INTERVAL: Duration = Duration::from_millis(20);

/// Why listening ended.
enum End {
    Disconnected(String),
    /// The connection works, but notifications do not arrive.
    NoNotifications,
}

impl From<Problem> for End {
    fn from(problem: Problem) -> End {
        End::Disconnected(problem.message)
    }
}

impl From<String> for End {
    fn from(error: String) -> End {
        End::Disconnected(error)
    }
}

pub struct Listener {
    database: Arc<Database>,
    hub: Arc<Hub>,
    news: NewsReader,
    cache: Arc<Cache>,
    api_keys: Arc<ApiKeys>,
    connection: String,
    probe_interval: Duration,
}

impl Listener {
    pub fn new(
        settings: &Settings,
        database: Arc<Database>,
        hub: Arc<Hub>,
        cache: Arc<Cache>,
        api_keys: Arc<ApiKeys>,
    ) -> Listener {
        Listener {
            news: NewsReader::new(database.clone(), hub.clone()),
            database,
            hub,
            cache,
            api_keys,
            connection: settings.database.clone(),
            probe_interval: Duration::from_millis(settings.listen_probe_ms.max(100)),
        }
    }

    /// Runs forever.
    pub async fn run(self) {
        let (mut failures, mut was_warned) = (0, false);
        loop {
            let Err(end) = self.listen(&mut failures, &mut was_warned).await;
            self.cache.set_listening(false);
            self.database.require_lsn(0);
            match end {
                End::Disconnected(error) => {
                    let pause = RECONNECT_PAUSES.get(failures).or(RECONNECT_PAUSES.last());
                    failures += 1;
                    if failures == 1 {
                        tracing::warn!(error, "lost the LISTEN connection; reconnecting");
                    }
                    sleep(Duration::from_millis(pause.copied().unwrap_or(1_000))).await;
                }
                End::NoNotifications => {
                    if !std::mem::replace(&mut was_warned, true) {
                        tracing::warn!(
                            "notifications of the database do not arrive: is there a connection pooler in \
                             transaction mode? Until they do, responses are not cached, changes and revoked \
                             keys are read every 2 s, and statements are not prepared. Point the setting \
                             database at PostgreSQL itself, or at a pool in session mode."
                        );
                    }
                    self.database.set_can_prepare(false);
                    self.poll().await;
                }
            }
        }
    }

    async fn listen(&self, failures: &mut usize, was_warned: &mut bool) -> Result<Infallible, End> {
        let connection = ListenConnection::open(&self.connection).await?;
        if !connection.receives_probe(&self.database).await? {
            *failures = 0;
            return Err(End::NoNotifications);
        }
        self.database.set_can_prepare(true);
        connection.listen_to_all().await?;
        // From here on notifications arrive. Changes before this point are read from the tables.
        let everything = Notified { data: true, keys: true, hints: Hints::ALL, has_ended: false };
        self.process(everything).await?;
        self.cache.set_listening(true);
        (*failures, *was_warned) = (0, false);
        tracing::info!(last = self.hub.last_seq(), "listening to the database");
        let mut next_probe = Instant::now() + self.probe_interval;
        loop {
            if timeout_at(next_probe, connection.notifications.wait()).await.is_err() {
                if !connection.receives_probe(&self.database).await? {
                    return Err(End::NoNotifications);
                }
                next_probe = Instant::now() + self.probe_interval;
            }
            let notified = connection.notifications.take();
            self.process(notified).await?;
            if notified.has_ended {
                return Err(End::Disconnected("the server closed the connection".into()));
            }
            sleep(MIN_READ_INTERVAL).await;
        }
    }

    /// Reads the tables at intervals, until it is time to probe for notifications again.
    async fn poll(&self) {
        let end = Instant::now() + self.probe_interval;
        while Instant::now() < end {
            if let Err(problem) = self.news.publish_new(Hints::ALL).await {
                outage::record_failure(&problem.message);
            }
            sleep_until((Instant::now() + POLL_INTERVAL).min(end)).await;
        }
    }

    /// Reads the tables that the notifications hint at.
    async fn process(&self, notified: Notified) -> Result<(), Problem> {
        if notified.data {
            // From here on no request may be answered by a replica that lacks the change.
            self.database.require_unknown_lsn();
            self.cache.invalidate();
            self.database.require_lsn(self.database.primary_position().await?);
        }
        if notified.keys {
            self.api_keys.refresh_revoked().await?;
        }
        self.news.publish_new(notified.hints).await
    }
}
