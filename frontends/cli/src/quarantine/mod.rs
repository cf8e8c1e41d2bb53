//! `ntsb quarantine`: rows that the gates refused, and what a person decides about them.
//!
//! Whether a row can be stored, with which values and without which rules, is the database's to
//! say; here its answers are shown.

mod decide;
mod list;
mod rows;
mod show;

use crate::args::QuarantineCommand;
use crate::connect::connect;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub async fn run(
    command: &QuarantineCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut client = connect(dsn, terminal).await?;
    let answer = match command {
        QuarantineCommand::List(args) => list::run(args, &client).await?,
        QuarantineCommand::Show(args) => show::run(args, &client).await?,
        QuarantineCommand::Release(args) => decide::release(args, &mut client).await?,
        QuarantineCommand::Discard(args) => decide::discard(args, &client).await?,
    };
    terminal.result(&answer)
}
