//! What happens, as it happens. One listener hears what the database tells, reads from the change log
//! what is new, and passes it to all sockets. Where each of them has got to is a number of the log, by
//! which a reader that was away catches up.

mod listener;
mod socket;

use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::broadcast;

pub use listener::{listen, service};
pub use socket::{Since, follow};

/// A message, and the number in the change log or of the alert that it brings readers to.
#[derive(Clone, Debug)]
pub struct News {
    pub seq: Option<i64>,
    pub alert: Option<i64>,
    pub text: Utf8Bytes,
}

pub struct Hub {
    sender: broadcast::Sender<News>,
    /// The last entry of the log that was passed on; -1: nobody has listened yet.
    last: AtomicI64,
    last_alert: AtomicI64,
}

impl Hub {
    /// A reader that is so many messages behind is given up.
    pub fn new(queue: usize) -> Hub {
        let (last, last_alert) = (AtomicI64::new(-1), AtomicI64::new(0));
        Hub { sender: broadcast::Sender::new(queue.max(1)), last, last_alert }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }

    pub fn last(&self) -> i64 {
        self.last.load(Ordering::SeqCst)
    }

    pub fn last_alert(&self) -> i64 {
        self.last_alert.load(Ordering::SeqCst)
    }

    fn reached(&self, seq: i64) {
        self.last.fetch_max(seq, Ordering::SeqCst);
    }

    fn reached_alert(&self, alert: i64) {
        self.last_alert.fetch_max(alert, Ordering::SeqCst);
    }

    /// Nobody need listen.
    fn tell(&self, seq: Option<i64>, text: String) {
        if let Some(seq) = seq {
            self.reached(seq);
        }
        let _ = self.sender.send(News { seq, alert: None, text: text.into() });
    }

    fn tell_alert(&self, alert: Option<i64>, text: String) {
        if let Some(alert) = alert {
            self.reached_alert(alert);
        }
        let _ = self.sender.send(News { seq: None, alert, text: text.into() });
    }
}
