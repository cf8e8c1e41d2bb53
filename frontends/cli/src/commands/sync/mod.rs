//! `ntsb sync`: downloads new NTSB files, checks them and loads them.

mod api;
mod arrival;
mod cache;
mod check;
mod download;
mod redirect;
mod registry;
mod weekly;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::load;
use crate::args::{Args, Command, LoadArgs, SyncArgs};
use crate::failure::Failure;
use crate::output::Terminal;
use arrival::Arrival;
use cache::{Cache, FileInfo};
use download::{Downloader, FetchOutcome};

/// The file with all events since 2008.
const FULL_FILE: &str = "avall.zip";

pub async fn run(args: &SyncArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let cache = Cache::open(&cache_folder(args)?)?;
    let downloader = create_downloader(args, terminal)?;
    let sync = Sync { args, dsn, terminal, downloader, cache, arrival: OnceCell::new() };
    if args.api {
        return api::run(&sync).await;
    }
    if args.registry {
        return registry::sync_registry(&sync).await;
    }
    let result = sync.sync_files().await;
    // Also after a failure: what was loaded before it is stored.
    if let Some(arrival) = sync.arrival.get().filter(|arrival| arrival.is_defined()) {
        arrival.run(dsn, terminal).await?;
    }
    result
}

/// The state of one run.
struct Sync<'a> {
    args: &'a SyncArgs,
    dsn: Option<&'a str>,
    terminal: &'a Terminal,
    downloader: Downloader<'a>,
    cache: Cache,
    /// Set before the first load.
    arrival: OnceCell<Arrival>,
}

impl Sync<'_> {
    async fn sync_files(&self) -> Result<(), Failure> {
        if !self.args.files.is_empty() {
            for file in &self.args.files {
                self.sync_file(file, true).await?;
            }
            return Ok(());
        }
        self.sync_file(FULL_FILE, true).await?;
        let full_published_at = self.cache.info(FULL_FILE)?.and_then(|info| info.published_at());
        for name in weekly::file_names(weekly::today()) {
            self.sync_weekly_file(&name, full_published_at).await?;
        }
        Ok(())
    }

    async fn arrival(&self) -> Result<&Arrival, Failure> {
        if let Some(arrival) = self.arrival.get() {
            return Ok(arrival);
        }
        let arrival = Arrival::read(self.dsn, self.terminal).await?;
        Ok(self.arrival.get_or_init(|| arrival))
    }

    /// Downloads a file if it changed, and loads it if this content has not been loaded yet.
    async fn sync_file(&self, name: &str, is_required: bool) -> Result<(), Failure> {
        let url = self.args.from.replace("{file}", name);
        match self.downloader.fetch(&url, &self.cache, name).await? {
            FetchOutcome::Missing if is_required => {
                let hint = "Check the name (NTSB's list: https://data.ntsb.gov/avdata), or set another URL with --from.";
                Err(Failure::Other(format!("the server has no file {name} ({url})\nhint: {hint}")))
            }
            FetchOutcome::Missing => Ok(()),
            FetchOutcome::Unchanged(info) => {
                self.terminal.message(&format!("{name}: unchanged"));
                self.load(name, info).await
            }
            FetchOutcome::New(info) => {
                self.terminal.message(&format!("{name}: {} bytes, checked", info.length));
                self.load(name, info).await
            }
        }
    }

    /// Syncs a weekly file unless it is older than the full file. Last year's file keeps its name until
    /// this year's file replaces it.
    async fn sync_weekly_file(
        &self,
        name: &str,
        full_published_at: Option<i64>,
    ) -> Result<(), Failure> {
        let url = self.args.from.replace("{file}", name);
        let published_at = self.downloader.fetch_published_at(&url).await?;
        match (published_at, full_published_at) {
            (None, _) => Ok(()),
            (Some(Some(weekly)), Some(full)) if weekly <= full => Ok(()),
            _ => self.sync_file(name, false).await,
        }
    }

    /// Loads a file unless this content has been loaded, and records that.
    async fn load(&self, name: &str, info: FileInfo) -> Result<(), Failure> {
        if info.loaded || self.args.no_load {
            return Ok(());
        }
        let no_refresh = self.arrival().await?.is_defined();
        let args = LoadArgs { no_refresh, ..default_load_args(&self.cache.path(name))? };
        load::run(&args, self.dsn, self.terminal).await?;
        self.cache.write_info(name, &FileInfo { loaded: true, ..info })
    }
}

/// The arguments of `ntsb load` without options.
fn default_load_args(path: &Path) -> Result<LoadArgs, Failure> {
    use clap::Parser;
    let command_line = ["ntsb".as_ref(), "load".as_ref(), "--".as_ref(), path.as_os_str()];
    match Args::try_parse_from(command_line).map(|args| args.command) {
        Ok(Command::Load(load)) => Ok(load),
        Ok(_) => Err(Failure::Other("cannot load the downloaded file".to_owned())),
        Err(error) => Err(Failure::Other(error.to_string())),
    }
}

fn cache_folder(args: &SyncArgs) -> Result<PathBuf, Failure> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let user_cache = || {
        variable("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")))
    };
    let folder = args.folder.clone().or_else(|| Some(user_cache()?.join("ntsb")));
    folder.ok_or_else(|| {
        Failure::Usage("no folder for downloads: set --folder, XDG_CACHE_HOME or HOME".to_owned())
    })
}

fn create_downloader<'a>(
    args: &SyncArgs,
    terminal: &'a Terminal,
) -> Result<Downloader<'a>, Failure> {
    Downloader::new(
        args.attempts,
        Duration::from_secs(args.timeout),
        args.max_size.saturating_mul(1 << 30),
        terminal,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_that_starts_with_a_dash_is_not_an_option() {
        let load = default_load_args(Path::new("-x/avall.zip")).unwrap();
        assert_eq!(load.files, [PathBuf::from("-x/avall.zip")]);
        assert!(!load.full && !load.increment && !load.dry_run);
    }
}
