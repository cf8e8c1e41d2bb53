//! Arguments of `ntsb lake`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// Write a table or view as a Delta Lake table, for Spark, DuckDB and the like
///
/// Each year is one Parquet file, ev_year=2008/part-0.parquet. A later call writes the years that changed, as a new
/// version. A folder that is not such a table is not touched.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct LakeArgs {
    /// Table or view in schema ntsb with a column ev_year, such as accidents or events
    #[arg(value_name = "WHAT")]
    pub what: String,

    /// Folder of the table; created if it does not exist
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,

    /// Print a summary as JSON on stdout
    #[arg(long)]
    pub json: bool,
}
