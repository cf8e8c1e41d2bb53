//! The packages under test, and older ones made from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ntsb_tests::chroot::Chroot;
use ntsb_tests::process::ChildProcess;
use ntsb_tests::server::env_var;

/// The revision of the older packages; `~` sorts before everything.
const OLDER: &str = "-0~older1";

/// The three packages that are installed beside PostgreSQL `version`.
pub fn names(version: u32) -> [String; 3] {
    [format!("postgresql-{version}-ntsb"), "ntsb-cli".into(), "ntsb-rest".into()]
}

/// The .deb of a package.
pub fn find(name: &str) -> PathBuf {
    let folder = PathBuf::from(env_var("NTSB_TEST_PACKAGES"));
    let prefix = format!("{name}_");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = files
        .filter(|path| {
            let file = path.file_name().unwrap().to_str().unwrap();
            file.starts_with(&prefix) && file.ends_with(".deb")
        })
        .collect();
    assert_eq!(found.len(), 1, "{name} in {}: {found:?}", folder.display());
    found.remove(0)
}

/// Puts the packages into /packages/new, and the same with a lower revision into /packages/old.
pub fn copy_in(chroot: &Chroot, version: u32) {
    for folder in ["new", "old"] {
        fs::create_dir_all(chroot.path().join("packages").join(folder)).unwrap();
    }
    for name in names(version) {
        let package = find(&name);
        chroot.copy_in(&package, &format!("/packages/new/{name}.deb"));
        repack(&package, &chroot.path().join(format!("packages/old/{name}.deb")));
    }
}

fn repack(package: &Path, older: &Path) {
    let work = tempfile::tempdir_in(older.parent().unwrap()).unwrap();
    let tree = work.path().join("tree");
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("--raw-extract").args([package, &tree]);
    run(unpack);
    let control = tree.join("DEBIAN/control");
    let text = fs::read_to_string(&control).unwrap();
    let version = text.lines().find_map(|line| line.strip_prefix("Version: ")).unwrap();
    let upstream = version.rsplit_once('-').unwrap().0;
    // The dependency of ntsb-rest on ntsb-cli names the same version.
    fs::write(&control, text.replace(version, &format!("{upstream}{OLDER}"))).unwrap();
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", "-Znone", "--build"]).args([&tree, older]);
    run(build);
}

fn run(command: Command) {
    let output = ChildProcess::start(command).finish_within(Duration::from_secs(300));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
}

/// The installed version, or what dpkg says of a package that is not installed.
pub fn state(chroot: &Chroot, name: &str) -> String {
    let query = format!("dpkg-query -W -f '${{db:Status-Abbrev}}${{Version}}' {name} || true");
    chroot.run(&query).trim().to_owned()
}

pub fn is_older(state: &str) -> bool {
    state.starts_with("ii") && state.ends_with(OLDER)
}
