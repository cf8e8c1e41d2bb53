//! A thread that reads a file while another talks to the database.

use std::thread;

use tokio::sync::oneshot;

use crate::failure::Failure;

/// Does `work` on a thread of its own. Where it panics, as jetdb may on a file that nobody has seen
/// yet, or where there can be no thread, that ends the load and not in a stack trace. A load that
/// ends before does not wait for it.
pub async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (answer, answered) = oneshot::channel();
    thread::Builder::new().name("reader".to_owned()).spawn(move || drop(answer.send(work()))).map_err(
        |e| Failure::Other(format!("cannot start a thread: {e}; close other programs or raise the limits of this one (ulimit -a)")),
    )?;
    answered.await.map_err(|_| {
        Failure::Other(
            "the reader of the file failed; the file may be damaged: fetch it again".to_owned(),
        )
    })
}
