//! Runs the fuzz targets with the inputs in `fuzz/seeds`, on the stable compiler.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::{Path, PathBuf};

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn no_seed_makes_its_target_panic() {
    for (name, target) in fuzz::TARGETS {
        let folder = seeds().join(name);
        let inputs = names(&folder);
        assert!(!inputs.is_empty(), "{name} has no seeds");
        for input in inputs {
            let bytes = fs::read(folder.join(&input)).expect("an input");
            // libtest shows this only if the test fails.
            println!("{name}/{input}");
            target(&bytes);
        }
    }
}

#[test]
fn every_seed_folder_has_a_target() {
    let targets: Vec<_> = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&seeds()), targets);
    let binaries = seeds().join("../fuzz_targets");
    let binaries: Vec<_> =
        names(&binaries).iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(binaries, targets);
}
