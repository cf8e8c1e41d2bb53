//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use ntsb_testdata::MOST_EVENTS;

use crate::attempts::ATTEMPTS;
use crate::generate::{Wish, kinds, wish};
pub use api_key::{ApiKeyCommand, CreateKeyArgs, ListKeysArgs, RevokeKeyArgs};
pub use ask::{By, ClusterArgs, ForecastArgs, NearArgs, Output, OutputArgs, SearchArgs, StatsArgs};
pub use export::{ExportArgs, Format};
pub use models::{
    CarryCommand, DriftArgs, ExportModelArgs, ImportModelArgs, ModelName, ModelsArgs, PromoteArgs,
    TrainArgs,
};
pub use notify::{NotifyArgs, Weight};
pub use predict::{ExplainArgs, FactArgs, InputFormat, PredictArgs};
pub use quarantine::{DiscardArgs, ListArgs, QuarantineCommand, ReleaseArgs, ShowArgs, Status};
pub use sync::SyncArgs;
pub use verify::{HeadArgs, HeadsCommand, KeygenArgs, VerifyArgs, WriteHeadArgs};

mod api_key;
mod ask;
mod export;
mod models;
mod notify;
mod predict;
mod quarantine;
mod sync;
mod verify;

const EXIT_CODES: &str = "\
Exit codes:
  0  done; or whoever reads stdout has closed it, as | head does: then nothing more is written
  1  the database refused or failed, or another error
  2  wrong usage
  3  a file cannot be read or is not an NTSB file
  4  the database cannot be reached
130  interrupted by Ctrl-C (143: by kill); nothing of the file under way was stored";

/// PostgreSQL counts a wait in milliseconds, as an int.
const MOST_SECONDS: i64 = 2_000_000;

const CONNECTION: &str = "\
Connection: --dsn or DATABASE_URL, completed by PGHOST (a socket directory will do), PGPORT,
PGDATABASE (default: ntsb), PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT and the others of libpq,
its service file and its password file (docs/connecting.md).";

/// The NTSB aviation accident database in PostgreSQL: load files, see what is there, see what
/// changed.
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
    /// Bring what is derived from the data up to date: star schema, views, search, clusters
    Refresh,
    Notify(NotifyArgs),
    Doctor(DoctorArgs),
    Verify(VerifyArgs),
    #[command(subcommand)]
    Heads(HeadsCommand),
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    Export(ExportArgs),
    #[command(subcommand, name = "apikey")]
    ApiKey(ApiKeyCommand),
    Generate(GenerateArgs),
    /// Write what completes the commands of a shell, as in: source <(ntsb completions bash)
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual as man pages
    Man {
        /// A folder, in which there will be one page a command
        #[arg(value_name = "DIR")]
        out: PathBuf,
    },
}

/// Look at the database, and say what to do about what is wrong
///
/// Ends with 1 where something does not work.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct DoctorArgs {
    /// Verify the whole change log, too
    #[arg(long)]
    pub deep: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Load NTSB files, each in one transaction: all of a file is there, or nothing
///
/// A file is avall.zip (any zip with one .mdb), an .mdb file, a folder of CSV files as mdb-export
/// writes them, or cases as JSON, as they are or in a zip. Files are loaded in the order given, up to the first that fails.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct LoadArgs {
    /// avall.zip, an .mdb file, a folder of CSV files or cases as JSON
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Take the files as complete: events that they lack are marked as withdrawn
    #[arg(long, conflicts_with = "increment")]
    pub full: bool,

    /// Take the files as changes only: events that they lack stay as they are
    #[arg(long)]
    pub increment: bool,

    /// Let an older row overwrite a newer one
    #[arg(long)]
    pub force: bool,

    /// Let a file withdraw N events, or rows of N events (default: 1 % of those in its years, or 19)
    ///
    /// A file that would withdraw more, or that is shorter than the last full one by more than 1 %,
    /// is not loaded.
    #[arg(long, value_name = "N")]
    pub allow_withdraw: Option<u32>,

    /// Compare every row, even if this very file was loaded and nothing has changed since
    #[arg(long)]
    pub recheck: bool,

    /// Do everything and undo it: report what a load would do
    #[arg(long)]
    pub dry_run: bool,

    /// Leave what is derived from the data (star schema, search, views) as it is: CALL ntsb_refresh()
    /// brings it up to date later
    #[arg(long)]
    pub no_refresh: bool,

    /// Do not wait where another load is under way: fail and say whose it is
    #[arg(long, conflicts_with = "wait")]
    pub no_wait: bool,

    /// Wait at most so long for another load to end (default: as long as it takes)
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=MOST_SECONDS))]
    pub wait: Option<u32>,

    /// How often to try when the connection cannot be made or breaks; each attempt starts anew
    #[arg(long, value_name = "N", default_value_t = ATTEMPTS, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub attempts: u32,

    /// Print one JSON object per file on stdout, progress on stderr
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub heads: HeadArgs,

    /// The most GiB that what is taken out of a zip may have
    #[arg(long, value_name = "GIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub max_unpacked: u64,
}

