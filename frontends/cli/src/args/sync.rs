//! Arguments of `ntsb sync`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// NTSB's download URL; `{file}` is replaced by the file name.
const DOWNLOAD_URL: &str =
    "https://data.ntsb.gov/avdata/FileDirectory/DownloadFile?fileID=C%3A%5Cavdata%5C{file}";

/// NTSB's public API.
const API_URL: &str = "https://api.ntsb.gov/public";

/// The FAA's download URL of the aircraft registry.
const REGISTRY_URL: &str = "https://registry.faa.gov/database/ReleasableAircraft.zip";

/// Download new NTSB files and load them
///
/// Syncs avall.zip, then the weekly files that are newer. An unchanged file is not downloaded again, an
/// interrupted download is resumed, and each file is checked before it replaces the previous one. With
/// --api, loads the cases that changed in NTSB's API since the last run; the position is in the database.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct SyncArgs {
    /// Sync only these files, such as Pre2008.zip
    #[arg(value_name = "FILE", conflicts_with = "api")]
    pub files: Vec<String>,

    /// URL of the files; {file} stands for the file name
    #[arg(long, value_name = "URL", default_value = DOWNLOAD_URL, value_parser = parse_url_template)]
    pub from: String,

    /// Folder for downloaded files (default: ntsb in the user's cache folder)
    #[arg(long, value_name = "DIR", env = "NTSB_SYNC_FOLDER")]
    pub folder: Option<PathBuf>,

    /// Load the cases that changed in NTSB's API instead; the key is read from NTSB_API_KEY
    #[arg(long, conflicts_with_all = ["no_load", "from"])]
    pub api: bool,

    /// URL of the API
    #[arg(long, value_name = "URL", default_value = API_URL, value_parser = parse_api_url, requires = "api")]
    pub api_url: String,

    /// First load all cases of events since this day, month by month; the next run resumes it
    #[arg(long, value_name = "YYYY-MM-DD", requires = "api")]
    pub since: Option<String>,

    /// Also read the cases of the last MONTHS months again, because the list of changes may lack small edits
    #[arg(long, value_name = "MONTHS", default_value_t = 0, requires = "api", value_parser = clap::value_parser!(u32).range(..=1200))]
    pub reread: u32,

    /// Maximum number of requests to the API per minute
    #[arg(long, value_name = "N", default_value_t = 30, requires = "api", value_parser = clap::value_parser!(u32).range(1..=6000))]
    pub requests_per_minute: u32,

    /// Download the FAA aircraft registry instead, as ntsb load-registry loads it
    #[arg(long, conflicts_with_all = ["files", "api"])]
    pub registry: bool,

    /// URL of the registry
    #[arg(long, value_name = "URL", default_value = REGISTRY_URL, requires = "registry")]
    pub from_registry: String,

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

/// The key must not be sent unencrypted. A server on this machine is an exception, for tests.
fn parse_api_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|e| format!("invalid URL: {e}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_local = host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if is_local => Ok(text.to_owned()),
        _ => Err("the URL must start with https://, because the API key is sent to it".to_owned()),
    }
}

fn parse_url_template(text: &str) -> Result<String, String> {
    let is_http = text.starts_with("https://") || text.starts_with("http://");
    match (is_http, text.contains("{file}")) {
        (true, true) => Ok(text.to_owned()),
        (true, false) => Err("the URL must contain {file}, the place of the file name".to_owned()),
        (false, _) => Err("the URL must start with https:// or http://".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_asked_by_https_only() {
        for good in [API_URL, "http://127.0.0.1:8080/public", "http://[::1]:1/"] {
            assert_eq!(parse_api_url(good), Ok(good.to_owned()));
        }
        for bad in [
            "http://api.ntsb.gov/public",
            "ftp://127.0.0.1/",
            "api.ntsb.gov",
            "http://localhost.example/",
        ] {
            assert!(parse_api_url(bad).is_err(), "{bad}");
        }
    }
}
