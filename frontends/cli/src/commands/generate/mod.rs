//! `ntsb generate`: writes synthetic events in the format of `mdb-export`.
//!
//! [`ntsb_testdata`] generates the events. `manifest.json` is written last, so a folder without it is
//! incomplete.

mod csv;
mod manifest;

use std::path::Path;

use indicatif::HumanCount;
use ntsb_testdata::defects::DefectShares;
use ntsb_testdata::manifest::Manifest;
use ntsb_testdata::{EventData, Generator, GeneratorConfig};

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::output::Terminal;

/// The progress bar is updated after this many events.
const PROGRESS_INTERVAL: u64 = 1_000;

pub fn run(args: &GenerateArgs, terminal: &Terminal) -> Result<(), Failure> {
    let config = generator_config(args);
    let mut generator = Generator::new(&config).map_err(|e| Failure::Usage(e.to_string()))?;
    prepare_folder(&args.out)?;
    let mut files = csv::CsvFiles::create(&args.out)?;
    let (mut data, mut manifest) = (EventData::new(), Manifest::new());
    generator.write_reference(&mut data);
    manifest.add_reference(&data);
    files.write(&data)?;
    let progress = terminal.start_table("events", Some(args.events));
    for number in 0..args.events {
        generator.write_event(number, &mut data);
        manifest.add_event(&data);
        files.write(&data)?;
        if number % PROGRESS_INTERVAL == PROGRESS_INTERVAL - 1 {
            progress.add(PROGRESS_INTERVAL);
        }
    }
    files.finish()?;
    drop(progress);
    manifest::write(&args.out, &config, &manifest)?;
    let injected = manifest.injected.values().sum();
    let rows = manifest.rows.values().sum();
    let [events, rows, injected] =
        [args.events, rows, injected].map(|count| HumanCount(count).to_string());
    terminal.print(&format!(
        "{}: {events} events, {rows} rows, {injected} injected defects (manifest.json)\n",
        args.out.display()
    ))
}

fn generator_config(args: &GenerateArgs) -> GeneratorConfig {
    let default = GeneratorConfig::new(args.seed);
    let mut defects = if args.clean { DefectShares::none() } else { DefectShares::realistic() };
    for defect in &args.defects {
        // The argument parser has checked that the name exists.
        defects.set(&defect.kind, defect.share);
    }
    GeneratorConfig {
        first_year: args.from.unwrap_or(default.first_year),
        last_year: args.to.unwrap_or(default.last_year),
        narrative_words: args.words.unwrap_or(default.narrative_words),
        defects,
        ..default
    }
}

/// Creates the folder. Fails if it is not empty because its files would be read as part of the set.
fn prepare_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| io_failure("create", folder, &e))?;
    let mut entries = std::fs::read_dir(folder).map_err(|e| io_failure("read", folder, &e))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(format!(
            "{} is not empty; use a new folder or empty this one",
            folder.display()
        ))),
    }
}

fn io_failure(action: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot {action} {}: {error}", path.display()))
}
