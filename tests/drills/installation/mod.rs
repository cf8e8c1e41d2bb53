//! Packages installed, upgraded, removed and purged in clean chroots of the Debian releases that ship
//! PostgreSQL 15, 17 and 18. In each, the sample is loaded and the golden SQL tests pass.

mod golden;
pub mod packages;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use ntsb_tests::chroot::{Chroot, RELEASES};
use ntsb_tests::server::env_var;
use ntsb_tests::{announce, count_sample_events, wait_for};

/// From the packages to the first answer, on a machine that does nothing else.
const MAX_SECONDS: f64 = 120.0;

const SAMPLE: &str = "/usr/share/doc/ntsb-cli/examples/sample.zip";
const EVENTS: &str = "SELECT count(*) FROM ntsb.events";
const DIGEST: &str = "SELECT md5(string_agg(md5(e::text), '' ORDER BY ev_id)) FROM ntsb.events e";

const HASHES: &str =
    "SELECT md5(string_agg(encode(content_hash, 'hex'), '' ORDER BY ev_id)) FROM ntsb.events";

/// How many processes share a core, at least 1: by the load average of the last minute.
fn processes_per_core() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap();
    let load: f64 = load.split(' ').next().unwrap().parse().unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    (load / cores as f64).max(1.0)
}

fn install(chroot: &Chroot, folder: &str, names: &[String]) {
    let files: Vec<String> = names.iter().map(|n| format!("/packages/{folder}/{n}.deb")).collect();
    chroot.run(&format!(
        "apt-get install -y -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 {}",
        files.join(" ")
    ));
}

/// docs/install.md, step by step. Returns the seconds to the first answer.
fn begin(chroot: &Chroot, version: u32) -> f64 {
    let [extension, cli, _] = packages::names(version);
    let start = Instant::now();
    install(chroot, "old", &[extension, cli]);
    chroot.run(&format!("pg_ctlcluster {version} main start"));
    chroot.run("runuser -u postgres -- createdb ntsb");
    chroot.query("ntsb", "CREATE EXTENSION pg_ntsb CASCADE");
    chroot.query("ntsb", "CALL ntsb_create_warehouse()");
    chroot.run(&format!("runuser -u postgres -- ntsb load --full {SAMPLE}"));
    let accidents = chroot.query("ntsb", "SELECT count(*) FROM ntsb.accidents");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(accidents, count_sample_events().to_string());
    seconds
}

/// Training opens Debian's libxgboost of that release. Returns the accuracy.
fn train(chroot: &Chroot) -> f64 {
    let train = r#"SELECT ntsb_train_model('first', 'severity', 'scene', '{"threads": 1}')"#;
    assert_eq!(chroot.query("ntsb", train), "1");
    let accuracy = "SELECT round(accuracy::numeric, 3) FROM ntsb_model_info(1)";
    chroot.query("ntsb", accuracy).parse().unwrap()
}

/// The service answers with the database's count, as the user that the package creates, by peer authentication.
fn ask_service(chroot: &Chroot) {
    chroot.run("runuser -u postgres -- createuser ntsb");
    chroot.query("ntsb", "CALL ntsb_create_roles()");
    chroot.query("ntsb", "GRANT ntsb_service TO ntsb");
    let settings = chroot.run("ntsb-rest --config /etc/ntsb/rest.toml --print-config");
    assert!(settings.contains("127.0.0.1:8015"), "{settings}");
    chroot.run(
        "install -o ntsb -m 400 /etc/ntsb/rest.toml /run/rest.toml; set -a; . /etc/ntsb/database.env
         runuser -u ntsb -- ntsb-rest --config /run/rest.toml >/run/rest.log 2>&1 </dev/null &
         echo $! >/run/rest.pid",
    );
    let ready = || {
        let mut curl = chroot.in_network("curl");
        curl.args(["--silent", "--fail", "http://127.0.0.1:8015/health/ready"]);
        (ntsb_tests::process::run(curl).code == Some(0)).then_some(())
    };
    wait_for("the service", 300, || {
        let log = chroot.run("kill -0 $(cat /run/rest.pid) 2>/dev/null || cat /run/rest.log");
        assert_eq!(log, "", "the service ended");
        ready()
    });
    let mut curl = chroot.in_network("curl");
    curl.args(["--silent", "--fail", "http://127.0.0.1:8015/api/v1/events?limit=1"]);
    let answer: serde_json::Value =
        serde_json::from_str(&ntsb_tests::process::run_ok(curl)).unwrap();
    assert_eq!(answer["data"].as_array().unwrap().len(), 1, "{answer}");
    chroot.run("kill $(cat /run/rest.pid); rm /run/rest.*");
}

