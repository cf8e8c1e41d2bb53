//! Runs an unpacked image as a container runtime would: as its user, without privileges, with a read-only root,
//! in namespaces of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::chroot::enter_namespaces;
use ntsb_tests::process::{ChildProcess, ProcessOutput, is_running, run, send_signal};
use ntsb_tests::wait_for;

use crate::images::builder::Image;

pub struct Container {
    /// None once it was found to have ended.
    init: Option<ChildProcess>,
    init_pid: u32,
    root: PathBuf,
    user: String,
    env: Vec<String>,
    check: Vec<String>,
    stop_signal: i32,
}

/// $0 is the root, $1 the secrets or "", $2 the writable folders, then the command.
const START: &str = r#"set -e
root=$0 secrets=$1 volumes=$2; shift 2
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in /dev/shm /tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
for folder in $volumes; do
  owner=$(stat -c %u:%g "$root$folder")
  mount -t tmpfs tmpfs "$root$folder" && chown "$owner" "$root$folder"
done
if [ -n "$secrets" ]; then mount --bind "$secrets" "$root/run/secrets"; fi
mount -o remount,ro,bind "$root"
exec "$@""#;

fn strings(value: &serde_json::Value) -> Vec<String> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// What every runtime creates in an image.
fn make_folders(root: &Path, volumes: &[String]) {
    for folder in ["/dev", "/proc", "/tmp", "/run/secrets"]
        .into_iter()
        .map(str::to_owned)
        .chain(volumes.to_vec())
    {
        fs::create_dir_all(root.join(folder.trim_start_matches('/'))).unwrap();
    }
}

fn as_user(root: &Path, user: &str, env: &[String], args: &[String]) -> Vec<String> {
    let mut command = vec!["env".to_owned(), "-i".to_owned()];
    command.extend(env.iter().cloned());
    command.extend(
        ["/usr/bin/setpriv", "--no-new-privs", "--bounding-set=-all,+sys_chroot,+setuid,+setgid"]
            .map(str::to_owned),
    );
    command.extend([
        "/usr/sbin/chroot".to_owned(),
        format!("--userspec={user}"),
        "--groups=".to_owned(),
    ]);
    command.push(root.to_str().unwrap().to_owned());
    command.extend(args.iter().cloned());
    command
}

impl Container {
    /// Starts the image's own command, with the environment added and its volumes empty.
    pub fn start(
        image: &Image,
        env: &[(&str, &str)],
        volumes: &[&str],
        secrets: Option<&Path>,
    ) -> Container {
        let command = strings(&image.config["Cmd"]);
        Container::launch(image, env, volumes, secrets, None, &command)
    }

    /// Starts another image in the same network.
    pub fn start_beside(&self, image: &Image, env: &[(&str, &str)]) -> Container {
        let command = strings(&image.config["Cmd"]);
        Container::launch(image, env, &[], None, Some(self.init_pid), &command)
    }

    /// Runs another image in the same network to its end.
    pub fn run_beside(
        &self,
        image: &Image,
        env: &[(&str, &str)],
        secrets: Option<&Path>,
        args: &[&str],
    ) -> ProcessOutput {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let mut container = Container::launch(image, env, &[], secrets, Some(self.init_pid), &args);
        container.init.take().unwrap().finish()
    }

    fn launch(
        image: &Image,
        env: &[(&str, &str)],
        volumes: &[&str],
        secrets: Option<&Path>,
        network: Option<u32>,
        args: &[String],
    ) -> Container {
        let root = &image.root;
        let volumes: Vec<String> = volumes.iter().map(|&volume| volume.to_owned()).collect();
        make_folders(root, &volumes);
        if let Some(secrets) = secrets {
            let mut chmod = Command::new("chmod");
            chmod.args(["-R", "a+rX"]).arg(secrets);
            assert_eq!(run(chmod).code, Some(0));
        }
        let mut environment = strings(&image.config["Env"]);
        environment.extend(env.iter().map(|(name, value)| format!("{name}={value}")));
        let user = image.config["User"].as_str().unwrap().to_owned();
        let mut program = strings(&image.config["Entrypoint"]);
        program.extend(args.iter().cloned());

        let mut command = match network {
            Some(pid) => {
                let mut command = Command::new("nsenter");
                command.args(["--target", &pid.to_string(), "--net", "unshare"]);
                command
            }
            None => {
                let mut command = Command::new("unshare");
                command.arg("--net");
                command
            }
        };
        command.args(["--fork", "--pid", "--mount", "--ipc", "--kill-child", "bash", "-c", START]);
        command.arg(root).arg(secrets.unwrap_or(Path::new(""))).arg(volumes.join(" "));
        command.args(as_user(root, &user, &environment, &program));
        let init = ChildProcess::start(command);
        let children = format!("/proc/{0}/task/{0}/children", init.id());
        let init_pid = wait_for("the container's first process", 60, || {
            fs::read_to_string(&children).unwrap_or_default().trim().parse().ok()
        });
        let check = strings(&image.config["Healthcheck"]["Test"]);
        Container {
            init: Some(init),
            init_pid,
            root: root.clone(),
            user,
            env: environment,
            check: check.get(1..).unwrap_or_default().to_vec(),
            stop_signal: if image.config["StopSignal"] == "SIGINT" { 2 } else { 15 },
        }
    }

    fn command(&self, args: &[String]) -> Command {
        let mut command = enter_namespaces(self.init_pid);
        command.args(as_user(&self.root, &self.user, &self.env, args));
        command
    }

    /// Runs a program of the image in the container. It must succeed.
    pub fn exec(&self, args: &[&str]) -> String {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let output = run(self.command(&args));
        assert_eq!(output.code, Some(0), "{args:?}: {}", output.all_output());
        output.stdout
    }

    /// The outcome of the image's health check.
    pub fn is_healthy(&mut self) -> bool {
        if !is_running(self.init_pid) {
            let output = self.init.take().unwrap().finish();
            panic!("the container ended with {:?}: {}", output.code, output.all_output());
        }
        run(self.command(&self.check)).code == Some(0)
    }

    /// A program of this machine, in the network of the container.
    pub fn in_network(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.init_pid.to_string(), "--net", program]);
        command
    }

    /// Sends the image's stop signal. The container has to end well.
    pub fn stop(mut self) {
        assert!(send_signal(self.init_pid, self.stop_signal));
        let output = self.init.take().unwrap().finish();
        assert_eq!(output.code, Some(0), "{}", output.all_output());
    }
}
