//! A series of files, and the contents of the warehouse after each load.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ntsb_tests::cli::{load, ntsb_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::test_server;
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, Contents, digest_tables};
use tempfile::TempDir;

/// The number of events, and whether they have no defects. A larger file inserts, one without defects updates, a
/// smaller one withdraws.
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

/// A defect that puts rows into the quarantine.
const QUARANTINED_DEFECT: &str = "date_in_future=20%";

/// Options of a full load. Withdrawals are allowed because some files are smaller. There is no refresh, so that a
/// fault always hits the load.
pub const FULL_OPTIONS: &[&str] = &["--full", "--no-refresh", "--allow-withdraw", "1000"];

pub struct LoadSeries {
    _folder: TempDir,
    pub files: Vec<File>,
}

pub struct File {
    pub path: PathBuf,
    /// Duration of its load without a fault.
    pub duration: Duration,
    /// Contents of the warehouse after its load.
    pub after: Contents,
}

/// The series, loaded once without faults.
pub fn series() -> &'static LoadSeries {
    static SERIES: OnceLock<LoadSeries> = OnceLock::new();
    SERIES.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let database = Database::empty_warehouse();
        let files = FILES.iter().enumerate().map(|(number, &(events, clean))| {
            let path = folder.path().join(format!("file{number}"));
            generate(&path, events, clean);
            let start = Instant::now();
            load(&database, FULL_OPTIONS, &path).assert_counts_add_up();
            let duration = start.elapsed();
            File { path, duration, after: digest_tables(&database, BOOKKEEPING_COLUMNS) }
        });
        let files = files.collect();
        LoadSeries { _folder: folder, files }
    })
}

pub fn generate(folder: &Path, events: u32, clean: bool) {
    let mut generate = ntsb_command(test_server(), "none");
    generate.args(["generate", "--seed", "7", "--words", "40", "--events", &events.to_string()]);
    generate
        .args(["--defect", QUARANTINED_DEFECT])
        .args(clean.then_some("--clean"))
        .arg("--out")
        .arg(folder);
    run_ok(generate);
}
