//! `manifest.json`: how a set was made and what it holds.

use std::collections::BTreeMap;
use std::path::Path;

use ntsb_testdata::manifest::Tally;
use ntsb_testdata::{MILLION, Plan};
use serde::Serialize;

use super::{cannot, path_of};
use crate::failure::Failure;

#[derive(Serialize)]
struct Manifest<'m> {
    made: Made,
    #[serde(flatten)]
    tally: &'m Tally,
}

/// What must be given again to get the same files.
#[derive(Serialize)]
struct Made {
    seed: u64,
    from: i32,
    to: i32,
    words: u32,
    dirt: BTreeMap<&'static str, f64>,
}

pub fn write(folder: &Path, plan: &Plan, tally: &Tally) -> Result<(), Failure> {
    let shares = plan.dirt.iter();
    let dirt = shares.map(|(kind, share)| (kind.name, f64::from(share) / f64::from(MILLION)));
    let made = Made {
        seed: plan.seed,
        from: plan.from,
        to: plan.to,
        words: plan.words,
        dirt: dirt.collect(),
    };
    let text = serde_json::to_string_pretty(&Manifest { made, tally })
        .map_err(|e| Failure::Other(format!("cannot write the manifest: {e}")))?;
    let path = path_of(folder, "manifest.json");
    std::fs::write(&path, text + "\n").map_err(|e| cannot("write", &path, &e))
}
