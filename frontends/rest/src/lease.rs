//! A connection that is lent to one question. Where nobody waits for the answer any more, what the server
//! does for it is cancelled, and the connection goes back to its pool when it is at rest.

use std::time::Duration;

use deadpool_postgres::Object;

use crate::error::Problem;
use crate::pools::cancel;

/// For a cancelled statement to end.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 3;

pub struct Lease(Option<Object>);

impl Lease {
    pub fn new(object: Object) -> Lease {
        Lease(Some(object))
    }

    pub fn client(&self) -> Result<&Object, Problem> {
        self.0.as_ref().ok_or_else(Problem::internal)
    }

    /// Gives the connection back: its transaction has ended.
    pub fn done(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            tokio::spawn(put_back(object));
        }
    }
}

async fn put_back(object: Object) {
    cancel(object.cancel_token()).await;
    for _ in 0..ATTEMPTS {
        // Runs after all that was sent before. The cancel may have come late and hit this one: once more.
        match tokio::time::timeout(PATIENCE, object.batch_execute("ROLLBACK")).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) if error.as_db_error().is_some() => {}
            _ => break,
        }
    }
    drop(Object::take(object));
}
