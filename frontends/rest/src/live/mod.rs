//! What happens, as it happens. A notification is only a hint that something may have: the tables say what, so
//! that nobody is told what is not so, and nobody misses what was told while the service was away. Where a
//! reader has got to is a number of the change log, by which a reader that was away catches up.

mod listener;
mod news;
mod probe;
mod socket;

use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Mutex, broadcast};

pub use listener::listen;
use news::Positions;
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
    /// The last entry of the log that was passed on; -1: none was yet.
    last: AtomicI64,
    last_alert: AtomicI64,
    /// Up to where the tables were read; none: not yet.
    positions: Mutex<Option<Positions>>,
}

impl Hub {
    /// A reader that is so many messages behind is given up.
    pub fn new(queue: usize) -> Hub {
        let (last, last_alert) = (AtomicI64::new(-1), AtomicI64::new(0));
        let sender = broadcast::Sender::new(queue.max(1));
        Hub { sender, last, last_alert, positions: Mutex::default() }
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
    pub fn tell(&self, seq: Option<i64>, text: String) {
        if let Some(seq) = seq {
            self.reached(seq);
        }
        let _ = self.sender.send(News { seq, alert: None, text: text.into() });
    }

    fn tell_alert(&self, alert: i64, text: String) {
        self.reached_alert(alert);
        let _ = self.sender.send(News { seq: None, alert: Some(alert), text: text.into() });
    }
}
