//! A clean installation of Debian in a folder, in namespaces of its own: processes, mounts and network. It has
//! no way out of the machine, and everything in it ends with the value.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{ChildProcess, ProcessOutput, is_running, run_ok};
use crate::server::env_var;
use crate::wait_for;

/// Debian's release that ships each version of PostgreSQL.
pub const RELEASES: [(u32, &str); 3] = [(15, "bookworm"), (17, "trixie"), (18, "forky")];

pub struct Chroot {
    /// Ends first, and with it all processes of the chroot.
    init: Option<ChildProcess>,
    init_pid: u32,
    folder: TempDir,
}

impl Chroot {
    /// Unpacks what scripts/chroots.sh made.
    pub fn open(release: &str) -> Chroot {
        let chroots = PathBuf::from(env_var("NTSB_TEST_CHROOTS"));
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&chroots).unwrap();
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--zstd", "--file"]).arg(chroots.join(format!("{release}.tar.zst")));
        tar.arg("--directory").arg(folder.path());
        let unpacked = ChildProcess::start(tar).finish_within(Duration::from_secs(300));
        assert_eq!(unpacked.code, Some(0), "{}", unpacked.all_output());
        Chroot::start(folder)
    }

    fn start(folder: TempDir) -> Chroot {
        let mut init = Command::new("unshare");
        init.args(["--fork", "--pid", "--mount", "--net", "--ipc", "--kill-child"]);
        // The shell takes over processes whose parent has ended.
        init.args(["bash", "-c"]).arg(
            r#"set -e; ip link set lo up; mount --bind "$0" "$0"; mount -t proc proc "$0/proc"
               mount -t tmpfs tmpfs "$0/dev/shm"; : >"$0/started"
               while :; do sleep 1 & wait; done"#,
        );
        init.arg(folder.path());
        let init = ChildProcess::start(init);
        let children = format!("/proc/{0}/task/{0}/children", init.id());
        let init_pid = wait_for("the chroot's first process", 60, || {
            let started = folder.path().join("started").exists();
            let children = fs::read_to_string(&children).unwrap_or_default();
            children.trim().parse().ok().filter(|_| started)
        });
        Chroot { init: Some(init), init_pid, folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A program of this machine, in the network of the chroot.
    pub fn in_network(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.init_pid.to_string(), "--net", program]);
        command
    }

    /// A program of the chroot.
    pub fn command(&self, program: &str) -> Command {
        let mut command = enter_namespaces(self.init_pid);
        command.args([
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL=C.UTF-8",
            "HOME=/root",
        ]);
        command.args(["DEBIAN_FRONTEND=noninteractive", "chroot"]).arg(self.path()).arg(program);
        command
    }

    /// Runs a shell script in the chroot.
    pub fn try_run(&self, script: &str) -> ProcessOutput {
        let mut command = self.command("bash");
        command.args(["-ec", script]);
        ChildProcess::start(command).finish_within(Duration::from_secs(900))
    }

    /// Runs a shell script that must succeed. Returns its stdout.
    pub fn run(&self, script: &str) -> String {
        let output = self.try_run(script);
        assert_eq!(output.code, Some(0), "{script}:\n{}", output.all_output());
        output.stdout
    }

    /// Runs SQL as the superuser and returns the rows, one per line.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let mut psql = self.command("runuser");
        psql.args([
            "-u",
            "postgres",
            "--",
            "psql",
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database,
            "-c",
            sql,
        ]);
        let output = ChildProcess::start(psql).finish_within(Duration::from_secs(900));
        assert_eq!(output.code, Some(0), "{sql}:\n{}", output.all_output());
        output.stdout.trim().to_owned()
    }

    pub fn copy_in(&self, from: &Path, to: &str) {
        let to = self.path().join(to.trim_start_matches('/'));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let mut cp = Command::new("cp");
        cp.arg("-a").arg(from).arg(to);
        run_ok(cp);
    }
}

impl Drop for Chroot {
    fn drop(&mut self) {
        if let Some(init) = self.init.take() {
            // The mounts end with the namespace, which lasts until its processes are gone.
            init.kill();
            wait_for("the chroot's processes to end", 60, || {
                (!is_running(self.init_pid)).then_some(())
            });
        }
    }
}

/// A command whose program runs in the namespaces of a process, with its files.
pub fn enter_namespaces(pid: u32) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--target", &pid.to_string(), "--net", "--pid", "--mount", "--ipc"]);
    command
}
