//! A pooled connection that one query uses. If the request ends early, the running statement is cancelled, and
//! the connection returns to its pool once it is idle again.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::CancelToken;

use crate::connection_string::CONNECT_TIMEOUT;
use crate::error::Problem;

/// How long a cancelled statement may take to end.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ATTEMPTS: usize = 3;

pub struct PooledClient {
    object: Option<Object>,
    /// Whether the connection is reused after a cancel request, which may arrive late and hit the next query.
    is_reused: bool,
}

impl PooledClient {
    pub fn new(object: Object) -> PooledClient {
        PooledClient { object: Some(object), is_reused: true }
    }

    /// For a stream, which cannot be retried after a late cancel. Its connection is closed instead of reused.
    pub fn for_export(object: Object) -> PooledClient {
        PooledClient { object: Some(object), is_reused: false }
    }

    pub fn get(&self) -> Result<&Object, Problem> {
        self.object.as_ref().ok_or_else(Problem::internal)
    }

    /// Returns the connection to its pool. Its transaction must have ended.
    pub fn release(mut self) {
        drop(self.object.take());
    }
}

impl Drop for PooledClient {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            tokio::spawn(cancel_and_release(object, self.is_reused));
        }
    }
}

async fn cancel_and_release(object: Object, is_reused: bool) {
    cancel(object.cancel_token()).await;
    for _ in 0..if is_reused { MAX_ATTEMPTS } else { 0 } {
        // This runs after everything that was sent before. If the late cancel hits it, it is sent again.
        match tokio::time::timeout(CANCEL_TIMEOUT, object.batch_execute("ROLLBACK")).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) if error.as_db_error().is_some() => {}
            _ => break,
        }
    }
    drop(Object::take(object));
}

/// Cancels the statement that the connection of the token is running.
async fn cancel(token: CancelToken) {
    let _ = tokio::time::timeout(CONNECT_TIMEOUT, ntsb_connect::cancel(&token)).await;
}
