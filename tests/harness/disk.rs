//! A small file system that a test can fill up.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::announce;
use crate::process::{run, run_ok};

pub struct Disk {
    mount_point: PathBuf,
}

impl Disk {
    /// Mounts a tmpfs of `size_mib` MiB. This needs root. Without it, reports a skipped test and
    /// returns None.
    pub fn mount(path: &Path, size_mib: u32) -> Option<Disk> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size_mib}m"), "none"]).arg(path);
        let mounted = run(mount);
        if mounted.code == Some(0) {
            return Some(Disk { mount_point: path.to_owned() });
        }
        let error = mounted.stderr.trim();
        announce(&format!("skipped: test of a full disk: cannot mount a tmpfs: {error}"));
        None
    }

    /// Fills the disk until only `free_bytes` are free.
    pub fn limit_free_space(&self, free_bytes: u64) {
        self.release_space();
        let mut fallocate = Command::new("fallocate");
        let ballast_size = self.free_bytes().checked_sub(free_bytes).unwrap();
        fallocate.args(["-l", &ballast_size.to_string()]).arg(self.ballast_file());
        run_ok(fallocate);
    }

    /// Undoes [`Disk::limit_free_space`].
    pub fn release_space(&self) {
        let _ = fs::remove_file(self.ballast_file());
    }

    fn ballast_file(&self) -> PathBuf {
        self.mount_point.join("ballast")
    }

    fn free_bytes(&self) -> u64 {
        let mut df = Command::new("df");
        df.args(["--output=avail", "-B1"]).arg(&self.mount_point);
        run_ok(df).lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: processes that are about to exit may still have files open. Must not panic, as the test
        // may be panicking already.
        let mut umount = Command::new("umount");
        umount.arg("-l").arg(&self.mount_point);
        if let Err(error) = umount.status() {
            eprintln!("cannot unmount {}: {error}", self.mount_point.display());
        }
    }
}
