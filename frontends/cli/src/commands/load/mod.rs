//! `ntsb load`: loads files into the database and retries when the connection breaks.

mod batch;
mod report;
mod shards;

use std::path::Path;
use std::time::Instant;

use tokio_postgres::Client;

use super::log_heads::LogHeadWriter;
use crate::args::LoadArgs;
use crate::database::{ActiveSession, Database, connect_with_attempts, run_until_signal};
use crate::failure::Failure;
use crate::output::Terminal;
use crate::runtime::reader_thread::run_on_reader_thread;
use crate::runtime::retry::Backoff;
use crate::source::{Limits, Source};
use batch::Batch;
pub use report::Counts;
use report::{Mode, Report};
use shards::ShardLoader;

/// Loads the files in order and stops at the first failure.
pub async fn run(args: &LoadArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let session = ActiveSession::default();
    if args.shards {
        let loader = ShardLoader { dsn, session: &session, args, terminal };
        return run_until_signal(&session, terminal, loader.load_files()).await;
    }
    let head_writer = LogHeadWriter::open(&args.log_heads)?;
    let loader = Loader { client: None, dsn, session: &session, args, head_writer, terminal };
    run_until_signal(&session, terminal, loader.load_files()).await
}

/// Connects when the first readable file is open, and keeps the connection for the next files.
struct Loader<'a> {
    client: Option<Database>,
    dsn: Option<&'a str>,
    session: &'a ActiveSession,
    args: &'a LoadArgs,
    head_writer: Option<LogHeadWriter<'a>>,
    terminal: &'a Terminal,
}

impl Loader<'_> {
    async fn load_files(mut self) -> Result<(), Failure> {
        for (number, path) in self.args.files.iter().enumerate() {
            if let Err(failure) = self.load_file(path).await {
                let rest = self.args.files.get(number + 1..).unwrap_or_default();
                if !rest.is_empty() {
                    let names: Vec<_> = rest.iter().map(|p| p.display().to_string()).collect();
                    let names = names.join(", ");
                    self.terminal.message(&format!("not loaded because of the failure: {names}"));
                }
                return Err(failure);
            }
        }
        Ok(())
    }

    async fn client(&mut self) -> Result<&mut Client, Failure> {
        let client = match self.client.take() {
            Some(client) => client,
            None => connect_with_attempts(self.args.attempts, self.dsn, self.terminal).await?,
        };
        self.session.replace(Some(client.canceller()));
        let client: &mut Client = self.client.insert(client);
        Ok(client)
    }

    /// Appends the head of the change log to the file of `--heads`, if there is one.
    async fn write_log_head(&mut self) -> Result<(), Failure> {
        let Some(writer) = self.head_writer.take() else { return Ok(()) };
        let result = writer.write(self.client().await?).await;
        self.head_writer = Some(writer);
        result.map(drop)
    }

    /// Loads one file and prints the report.
    async fn load_file(&mut self, path: &Path) -> Result<(), Failure> {
        let start = Instant::now();
        let (args, terminal) = (self.args, self.terminal);
        let mut report = self.load_with_retries(path).await?;
        report.seconds = start.elapsed().as_secs_f64();
        terminal.print(&if args.json { report.to_json()? } else { report.to_table() })?;
        if args.dry_run {
            return Ok(());
        }
        let written = self.write_log_head().await;
        if !args.no_refresh {
            refresh(self.client().await?, terminal).await;
        }
        written
    }

    /// Loads one file in up to `args.attempts` attempts. Each attempt is a transaction of its own and
    /// reads the file from its start.
    async fn load_with_retries(&mut self, path: &Path) -> Result<Report, Failure> {
        let (args, terminal) = (self.args, self.terminal);
        let name = base_name(path);
        let (mut source, digest) = open(path, args, terminal).await?;
        let (mode, mode_is_guessed) = choose_mode(path, args, &source, terminal);
        let mut batch = Batch {
            name,
            mode,
            mode_is_guessed,
            digest,
            args,
            terminal,
            attempt: 1,
            unconfirmed_batch_id: None,
        };
        let mut backoff = Backoff::new(args.attempts);
        loop {
            let client = match self.client().await {
                Ok(client) => client,
                Err(failure) if batch.attempt == 1 => return Err(failure),
                Err(failure) => return Err(batch.describe_rollback(failure)),
            };
            let failure = match batch.run(client, source).await {
                Ok(report) => return Ok(report),
                Err(failure) => failure,
            };
            let pause = if failure.is_connection_loss() { backoff.next_pause() } else { None };
            let Some(pause) = pause else { return Err(batch.describe_rollback(failure)) };
            let seconds = pause.as_secs();
            terminal.message(&format!("{failure}\nretrying {} in {seconds} s", batch.name));
            tokio::time::sleep(pause).await;
            (self.client, batch.attempt) = (None, backoff.attempt);
            (source, batch.digest) = open(path, args, terminal).await?;
        }
    }
}

