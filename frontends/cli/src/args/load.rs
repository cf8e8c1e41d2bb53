//! Arguments of `ntsb load` and of the commands that load lists and statistics of other publishers.

use std::path::PathBuf;

use clap::Args;

use super::{DEFAULT_ATTEMPTS, EXIT_CODES, LogHeadArgs};

/// Longest wait for another load. PostgreSQL stores lock_timeout in milliseconds as an int.
const MAX_WAIT_SECONDS: i64 = 2_000_000;

/// Load NTSB files, each in one transaction
///
/// Accepts avall.zip (any zip with one .mdb file), an .mdb file, a folder of CSV files written by
/// mdb-export, or cases as JSON, plain or zipped. Files are loaded in the given order and loading
/// stops at the first failure.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct LoadArgs {
    /// avall.zip, an .mdb file, a folder of CSV files or cases as JSON
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Treat the files as complete: mark events that are missing from them as withdrawn
    #[arg(long, conflicts_with = "increment")]
    pub full: bool,

    /// Treat the files as changes only: keep events that are missing from them
    #[arg(long)]
    pub increment: bool,

    /// Let older rows overwrite newer ones
    #[arg(long)]
    pub force: bool,

    /// Load onto the shards of this database, in one step: on all of them or on none
    ///
    /// The database is a coordinator (ntsb.shard lists its shards). The passwords of the shards'
    /// loading roles are read from the password file (PGPASSFILE, ~/.pgpass).
    #[arg(long)]
    pub shards: bool,

    /// Allow a file to withdraw N events, or rows of N events (default: 1 % of the events in its years, at least 19)
    ///
    /// A file is not loaded if it would withdraw more, or if it is more than 1 % shorter than the
    /// last full file.
    #[arg(long, value_name = "N")]
    pub allow_withdraw: Option<u32>,

    /// Compare every row, even if the same file was loaded before and nothing has changed since
    #[arg(long)]
    pub recheck: bool,

    /// Run the load, report its effect and roll it back
    #[arg(long)]
    pub dry_run: bool,

    /// Do not refresh derived data (star schema, search, views); run ntsb refresh later
    #[arg(long)]
    pub no_refresh: bool,

    /// Fail at once if another session is loading, and report which one
    #[arg(long, conflicts_with = "wait")]
    pub no_wait: bool,

    /// Maximum wait for another load to finish (default: no limit)
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=MAX_WAIT_SECONDS))]
    pub wait: Option<u32>,

    /// Maximum number of attempts if connecting fails or the connection breaks; each attempt starts over
    #[arg(long, value_name = "N", default_value_t = DEFAULT_ATTEMPTS, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub attempts: u32,

    /// Print one JSON object per file on stdout and progress on stderr
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub log_heads: LogHeadArgs,

    /// Maximum unpacked size of a zip, in GiB
    #[arg(long, value_name = "GIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub max_unpacked: u64,
}

/// Load a list of airports (for nearest-airport distances)
///
/// Accepts airports.csv from OurAirports or from the Python package airportsdata, or APT_BASE.csv from
/// FAA's NASR subscription, plain or gzip-compressed. The list replaces the previous one; NASR replaces
/// only the airports of the US and its territories, so load a worldwide list before it. Events without coordinates that happened at
/// an airport get the airport's coordinates.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct AirportArgs {
    /// List of airports: airports.csv or APT_BASE.csv, or either as .gz
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Load a list of runways (to compare with the runways that NTSB reports)
///
/// Accepts runways.csv from OurAirports or APT_RWY.csv from FAA's NASR subscription, plain or
/// gzip-compressed. Load the airports of the same publisher first. The list replaces the previous one;
/// NASR replaces only the runways of the US and its territories.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunwayArgs {
    /// List of runways: runways.csv or APT_RWY.csv, or either as .gz
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Load flight hours and published statistics (for accident rates)
///
/// Accepts NTSB's yearly statistics (table 10) and table 2-14 of the Bureau of Transportation
/// Statistics, as .xlsx or CSV, or a CSV of your own with the columns ev_year, operations
/// (all, general_aviation, part_121 or part_135), hours, source and edition, and optionally
/// acft_category and revision. Editions of a year stay beside each other; the newest counts.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ExposureArgs {
    /// Yearly statistics: .xlsx or .csv
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Edition of the file: year, month or day of publication (2005, 2005-03, 2005-03-31)
    ///
    /// Required for the tables of NTSB and BTS, and for a CSV without a column edition.
    #[arg(long, value_name = "DATE", value_parser = parse_edition)]
    pub edition: Option<String>,

    /// Revision within the edition (default: 0, the first)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=9_999))]
    pub revision: Option<u16>,

    /// Publisher and table, if the file does not state them
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
}

/// Parses a year, month or day.
fn parse_edition(text: &str) -> Result<String, String> {
    let is_number =
        |part: &str, width| part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.trim().split('-').collect();
    let is_valid = match parts[..] {
        [year] => is_number(year, 4),
        [year, month] => is_number(year, 4) && is_number(month, 2),
        [year, month, day] => is_number(year, 4) && is_number(month, 2) && is_number(day, 2),
        _ => false,
    };
    if is_valid {
        return Ok(text.trim().to_owned());
    }
    Err("expected a year, month or day, such as 2005, 2005-03 or 2005-03-31".to_owned())
}

/// Load weather observations (METAR)
///
/// Accepts CSV files of the Iowa Environmental Mesonet's ASOS archive, with times in UTC, plain or
/// gzip-compressed. Each file is loaded in one transaction; loading stops at the first failure.
/// Observations are added to those stored. A file that was loaded before is skipped.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct MetarArgs {
    /// Files of observations: FILE.csv or FILE.csv.gz
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Load a file again, even if it was loaded before
    #[arg(long)]
    pub recheck: bool,
}
