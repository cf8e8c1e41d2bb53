//! A connection that is lent to one question. Where nobody waits for the answer any more, what the server
//! does for it is cancelled, and the connection goes back to its pool when it is at rest.

use std::time::Duration;

use deadpool_postgres::Object;

use crate::error::Problem;
use crate::pools::cancel;

/// For a cancelled statement to end.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 3;

pub struct Lease {
    object: Option<Object>,
    /// Whether the connection is lent again after a cancel, which may come late and hit the next question.
    is_kept: bool,
}

impl Lease {
    pub fn new(object: Object) -> Lease {
        Lease { object: Some(object), is_kept: true }
    }

    /// For a stream, which cannot be asked again: its connection ends with a cancel.
    pub fn of_stream(object: Object) -> Lease {
        Lease { object: Some(object), is_kept: false }
    }

    pub fn client(&self) -> Result<&Object, Problem> {
        self.object.as_ref().ok_or_else(Problem::internal)
    }

    /// Gives the connection back: its transaction has ended.
    pub fn done(mut self) {
        drop(self.object.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            tokio::spawn(put_back(object, self.is_kept));
        }
    }
}

async fn put_back(object: Object, is_kept: bool) {
    cancel(object.cancel_token()).await;
    for _ in 0..if is_kept { ATTEMPTS } else { 0 } {
        // Runs after all that was sent before. The cancel may have come late and hit this one: once more.
        match tokio::time::timeout(PATIENCE, object.batch_execute("ROLLBACK")).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) if error.as_db_error().is_some() => {}
            _ => break,
        }
    }
    drop(Object::take(object));
}
