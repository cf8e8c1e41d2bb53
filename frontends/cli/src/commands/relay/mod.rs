//! `ntsb relay`: sends changes, alerts and predictions as CloudEvents, each at least once and in order.
//!
//! The cursor moves only after the target has accepted an event, so a crash repeats events and never
//! skips one. Receivers drop repeated events by their id.

mod cursor;
mod kafka;
mod partition;
mod redis;
mod secrets;
mod stop;
mod target;
mod webhook;

use std::time::Duration;

use tokio::sync::Mutex;
use tokio_postgres::Client;

use crate::args::{RelayArgs, Topic};
use crate::database::{
    Query, connect_for_notifications, serve_with_reconnects, wait_for_notifications,
};
use crate::failure::Failure;
use crate::output::Terminal;
use cursor::{Cursor, Event};
use stop::Stop;
use target::{SendError, Target};

/// New rows are also looked for after this time without a notification.
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// Pauses between attempts double from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Upper bound for Retry-After.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(600);

/// After a broken connection, the server may take this long to release the lock of the old session.
const LOCK_ATTEMPTS: u32 = 30;
const LOCK_PAUSE: Duration = Duration::from_secs(1);

pub async fn run(args: &RelayArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    if args.status {
        let status = Query::new("SELECT * FROM ntsb_relay_status()");
        return status.print(args.output, dsn, terminal).await;
    }
    let target = Target::parse(args)?;
    let name = args.name.clone().unwrap_or_else(|| target.describe());
    let stop = Stop::on_signal(terminal)?;
    let relay = Relay { args, dsn, terminal, name, stop, state: Mutex::new(State::new(target)) };
    if args.once {
        return relay.serve_connection().await;
    }
    serve_with_reconnects(terminal, || relay.serve_connection()).await
}

struct Relay<'a> {
    args: &'a RelayArgs,
    dsn: Option<&'a str>,
    terminal: &'a Terminal,
    name: String,
    stop: Stop,
    state: Mutex<State>,
}

/// What outlives a connection to the database.
struct State {
    target: Target,
    /// Whether the cursors have been found or created.
    has_begun: bool,
}

impl State {
    fn new(target: Target) -> State {
        State { target, has_begun: false }
    }
}

impl Relay<'_> {
    /// Sends events until the connection breaks, a signal arrives or, with --once, none is left.
    async fn serve_connection(&self) -> Result<(), Failure> {
        let mut state = self.state.lock().await;
        if self.stop.is_requested() {
            return Ok(());
        }
        let (client, mut notifications) =
            connect_for_notifications(self.dsn, self.terminal).await?;
        self.acquire_lock(&client, state.has_begun).await?;
        // LISTEN before the first query, so that no event is missed in between.
        for topic in &self.args.topics {
            client.batch_execute(&format!("LISTEN {}", topic.channel())).await?;
        }
        if !state.has_begun {
            for topic in &self.args.topics {
                let position = self.cursor(&client, *topic).begin(self.args).await?;
                let topic = topic.name();
                self.terminal.message(&format!("{}: {topic} after {position}", self.name));
            }
            state.has_begun = true;
        }
        loop {
            self.send_pending(&client, &mut state.target).await?;
            if self.args.once || self.stop.is_requested() {
                return Ok(());
            }
            tokio::select! {
                result = wait_for_notifications(&client, &mut notifications, POLL_INTERVAL) => result?,
                () = self.stop.requested() => return Ok(()),
            }
        }
    }

    fn cursor<'c>(&'c self, client: &'c Client, topic: Topic) -> Cursor<'c> {
        Cursor { client, name: &self.name, topic: topic.name() }
    }

    /// Makes sure that only one process relays under this name. Waits only if this process held the
    /// lock before.
    async fn acquire_lock(&self, client: &Client, is_reconnect: bool) -> Result<(), Failure> {
        let sql =
            "SELECT pg_try_advisory_lock(x'6e747362'::int, ntsb_internal.relay_lock_number($1))";
        let attempts = if is_reconnect { LOCK_ATTEMPTS } else { 1 };
        for attempt in 1..=attempts {
            if client.query_one(sql, &[&self.name]).await?.try_get(0)? {
                return Ok(());
            }
            if attempt < attempts && !self.stop.is_requested() {
                tokio::time::sleep(LOCK_PAUSE).await;
            }
        }
        Err(Failure::Other(format!(
            "another ntsb relay named {:?} is running for this database\nhint: Give each relay its own \
             --name. ntsb relay --status lists them.",
            self.name
        )))
    }

    /// Sends one batch of each topic in turn until no topic has more.
    async fn send_pending(&self, client: &Client, target: &mut Target) -> Result<(), Failure> {
        let mut topics: Vec<Topic> = self.args.topics.clone();
        while !topics.is_empty() {
            let mut unfinished = Vec::new();
            for topic in topics {
                if self.stop.is_requested() {
                    return Ok(());
                }
                let cursor = self.cursor(client, topic);
                let events = cursor.next_batch(self.args).await?;
                if !events.is_empty() {
                    self.send_batch(&cursor, target, &events).await?;
                    unfinished.push(topic);
                }
            }
            topics = unfinished;
        }
        Ok(())
    }

    /// Sends a batch, with retries. Returns early, without an error, if a signal arrives between two
    /// attempts.
    async fn send_batch(
        &self,
        cursor: &Cursor<'_>,
        target: &mut Target,
        events: &[Event],
    ) -> Result<(), Failure> {
        let (mut rest, mut attempt, mut pause) = (events, 1, FIRST_PAUSE);
        loop {
            let error = match target.send(rest).await {
                Ok(()) => return cursor.advance(rest.last()).await,
                Err(error) => error,
            };
            if error.delivered > 0 {
                let (delivered, undelivered) = rest.split_at(error.delivered.min(rest.len()));
                cursor.advance(delivered.last()).await?;
                (rest, attempt, pause) = (undelivered, 1, FIRST_PAUSE);
            }
            let is_last = self.args.once && attempt >= self.args.attempts;
            if !error.is_transient || is_last {
                return Err(self.give_up(&error, attempt));
            }
            let wait = error.retry_after.unwrap_or(pause).min(LONGEST_RETRY_AFTER);
            self.terminal.warn(&format!(
                "{}: {}; retrying in {:.1} s",
                self.name,
                error.reason,
                wait.as_secs_f64()
            ));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.requested() => return Ok(()),
            }
            attempt += 1;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn give_up(&self, error: &SendError, attempts: u32) -> Failure {
        let count = if attempts == 1 { "1 attempt".into() } else { format!("{attempts} attempts") };
        Failure::Other(format!(
            "{}: {}; gave up after {count}\nhint: The events stay in the database and are sent by the \
             next ntsb relay of this name.",
            self.name, error.reason
        ))
    }
}
