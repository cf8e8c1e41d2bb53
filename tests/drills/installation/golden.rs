//! The golden SQL tests against the installed packages, by PostgreSQL's own pg_regress.

use std::path::Path;

use ntsb_tests::chroot::Chroot;
use ntsb_tests::server_user::server_program;

/// The settings of ./dev's clusters.
const SETTINGS: &str = "
listen_addresses = ''
shared_buffers = '256MB'
work_mem = '64MB'
maintenance_work_mem = '256MB'
fsync = off
jit = off
timezone = 'UTC'
";

/// Runs all tests in a cluster of their own. Returns how many there are.
pub fn run(chroot: &Chroot, version: u32) -> usize {
    // That of this machine, which runs any psql.
    let lib = server_program("").parent().unwrap().join("lib");
    chroot.copy_in(&lib.join("pgxs/src/test/regress/pg_regress"), "/golden/program");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("pg_regress");
    // Some tests read files beside their folder.
    for folder in ["pg_regress", "golden", "fixtures"] {
        chroot.copy_in(&tests.parent().unwrap().join(folder), &format!("/golden/{folder}"));
    }
    std::fs::write(chroot.path().join("golden/settings"), SETTINGS).unwrap();
    // A test wants a folder that holds something.
    chroot.run("chown -R postgres: /golden; touch /tmp/file");
    chroot.run(&format!(
        "pg_createcluster {version} golden --port 5499 -- --encoding UTF8 --locale C.UTF-8 --auth trust
         cat /golden/settings >>/etc/postgresql/{version}/golden/postgresql.conf
         pg_ctlcluster {version} golden start
         runuser -u postgres -- createdb --port 5499 ntsb"
    ));
    let mut names: Vec<String> = std::fs::read_dir(tests.join("sql"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let output = chroot.try_run(&format!(
        "cd /golden && runuser -u postgres -- ./program --use-existing --inputdir=/golden/pg_regress \
         --outputdir=/golden --bindir=/usr/lib/postgresql/{version}/bin --dbname=ntsb \
         --host=/var/run/postgresql --port=5499 --user=postgres {}",
        names.join(" ")
    ));
    let diffs = std::fs::read_to_string(chroot.path().join("golden/regression.diffs"));
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, diffs.unwrap_or_default());
    chroot.run(&format!("pg_dropcluster --stop {version} golden"));
    names.len()
}
