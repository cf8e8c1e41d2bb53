//! Files that a warehouse takes one after another, and what it holds after each.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ntsb_tests::contents::{BOOKKEEPING, Contents, contents};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{command, load};
use ntsb_tests::process::succeed;
use ntsb_tests::server::server;
use tempfile::TempDir;

/// Events, and whether they are without dirt. A file that grows inserts, one that loses its dirt
/// updates, one that shrinks withdraws.
const FILES: [(u32, bool); 10] = [
    (40, false),
    (40, true),
    (80, false),
    (60, false),
    (60, true),
    (100, false),
    (100, true),
    (70, false),
    (120, false),
    (90, true),
];

/// A row of such a kind is held back, until a person decides.
const HELD: &str = "date_in_future=20%";

/// The files hold all events, and shrink on purpose.
/// Without the refresh after it, so that what breaks off is the load.
pub const FULL: &[&str] = &["--full", "--no-refresh", "--allow-withdraw", "1000"];

pub struct Series {
    _folder: TempDir,
    pub files: Vec<File>,
}

pub struct File {
    pub path: PathBuf,
    /// How long its load takes when nothing happens.
    pub length: Duration,
    /// What the warehouse then holds.
    pub after: Contents,
}

/// The series, loaded once without any disturbance.
pub fn series() -> &'static Series {
    static SERIES: OnceLock<Series> = OnceLock::new();
    SERIES.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let database = Database::blank();
        let files = FILES.iter().enumerate().map(|(number, &(events, clean))| {
            let path = folder.path().join(format!("file{number}"));
            generate(&path, events, clean);
            let start = Instant::now();
            load(&database, FULL, &path).assert_nothing_lost();
            let length = start.elapsed();
            File { path, length, after: contents(&database, BOOKKEEPING) }
        });
        let files = files.collect();
        Series { _folder: folder, files }
    })
}

pub fn generate(folder: &Path, events: u32, clean: bool) {
    let mut generate = command(server(), "none");
    generate.args(["generate", "--seed", "7", "--words", "40", "--events", &events.to_string()]);
    generate.args(["--dirt", HELD]).args(clean.then_some("--clean")).arg("--out").arg(folder);
    succeed(generate);
}
