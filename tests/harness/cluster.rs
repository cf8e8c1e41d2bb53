//! A PostgreSQL cluster for one test, which may be killed, run out of memory or fill its disk.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libc::{SIGINT, SIGKILL, SIGQUIT, SIGSTOP};
use tempfile::TempDir;

use crate::database::Database;
use crate::disk::Disk;
use crate::process::{is_running, run_ok, send_signal};
use crate::server::{Server, test_server};
use crate::server_user::{command_as_server_user, copy_folder, give_to_server, server_program};
use crate::template::CREATE_WAREHOUSE;
use crate::wait_for;

/// Each cluster listens on a Unix socket in its own folder, so all can use the same port.
const PORT: u16 = 5432;

/// The database with an empty warehouse.
const WAREHOUSE: &str = "ntsb";

const FOLDER_PREFIX: &str = "ntsb-cluster-";

/// The settings of every cluster. Data written by a killed process is still in the page cache, so fsync
/// can be off.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "fsync=off",
    "shared_buffers=32MB",
    "work_mem=16MB",
    "max_connections=20",
    "jit=off",
    "timezone=UTC",
    "log_checkpoints=off",
];

/// The time limit to start, recover or stop a cluster.
const TIMEOUT_SECONDS: u64 = 120;
const POLL_INTERVAL: Duration = Duration::from_millis(10);

pub struct Cluster {
    /// Mounted on the folder. Declared first, so that it is unmounted before the folder is removed.
    disk: Option<Disk>,
    folder: TempDir,
    settings: Vec<String>,
    postmaster: Option<Child>,
    /// The folder of `postgres`, if it differs from that of the server under test.
    bin_dir: Option<PathBuf>,
}

impl Cluster {
    /// Starts a streaming standby of this cluster.
    pub fn start_standby(&self) -> Cluster {
        let mut standby = Cluster::prepare(&[]);
        let mut backup = command_as_server_user();
        backup
            .arg(server_program("pg_basebackup"))
            .args(["--write-recovery-conf", "--checkpoint=fast"]);
        backup.arg("-h").arg(self.folder()).args(["-p", &PORT.to_string(), "-U", "postgres", "-D"]);
        backup.arg(standby.data_dir());
        run_ok(backup);
        standby.start_postgres();
        standby
    }

    /// Starts a cluster with an empty warehouse. `settings` are such as `temp_file_limit=1MB`.
    pub fn start(settings: &[&str]) -> Cluster {
        let mut cluster = Cluster::prepare(settings);
        copy_folder(&template_folder().join("data"), &cluster.data_dir());
        cluster.start_postgres();
        cluster
    }

    /// Like [`Cluster::start`], but from a copy of the PostgreSQL installation, so that a test may change
    /// the files of the extension.
    pub fn start_from_copy() -> Cluster {
        let mut cluster = Cluster::prepare(&[]);
        copy_folder(&template_folder().join("data"), &cluster.data_dir());
        let root = server_program("").ancestors().nth(5).unwrap().to_owned();
        for folder in ["usr/lib/postgresql/15", "usr/share/postgresql/15"] {
            let to = cluster.folder().join(folder);
            let mut mkdir = command_as_server_user();
            mkdir.args(["mkdir", "-p"]).arg(to.parent().unwrap());
            run_ok(mkdir);
            copy_folder(&root.join(folder), &to);
        }
        cluster.bin_dir = Some(cluster.folder().join("usr/lib/postgresql/15/bin"));
        cluster.start_postgres();
        cluster
    }

    /// The folder of the extension's files in a cluster started from a copy.
    pub fn extension_folder(&self) -> PathBuf {
        self.folder().join("usr/share/postgresql/15/extension")
    }

    /// Starts a cluster on a disk of `size_mib` MiB. Returns None if the disk cannot be mounted.
    pub fn start_on_disk(size_mib: u32, settings: &[&str]) -> Option<Cluster> {
        let template = template_folder();
        let mut cluster = Cluster::prepare(settings);
        cluster.disk = Some(Disk::mount(cluster.folder(), size_mib)?);
        give_to_server(cluster.folder());
        copy_folder(&template.join("data"), &cluster.data_dir());
        cluster.start_postgres();
        Some(cluster)
    }