/// The new packages replace the old ones under a running server. Data and changed settings stay.
fn upgrade(chroot: &Chroot, version: u32) {
    let names = packages::names(version);
    let before = chroot.query("ntsb", DIGEST);
    chroot.run("sed -i 's/^#pool_size = 8/pool_size = 5/' /etc/ntsb/rest.toml");
    for name in &names {
        assert!(packages::is_older(&packages::state(chroot, name)), "{name}");
    }
    install(chroot, "new", &names);
    for name in &names {
        let state = packages::state(chroot, name);
        assert!(state.starts_with("ii") && !packages::is_older(&state), "{name}: {state}");
    }
    let settings = chroot.run("ntsb-rest --config /etc/ntsb/rest.toml --print-config");
    assert!(settings.contains("pool_size = 5"), "{settings}");
    chroot.query("ntsb", "SET client_min_messages = error; ALTER EXTENSION pg_ntsb UPDATE");
    chroot.query("ntsb", "CALL ntsb_create_warehouse()");
    assert_eq!(chroot.query("ntsb", "SELECT count(*) FROM ntsb_missing_objects()"), "0");
    assert_eq!(chroot.query("ntsb", DIGEST), before);
}

/// The dump of PostgreSQL 15's drill is restored by those of later versions, which run after it.
fn move_between_versions(chroot: &Chroot, version: u32) {
    let dump = PathBuf::from(env_var("NTSB_TEST_CHROOTS")).join("postgresql-15.dump");
    let inside = chroot.path().join("var/lib/postgresql/ntsb.dump");
    if version == 15 {
        chroot.run("runuser -u postgres -- pg_dump -Fc -Z1 -f /var/lib/postgresql/ntsb.dump ntsb");
        fs::copy(&inside, &dump).unwrap();
        return;
    }
    if !dump.exists() {
        announce("skipped: no dump of PostgreSQL 15 is restored, as its drill has not run");
        return;
    }
    fs::copy(&dump, &inside).unwrap();
    let start = Instant::now();
    chroot.run(
        "runuser -u postgres -- createdb restored
         runuser -u postgres -- pg_restore -d restored --exit-on-error /var/lib/postgresql/ntsb.dump
         rm /var/lib/postgresql/ntsb.dump",
    );
    chroot.query("restored", "CALL ntsb_create_warehouse()");
    assert_eq!(chroot.query("restored", "SELECT count(*) FROM ntsb_missing_objects()"), "0");
    assert_eq!(chroot.query("restored", "SELECT count(*) FROM ntsb_verify_change_log()"), "0");
    // Both versions loaded the same sample, so rows and hashes are equal.
    assert_eq!(chroot.query("restored", HASHES), chroot.query("ntsb", HASHES));
    announce(&format!(
        "figure: a dump of PostgreSQL 15 is restored and checked on {version} in {:.0} s",
        start.elapsed().as_secs_f64()
    ));
    chroot.query("postgres", "DROP DATABASE restored");
}

