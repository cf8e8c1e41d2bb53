//! `ntsb generate`: writes made-up events as `mdb-export` would write them.
//!
//! What the events are is the domain's to say ([`ntsb_testdata`]); here they become files.
//! `manifest.json` comes last: a folder without it is not complete.

mod csv;
mod manifest;

use std::path::{Path, PathBuf};

use indicatif::HumanCount;
use ntsb_testdata::defects::{KINDS, Shares};
use ntsb_testdata::manifest::Tally;
use ntsb_testdata::{Case, Generator, MILLION, Plan};

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// How many events are written between two steps of the progress bar.
const STEP: u64 = 1_000;

pub fn run(args: &GenerateArgs, terminal: &Terminal) -> Result<(), Failure> {
    let plan = plan(args)?;
    let mut generator = Generator::new(&plan).map_err(|e| Failure::Usage(e.to_string()))?;
    prepare(&args.out)?;
    let mut files = csv::Files::create(&args.out)?;
    let (mut case, mut tally) = (Case::new(), Tally::new());
    generator.reference(&mut case);
    tally.add_reference(&case);
    files.write(&case)?;
    let progress = terminal.table("events", Some(args.events));
    for number in 0..args.events {
        generator.event(number, &mut case);
        tally.add(&case);
        files.write(&case)?;
        if number % STEP == STEP - 1 {
            progress.add(STEP);
        }
    }
    files.finish()?;
    drop(progress);
    manifest::write(&args.out, &plan, &tally)?;
    let planted = tally.planted.values().sum();
    let rows = tally.rows.values().sum();
    let what = [args.events, rows, planted].map(|n| HumanCount(n).to_string());
    let [events, rows, planted] = what;
    terminal.result(&format!(
        "{}: {events} events, {rows} rows, {planted} faults planted (manifest.json)\n",
        args.out.display()
    ))
}

fn plan(args: &GenerateArgs) -> Result<Plan, Failure> {
    let usual = Plan::new(args.seed);
    let mut dirt = if args.clean { Shares::none() } else { Shares::usual() };
    for wish in &args.dirt {
        // The kind is known: the argument's parser has looked it up.
        dirt.set(&wish.kind, wish.share);
    }
    Ok(Plan {
        from: args.from.unwrap_or(usual.from),
        to: args.to.unwrap_or(usual.to),
        words: args.words.unwrap_or(usual.words),
        dirt,
        ..usual
    })
}

/// A folder that holds anything is left alone: its files would be taken for part of the set.
fn prepare(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| cannot("create", folder, &e))?;
    let mut entries = std::fs::read_dir(folder).map_err(|e| cannot("read", folder, &e))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(format!(
            "{} is not empty; give a new folder, or empty this one",
            folder.display()
        ))),
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot {what} {}: {error}", path.display()))
}

/// A kind of dirt with the share that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub kind: String,
    /// In parts of a million.
    pub share: u32,
}

/// Reads `KIND=SHARE`, the share as a fraction (0.02) or in percent (2%).
pub fn wish(text: &str) -> Result<Wish, String> {
    let (kind, share) = text.split_once('=').ok_or("write KIND=SHARE, such as time_2400=0.01")?;
    if !KINDS.iter().any(|k| k.name == kind) {
        return Err(format!("there is no dirt {kind}; see the list in ntsb generate --help"));
    }
    let (number, whole) = share.strip_suffix('%').map_or((share, 1.0), |n| (n, 100.0));
    let share = number.parse::<f64>().map_err(|_| format!("{share} is not a share"))? / whole;
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("{share} is not a share between 0 and 1"));
    }
    Ok(Wish { kind: kind.to_owned(), share: (share * f64::from(MILLION)).round() as u32 })
}

/// The list of kinds, for the help.
pub fn kinds() -> String {
    let mut text =
        String::from("Kinds of dirt, with their usual share of the events that offer a place:\n");
    for kind in KINDS {
        let share = f64::from(kind.share) / f64::from(MILLION);
        text.push_str(&format!(
            "  {:<22}{share:<9}{:<10}{}\n",
            kind.name,
            kind.fate.as_str(),
            kind.about
        ));
    }
    text
}

fn path_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn shares_are_fractions_or_percent() {
        let share = |text: &str| wish(text).map(|w| w.share);
        assert_eq!(share("time_2400=0.02"), Ok(20_000));
        assert_eq!(share("time_2400=2%"), Ok(20_000));
        assert_eq!(share("time_2400=1"), Ok(MILLION));
        for wrong in ["time_2400", "time_2400=x", "time_2400=1.5", "time_2400=NaN", "dust=0.1"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_help_lists_every_kind() {
        let help = kinds();
        assert!(KINDS.iter().all(|kind| help.contains(kind.name)));
    }
}
