//! Containerfiles in deploy/container: hadolint's rules, and ours for images that run in a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::process::run;

/// The images, and whether something runs in them that can be asked.
const IMAGES: [(&str, bool); 4] =
    [("database", true), ("service", true), ("cli", false), ("cloudnativepg", false)];

fn containerfile(image: &str) -> PathBuf {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/container");
    deploy.join(image).join("Containerfile")
}

/// Without a package registry there is no hadolint, and the tests report that they were skipped.
fn hadolint() -> Option<Command> {
    let program = std::env::var_os("NTSB_TEST_HADOLINT");
    if program.is_none() {
        announce("skipped: Containerfiles are not linted, as hadolint cannot be installed");
    }
    program.map(Command::new)
}

#[test]
fn containerfiles_pass_hadolint() {
    for (image, _) in IMAGES {
        let Some(mut lint) = hadolint() else { return };
        lint.args(["--failure-threshold", "style"]).arg(containerfile(image));
        let linted = run(lint);
        assert_eq!((linted.code, linted.all_output().as_str()), (Some(0), ""), "{image}");
    }
}

#[test]
fn hadolint_refuses_a_bad_containerfile() {
    let Some(mut lint) = hadolint() else { return };
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("Containerfile");
    fs::write(&bad, "FROM debian:latest\nRUN cd /tmp && sudo apt-get install curl\n").unwrap();
    lint.arg(&bad);
    let linted = run(lint);
    assert_ne!(linted.code, Some(0));
    assert!(linted.all_output().contains("DL3007"), "{}", linted.all_output());
}

/// The instructions of the last stage, joined where a line continues.
fn last_stage(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let (_, stage) = joined.rsplit_once("\nFROM ").unwrap();
    stage.lines().filter(|l| !l.starts_with('#')).map(|l| l.trim().to_owned()).collect()
}

#[test]
fn images_run_without_root_from_a_base_that_the_caller_chooses() {
    for (image, is_asked) in IMAGES {
        let text = fs::read_to_string(containerfile(image)).unwrap();
        for argument in ["BASE", "BUILDER", "PACKAGES"] {
            assert!(text.contains(&format!("\nARG {argument}=")), "{image}: {argument}");
        }
        // An image of a stage, of an argument, or empty: never one that the file fixes.
        let bases = text.lines().filter_map(|line| line.strip_prefix("FROM "));
        for base in bases {
            assert!(base.starts_with("${") || base == "scratch", "{image}: FROM {base}");
        }
        let stage = last_stage(&text);
        let value = |name: &str| {
            let found = stage.iter().rev().find_map(|line| line.strip_prefix(&format!("{name} ")));
            found.unwrap_or_else(|| panic!("{image} has no {name}")).to_owned()
        };
        let user: u32 = value("USER").split(':').next().unwrap().parse().unwrap();
        assert!(user > 0, "{image}");
        let check = value("HEALTHCHECK");
        assert_eq!(check.contains("CMD ["), is_asked, "{image}: {check}");
    }
}
