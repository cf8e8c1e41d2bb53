//! Arguments of the commands that query the warehouse, and of their output.

use clap::{Args, ValueEnum};

use super::EXIT_CODES;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Aligned columns with rounded numbers
    Table,
    /// Array of objects
    Json,
    /// CSV with a header row
    Csv,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,

    /// Write text to CSV exactly as stored. By default, an apostrophe is put before text that a
    /// spreadsheet would run as a formula (docs/csv.md)
    #[arg(long)]
    pub exact_text: bool,
}

/// What a search looks for. Kinds are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Accident,
    Asrs,
    Recommendation,
}

/// Search accidents by text (best match first) or by a filter
///
/// The search text supports words, "phrases", OR and -exclusion, as in
/// ntsb search '"carburetor ice" -helicopter'. A filter may use the columns that
/// SELECT * FROM ntsb_search_columns() lists, as in
/// ntsb search --where "ev_state = 'AK' AND severity = 'FATL'".
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct SearchArgs {
    /// Search text
    #[arg(required_unless_present = "condition", value_name = "WORDS")]
    pub words: Option<String>,

    /// What to search for: accidents, voluntary reports (asrs) or safety recommendations
    #[arg(
        long,
        value_enum,
        default_value = "accident",
        conflicts_with_all = ["condition", "state", "make", "severity", "domestic", "page"]
    )]
    pub kind: Kind,

    /// Only accidents matching this filter; can be combined with WORDS
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// Sort order of the results of a filter
    #[arg(
        long,
        value_name = "COLUMN [DESC]",
        default_value = "ev_date DESC",
        requires = "condition",
        conflicts_with = "words"
    )]
    pub order: String,

    /// First year
    #[arg(long, value_name = "YEAR", requires = "words")]
    pub from: Option<i32>,

    /// Last year
    #[arg(long, value_name = "YEAR", requires = "words")]
    pub to: Option<i32>,

    /// Only accidents in this state, such as AK or Alaska (repeatable)
    #[arg(long, value_name = "STATE", requires = "words")]
    pub state: Vec<String>,

    /// Only accidents whose first aircraft has this make
    #[arg(long, value_name = "MAKE", requires = "words")]
    pub make: Option<String>,

    /// Only accidents of this severity: FATL, SERS, MINR or NONE (repeatable)
    #[arg(long, value_name = "CODE", requires = "words")]
    pub severity: Vec<String>,

    /// Only accidents inside (true) or outside (false) the territory of the United States
    #[arg(long, value_name = "TRUE|FALSE", requires = "words")]
    pub domestic: Option<bool>,

    /// Maximum number of accidents to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i32,

    /// Page cursor from the previous page
    #[arg(long, value_name = "PAGE")]
    pub page: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// List accidents near a location, nearest first
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct NearArgs {
    /// Latitude in degrees north
    #[arg(value_name = "LAT", allow_negative_numbers = true)]
    pub lat: f64,

    /// Longitude in degrees east, such as -149.9
    #[arg(value_name = "LON", allow_negative_numbers = true)]
    pub lon: f64,

    /// Radius in kilometres
    #[arg(long, value_name = "KM", default_value_t = 50.0)]
    pub km: f64,

    /// Maximum number of accidents to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i32,

    /// Only accidents matching this filter
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// List clusters of accidents (DBSCAN on the sphere), largest first
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ClusterArgs {
    /// Neighbourhood radius in kilometres
    #[arg(long, value_name = "KM", default_value_t = 10.0)]
    pub km: f64,

    /// Minimum number of accidents within the radius (including the accident itself) of a core point
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub min_points: i32,

    /// Only accidents matching this filter
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// List every accident with its cluster instead of the clusters
    #[arg(long, conflicts_with = "limit")]
    pub members: bool,

    /// Maximum number of clusters to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: i64,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Show accident statistics as of the last refresh
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct StatsArgs {
    /// Grouping
    #[arg(value_enum, default_value_t = By::Summary)]
    pub by: By,

    /// Maximum number of rows to show (default: all; 20 for aircraft and cause)
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

/// Forecast accident counts, with prediction intervals
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ForecastArgs {
    /// Measure to forecast, such as events, fatal_events or fatalities
    #[arg(value_name = "MEASURE", default_value = "events")]
    pub measure: String,

    /// Time bucket: week, month, quarter or year
    #[arg(long, value_name = "BUCKET", default_value = "month")]
    pub bucket: String,

    /// Number of buckets to forecast
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub horizon: i32,

    /// Coverage of the prediction interval, between 0 and 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    pub level: f64,

    /// Only accidents matching this filter
    #[arg(long = "where", value_name = "CONDITION")]
    pub condition: Option<String>,

    /// Show the accuracy of past forecasts (backtest) instead
    #[arg(long)]
    pub accuracy: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}
