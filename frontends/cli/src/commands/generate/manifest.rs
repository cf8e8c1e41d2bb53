//! `manifest.json`: the options and the contents of a data set.

use std::collections::BTreeMap;
use std::path::Path;

use ntsb_testdata::manifest::Manifest;
use ntsb_testdata::{GeneratorConfig, MILLION};
use serde::Serialize;

use super::io_failure;
use crate::failure::Failure;

#[derive(Serialize)]
struct ManifestFile<'m> {
    #[serde(rename = "made")]
    options: Options,
    #[serde(flatten)]
    manifest: &'m Manifest,
}

/// The options that reproduce the files. The serialized names are those of the command line.
#[derive(Serialize)]
struct Options {
    seed: u64,
    from: i32,
    to: i32,
    words: u32,
    #[serde(rename = "dirt")]
    defects: BTreeMap<&'static str, f64>,
}

pub fn write(folder: &Path, config: &GeneratorConfig, manifest: &Manifest) -> Result<(), Failure> {
    let shares = config.defects.iter();
    let defects =
        shares.map(|(defect, share)| (defect.name, f64::from(share) / f64::from(MILLION)));
    let options = Options {
        seed: config.seed,
        from: config.first_year,
        to: config.last_year,
        words: config.narrative_words,
        defects: defects.collect(),
    };
    let text = serde_json::to_string_pretty(&ManifestFile { options, manifest })
        .map_err(|e| Failure::Other(format!("cannot write the manifest: {e}")))?;
    let path = folder.join("manifest.json");
    std::fs::write(&path, text + "\n").map_err(|e| io_failure("write", &path, &e))
}
