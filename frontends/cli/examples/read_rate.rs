//! How fast, and in how much memory, a file is read without a database:
//! `cargo run --release -p ntsb-cli --example read_rate -- avall.mdb`

use std::path::PathBuf;
use std::time::Instant;

use ntsb_cli::source::{Limits, RowSink, Source, SourceError};

#[derive(Default)]
struct Counted {
    values: u64,
    bytes: u64,
}

impl RowSink for Counted {
    fn value(&mut self, value: Option<&str>) {
        self.values += 1;
        self.bytes += value.map_or(0, |v| v.len() as u64);
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        Ok(())
    }
}

fn main() -> Result<(), SourceError> {
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        let start = Instant::now();
        let mut source = Source::open(&path, Limits::default())?;
        let mut counted = Counted::default();
        let mut rows = 0;
        for index in 0..source.tables.len() {
            rows += source.read(index, &mut counted)?;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{}: {rows} rows, {} values, {:.1} MB of text in {seconds:.2} s: {:.0} rows/s; peak {}",
            path.display(),
            counted.values,
            counted.bytes as f64 / 1e6,
            rows as f64 / seconds,
            peak_memory(),
        );
    }
    Ok(())
}

/// The high-water mark of this process, where Linux tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown", str::trim).to_owned()
}