    pub fn disk(&self) -> &Disk {
        self.disk.as_ref().unwrap()
    }

    /// Moves pg_wal to another disk. The server must be stopped.
    pub fn move_wal(&self, to: &Path) {
        let (wal, moved) = (self.data_dir().join("pg_wal"), to.join("pg_wal"));
        give_to_server(to);
        copy_folder(&wal, &moved);
        fs::remove_dir_all(&wal).unwrap();
        symlink(&moved, &wal).unwrap();
    }

    /// Creates the folder of a cluster, without data.
    fn prepare(settings: &[&str]) -> Cluster {
        let folder = tempfile::Builder::new().prefix(&run_prefix(process::id())).tempdir().unwrap();
        give_to_server(folder.path());
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        Cluster { disk: None, folder, settings, postmaster: None, bin_dir: None }
    }

    /// A folder that the server can read.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// A loopback address that no other cluster uses, for the setting `listen_addresses`.
    pub fn unused_loopback_address() -> String {
        static NUMBER: AtomicU8 = AtomicU8::new(1);
        let pid = process::id();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("127.{}.{}.{number}", 1 + pid / 250 % 250, 1 + pid % 250)
    }

    /// Writes files into the data directory, readable by the server only, and reloads the configuration.
    pub fn write_config(&self, files: &[(&str, &[u8])]) {
        for (name, contents) in files {
            let path = self.data_dir().join(name);
            fs::write(&path, contents).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            give_to_server(&path);
        }
        let before = self.config_load_time();
        self.server().connect("postgres").batch_execute("SELECT pg_reload_conf()").unwrap();
        // A new session inherits the configuration of the postmaster.
        wait_for("the configuration reload", TIMEOUT_SECONDS, || {
            (self.config_load_time() != before).then_some(())
        });
    }

    fn config_load_time(&self) -> String {
        let mut client = self.server().connect("postgres");
        client.query_one("SELECT pg_conf_load_time()::text", &[]).unwrap().get(0)
    }

    pub fn server(&self) -> Server {
        test_server().with_address(self.folder().to_str().unwrap(), PORT)
    }

    pub fn warehouse(&self) -> Database {
        Database::attach(self.server(), WAREHOUSE)
    }

    /// Copies the warehouse into a new database.
    pub fn copy_warehouse(&self, name: &str) -> Database {
        let sql = format!("CREATE DATABASE {name} TEMPLATE {WAREHOUSE} STRATEGY file_copy");
        self.warehouse().wait_for_other_sessions();
        self.server().connect("postgres").batch_execute(&sql).unwrap();
        Database::attach(self.server(), name)
    }

    /// Limits the address space of sessions that start from now on.
    pub fn limit_address_space(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let pid = self.postmaster.as_ref().unwrap().id();
        // The soft limit only, which may be raised again.
        let mut prlimit = command_as_server_user();
        prlimit.args(["prlimit", "--pid", &pid.to_string(), &format!("--as={limit}:")]);
        run_ok(prlimit);
    }

    /// Starts the server and waits until it accepts connections, after a crash until it has recovered.
    pub fn start_postgres(&mut self) {
        assert!(self.postmaster.is_none());
        let log = File::options().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.postmaster = Some(command.spawn().unwrap());
        wait_for("the server", TIMEOUT_SECONDS, || {
            assert!(!self.has_exited(), "the server exited: {}", self.read_log());
            self.accepts_connections().then_some(())
        });
    }

    /// Waits a moment first, so that polling does not slow down the start.
    fn accepts_connections(&self) -> bool {
        sleep(POLL_INTERVAL);
        self.server().try_connect("postgres").is_ok()
    }

    /// Waits until the server has recovered from a crash. Starts it again if it exited.
    pub fn wait_for_recovery(&mut self) {
        let recovered = wait_for("the recovery", TIMEOUT_SECONDS, || {
            let has_exited = self.has_exited();
            (has_exited || self.accepts_connections()).then_some(!has_exited)
        });
        if !recovered {
            self.postmaster = None;
            self.start_postgres();
        }
    }