/// Files that a package installed or created, outside the clusters and our own copies of the packages.
fn find_leftovers(chroot: &Chroot) -> String {
    chroot.run(
        "find / -xdev \\( -path /packages -o -path /proc -o -path '/var/lib/postgresql' -o -path /golden \\) -prune \
         -o -iname '*ntsb*' -print; getent passwd ntsb || true; \
         dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n' '*ntsb*' 2>/dev/null | grep -v ' un ' || true",
    )
}

/// After a removal the settings stay, after a purge nothing, and the data always.
fn remove_and_purge(chroot: &Chroot, version: u32) {
    let names = packages::names(version).join(" ");
    let (events, digest) = (chroot.query("ntsb", EVENTS), chroot.query("ntsb", DIGEST));
    chroot.run(&format!("apt-get remove -y {names}"));
    assert!(!chroot.path().join("usr/bin/ntsb").exists());
    assert!(chroot.path().join("etc/ntsb/rest.toml").exists());
    chroot.run("mkdir -p /var/cache/ntsb && touch /var/cache/ntsb/avall.zip");
    // By dpkg, as apt no longer knows a removed package that had no settings.
    chroot.run(&format!("dpkg --purge {names}"));
    let leftovers = find_leftovers(chroot);
    assert_eq!(leftovers.trim(), "", "left behind:\n{leftovers}");
    chroot.run(&format!("pg_ctlcluster {version} main restart"));
    assert_eq!(chroot.query("ntsb", EVENTS), events);
    assert_eq!(chroot.query("ntsb", DIGEST), digest);
    // Installed again, the warehouse is as it was.
    install(chroot, "new", &packages::names(version)[..2]);
    assert_eq!(chroot.query("ntsb", "SELECT count(*) FROM ntsb_verify_change_log()"), "0");
    assert_eq!(chroot.query("ntsb", "SELECT count(*) FROM ntsb.accidents"), events);
}

fn drill(version: u32, release: &str) {
    let chroot = Chroot::open(release);
    packages::copy_in(&chroot, version);
    let seconds = begin(&chroot, version);
    let busy = processes_per_core();
    let name = fs::read_to_string(chroot.path().join("etc/debian_version")).unwrap();
    let server = chroot.query("ntsb", "SHOW server_version");
    let postgis =
        chroot.query("ntsb", "SELECT extversion FROM pg_extension WHERE extname = 'postgis'");
    announce(&format!(
        "figure: Debian {release} ({}), PostgreSQL {server}, PostGIS {postgis}: {seconds:.0} s from packages to \
         the first answer, {busy:.1} processes per core",
        name.trim()
    ));
    let accuracy = train(&chroot);
    let xgboost = chroot.run("dpkg -l 'libxgboost[0-9]' | awk '/^ii/ {printf \"%s %s\", $2, $3}'");
    announce(&format!("figure: {release}: model trained with {xgboost}, accuracy {accuracy}"));
    // The majority class alone has 0.56 on the sample (README).
    assert!(accuracy > 0.6, "{accuracy}");
    install(&chroot, "old", &packages::names(version)[2..]);
    ask_service(&chroot);
    upgrade(&chroot, version);
    move_between_versions(&chroot, version);
    let tests = golden::run(&chroot, version);
    announce(&format!("figure: {release}: {tests} golden SQL tests pass on PostgreSQL {server}"));
    remove_and_purge(&chroot, version);
    let limit = MAX_SECONDS * busy;
    assert!(
        seconds < limit,
        "{seconds} s from packages to the first answer, the limit is {limit} s"
    );
}

#[test]
fn packages_serve_postgresql_15_on_debian_bookworm() {
    drill(RELEASES[0].0, RELEASES[0].1);
}

#[test]
fn packages_serve_postgresql_17_on_debian_trixie() {
    drill(RELEASES[1].0, RELEASES[1].1);
}

#[test]
fn packages_serve_postgresql_18_on_debian_forky() {
    drill(RELEASES[2].0, RELEASES[2].1);
}
