//! Packages: contents, units and documents that deploy/packages describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::process::{run, run_ok};
use ntsb_tests::server::env_var;

/// Of 100, by `systemd-analyze security`; without any restriction it is 96.
const MAX_EXPOSURE: u32 = 15;

/// Settings in rest.toml whose value is an example, not the default.
const EXAMPLES: [&str; 10] = [
    "database",
    "replicas",
    "jwt_secret",
    "redis_url",
    "trusted_proxies",
    "cors_origins",
    "tls_certificate",
    "tls_key",
    "metrics_listen",
    "otlp_endpoint",
];

fn packages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/packages")
}

fn program(variable: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env_var(variable));
    command.args(args);
    command
}

/// The units, with the programs that were built in place of those that a package installs.
fn write_units(folder: &Path) -> Vec<PathBuf> {
    let installed = [("/usr/bin/ntsb-rest", "NTSB_SERVICE_BIN"), ("/usr/bin/ntsb", "NTSB_BIN")];
    let files = fs::read_dir(packages().join("systemd")).unwrap();
    files
        .map(|file| {
            let file = file.unwrap();
            let mut unit = fs::read_to_string(file.path()).unwrap();
            for (path, variable) in installed {
                unit = unit.replace(&format!("={path} "), &format!("={} ", env_var(variable)));
            }
            let copy = folder.join(file.file_name());
            fs::write(&copy, unit).unwrap();
            copy
        })
        .collect()
}

#[test]
fn units_are_valid_and_restricted() {
    let folder = tempfile::tempdir().unwrap();
    let units = write_units(folder.path());
    assert!(units.len() >= 5, "{units:?}");
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).args(&units);
    let verified = run(verify);
    assert_eq!((verified.code, verified.all_output().as_str()), (Some(0), ""));
    for unit in units.iter().filter(|unit| unit.extension().is_some_and(|e| e == "service")) {
        let mut security = Command::new("systemd-analyze");
        security.args(["security", "--offline=yes", "--no-pager"]);
        security.arg(format!("--threshold={MAX_EXPOSURE}")).arg(unit);
        let rated = run(security);
        assert_eq!(rated.code, Some(0), "{}", rated.all_output());
    }
}

#[test]
fn an_unrestricted_unit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("open.service");
    fs::write(&unit, "[Service]\nExecStart=/bin/true\nNoSuchSetting=1\n").unwrap();
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=yes", "--no-pager", "--threshold=15"]).arg(&unit);
    assert_ne!(run(security).code, Some(0));
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).arg(&unit);
    assert!(run(verify).all_output().contains("NoSuchSetting"));
}

/// What follows ExecStart= in all units, without options that come from the environment.
fn unit_commands() -> Vec<String> {
    let files = fs::read_dir(packages().join("systemd")).unwrap();
    let units = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let lines: Vec<String> =
        units.flat_map(|unit| unit.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    lines.iter().filter_map(|line| line.strip_prefix("ExecStart=")).map(str::to_owned).collect()
}

/// The commands that `ntsb --help` lists.
fn listed_commands() -> BTreeSet<String> {
    let help = run_ok(program("NTSB_BIN", &["--help"]));
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let names = commands.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn units_call_commands_that_exist() {
    let commands = unit_commands();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let listed = listed_commands();
    for command in commands.iter().filter_map(|c| c.strip_prefix("/usr/bin/ntsb ")) {
        let name = command.split(' ').next().unwrap();
        if name == "run-dags" && !listed.contains(name) {
            announce("skipped: this ntsb has no command run-dags, which a timer calls");
            continue;
        }
        assert!(listed.contains(name), "ntsb has no command {name}");
    }
}

#[test]
fn man_pages_and_completions_cover_every_command() {
    let folder = tempfile::tempdir().unwrap();
    run_ok(program("NTSB_BIN", &["man", folder.path().to_str().unwrap()]));
    let pages: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    let commands = listed_commands();
    assert!(commands.len() > 25, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = run_ok(program("NTSB_BIN", &["completions", shell]));
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
            let page = format!("ntsb-{command}.1");
            assert!(pages.contains(&page), "{page} is not among {pages:?}");
        }
        let script = run_ok(program("NTSB_SERVICE_BIN", &["--print-completions", shell]));
        assert!(script.contains("print-config"), "{shell}");
    }
    let page = run_ok(program("NTSB_SERVICE_BIN", &["--print-man-page"]));
    assert!(page.starts_with(".ie") && page.contains(".SH OPTIONS"), "{page}");
}

fn print_config(file: &Path) -> Vec<String> {
    let mut command = program("NTSB_SERVICE_BIN", &["--print-config", "--config"]);
    command.arg(file).env_clear();
    run_ok(command).lines().map(str::to_owned).collect()
}

#[test]
fn the_service_reads_every_line_of_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.toml");
    fs::write(&empty, "").unwrap();
    let defaults = print_config(&empty);
    let installed = packages().join("etc/rest.toml");
    assert_eq!(print_config(&installed), defaults);

    // A comment begins with "# ", a setting that is off with "#".
    let text = fs::read_to_string(&installed).unwrap();
    let is_setting =
        |line: &&str| line.starts_with('#') && !line.starts_with("# ") && line.len() > 1;
    let settings: Vec<&str> = text.lines().filter(is_setting).map(|line| &line[1..]).collect();
    assert!(settings.len() > 15, "{settings:?}");
    let all = folder.path().join("all.toml");
    fs::write(&all, settings.join("\n")).unwrap();
    let shown = print_config(&all);
    for setting in settings {
        let (name, _) = setting.split_once(" = ").unwrap();
        let is_default = shown.iter().any(|line| line.starts_with(name) && defaults.contains(line));
        assert_ne!(is_default, EXAMPLES.contains(&name), "{setting}");
    }
}

