//! buildah without a daemon: images are built from a base of Debian that mmdebstrap made, and unpacked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ntsb_tests::process::ChildProcess;
use ntsb_tests::server::env_var;
use tempfile::TempDir;

pub struct Builder {
    /// Removed at the end, with all images.
    folder: TempDir,
}

/// An image, unpacked.
pub struct Image {
    pub root: PathBuf,
    pub config: serde_json::Value,
    /// Of the unpacked files.
    pub bytes: u64,
    /// Of the compressed archive.
    pub archive_bytes: u64,
}

pub fn run_long(command: Command) -> String {
    let name = format!("{command:?}");
    let output = ChildProcess::start(command).finish_within(Duration::from_secs(900));
    assert_eq!(output.code, Some(0), "{name}:\n{}", output.all_output());
    output.stdout
}

impl Builder {
    pub fn new() -> Builder {
        let home = PathBuf::from(env_var("NTSB_TEST_IMAGES"));
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(home).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Builder { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn buildah(&self, action: &str) -> Command {
        let mut command = Command::new("buildah");
        command.env("TMPDIR", self.path("tmp")).env("BUILDAH_ISOLATION", "chroot");
        command.args(["--storage-driver", "vfs", "--root"]).arg(self.path("storage"));
        command.arg("--runroot").arg(self.path("run")).arg(action);
        command
    }

    /// Imports the tar of a base as `localhost/debian:RELEASE`.
    pub fn import_base(&self, release: &str) {
        let tar = PathBuf::from(env_var("NTSB_TEST_IMAGES")).join(format!("{release}.tar"));
        let mut from = self.buildah("from");
        from.args(["--name", release, "scratch"]);
        run_long(from);
        let mut add = self.buildah("add");
        add.args(["--quiet", release]).arg(tar).arg("/");
        run_long(add);
        let mut commit = self.buildah("commit");
        commit.args(["--quiet", "--rm", release, &format!("localhost/debian:{release}")]);
        run_long(commit);
    }

    /// The context: the files that Containerfiles copy, and the packages.
    fn context(&self) -> PathBuf {
        let context = self.path("context");
        if !context.exists() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            fs::create_dir_all(context.join("deploy")).unwrap();
            for (from, to) in [
                (root.join("deploy/container"), context.join("deploy/container")),
                (PathBuf::from(env_var("NTSB_TEST_PACKAGES")), context.join("packages")),
            ] {
                let mut cp = Command::new("cp");
                cp.arg("-r").args([from, to]);
                run_long(cp);
            }
        }
        context
    }

    /// Builds `localhost/ntsb-NAME` from its Containerfile, in Docker's format, which keeps the health check,
    /// and unpacks it from an OCI archive.
    pub fn build(&self, folder: &str, name: &str, release: &str) -> Image {
        let context = self.context();
        let tag = format!("localhost/ntsb-{name}");
        let mut build = self.buildah("build");
        build.args(["--quiet", "--format", "docker", "--build-arg", "PACKAGES=prebuilt"]);
        // The stage that compiles the sources is not used, but its base has to exist.
        for argument in ["BASE", "BUILDER"] {
            build.args(["--build-arg", &format!("{argument}=localhost/debian:{release}")]);
        }
        build.args(["--tag", &tag, "--file"]);
        build.arg(context.join("deploy/container").join(folder).join("Containerfile"));
        build.arg(&context);
        run_long(build);
        let mut inspect = self.buildah("inspect");
        inspect.args(["--type", "image", &tag]);
        let inspected: serde_json::Value = serde_json::from_str(&run_long(inspect)).unwrap();
        let image = self.unpack(name, &tag, inspected["Docker"]["config"].clone());
        let mut remove = self.buildah("rmi");
        remove.arg(&tag);
        run_long(remove);
        image
    }

    fn unpack(&self, name: &str, tag: &str, config: serde_json::Value) -> Image {
        let archive = self.path(&format!("{name}.tar"));
        let mut push = self.buildah("push");
        push.args(["--quiet", "--format", "oci", tag]);
        push.arg(format!("oci-archive:{}:{name}", archive.display()));
        run_long(push);
        let archive_bytes = fs::metadata(&archive).unwrap().len();
        let mut inspect = Command::new("skopeo");
        inspect.args(["inspect", &format!("oci-archive:{}", archive.display())]);
        let manifest: serde_json::Value = serde_json::from_str(&run_long(inspect)).unwrap();
        assert_eq!(manifest["Os"], "linux", "{manifest}");
        let layout = self.path(&format!("{name}-oci"));
        let mut copy = Command::new("skopeo");
        copy.args(["copy", "--quiet", &format!("oci-archive:{}", archive.display())]);
        copy.arg(format!("oci:{}:{name}", layout.display()));
        run_long(copy);
        fs::remove_file(&archive).unwrap();
        let bundle = self.path(&format!("{name}-bundle"));
        let mut unpack = Command::new("umoci");
        unpack.args(["unpack", "--image", &format!("{}:{name}", layout.display())]).arg(&bundle);
        run_long(unpack);
        fs::remove_dir_all(&layout).unwrap();
        let root = bundle.join("rootfs");
        let mut du = Command::new("du");
        du.args(["--summarize", "--bytes"]).arg(&root);
        let bytes = run_long(du).split_whitespace().next().unwrap().parse().unwrap();
        Image { root, config, bytes, archive_bytes }
    }
}
