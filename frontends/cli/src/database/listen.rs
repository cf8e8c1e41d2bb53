//! Waiting for notifications, and reconnecting.

use std::time::Duration;

use tokio_postgres::Client;

use super::connection::Notifications;
use crate::failure::Failure;
use crate::output::Terminal;

/// Pause before reconnecting.
const RECONNECT_PAUSE: Duration = Duration::from_secs(2);

/// Runs `serve` again whenever the connection breaks or the server cannot be reached.
pub async fn serve_with_reconnects(
    terminal: &Terminal,
    serve: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    loop {
        match serve().await {
            Err(failure) if failure.exit_code() == 4 => {
                terminal.message(&format!("{failure}"));
                tokio::time::sleep(RECONNECT_PAUSE).await;
            }
            result => return result,
        }
    }
}

/// Waits for a notification, at most for `interval`. Fails if the connection is gone.
pub async fn wait_for_notifications(
    client: &Client,
    notifications: &mut Notifications,
    interval: Duration,
) -> Result<(), Failure> {
    let _ = tokio::time::timeout(interval, notifications.recv()).await;
    // One transaction may notify several times; its rows are sent together.
    while notifications.try_recv().is_ok() {}
    Ok(client.batch_execute("SELECT 1").await?)
}