#[test]
fn a_wrong_setting_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rest.toml");
    fs::write(&file, "pool_sise = 4\n").unwrap();
    let mut command = program("NTSB_SERVICE_BIN", &["--print-config", "--config"]);
    command.arg(&file);
    let refused = run(command);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("pool_sise"), "{}", refused.stderr);
}

#[test]
fn the_environment_file_names_variables_only() {
    let text = fs::read_to_string(packages().join("etc/database.env")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    for line in lines {
        let (name, _) = line.trim_start_matches('#').split_once('=').unwrap();
        let is_known = name.starts_with("PG") || name.starts_with("NTSB_");
        assert!(is_known && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{line}");
    }
}

#[test]
fn systemd_creates_the_user() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let mut sysusers = Command::new("systemd-sysusers");
    sysusers.arg(format!("--root={}", root.path().display()));
    sysusers.arg(packages().join("debian/ntsb-rest.sysusers"));
    run_ok(sysusers);
    let users = fs::read_to_string(root.path().join("etc/passwd")).unwrap();
    let user = users.lines().find(|line| line.starts_with("ntsb:")).unwrap();
    assert!(user.ends_with(":/nonexistent:/usr/sbin/nologin"), "{user}");
}

/// The rules of PGXN's specification (version 1) that concern this file, and that it agrees with Cargo.toml.
#[test]
fn pgxn_metadata_are_complete() {
    let root = packages().join("../..");
    let text = fs::read_to_string(packages().join("pgxn/META.json")).unwrap();
    let meta: serde_json::Value = serde_json::from_str(&text).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for field in ["name", "abstract", "maintainer"] {
        assert!(meta[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    assert_eq!(
        (&meta["version"], &meta["meta-spec"]["version"]),
        (&version.into(), &"1.0.0".into())
    );
    assert!(["stable", "testing", "unstable"].contains(&meta["release_status"].as_str().unwrap()));
    for license in meta["license"].as_array().unwrap() {
        assert!(["mit", "apache_2_0"].contains(&license.as_str().unwrap()), "{license}");
    }
    for (name, extension) in meta["provides"].as_object().unwrap() {
        assert_eq!(extension["version"], version, "{name}");
        for file in ["file", "docfile"] {
            let path = root.join(extension[file].as_str().unwrap());
            assert!(path.is_file(), "{}", path.display());
        }
    }
    for phase in ["build", "runtime"] {
        let required = meta["prereqs"][phase]["requires"].as_object().unwrap();
        assert!(required.contains_key("PostgreSQL"), "{phase}");
    }
    // The extension's own requirements are among those at run time.
    let control = fs::read_to_string(root.join("pg_ntsb/pg_ntsb.control")).unwrap();
    let requires = control.lines().find_map(|line| line.strip_prefix("requires = '")).unwrap();
    let declared = meta["prereqs"]["runtime"]["requires"].as_object().unwrap();
    for name in requires.trim_end_matches('\'').split(", ") {
        assert!(declared.keys().any(|key| key.eq_ignore_ascii_case(name)), "{name}");
    }
}
