//! The command `ntsb`: reads NTSB files, copies their rows as found into the database, calls SQL.
//!
//! It knows no rule of the domain. What a value means, which rows are refused and what changed
//! is decided in the database; see [`load`] for the way of a file.

mod airports;
mod answer;
mod api_key;
pub mod args;
mod ask;
mod attempts;
mod batch;
mod connect;
mod copy;
mod doctor;
mod drift;
mod export;
mod failure;
mod generate;
mod heads;
mod history;
mod interrupt;
mod load;
mod manual;
pub mod memory;
mod models;
mod notify;
mod predict;
mod quarantine;
mod reading;
mod refresh;
mod report;
pub mod source;
mod status;
mod sync;
mod terminal;
mod verify;

use std::process::ExitCode;

use args::{Args, Command};
use failure::Failure;
use terminal::Terminal;

/// Runs one command and gives the exit code that its outcome has.
pub fn run(args: Args) -> ExitCode {
    let terminal = Terminal::new();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::Other(format!("cannot start: {e}")))
        .and_then(|runtime| runtime.block_on(command(args, &terminal)));
    match outcome {
        // One way to end for all commands, and without a word.
        Ok(()) | Err(Failure::ReaderGone) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

async fn command(args: Args, terminal: &Terminal) -> Result<(), Failure> {
    let dsn = args.dsn.as_deref();
    match args.command {
        Command::Load(load) => load::run(&load, dsn, terminal).await,
        Command::Sync(files) => sync::run(&files, dsn, terminal).await,
        Command::LoadAirports(list) => airports::run(&list, dsn, terminal).await,
        Command::Status(status) => status::run(&status, dsn, terminal).await,
        Command::History(history) => history::run(&history, dsn, terminal).await,
        Command::Quarantine(command) => quarantine::run(&command, dsn, terminal).await,
        Command::Search(search) => ask::search(&search).tell(search.output, dsn, terminal).await,
        Command::Near(near) => ask::near(&near).tell(near.output, dsn, terminal).await,
        Command::Cluster(cluster) => {
            ask::cluster(&cluster).tell(cluster.output, dsn, terminal).await
        }
        Command::Stats(stats) => ask::stats(&stats).tell(stats.output, dsn, terminal).await,
        Command::Forecast(ahead) => ask::forecast(&ahead).tell(ahead.output, dsn, terminal).await,
        Command::Predict(facts) => predict::run(&facts, dsn, terminal).await,
        Command::Explain(facts) => predict::explain(&facts, dsn, terminal).await,
        Command::Train(train) => models::train(&train, dsn, terminal).await,
        Command::Models(models) => models::run(&models, dsn, terminal).await,
        Command::Promote(promote) => models::promote(&promote, dsn, terminal).await,
        Command::Drift(drift) => drift::run(&drift, dsn, terminal).await,
        Command::Refresh => refresh::run(dsn, terminal).await,
        Command::Notify(notify) => notify::run(&notify, dsn, terminal).await,
        Command::Doctor(doctor) => doctor::run(&doctor, dsn, terminal).await,
        Command::Verify(verify) => verify::run(&verify, dsn, terminal).await,
        Command::Heads(command) => heads::run(&command, dsn, terminal).await,
        Command::Completions { shell } => manual::completions(shell, terminal),
        Command::Man { out } => manual::pages(&out),
        Command::Export(export) => export::run(&export, dsn, terminal).await,
        Command::ApiKey(command) => api_key::run(&command, dsn, terminal).await,
        Command::Generate(generate) => generate::run(&generate, terminal),
    }
}
