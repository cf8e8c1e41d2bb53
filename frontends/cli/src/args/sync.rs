//! The command line of `ntsb sync`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// Where NTSB publishes its files; {file} is replaced by the name of each.
const NTSB: &str =
    "https://data.ntsb.gov/avdata/FileDirectory/DownloadFile?fileID=C%3A%5Cavdata%5C{file}";

/// NTSB's public API.
const API: &str = "https://api.ntsb.gov/public/Common/v2/GetCasesByModifiedDateRange";

/// Download what NTSB has published since last time, and load it
///
/// avall.zip, then the weekly files that are newer than it. A file that the server says is unchanged is
/// not downloaded, one that broke off is taken up where it broke off, and each is checked before it
/// takes the place of the one before. With --cases, cases of NTSB's API that were modified since last time.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct SyncArgs {
    /// Only these files, such as Pre2008.zip
    #[arg(value_name = "FILE", conflicts_with = "cases")]
    pub files: Vec<String>,

    /// Where the files are; {file} stands for the name of each
    #[arg(long, value_name = "URL", default_value = NTSB, value_parser = template)]
    pub from: String,

    /// Keep downloaded files in this folder (default: ntsb in the user's cache folder)
    #[arg(long, value_name = "DIR", env = "NTSB_SYNC_FOLDER")]
    pub folder: Option<PathBuf>,

    /// Ask NTSB's API for cases instead; the key is taken from NTSB_API_KEY
    #[arg(long)]
    pub cases: bool,

    /// Where the API is
    #[arg(long, value_name = "URL", default_value = API, requires = "cases")]
    pub api: String,

    /// Cases modified on this day or later (default: since last time, or 30 days ago)
    #[arg(long, value_name = "YYYY-MM-DD", requires = "cases")]
    pub since: Option<String>,

    // Not shown where it comes from the environment, as all secrets.
    #[arg(skip = std::env::var("NTSB_API_KEY").ok())]
    pub key: Option<String>,

    /// Download only
    #[arg(long)]
    pub no_load: bool,

    /// How often to try each file; pauses double each time
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub attempts: u32,

    /// How long the server may be silent
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,

    /// The most GiB that a file may have
    #[arg(long, value_name = "GIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub max_size: u64,
}

fn template(text: &str) -> Result<String, String> {
    let known = text.starts_with("https://") || text.starts_with("http://");
    match (known, text.contains("{file}")) {
        (true, true) => Ok(text.to_owned()),
        (true, false) => Err("it lacks {file}, which stands for the name of each file".to_owned()),
        (false, _) => Err("it begins with neither https:// nor http://".to_owned()),
    }
}
