//! SIGINT and SIGTERM: the relay ends after the batch in flight.

use tokio::sync::watch;

use crate::database::Signals;
use crate::failure::Failure;
use crate::output::Terminal;

/// Set by the first signal. The second one ends the process at once.
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    pub fn on_signal(terminal: &Terminal) -> Result<Stop, Failure> {
        let mut signals = Signals::new()
            .map_err(|e| Failure::Other(format!("cannot install signal handlers: {e}")))?;
        let (sender, receiver) = watch::channel(false);
        let terminal = terminal.clone();
        tokio::spawn(async move {
            signals.next().await;
            terminal.message("stopping after the batch in flight");
            // Fails only if the relay has ended already.
            let _ = sender.send(true);
            let signal = signals.next().await;
            std::process::exit(128 + signal);
        });
        Ok(Stop(receiver))
    }

    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    pub async fn requested(&self) {
        // An error means that the sender is gone, which ends only with the process.
        let _ = self.0.clone().wait_for(|is_requested| *is_requested).await;
    }
}
