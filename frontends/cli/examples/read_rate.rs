//! Measures the speed and memory use of reading a file, without a database:
//! `cargo run --release -p ntsb-cli --example read_rate -- avall.mdb`

use std::path::PathBuf;
use std::time::Instant;

use ntsb_cli::source::{Limits, RowSink, Source, SourceError};

#[derive(Default)]
struct ValueCounter {
    values: u64,
    bytes: u64,
}

impl RowSink for ValueCounter {
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
        let mut counter = ValueCounter::default();
        let mut rows = 0;
        for index in 0..source.tables.len() {
            rows += source.read(index, &mut counter)?;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{}: {rows} rows, {} values, {:.1} MB of text in {seconds:.2} s: {:.0} rows/s; peak {}",
            path.display(),
            counter.values,
            counter.bytes as f64 / 1e6,
            rows as f64 / seconds,
            peak_memory(),
        );
    }
    Ok(())
}

/// The peak memory use of this process on Linux.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown", str::trim).to_owned()
}
