//! `ntsb sync`: what NTSB has published since last time, downloaded, checked and loaded.

mod cache;
mod cases;
mod check;
mod download;
mod redirect;
mod weekly;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::args::{Args, Command, LoadArgs, SyncArgs};
use crate::failure::Failure;
use crate::load;
use crate::terminal::Terminal;
use cache::{Cache, Known};
use download::{Downloader, Outcome};

/// The file that holds all events since 2008.
const ALL: &str = "avall.zip";

pub async fn run(args: &SyncArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let cache = Cache::open(&folder(args)?)?;
    let sync = Sync { args, dsn, terminal, downloader: downloader(args, terminal)?, cache };
    if args.cases {
        return cases::run(&sync).await;
    }
    if !args.files.is_empty() {
        for file in &args.files {
            sync.file(file, true).await?;
        }
        return Ok(());
    }
    sync.file(ALL, true).await?;
    let full = sync.cache.known(ALL)?.and_then(|known| known.published());
    for name in weekly::names(weekly::today()) {
        sync.update(&name, full).await?;
    }
    Ok(())
}

/// What one run of the command works with.
struct Sync<'a> {
    args: &'a SyncArgs,
    dsn: Option<&'a str>,
    terminal: &'a Terminal,
    downloader: Downloader<'a>,
    cache: Cache,
}

impl Sync<'_> {
    /// Brings one file up to date and loads it if this was not done with what it now holds.
    async fn file(&self, name: &str, required: bool) -> Result<(), Failure> {
        let url = self.args.from.replace("{file}", name);
        match self.downloader.fetch(&url, &self.cache, name).await? {
            Outcome::Missing if required => {
                let advice = "Is the name right? NTSB's list: https://data.ntsb.gov/avdata; --from names another place.";
                Err(Failure::Other(format!("the server has no {name} ({url})\nhint: {advice}")))
            }
            Outcome::Missing => Ok(()),
            Outcome::Unchanged(known) => {
                self.terminal.line(&format!("{name}: unchanged"));
                self.load(name, known).await
            }
            Outcome::New(known) => {
                self.terminal.line(&format!("{name}: {} bytes, checked", known.length));
                self.load(name, known).await
            }
        }
    }

    /// A weekly file, which says nothing new if it is older than the file of all. Last year's has the
    /// same name until this year's takes its place.
    async fn update(&self, name: &str, full: Option<i64>) -> Result<(), Failure> {
        let url = self.args.from.replace("{file}", name);
        let published = self.downloader.published(&url).await?;
        match (published, full) {
            (None, _) => Ok(()),
            (Some(Some(update)), Some(full)) if update <= full => Ok(()),
            _ => self.file(name, false).await,
        }
    }

    /// Loads a file that was not loaded since it was downloaded, and notes it.
    async fn load(&self, name: &str, known: Known) -> Result<(), Failure> {
        if known.loaded || self.args.no_load {
            return Ok(());
        }
        load_file(&self.cache.path(name), self.dsn, self.terminal).await?;
        self.cache.note(name, &Known { loaded: true, ..known })
    }
}

/// As `ntsb load` does it without options.
async fn load_file(path: &Path, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    load::run(&load_args(path)?, dsn, terminal).await
}

fn load_args(path: &Path) -> Result<LoadArgs, Failure> {
    use clap::Parser;
    let line = ["ntsb".as_ref(), "load".as_ref(), "--".as_ref(), path.as_os_str()];
    match Args::try_parse_from(line).map(|args| args.command) {
        Ok(Command::Load(load)) => Ok(load),
        Ok(_) => Err(Failure::Other("cannot load what was downloaded".to_owned())),
        Err(error) => Err(Failure::Other(error.to_string())),
    }
}

fn folder(args: &SyncArgs) -> Result<PathBuf, Failure> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = || {
        of("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| of("HOME").map(|home| Path::new(&home).join(".cache")))
    };
    let folder = args.folder.clone().or_else(|| Some(cache()?.join("ntsb")));
    folder.ok_or_else(|| Failure::Usage("--folder says where downloads are kept".to_owned()))
}

fn downloader<'a>(args: &SyncArgs, terminal: &'a Terminal) -> Result<Downloader<'a>, Failure> {
    Downloader::new(
        args.attempts,
        Duration::from_secs(args.timeout),
        args.max_size.saturating_mul(1 << 30),
        terminal,
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_loaded_as_by_hand_whatever_its_name() {
        let load = load_args(Path::new("-x/avall.zip")).unwrap();
        assert_eq!(load.files, [PathBuf::from("-x/avall.zip")]);
        assert!(!load.full && !load.increment && !load.dry_run);
    }
}