/// Refreshes derived data in a transaction of its own. A failure is only a warning because the file
/// is loaded already.
async fn refresh(client: &Client, terminal: &Terminal) {
    let _step = terminal.start_step("refreshing derived data");
    if let Err(error) = client.batch_execute("CALL ntsb_refresh()").await {
        terminal.warn(&format!(
            "the file was loaded, but the star schema and the views are not refreshed: {}\n\
             hint: Fix the cause, then run: ntsb refresh",
            Failure::from(error)
        ));
    }
}

/// Opens a file and computes its digest on the reader thread.
async fn open(
    path: &Path,
    args: &LoadArgs,
    terminal: &Terminal,
) -> Result<(Source, String), Failure> {
    let _step = terminal.start_step(format!("opening {}", path.display()));
    let limits = Limits { unpacked: args.max_unpacked << 30 };
    let path = path.to_owned();
    let open = move || {
        let source = Source::open(&path, limits)?;
        let digest = source.digest()?;
        Ok((source, digest))
    };
    run_on_reader_thread(open).await?
}

/// The requested mode, or the one that the file name suggests, and whether it is a guess.
fn choose_mode(path: &Path, args: &LoadArgs, source: &Source, terminal: &Terminal) -> (Mode, bool) {
    if args.full {
        return (Mode::Full, false);
    }
    // The API returns cases in pages, so a file of cases may always be incomplete.
    if args.increment || source.has_cases() {
        return (Mode::Increment, false);
    }
    if let Some(mode) = guess_mode(path) {
        return (mode, true);
    }
    terminal.message(&format!(
        "note: {} is loaded as an increment; use --full to also withdraw the events that are \
         missing from it",
        base_name(path)
    ));
    (Mode::Increment, false)
}

/// Guesses the mode from NTSB's file names: avall, Pre2008 and PRE1982 are complete, upDDMON contains
/// the changes of a week.
fn guess_mode(path: &Path) -> Option<Mode> {
    const FULL: [&str; 3] = ["avall", "pre2008", "pre1982"];
    let stem = path.file_stem()?.to_string_lossy().to_lowercase();
    if FULL.iter().any(|name| stem.starts_with(name)) {
        Some(Mode::Full)
    } else if stem.starts_with("up") {
        Some(Mode::Increment)
    } else {
        None
    }
}

/// The name of a file or folder without its path. `.` is resolved to the real folder name.
pub fn base_name(path: &Path) -> String {
    let named = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let real = || Some(path.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned());
    named.or_else(real).unwrap_or_else(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_follows_from_the_file_name() {
        let cases = [
            ("/data/avall.zip", Some(Mode::Full)),
            ("AVALL.MDB", Some(Mode::Full)),
            ("avall-2025-11.mdb", Some(Mode::Full)),
            ("Pre2008.zip", Some(Mode::Full)),
            ("PRE1982.MDB", Some(Mode::Full)),
            ("up22APR.zip", Some(Mode::Increment)),
            ("UP01JAN.mdb", Some(Mode::Increment)),
            ("csv/avall/", Some(Mode::Full)),
            ("sample.zip", None),
            ("my-avall.mdb", None),
        ];
        for (path, mode) in cases {
            assert_eq!(guess_mode(Path::new(path)), mode, "{path}");
        }
    }

    #[test]
    fn a_batch_is_named_after_its_file() {
        assert_eq!(base_name(Path::new("/data/avall.zip")), "avall.zip");
        assert_eq!(base_name(Path::new("csv/avall/")), "avall");
        assert!(!base_name(Path::new(".")).contains('.'));
    }
}
