//! Ctrl-C and an orderly kill: the server is told to stop before the command ends.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::connect::Canceller;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// How long the server may take to undo; the connection is closed then, which it notices later.
const PATIENCE: Duration = Duration::from_secs(5);
/// A cancel that comes between two statements is lost, so that it is sent again.
const AGAIN: Duration = Duration::from_millis(300);

/// The session to be told, once there is one.
pub type Session = RefCell<Option<Canceller>>;

/// Does `work` to its end, or to the first signal. What was done before the signal could be heeded
/// counts; a second signal is not waited for.
pub async fn heeding<T>(
    session: &Session,
    terminal: &Terminal,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut signals = Signals::new().map_err(|e| Failure::Other(format!("cannot start: {e}")))?;
    let mut work = pin!(work);
    let signal = tokio::select! {
        done = &mut work => return done,
        number = signals.next() => number,
    };
    let canceller = session.borrow().clone();
    let Some(canceller) = canceller else {
        return Err(Failure::Interrupted { signal, undone: true });
    };
    terminal.line("interrupted: telling the server to stop");
    let ended = tokio::select! {
        done = timeout(PATIENCE, &mut work) => done.ok(),
        () = cancelling(&canceller) => None,
        _ = signals.next() => None,
    };
    match ended {
        Some(Ok(done)) => Ok(done),
        Some(Err(failure)) => {
            Err(Failure::Interrupted { signal, undone: matches!(failure, Failure::Undone { .. }) })
        }
        None => Err(Failure::Interrupted { signal, undone: false }),
    }
}

/// Never ends; whoever asks for it has something else to wait for.
async fn cancelling(canceller: &Canceller) {
    loop {
        // Where the server cannot be reached there is nothing to stop.
        let _ = timeout(PATIENCE, canceller.cancel()).await;
        tokio::time::sleep(AGAIN).await;
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on the signals no longer end the process.
    fn new() -> std::io::Result<Signals> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Signals { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
    }

    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
        }
    }
}
