//! A thread that reads a file while another one talks to the database.

use std::thread;

use tokio::sync::oneshot;

use crate::failure::Failure;

/// Runs `work` on a thread of its own. A panic of `work` (jetdb may panic on a file of an unknown
/// kind) becomes an error instead of a stack trace. A load that ends early does not wait for the
/// thread.
pub async fn run_on_reader_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = oneshot::channel();
    let thread = thread::Builder::new().name("reader".to_owned());
    thread.spawn(move || drop(sender.send(work()))).map_err(|e| {
        Failure::Other(format!(
            "cannot start a thread: {e}; close other programs or raise the limits of this process \
             (ulimit -a)"
        ))
    })?;
    receiver.await.map_err(|_| {
        Failure::Other(
            "the file reader crashed; the file may be damaged: download it again".to_owned(),
        )
    })
}
