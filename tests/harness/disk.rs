//! A disk that is full when a test says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::announce;
use crate::process::{run, succeed};

pub struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounts a file system of so many MiB in memory. Only root may: else it says that a test is
    /// left out, and there is none.
    pub fn mount(path: &Path, size: u32) -> Option<Disk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}m"), "none"]).arg(path);
        let mounted = run(mount);
        if mounted.code == Some(0) {
            return Some(Disk { path: path.to_owned() });
        }
        let why = mounted.stderr.trim();
        announce(&format!("skipped: a full disk, as no small one can be mounted: {why}"));
        None
    }

    /// Leaves so many bytes free.
    pub fn leave(&self, free: u64) {
        self.free();
        let mut fallocate = Command::new("fallocate");
        let taken = self.available().checked_sub(free).unwrap();
        fallocate.args(["-l", &taken.to_string()]).arg(self.ballast());
        succeed(fallocate);
    }

    /// Gives back what [`Disk::leave`] took.
    pub fn free(&self) {
        let _ = fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    fn available(&self) -> u64 {
        let mut df = Command::new("df");
        df.args(["--output=avail", "-B1"]).arg(&self.path);
        succeed(df).lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, as what has it open may be on its way out. It may fail while a test does.
        let mut umount = Command::new("umount");
        umount.arg("-l").arg(&self.path);
        if let Err(error) = umount.status() {
            eprintln!("{} stays mounted: {error}", self.path.display());
        }
    }
}
