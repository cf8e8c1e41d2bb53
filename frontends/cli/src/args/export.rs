//! Arguments of `ntsb export`.

use clap::{Args as ClapArgs, ValueEnum};

use super::EXIT_CODES;

const STORES: &str = "\
Writing to s3://BUCKET/KEY uses AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION. Set AWS_ENDPOINT_URL
for a store other than Amazon S3, and AWS_ALLOW_HTTP=true for a store without TLS.";

/// Export a table or view as Parquet, CSV or GeoJSON
///
/// Rows are streamed from the server, so memory use is constant and no right to write files on the
/// server is needed. The file gets its name only when it is complete.
#[derive(Debug, ClapArgs)]
#[command(after_help = format!("{STORES}\n\n{EXIT_CODES}"))]
pub struct ExportArgs {
    /// Table or view in schema ntsb, such as events or accidents
    #[arg(value_name = "WHAT")]
    pub what: String,

    /// File format
    #[arg(long, value_enum)]
    pub format: Format,

    /// Output file or s3://BUCKET/KEY (default: stdout)
    #[arg(long, short, value_name = "PATH|URL")]
    pub output: Option<String>,

    /// Only rows matching this SQL condition on their columns, such as
    /// "ev_year >= 2008 AND ev_state = 'AK'"
    #[arg(long, value_name = "CONDITION")]
    pub filter: Option<String>,

    /// Write text to CSV exactly as stored. By default, an apostrophe is put before text that a
    /// spreadsheet would run as a formula (docs/csv.md)
    #[arg(long)]
    pub exact_text: bool,

    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    pub overwrite: bool,

    /// Print a summary of the export as JSON on stdout
    #[arg(long, requires = "output")]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Parquet with zstd compression, dictionary-encoded codes and GeoParquet geometry
    Parquet,
    /// CSV with a header row; geometry as WKT
    Csv,
    /// FeatureCollection with one feature per line
    Geojson,
}
