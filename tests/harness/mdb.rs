//! Converts Access files to CSV with mdbtools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run_ok;

/// Extracts the .mdb file of a zip archive and returns its path.
pub fn extract_mdb(zip: &Path, folder: &Path) -> PathBuf {
    let mut command = Command::new("python3");
    command.args(["-m", "zipfile", "-e"]).arg(zip).arg(folder);
    run_ok(command);
    let is_access =
        |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("mdb"));
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(is_access).unwrap()
}

/// Writes each table as CSV into a new folder beside the file. `options` are those of mdb-export.
pub fn export_csv(mdb: &Path, name: &str, options: &[&str]) -> PathBuf {
    let folder = mdb.with_file_name(name);
    fs::create_dir(&folder).unwrap();
    let mut tables = Command::new("mdb-tables");
    tables.arg("-1").arg(mdb);
    for table in run_ok(tables).lines() {
        let mut export = Command::new("mdb-export");
        export.args(options).arg(mdb).arg(table);
        fs::write(folder.join(format!("{table}.csv")), run_ok(export)).unwrap();
    }
    folder
}