    /// The server runs as the user of the server under test and ends with the thread of the test.
    fn command(&self) -> Command {
        let mut command = command_as_server_user();
        command.args(["--pdeathsig", "QUIT"]);
        // An explicit port, as PGPORT is that of the server under test.
        let postgres = self
            .bin_dir
            .as_ref()
            .map_or_else(|| server_program("postgres"), |p| p.join("postgres"));
        command.arg(postgres).arg(format!("-p{PORT}")).arg("-D").arg(self.data_dir());
        command.arg("-k").arg(self.folder());
        for setting in SETTINGS.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        command.current_dir("/").env_remove("RUST_BACKTRACE");
        command
    }

    /// Whether the server has exited by itself.
    pub fn has_exited(&mut self) -> bool {
        let postmaster = self.postmaster.as_mut();
        postmaster.is_none_or(|postmaster| postmaster.try_wait().unwrap().is_some())
    }

    /// Sends SIGKILL to the postmaster and all its child processes at once.
    pub fn kill(&mut self) {
        let mut postmaster = self.postmaster.take().unwrap();
        let pid = postmaster.id();
        // A stopped postmaster cannot start more children while they are listed.
        send_signal(pid, SIGSTOP);
        let children = list_children(pid);
        for pid in children.iter().copied().chain([pid]) {
            send_signal(pid, SIGKILL);
        }
        postmaster.wait().unwrap();
        wait_for("the processes to end", TIMEOUT_SECONDS, || {
            (!children.iter().any(|pid| is_running(*pid))).then_some(())
        });
    }

    /// Shuts down the server (fast shutdown).
    pub fn stop(&mut self) {
        self.shut_down(SIGINT);
    }

    fn shut_down(&mut self, signal: i32) {
        let Some(mut postmaster) = self.postmaster.take() else { return };
        send_signal(postmaster.id(), signal);
        let start = Instant::now();
        while postmaster.try_wait().is_ok_and(|status| status.is_none()) {
            if start.elapsed() > Duration::from_secs(TIMEOUT_SECONDS) {
                self.postmaster = Some(postmaster);
                return self.kill();
            }
            sleep(POLL_INTERVAL);
        }
    }

    fn log_file(&self) -> PathBuf {
        self.folder().join("server.log")
    }

    pub fn read_log(&self) -> String {
        let bytes = fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.shut_down(SIGQUIT);
    }
}

/// Lists the child processes of a process.
fn list_children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    list.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// The folder of a stopped cluster that tests copy, as initdb takes seconds.
fn template_folder() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        remove_stale_folders();
        let mut cluster = Cluster::prepare(&[]);
        let mut initdb = command_as_server_user();
        initdb.arg(server_program("initdb")).args(["-U", "postgres", "--no-sync", "--auth=trust"]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "-D"]).arg(cluster.data_dir());
        run_ok(initdb);
        cluster.start_postgres();
        let create = format!("CREATE DATABASE {WAREHOUSE} STRATEGY file_copy");
        cluster.server().connect("postgres").batch_execute(&create).unwrap();
        cluster.server().connect(WAREHOUSE).batch_execute(CREATE_WAREHOUSE).unwrap();
        cluster.stop();
        keep_folder(cluster)
    })
}

/// Keeps the folder of a stopped cluster until the end of the run.
fn keep_folder(mut cluster: Cluster) -> PathBuf {
    // SAFETY: the callback takes no arguments, returns and does not unwind.
    unsafe { libc::atexit(remove_folders_of_run) };
    cluster.folder.disable_cleanup(true);
    cluster.folder().to_owned()
}

extern "C" fn remove_folders_of_run() {
    remove_folders(&run_prefix(process::id()));
}

/// Removes the folders of killed runs, whose process no longer exists.
fn remove_stale_folders() {
    for name in list_folders(FOLDER_PREFIX) {
        let pid = name.split('-').nth(2).and_then(|pid| pid.parse().ok());
        if pid.is_some_and(|pid| !is_running(pid)) {
            remove_folders(&name);
        }
    }
}

fn run_prefix(pid: u32) -> String {
    format!("{FOLDER_PREFIX}{pid}-")
}

/// Lists the cluster folders whose names start with `prefix`.
fn list_folders(prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// Must not panic, as it also runs at exit.
fn remove_folders(prefix: &str) {
    for name in list_folders(prefix) {
        let folder = std::env::temp_dir().join(name);
        if let Err(error) = fs::remove_dir_all(&folder) {
            eprintln!("cannot remove {}: {error}", folder.display());
        }
    }
}
