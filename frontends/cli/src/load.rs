//! The way of a file into the database, begun anew where the connection breaks.

use std::path::Path;
use std::time::Instant;

use tokio_postgres::Client;

use crate::args::LoadArgs;
use crate::attempts::Attempts;
use crate::batch::Batch;
use crate::connect::{Database, connect_within};
use crate::failure::Failure;
use crate::heads::HeadWriter;
use crate::interrupt::{Session, heeding};
use crate::reading::on_thread;
use crate::report::{Mode, Report};
use crate::source::{Limits, Source};
use crate::terminal::Terminal;

/// Loads the files one after another, up to the first that fails.
pub async fn run(args: &LoadArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let session = Session::default();
    let heads = HeadWriter::open(&args.heads)?;
    let connection = Connection { client: None, dsn, session: &session, args, heads, terminal };
    heeding(&session, terminal, load_all(args, connection)).await
}

async fn load_all(args: &LoadArgs, mut connection: Connection<'_>) -> Result<(), Failure> {
    let terminal = connection.terminal;
    for (number, path) in args.files.iter().enumerate() {
        if let Err(failure) = load(path, &mut connection).await {
            let rest = args.files.get(number + 1..).unwrap_or_default();
            if !rest.is_empty() {
                let names: Vec<_> = rest.iter().map(|path| path.display().to_string()).collect();
                terminal.line(&format!("not tried after the failure: {}", names.join(", ")));
            }
            return Err(failure);
        }
    }
    Ok(())
}

/// Made when a readable file is at hand, and kept for the next.
struct Connection<'a> {
    client: Option<Database>,
    dsn: Option<&'a str>,
    session: &'a Session,
    args: &'a LoadArgs,
    heads: Option<HeadWriter<'a>>,
    terminal: &'a Terminal,
}

impl Connection<'_> {
    async fn client(&mut self) -> Result<&mut Client, Failure> {
        let client = match self.client.take() {
            Some(client) => client,
            None => connect_within(self.args.attempts, self.dsn, self.terminal).await?,
        };
        self.session.replace(Some(client.canceller()));
        let client: &mut Client = self.client.insert(client);
        Ok(client)
    }
}

impl Connection<'_> {
    /// Where heads of the change log are kept.
    async fn write_head(&mut self) -> Result<(), Failure> {
        let Some(heads) = self.heads.take() else { return Ok(()) };
        let written = heads.write(self.client().await?).await;
        self.heads = Some(heads);
        written.map(drop)
    }
}

/// Loads one file and says what became of it.
async fn load(path: &Path, connection: &mut Connection<'_>) -> Result<(), Failure> {
    let start = Instant::now();
    let (args, terminal) = (connection.args, connection.terminal);
    let mut report = load_anew(path, connection).await?;
    report.seconds = start.elapsed().as_secs_f64();
    if args.json { terminal.result(&report.json()?) } else { terminal.result(&report.table()) }?;
    if args.dry_run {
        return Ok(());
    }
    let written = connection.write_head().await;
    if !args.no_refresh {
        refresh(connection.client().await?, terminal).await;
    }
    written
}

/// Brings what is derived from the data up to date, in a transaction of its own: whatever becomes
/// of it, the file is loaded.
async fn refresh(client: &Client, terminal: &Terminal) {
    let _step = terminal.step("refreshing what is derived");
    if let Err(error) = client.batch_execute("CALL ntsb_refresh()").await {
        terminal.warning(&format!(
            "the file is loaded, but the star schema and the views still show what was before it: {}\n\
             Once the cause is mended: ntsb refresh",
            Failure::from(error)
        ));
    }
}

/// Loads one file in as many attempts as it takes and is allowed: each is a transaction of its own
/// and reads the file from its beginning.
async fn load_anew(path: &Path, connection: &mut Connection<'_>) -> Result<Report, Failure> {
    let (args, terminal) = (connection.args, connection.terminal);
    let name = base_name(path);
    let (mut source, digest) = open(path, args, terminal).await?;
    let (mode, guessed) = choose_mode(path, args, &source, terminal);
    let (attempt, committing) = (1, None);
    let mut batch = Batch { name, mode, guessed, digest, args, terminal, attempt, committing };
    let mut attempts = Attempts::first_of(args.attempts);
    loop {
        let client = match connection.client().await {
            Ok(client) => client,
            Err(failure) if batch.attempt == 1 => return Err(failure),
            Err(failure) => return Err(batch.undone(failure)),
        };
        let failure = match batch.run(client, source).await {
            Ok(report) => return Ok(report),
            Err(failure) => failure,
        };
        let pause = if failure.is_of_broken_connection() { attempts.next() } else { None };
        let Some(pause) = pause else { return Err(batch.undone(failure)) };
        terminal.line(&format!("{failure}\nstarting {} anew in {} s", batch.name, pause.as_secs()));
        tokio::time::sleep(pause).await;
        (connection.client, batch.attempt) = (None, attempts.made);
        (source, batch.digest) = open(path, args, terminal).await?;
    }
}

/// Opens a file and takes its digest, off the thread that talks to the database.
async fn open(
    path: &Path,
    args: &LoadArgs,
    terminal: &Terminal,
) -> Result<(Source, String), Failure> {
    let _step = terminal.step(format!("opening {}", path.display()));
    let limits = Limits { unpacked: args.max_unpacked << 30 };
    let path = path.to_owned();
    let open = move || {
        let source = Source::open(&path, limits)?;
        let digest = source.digest()?;
        Ok((source, digest))
    };
    on_thread(open).await?
}

/// The mode asked for, or the one that the name of the file tells, and whether that is a guess.
fn choose_mode(path: &Path, args: &LoadArgs, source: &Source, terminal: &Terminal) -> (Mode, bool) {
    if args.full {
        return (Mode::Full, false);
    }
    // Cases come in pages, so a file holds some and not all, whatever its name.
    if args.increment || source.is_of_cases() {
        return (Mode::Increment, false);
    }
    if let Some(mode) = mode_of(path) {
        return (mode, true);
    }
    terminal.line(&format!(
        "note: {} is taken as an increment; --full would also mark events that are missing from it \
         as withdrawn",
        base_name(path)
    ));
    (Mode::Increment, false)
}

/// NTSB's own names: avall, Pre2008 and PRE1982 are complete, upDDMON is a week's changes.
fn mode_of(path: &Path) -> Option<Mode> {
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

/// The name of the file or folder without the way to it; `.` is called by its real name.
pub fn base_name(path: &Path) -> String {
    let named = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let real = || Some(path.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned());
    named.or_else(real).unwrap_or_else(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_follows_from_ntsbs_names() {
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
            assert_eq!(mode_of(Path::new(path)), mode, "{path}");
        }
    }

    #[test]
    fn a_batch_is_called_by_the_name_of_its_file() {
        assert_eq!(base_name(Path::new("/data/avall.zip")), "avall.zip");
        assert_eq!(base_name(Path::new("csv/avall/")), "avall");
        assert!(!base_name(Path::new(".")).contains('.'));
    }
}
