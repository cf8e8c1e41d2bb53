//! `ntsb notify`: sends the alerts of the database, each once to each target.

mod alert;
mod target;

use std::collections::HashSet;
use std::time::Duration;

use tokio_postgres::Client;

use crate::args::NotifyArgs;
use crate::database::{
    ActiveSession, connect_for_notifications, run_until_signal, serve_with_reconnects,
    wait_for_notifications,
};
use crate::failure::Failure;
use crate::output::Terminal;
use alert::fetch_pending;
use target::{Target, parse_targets};

/// The channel on which the database announces alerts.
const CHANNEL: &str = "ntsb_alert";

/// Failed deliveries are retried after this time, even without a new alert.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

pub async fn run(args: &NotifyArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let targets = parse_targets(args)?;
    let notifier = Notifier { args, dsn, terminal, targets };
    // There is no statement to cancel on a signal, so the session stays empty.
    let result = run_until_signal(&ActiveSession::default(), terminal, notifier.run()).await;
    match result {
        Err(Failure::Interrupted { .. }) if !args.once => Ok(()),
        other => other,
    }
}

struct Notifier<'a> {
    args: &'a NotifyArgs,
    dsn: Option<&'a str>,
    terminal: &'a Terminal,
    targets: Vec<Target>,
}

impl Notifier<'_> {
    async fn run(&self) -> Result<(), Failure> {
        if self.args.once {
            return self.serve_connection().await;
        }
        // Alerts stay in their table while the server restarts or the network is down.
        serve_with_reconnects(self.terminal, || self.serve_connection()).await
    }

    /// Delivers alerts until the connection breaks.
    async fn serve_connection(&self) -> Result<(), Failure> {
        let (client, mut notifications) =
            connect_for_notifications(self.dsn, self.terminal).await?;
        self.acquire_lock(&client).await?;
        // LISTEN before the first query, so that no alert is missed in between.
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        loop {
            let undelivered = self.deliver_pending(&client).await?;
            if self.args.once {
                return match undelivered {
                    0 => Ok(()),
                    n => {
                        Err(Failure::Other(format!("{n} alerts could not be delivered, see above")))
                    }
                };
            }
            wait_for_notifications(&client, &mut notifications, RETRY_INTERVAL).await?;
        }
    }

    /// Makes sure that only one `ntsb notify` serves the database.
    async fn acquire_lock(&self, client: &Client) -> Result<(), Failure> {
        let sql =
            "SELECT pg_try_advisory_lock(x'6e747362'::int, ntsb_internal.lock_number('notify'))";
        if client.query_one(sql, &[]).await?.try_get(0)? {
            return Ok(());
        }
        Err(Failure::Other(
            "another ntsb notify is running for this database\nhint: One process can serve several \
             targets."
                .to_owned(),
        ))
    }

    /// Delivers the pending alerts. Returns how many could not be delivered.
    async fn deliver_pending(&self, client: &Client) -> Result<usize, Failure> {
        let mut failed = HashSet::new();
        for target in &self.targets {
            for alert in fetch_pending(client, &target.name, self.args.min_severity).await? {
                if let Err(reason) = target.deliver(&alert).await {
                    self.terminal.warn(&format!("{}: {reason}", target.name));
                    failed.insert(alert.id);
                    // The target would most likely fail for the next alert, too.
                    break;
                }
                alert.mark_delivered(client, &target.name).await?;
                self.terminal.message(&format!(
                    "{}: alert {}, {}",
                    target.name,
                    alert.id,
                    alert.title()
                ));
            }
        }
        Ok(failed.len())
    }
}
