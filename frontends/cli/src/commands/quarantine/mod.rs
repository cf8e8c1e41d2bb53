//! `ntsb quarantine`: lists, shows, releases and discards quarantined rows.
//!
//! The database validates corrected values and waived rules.

mod decide;
mod list;
mod rows;
mod show;

use crate::args::QuarantineCommand;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;

pub async fn run(
    command: &QuarantineCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut client = connect(dsn, terminal).await?;
    let text = match command {
        QuarantineCommand::List(args) => list::run(args, &client).await?,
        QuarantineCommand::Show(args) => show::run(args, &client).await?,
        QuarantineCommand::Release(args) => decide::release(args, &mut client).await?,
        QuarantineCommand::Discard(args) => decide::discard(args, &client).await?,
    };
    terminal.print(&text)
}
