//! Arguments of `ntsb sync`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// NTSB's download URL; `{file}` is replaced by the file name.
const DOWNLOAD_URL: &str =
    "https://data.ntsb.gov/avdata/FileDirectory/DownloadFile?fileID=C%3A%5Cavdata%5C{file}";

/// The endpoint of NTSB's public API for cases.
const API_URL: &str = "https://api.ntsb.gov/public/Common/v2/GetCasesByModifiedDateRange";

/// Download new NTSB files and load them
///
/// Syncs avall.zip, then the weekly files that are newer. An unchanged file is not downloaded again, an
/// interrupted download is resumed, and each file is checked before it replaces the previous one. With
/// --cases, syncs the cases of NTSB's API that were modified since the last sync.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct SyncArgs {
    /// Sync only these files, such as Pre2008.zip
    #[arg(value_name = "FILE", conflicts_with = "cases")]
    pub files: Vec<String>,

    /// URL of the files; {file} stands for the file name
    #[arg(long, value_name = "URL", default_value = DOWNLOAD_URL, value_parser = parse_url_template)]
    pub from: String,

    /// Folder for downloaded files (default: ntsb in the user's cache folder)
    #[arg(long, value_name = "DIR", env = "NTSB_SYNC_FOLDER")]
    pub folder: Option<PathBuf>,

    /// Download cases from NTSB's API instead; the API key is read from NTSB_API_KEY
    #[arg(long)]
    pub cases: bool,

    /// URL of the API
    #[arg(long, value_name = "URL", default_value = API_URL, requires = "cases")]
    pub api: String,

    /// Only cases modified on this day or later (default: since the last sync, or 30 days ago)
    #[arg(long, value_name = "YYYY-MM-DD", requires = "cases")]
    pub since: Option<String>,

    // Read from the environment only, so that the secret never appears in a command line.
    #[arg(skip = std::env::var("NTSB_API_KEY").ok())]
    pub key: Option<String>,

    /// Download without loading
    #[arg(long)]
    pub no_load: bool,

    /// Maximum number of attempts per file; the pause doubles after each
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub attempts: u32,

    /// Timeout for a response from the server
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,

    /// Maximum size of a file, in GiB
    #[arg(long, value_name = "GIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub max_size: u64,
}

fn parse_url_template(text: &str) -> Result<String, String> {
    let is_http = text.starts_with("https://") || text.starts_with("http://");
    match (is_http, text.contains("{file}")) {
        (true, true) => Ok(text.to_owned()),
        (true, false) => Err("the URL must contain {file}, the place of the file name".to_owned()),
        (false, _) => Err("the URL must start with https:// or http://".to_owned()),
    }
}
