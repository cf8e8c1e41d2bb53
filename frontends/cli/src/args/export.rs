//! The command line of `ntsb export`.

use clap::{Args as ClapArgs, ValueEnum};

use super::EXIT_CODES;

const STORES: &str = "\
s3://BUCKET/KEY: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION say who writes where; AWS_ENDPOINT_URL
names a store other than Amazon's, and AWS_ALLOW_HTTP=true allows one without TLS.";

/// Write a table or view as Parquet, CSV or GeoJSON
///
/// Rows stream from the server through here: no right to write files there is needed, and memory does
/// not grow with them. A file gets its name when all of it is there.
#[derive(Debug, ClapArgs)]
#[command(after_help = format!("{STORES}\n\n{EXIT_CODES}"))]
pub struct ExportArgs {
    /// A table or view of schema ntsb, such as events or accidents
    #[arg(value_name = "WHAT")]
    pub what: String,

    #[arg(long, value_enum)]
    pub format: Format,

    /// A file, or s3://BUCKET/KEY (default: stdout)
    #[arg(long, short, value_name = "PATH|URL")]
    pub output: Option<String>,

    /// Only rows for which a condition in SQL over their columns holds, such as
    /// "ev_year >= 2008 AND ev_state = 'AK'"
    #[arg(long, value_name = "CONDITION")]
    pub filter: Option<String>,

    /// Write text in CSV exactly as it is stored: by default an apostrophe is put before text that a
    /// spreadsheet would run as a formula (docs/csv.md)
    #[arg(long)]
    pub exact_text: bool,

    /// Take the place of a file that is there
    #[arg(long, requires = "output")]
    pub overwrite: bool,

    /// Print what was written as JSON on stdout
    #[arg(long, requires = "output")]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// zstd, codes as dictionaries, places as GeoParquet
    Parquet,
    /// With a line of column names; places as WKT
    Csv,
    /// A collection of features, one a line
    Geojson,
}
