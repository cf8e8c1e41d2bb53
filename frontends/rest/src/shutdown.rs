//! Tells long-running requests that the service is shutting down.

use tokio::sync::watch;

pub struct Shutdown(watch::Sender<bool>);

impl Default for Shutdown {
    fn default() -> Shutdown {
        Shutdown(watch::Sender::new(false))
    }
}

impl Shutdown {
    pub fn start(&self) {
        self.0.send_replace(true);
    }

    /// Returns when the shutdown starts.
    pub async fn wait(&self) {
        let mut receiver = self.0.subscribe();
        // Fails only if the sender is gone, which it is not while `self` exists.
        let _ = receiver.wait_for(|has_started| *has_started).await;
    }
}
