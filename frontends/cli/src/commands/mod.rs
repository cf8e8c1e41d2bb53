//! One module per subcommand.

mod api_key;
mod dags;
mod doctor;
mod drift;
mod export;
mod generate;
mod history;
mod job_status;
mod lake;
mod load;
mod load_airports;
mod load_asrs;
mod load_exposure;
mod load_metar;
mod load_recommendations;
mod load_registry;
mod load_runways;
mod log_heads;
mod manual;
mod models;
mod notify;
mod predict;
mod quarantine;
mod queries;
mod refresh;
mod relay;
mod status;
mod sync;
mod verify;

use crate::args::{Args, Command};
use crate::failure::Failure;
use crate::output::Terminal;

/// Runs the subcommand that the user chose.
pub async fn run(args: Args, terminal: &Terminal) -> Result<(), Failure> {
    let dsn = args.dsn.as_deref();
    match args.command {
        Command::Load(args) => load::run(&args, dsn, terminal).await,
        Command::Sync(args) => sync::run(&args, dsn, terminal).await,
        Command::LoadAirports(args) => load_airports::run(&args, dsn, terminal).await,
        Command::LoadAsrs(args) => load_asrs::run(&args, dsn, terminal).await,
        Command::LoadRecommendations(args) => load_recommendations::run(&args, dsn, terminal).await,
        Command::LoadRunways(args) => load_runways::run(&args, dsn, terminal).await,
        Command::LoadExposure(args) => load_exposure::run(&args, dsn, terminal).await,
        Command::LoadRegistry(args) => load_registry::run(&args, dsn, terminal).await,
        Command::LoadMetar(args) => load_metar::run(&args, dsn, terminal).await,
        Command::Status(args) => status::run(&args, dsn, terminal).await,
        Command::History(args) => history::run(&args, dsn, terminal).await,
        Command::Quarantine(command) => quarantine::run(&command, dsn, terminal).await,
        Command::Search(args) => queries::search(&args).print(args.output, dsn, terminal).await,
        Command::Near(args) => queries::near(&args).print(args.output, dsn, terminal).await,
        Command::Cluster(args) => queries::cluster(&args).print(args.output, dsn, terminal).await,
        Command::Stats(args) => queries::stats(&args).print(args.output, dsn, terminal).await,
        Command::Forecast(args) => queries::forecast(&args).print(args.output, dsn, terminal).await,
        Command::Predict(args) => predict::run(&args, dsn, terminal).await,
        Command::Explain(args) => predict::explain(&args, dsn, terminal).await,
        Command::Train(args) => models::train(&args, dsn, terminal).await,
        Command::Models(args) => models::run(&args, dsn, terminal).await,
        Command::Promote(args) => models::promote(&args, dsn, terminal).await,
        Command::Drift(args) => drift::run(&args, dsn, terminal).await,
        Command::Dag(command) => dags::run(&command, dsn, terminal).await,
        Command::RunDags(args) => dags::run_dags(&args, dsn, terminal).await,
        Command::Refresh => refresh::run(dsn, terminal).await,
        Command::Notify(args) => notify::run(&args, dsn, terminal).await,
        Command::Relay(args) => relay::run(&args, dsn, terminal).await,
        Command::Doctor(args) => doctor::run(&args, dsn, terminal).await,
        Command::Verify(args) => verify::run(&args, dsn, terminal).await,
        Command::Heads(command) => log_heads::run(&command, dsn, terminal).await,
        Command::Completions { shell } => manual::print_completions(shell, terminal),
        Command::Man { out } => manual::write_man_pages(&out),
        Command::Export(args) => export::run(&args, dsn, terminal).await,
        Command::Lake(args) => lake::run(&args, dsn, terminal).await,
        Command::ApiKey(command) => api_key::run(&command, dsn, terminal).await,
        Command::Generate(args) => generate::run(&args, terminal),
    }
}
