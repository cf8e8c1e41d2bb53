//! Arguments of the commands that load other sources: `ntsb load-asrs` and `ntsb load-recommendations`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// Load voluntary safety reports (NASA ASRS)
///
/// Accepts a CSV export of ASRS Database Online, plain or gzip-compressed. New and changed reports are
/// stored in schema asrs; stored reports that the file lacks are kept. The reports are voluntary and
/// unverified, and are never counted with accidents.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct AsrsArgs {
    /// Export of reports: FILE.csv or FILE.csv.gz
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Load NTSB's safety recommendations
///
/// Accepts answers of NTSB's API (SafetyRecommendations) as JSON: a list, an object with a list named
/// data, or one object per line, plain or gzip-compressed. Stored recommendations that the file lacks
/// are kept. Earlier statuses and texts are kept as history.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RecommendationArgs {
    /// Recommendations: FILE.json or FILE.json.gz
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
