//! SIGINT and SIGTERM: cancels the statement in the server before the command exits.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::connection::Canceller;
use crate::failure::Failure;
use crate::output::Terminal;

/// Time limit for the rollback in the server. After it, the connection is closed, which the server
/// notices later.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);
/// A cancel request between two statements has no effect, so it is repeated.
const CANCEL_INTERVAL: Duration = Duration::from_millis(300);

/// The session to cancel, once connected.
pub type ActiveSession = RefCell<Option<Canceller>>;

/// Runs `work` to its end or to the first signal. If the work completes despite the signal, its result
/// is returned. A second signal exits without waiting.
pub async fn run_until_signal<T>(
    session: &ActiveSession,
    terminal: &Terminal,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut signals = Signals::new()
        .map_err(|e| Failure::Other(format!("cannot install signal handlers: {e}")))?;
    let mut work = pin!(work);
    let signal = tokio::select! {
        result = &mut work => return result,
        number = signals.next() => number,
    };
    let canceller = session.borrow().clone();
    let Some(canceller) = canceller else {
        return Err(Failure::Interrupted { signal, is_rolled_back: true });
    };
    terminal.message("interrupted: cancelling the statement in the server");
    let result = tokio::select! {
        result = timeout(ROLLBACK_TIMEOUT, &mut work) => result.ok(),
        () = cancel_repeatedly(&canceller) => None,
        _ = signals.next() => None,
    };
    match result {
        Some(Ok(value)) => Ok(value),
        Some(Err(failure)) => {
            let is_rolled_back = matches!(failure, Failure::RolledBack { .. });
            Err(Failure::Interrupted { signal, is_rolled_back })
        }
        None => Err(Failure::Interrupted { signal, is_rolled_back: false }),
    }
}

/// Sends cancel requests forever; runs inside `select!`.
async fn cancel_repeatedly(canceller: &Canceller) {
    loop {
        // If the server cannot be reached, there is nothing to cancel.
        let _ = timeout(ROLLBACK_TIMEOUT, canceller.cancel()).await;
        tokio::time::sleep(CANCEL_INTERVAL).await;
    }
}

/// SIGINT and SIGTERM.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Installs the handlers: from now on, the signals no longer end the process.
    pub fn new() -> std::io::Result<Signals> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Signals { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
    }

    /// Waits for the next signal and returns its number.
    pub async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
        }
    }
}
