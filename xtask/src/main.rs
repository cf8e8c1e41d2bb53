//! Writes generated files: the SQL files of the extension, and the Grafana dashboards.
//!
//! ```text
//! xtask installer LIBRARY OUT_DIR       pg_ntsb.control and pg_ntsb--VERSION.sql, from the built library
//! xtask upgrade OLD.sql NEW.sql OUT     the upgrade script between the installers of two versions
//! xtask dashboards OUT_DIR              the dashboards of deploy/monitoring/grafana/dashboards
//! ```
//!
//! `./dev` calls it; [`installer`], [`upgrade`] and [`dashboards`] hold the work.
#![forbid(unsafe_code)]

mod dashboards;
mod installer;
mod upgrade;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: xtask installer LIBRARY OUT_DIR | xtask upgrade OLD.sql NEW.sql OUT.sql \
    | xtask dashboards OUT_DIR";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<(), Box<dyn Error>> {
    match args {
        ["installer", library, out_dir] => installer::write(Path::new(library), Path::new(out_dir)),
        ["upgrade", old, new, out] => {
            let script = upgrade::compose(&read(old)?, &read(new)?)?;
            std::fs::write(out, script).map_err(|e| format!("cannot write {out}: {e}"))?;
            Ok(())
        }
        ["dashboards", out_dir] => dashboards::write(Path::new(out_dir)),
        _ => Err(USAGE.into()),
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("cannot read {path}: {e}"))
}
