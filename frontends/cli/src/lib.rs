//! The `ntsb` command: reads NTSB files, copies their rows unchanged into the database and calls SQL.
//!
//! It contains no domain rules. The database decides what a value means, which rows are rejected and
//! what changed. See `commands` for the subcommands and [`source`] for the file readers.
//!
//! The folders depend on each other in one direction:
//! `commands` → `database` → `output` → `args`, and all of them use `failure`, `runtime` and `source`.

#![forbid(unsafe_code)]

pub mod args;
mod commands;
mod database;
mod failure;
mod output;
pub mod runtime;
pub mod source;

use std::process::ExitCode;

use args::Args;
use failure::Failure;
use output::Terminal;

/// Runs one command and returns its exit code.
pub fn run(args: Args) -> ExitCode {
    ntsb_connect::install_crypto_provider();
    let terminal = Terminal::new();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::Other(format!("cannot start the async runtime: {e}")))
        .and_then(|runtime| runtime.block_on(commands::run(args, &terminal)));
    match outcome {
        // Like other tools, every command ends quietly when the reader of stdout is gone.
        Ok(()) | Err(Failure::StdoutClosed) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
