//! Live updates over WebSockets. A notification of the database is only a hint: it can be forged or lost. So the
//! messages are read from the tables. The cursor of a reader is a number of the change log, from which it can
//! catch up later.

mod listener;
mod news;
mod probe;
mod socket;

use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::broadcast;

pub use listener::Listener;
pub use socket::{LiveContext, Since};

/// A message, and the entry of the change log or the alert that it reports.
#[derive(Clone, Debug)]
pub struct Message {
    pub seq: Option<i64>,
    pub alert: Option<i64>,
    pub text: Utf8Bytes,
}

/// Sends messages to all open WebSockets.
pub struct Hub {
    sender: broadcast::Sender<Message>,
    /// The last entry of the change log that was published. -1: none yet.
    last_seq: AtomicI64,
    last_alert: AtomicI64,
}

impl Hub {
    /// `queue`: how many messages a reader may be behind before it is disconnected.
    pub fn new(queue: usize) -> Hub {
        Hub {
            sender: broadcast::Sender::new(queue.max(1)),
            last_seq: AtomicI64::new(-1),
            last_alert: AtomicI64::new(0),
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Message> {
        self.sender.subscribe()
    }

    pub fn last_seq(&self) -> i64 {
        self.last_seq.load(Ordering::SeqCst)
    }

    pub fn last_alert(&self) -> i64 {
        self.last_alert.load(Ordering::SeqCst)
    }

    fn advance_seq(&self, seq: i64) {
        self.last_seq.fetch_max(seq, Ordering::SeqCst);
    }

    fn advance_alert(&self, alert: i64) {
        self.last_alert.fetch_max(alert, Ordering::SeqCst);
    }

    pub fn publish(&self, text: String) {
        self.send(None, None, text);
    }

    fn publish_change(&self, seq: i64, text: String) {
        self.advance_seq(seq);
        self.send(Some(seq), None, text);
    }

    fn publish_alert(&self, alert: i64, text: String) {
        self.advance_alert(alert);
        self.send(None, Some(alert), text);
    }

    /// Fails only if there is no reader, which does not matter.
    fn send(&self, seq: Option<i64>, alert: Option<i64>, text: String) {
        let _ = self.sender.send(Message { seq, alert, text: text.into() });
    }
}