/// Load a list of airports, which says how far from one an accident was
///
/// The list is airports.csv of OurAirports or of the Python package airportsdata, as published or
/// compressed by gzip. It takes the place of the one loaded before. Events without coordinates that
/// happened at an airport get its place.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct AirportArgs {
    /// airports.csv or airports.csv.gz
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Show the last loads, and how many events there are
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct StatusArgs {
    /// How many loads to show
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Tell what happened to one event from load to load
#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub struct HistoryArgs {
    /// The event, such as 20080115X00050 or 20221117106275
    #[arg(value_name = "EV_ID", value_parser = ev_id)]
    pub ev_id: String,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Write made-up NTSB data as CSV, of any size, with faults at known places
///
/// The same events, seed and options give the same files, byte for byte. The first events of a
/// larger set are those of a smaller one. manifest.json, written last, tells the rows of each table
/// and what was planted where.
#[derive(Debug, ClapArgs)]
#[command(after_help = format!("{}\n{EXIT_CODES}", kinds()))]
pub struct GenerateArgs {
    /// How many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_EVENTS))]
    pub events: u64,

    /// What the events follow from
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// The share of a kind of dirt, such as time_2400=0.01 or padding=5%
    #[arg(long, value_name = "KIND=SHARE", value_parser = wish)]
    pub dirt: Vec<Wish>,

    /// No dirt but that of --dirt
    #[arg(long)]
    pub clean: bool,

    /// The first year of the events (1962 at the earliest; default 1982)
    #[arg(long, value_name = "YEAR")]
    pub from: Option<i32>,

    /// The last year of the events (2025 at the latest, which is the default)
    #[arg(long, value_name = "YEAR")]
    pub to: Option<i32>,

    /// Words that half of the narratives do not reach (default 256); 0 leaves narratives out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=5_000))]
    pub words: Option<u32>,
}

/// Refuses what cannot be an event before the database is asked; whether there is such an event
/// is the database's to say.
fn ev_id(text: &str) -> Result<String, String> {
    let id = text.trim().to_ascii_uppercase();
    if id.len() == 14 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(id);
    }
    Err("an ev_id has 14 characters: the date of entry and six more, such as 20080115X00050 or, \
         since 2020, 20221117106275"
        .to_owned())
}

/// What is written NAME=VALUE.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_ascii_lowercase(), value.to_owned()))
        }
        _ => Err("write NAME=VALUE, such as num_eng=2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

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
    fn a_pair_has_a_name_and_a_value() {
        assert_eq!(pair(" Num_Eng = 2 ").unwrap(), ("num_eng".to_owned(), "2".to_owned()));
        assert_eq!(pair("a=b=c").unwrap().1, "b=c");
        for wrong in ["num_eng", "=2", "num_eng=", ""] {
            assert!(pair(wrong).unwrap_err().contains("NAME=VALUE"), "{wrong}");
        }
    }

    #[test]
    fn an_ev_id_has_fourteen_characters() {
        assert_eq!(ev_id(" 20080115x00050 ").unwrap(), "20080115X00050");
        assert_eq!(ev_id("20221117106275").unwrap(), "20221117106275");
        assert!(ev_id("2022").unwrap_err().contains("14 characters"));
        assert!(ev_id("20080115-00050").is_err());
    }
}
