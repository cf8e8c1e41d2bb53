//! `ntsb notify`: passes the alerts of the database on to people, each once to each target.

mod alert;
mod target;

use std::collections::HashSet;
use std::time::Duration;

use tokio_postgres::Client;

use crate::args::NotifyArgs;
use crate::connect::{Heard, connect_listening};
use crate::failure::Failure;
use crate::interrupt::{Session, heeding};
use crate::terminal::Terminal;
use alert::waiting;
use target::Target;

const CHANNEL: &str = "ntsb_alert";

/// What was not delivered is tried again after so long, even if nothing new is raised.
const AGAIN: Duration = Duration::from_secs(60);

/// Before the server is looked for again.
const SOON: Duration = Duration::from_secs(2);

pub async fn run(args: &NotifyArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let targets = target::all(args)?;
    let relay = Relay { args, dsn, terminal, targets };
    // Nothing is under way that would have to be undone.
    let ended = heeding(&Session::default(), terminal, relay.run()).await;
    match ended {
        Err(Failure::Interrupted { .. }) if !args.once => Ok(()),
        other => other,
    }
}

struct Relay<'a> {
    args: &'a NotifyArgs,
    dsn: Option<&'a str>,
    terminal: &'a Terminal,
    targets: Vec<Target>,
}

impl Relay<'_> {
    async fn run(&self) -> Result<(), Failure> {
        loop {
            match self.serve().await {
                // The server was restarted or the network failed: alerts wait in their table.
                Err(failure) if failure.exit_code() == 4 && !self.args.once => {
                    self.terminal.line(&format!("{failure}"));
                    tokio::time::sleep(SOON).await;
                }
                ended => return ended,
            }
        }
    }

    /// As long as one connection lasts.
    async fn serve(&self) -> Result<(), Failure> {
        let (client, mut heard) = connect_listening(self.dsn, self.terminal).await?;
        self.be_the_only_one(&client).await?;
        // Before the first look, so that nothing is raised in between unheard.
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        loop {
            let undelivered = self.round(&client).await?;
            if self.args.once {
                return match undelivered {
                    0 => Ok(()),
                    n => {
                        Err(Failure::Other(format!("{n} alerts could not be delivered, see above")))
                    }
                };
            }
            self.pause(&client, &mut heard).await?;
        }
    }

    async fn pause(&self, client: &Client, heard: &mut Heard) -> Result<(), Failure> {
        let _ = tokio::time::timeout(AGAIN, heard.recv()).await;
        // Several may be raised in one transaction, and are passed on in one round.
        while heard.try_recv().is_ok() {}
        // Says whether the connection is still there.
        Ok(client.batch_execute("SELECT 1").await?)
    }

    async fn be_the_only_one(&self, client: &Client) -> Result<(), Failure> {
        let sql =
            "SELECT pg_try_advisory_lock(x'6e747362'::int, ntsb_internal.lock_number('notify'))";
        if client.query_one(sql, &[]).await?.try_get(0)? {
            return Ok(());
        }
        Err(Failure::Other(
            "another ntsb notify serves this database\nhint: One process can have several targets."
                .to_owned(),
        ))
    }

    /// Delivers what waits; gives how many could not be.
    async fn round(&self, client: &Client) -> Result<usize, Failure> {
        let mut failed = HashSet::new();
        for target in &self.targets {
            for alert in waiting(client, &target.name, self.args.least).await? {
                if let Err(why) = target.deliver(&alert).await {
                    self.terminal.warning(&format!("{}: {why}", target.name));
                    failed.insert(alert.id);
                    // A target that is away is away for the next alert, too.
                    break;
                }
                alert.delivered(client, &target.name).await?;
                self.terminal.line(&format!(
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
