//! Programs and files of the operating system user that runs the PostgreSQL server under test.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run_ok;
use crate::server::{env_var, test_server};

/// A program of the PostgreSQL under test.
pub fn server_program(name: &str) -> PathBuf {
    Path::new(&env_var("NTSB_TEST_PG_BIN")).join(name)
}

/// The user and group of the server under test. PostgreSQL refuses to run as root.
fn server_user() -> (u32, u32) {
    let sockets = fs::metadata(test_server().host()).unwrap();
    (sockets.uid(), sockets.gid())
}

/// A command that runs as the user of the server.
pub fn command_as_server_user() -> Command {
    let mut command = Command::new("setpriv");
    let (user, group) = server_user();
    if user != own_user() {
        command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
        command.arg("--clear-groups");
    }
    command
}

fn own_user() -> u32 {
    fs::metadata("/proc/self").unwrap().uid()
}

/// Makes the user of the server the owner of a file or folder.
pub fn give_to_server(path: &Path) {
    let (user, group) = server_user();
    if user != own_user() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    let mut cp = command_as_server_user();
    cp.args(["cp", "-a"]).arg(from).arg(to);
    run_ok(cp);
}
