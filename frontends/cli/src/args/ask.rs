//! The command lines of what asks the warehouse.

use clap::{Args, ValueEnum};

use super::EXIT_CODES;

/// How an answer is printed
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Table,
    /// An array of objects
    Json,
    /// With a line of names
    Csv,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,

    /// Write text in CSV exactly as it is stored: by default an apostrophe is put before text that a
    /// spreadsheet would run as a formula (docs/csv.md)
    #[arg(long)]
    pub exact_text: bool,
}

/// Find accidents by words of their reports, best first, or by a condition
///
/// Words, "phrases", OR and -minus, as in ntsb search '"carburetor ice" -helicopter'. A condition
/// names columns that SELECT * FROM ntsb_search_columns() lists, as in
/// ntsb search --where "ev_state = 'AK' AND severity = 'FATL'".
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct SearchArgs {
    /// What to look for
    #[arg(required_unless_present = "condition", value_name = "WORDS")]
    pub words: Option<String>,

    /// Accidents for which this condition holds; with WORDS, those of them that have the words
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// How to order what a condition finds
    #[arg(
        long,
        value_name = "COLUMN [DESC]",
        default_value = "ev_date DESC",
        requires = "condition",
        conflicts_with = "words"
    )]
    pub order: String,

    /// Of this year or later
    #[arg(long, value_name = "YEAR", requires = "words")]
    pub from: Option<i32>,

    /// Of this year or earlier
    #[arg(long, value_name = "YEAR", requires = "words")]
    pub to: Option<i32>,

    /// Of this state, such as AK or Alaska; may be given several times
    #[arg(long, value_name = "STATE", requires = "words")]
    pub state: Vec<String>,

    /// With a first aircraft of this maker
    #[arg(long, value_name = "MAKE", requires = "words")]
    pub make: Option<String>,

    /// Of this severity: FATL, SERS, MINR or NONE; may be given several times
    #[arg(long, value_name = "CODE", requires = "words")]
    pub severity: Vec<String>,

    /// In the territory of the United States (true) or elsewhere (false)
    #[arg(long, value_name = "TRUE|FALSE", requires = "words")]
    pub domestic: Option<bool>,

    /// How many to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i32,

    /// The next page, as the one before named it
    #[arg(long, value_name = "PAGE")]
    pub page: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// List accidents near a place, the nearest first
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct NearArgs {
    /// Degrees north
    #[arg(value_name = "LAT", allow_negative_numbers = true)]
    pub lat: f64,

    /// Degrees east, such as -149.9
    #[arg(value_name = "LON", allow_negative_numbers = true)]
    pub lon: f64,

    /// Within so many kilometres
    #[arg(long, value_name = "KM", default_value_t = 50.0)]
    pub km: f64,

    /// How many to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i32,

    /// Only those for which this condition holds
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Show where accidents gather, the largest clusters first (DBSCAN on the sphere)
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ClusterArgs {
    /// Radius of neighbourhood in kilometres
    #[arg(long, value_name = "KM", default_value_t = 10.0)]
    pub km: f64,

    /// Accidents within it, the accident itself included, that make the core of a cluster
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub min_points: i32,

    /// Only accidents for which this condition holds
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// List every accident with its cluster
    #[arg(long, conflicts_with = "limit")]
    pub members: bool,

    /// How many clusters to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i64,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Count accidents, as of the last refresh
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct StatsArgs {
    /// What to count them by
    #[arg(value_enum, default_value_t = By::Summary)]
    pub by: By,

    /// How many rows to show (default: all; 20 of aircraft and causes)
    #[arg(long, value_name = "N")]
    pub limit: Option<i64>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Summary,
    Year,
    Month,
    State,
    Aircraft,
    Phase,
    Cause,
    Crew,
}

/// Say what comes next, and within which bounds
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ForecastArgs {
    /// What to forecast, such as events, fatal_events or fatalities
    #[arg(value_name = "MEASURE", default_value = "events")]
    pub measure: String,

    /// week, month, quarter or year
    #[arg(long, value_name = "BUCKET", default_value = "month")]
    pub bucket: String,

    /// How many of them
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub horizon: i32,

    /// With which probability the bounds hold
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    pub level: f64,

    /// Only accidents for which this condition holds
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// Instead, how good such forecasts would have been
    #[arg(long)]
    pub accuracy: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}
