//! Keys whose tokens are no longer valid, as the database says. It is read again every second or two and
//! whenever a notification hints at it: notifications can be forged, and get lost behind a connection pooler.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use crate::ask::Question;
use crate::error::Problem;
use crate::state::App;

pub struct Revoked {
    keys: RwLock<HashSet<i64>>,
    /// Counts the changes, for those who follow a WebSocket.
    changes: watch::Sender<u64>,
}

impl Default for Revoked {
    fn default() -> Revoked {
        Revoked { keys: RwLock::default(), changes: watch::Sender::new(0) }
    }
}

impl Revoked {
    pub fn contains(&self, key: i64) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).contains(&key)
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A key stays in for as long as its tokens could be valid: the database names it that long.
    fn replace(&self, keys: HashSet<i64>) {
        let mut old = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if *old != keys {
            *old = keys;
            drop(old);
            self.changes.send_modify(|count| *count += 1);
        }
    }
}

/// Revoked or expired so lately that a token may not have ended by itself yet.
const ENDED: &str = "SELECT ntsb_internal.revoked_api_keys(make_interval(mins => $1))";

impl App {
    pub async fn read_revoked_keys(&self) -> Result<(), Problem> {
        let minutes = i32::try_from(self.settings.jwt_minutes + 2).unwrap_or(i32::MAX);
        let rows = self.service_rows(Question::new(ENDED).int(minutes)).await?;
        let keys = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        self.tokens.revoked.replace(keys);
        Ok(())
    }
}

/// Never ends. What cannot be read is read the next time; what was known meanwhile holds.
pub async fn watch_revoked_keys(app: Arc<App>) {
    let pause = Duration::from_millis(app.settings.revoked_keys_ms.clamp(100, 5_000));
    loop {
        if let Err(problem) = app.read_revoked_keys().await {
            tracing::debug!(problem = problem.message, "revoked keys could not be read");
        }
        tokio::time::sleep(pause).await;
    }
}
