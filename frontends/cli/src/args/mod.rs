//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

pub use api_key::{ApiKeyCommand, CreateKeyArgs, ListKeysArgs, RevokeKeyArgs};
pub use dags::{DagCommand, GraphArgs, ListDagsArgs, RunDagArgs, RunDagsArgs};
pub use export::{ExportArgs, Format};
pub use generate::{DefectShare, GenerateArgs};
pub use lake::LakeArgs;
pub use load::{AirportArgs, ExposureArgs, LoadArgs, MetarArgs, RunwayArgs};
pub use models::{
    DriftArgs, ExportModelArgs, ImportModelArgs, ModelName, ModelsArgs, ModelsCommand, PromoteArgs,
    TrainArgs,
};
pub use notify::{MinSeverity, NotifyArgs};
pub use predict::{ExplainArgs, FactArgs, InputFormat, PredictArgs};
pub use quarantine::{DiscardArgs, ListArgs, QuarantineCommand, ReleaseArgs, ShowArgs, Status};
pub use queries::{
    By, ClusterArgs, ForecastArgs, Kind, NearArgs, Output, OutputArgs, SearchArgs, StatsArgs,
};
pub use registry::RegistryArgs;
pub use relay::{RelayArgs, Topic};
pub use sources::{AsrsArgs, RecommendationArgs};
pub use sync::SyncArgs;
pub use verify::{HeadsCommand, KeygenArgs, LogHeadArgs, VerifyArgs, WriteHeadArgs};

mod api_key;
mod dags;
mod export;
mod generate;
mod lake;
mod load;
mod models;
mod notify;
mod predict;
mod quarantine;
mod queries;
mod registry;
mod relay;
mod sources;
mod sync;
mod verify;

/// How often a connection is tried by default.
pub const DEFAULT_ATTEMPTS: u32 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  success, also if the reader of stdout closes it early (as | head does)
  1  the database reported an error, or another error occurred
  2  usage error
  3  a file cannot be read or is not an NTSB file
  4  the database cannot be reached
130  interrupted by Ctrl-C (143: by kill); nothing of the current file was stored";

const CONNECTION: &str = "\
Connection: --dsn or DATABASE_URL, completed by PGHOST (may be a socket directory), PGPORT,
PGDATABASE (default: ntsb), PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT and the other variables of
libpq, its service file and its password file (docs/connecting.md).";

/// The NTSB aviation accident database in PostgreSQL: load files, query accidents, track changes.
#[derive(Debug, Parser)]
#[command(name = "ntsb", version, after_help = format!("{CONNECTION}\n\n{EXIT_CODES}"))]
pub struct Args {
    /// Connection string or URL of the database
    // The value is not shown in the help text because it may hold a password.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true)]
    pub dsn: Option<String>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Load(LoadArgs),
    Sync(SyncArgs),
    LoadAirports(AirportArgs),
    LoadAsrs(AsrsArgs),
    LoadRecommendations(RecommendationArgs),
    LoadRunways(RunwayArgs),
    LoadExposure(ExposureArgs),
    LoadRegistry(RegistryArgs),
    LoadMetar(MetarArgs),
    Status(StatusArgs),
    History(HistoryArgs),
    Search(SearchArgs),
    Near(NearArgs),
    Cluster(ClusterArgs),
    Stats(StatsArgs),
    Forecast(ForecastArgs),
    Predict(PredictArgs),
    Explain(ExplainArgs),
    Train(TrainArgs),
    Models(ModelsArgs),
    Promote(PromoteArgs),
    Drift(DriftArgs),
    /// Refresh derived data (star schema, views, search, clusters)
    Refresh,
    #[command(subcommand)]
    Dag(DagCommand),
    RunDags(RunDagsArgs),
    Notify(NotifyArgs),
    Relay(Box<RelayArgs>),
    Doctor(DoctorArgs),
    Verify(VerifyArgs),
    #[command(subcommand)]
    Heads(HeadsCommand),
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    Export(ExportArgs),
    Lake(LakeArgs),
    #[command(subcommand, name = "apikey")]
    ApiKey(ApiKeyCommand),
    Generate(GenerateArgs),
    /// Print shell completions, as in: source <(ntsb completions bash)
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
    },
    /// Write man pages, one per command
    Man {
        /// Output folder
        #[arg(value_name = "DIR")]
        out: PathBuf,
    },
}

/// Diagnose problems and suggest fixes
///
/// Exits with code 1 if a check fails.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct DoctorArgs {
    /// Also verify the whole change log
    #[arg(long)]
    pub deep: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Show the latest loads, sources, pipelines and the number of events
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct StatusArgs {
    /// Maximum number of loads to show
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Show an event's change history
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct HistoryArgs {
    /// ID of the event, such as 20080115X00050 or 20221117106275
    #[arg(value_name = "EV_ID", value_parser = parse_ev_id)]
    pub ev_id: String,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Rejects text that cannot be an ev_id without a query. The database decides whether the event
/// exists.
fn parse_ev_id(text: &str) -> Result<String, String> {
    let id = text.trim().to_ascii_uppercase();
    if id.len() == 14 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(id);
    }
    Err("an ev_id has 14 characters: the entry date and six more, such as 20080115X00050 or, \
         since 2020, 20221117106275"
        .to_owned())
}

/// Parses `NAME=VALUE`.
fn parse_name_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_ascii_lowercase(), value.to_owned()))
        }
        _ => Err("expected NAME=VALUE, such as num_eng=2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn full_and_increment_exclude_each_other() {
        assert!(Args::try_parse_from(["ntsb", "load", "--full", "--increment", "a.mdb"]).is_err());
        assert!(Args::try_parse_from(["ntsb", "load"]).is_err());
        assert!(Args::try_parse_from(["ntsb", "load", "--wait", "5", "--no-wait", "a"]).is_err());
    }

    #[test]
    fn a_name_value_pair_needs_both_parts() {
        let parsed = parse_name_value(" Num_Eng = 2 ").unwrap();
        assert_eq!(parsed, ("num_eng".to_owned(), "2".to_owned()));
        assert_eq!(parse_name_value("a=b=c").unwrap().1, "b=c");
        for invalid in ["num_eng", "=2", "num_eng=", ""] {
            let error = parse_name_value(invalid).unwrap_err();
            assert!(error.contains("NAME=VALUE"), "{invalid}");
        }
    }

    #[test]
    fn an_ev_id_has_fourteen_characters() {
        assert_eq!(parse_ev_id(" 20080115x00050 ").unwrap(), "20080115X00050");
        assert_eq!(parse_ev_id("20221117106275").unwrap(), "20221117106275");
        assert!(parse_ev_id("2022").unwrap_err().contains("14 characters"));
        assert!(parse_ev_id("20080115-00050").is_err());
    }
}
