//! A PostgreSQL of a test's own, which may be killed, starved and filled to the brim.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
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
use crate::process::{is_running, signal, succeed};
use crate::server::{Server, server, variable};
use crate::template::CREATE_WAREHOUSE;
use crate::wait_for;

/// On a socket alone, in a folder of its own, so that every cluster may have the same.
const PORT: u16 = 5432;

/// The database with a warehouse that holds nothing.
const WAREHOUSE: &str = "ntsb";

/// What every cluster is started with. A process that is killed leaves what it wrote to the system,
/// so that nothing need wait for a disk.
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

/// The time that a cluster has to start, to recover, to stop.
const PATIENCE: u64 = 120;
const GLANCE: Duration = Duration::from_millis(10);

pub struct Cluster {
    /// What the folder is mounted on, given back before the folder is removed.
    disk: Option<Disk>,
    folder: TempDir,
    settings: Vec<String>,
    postmaster: Option<Child>,
    /// Where `postgres` is, if not where the server under test has it.
    programs: Option<PathBuf>,
}

impl Cluster {
    /// A server that follows this one as it writes.
    pub fn standby(&self) -> Cluster {
        let mut standby = Cluster::empty(&[]);
        let mut backup = as_server();
        backup.arg(program("pg_basebackup")).args(["--write-recovery-conf", "--checkpoint=fast"]);
        backup.arg("-h").arg(self.folder()).args(["-p", &PORT.to_string(), "-U", "postgres", "-D"]);
        backup.arg(standby.data());
        succeed(backup);
        standby.run();
        standby
    }

    /// With a warehouse that holds nothing, and settings such as `temp_file_limit=1MB`.
    pub fn start(settings: &[&str]) -> Cluster {
        let mut cluster = Cluster::empty(settings);
        copy(&template().join("data"), &cluster.data());
        cluster.run();
        cluster
    }

    /// The same, from a copy of PostgreSQL's folders: a test may change the extension's files in it.
    pub fn start_from_copy() -> Cluster {
        let mut cluster = Cluster::empty(&[]);
        copy(&template().join("data"), &cluster.data());
        let root = program("").ancestors().nth(5).unwrap().to_owned();
        for folder in ["usr/lib/postgresql/15", "usr/share/postgresql/15"] {
            let to = cluster.folder().join(folder);
            let mut mkdir = as_server();
            mkdir.args(["mkdir", "-p"]).arg(to.parent().unwrap());
            succeed(mkdir);
            copy(&root.join(folder), &to);
        }
        cluster.programs = Some(cluster.folder().join("usr/lib/postgresql/15/bin"));
        cluster.run();
        cluster
    }

    /// The folder of the extension's files, of a cluster started from a copy.
    pub fn extension_folder(&self) -> PathBuf {
        self.folder().join("usr/share/postgresql/15/extension")
    }

    /// On a disk of so many MiB; none where there can be no such disk.
    pub fn start_on_disk(size: u32, settings: &[&str]) -> Option<Cluster> {
        let template = template();
        let mut cluster = Cluster::empty(settings);
        cluster.disk = Some(Disk::mount(cluster.folder(), size)?);
        give(cluster.folder());
        copy(&template.join("data"), &cluster.data());
        cluster.run();
        Some(cluster)
    }

    pub fn disk(&self) -> &Disk {
        self.disk.as_ref().unwrap()
    }

    /// Moves the log of what is to be written to another disk; the server must be stopped.
    pub fn move_wal(&self, to: &Path) {
        let (wal, moved) = (self.data().join("pg_wal"), to.join("pg_wal"));
        give(to);
        copy(&wal, &moved);
        fs::remove_dir_all(&wal).unwrap();
        symlink(&moved, &wal).unwrap();
    }

    fn empty(settings: &[&str]) -> Cluster {
        let folder = tempfile::Builder::new().prefix(&prefix(process::id())).tempdir().unwrap();
        give(folder.path());
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        Cluster { disk: None, folder, settings, postmaster: None, programs: None }
    }

    /// A folder that its server can enter.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// An address of the loopback that no other cluster has, for its setting `listen_addresses`.
    pub fn free_address() -> String {
        static NUMBER: AtomicU8 = AtomicU8::new(1);
        let pid = process::id();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("127.{}.{}.{number}", 1 + pid / 250 % 250, 1 + pid % 250)
    }

    /// Puts files where the server reads them, for its eyes only, and has it read its settings anew.
    pub fn configure(&self, files: &[(&str, &[u8])]) {
        for (name, contents) in files {
            let path = self.data().join(name);
            fs::write(&path, contents).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            give(&path);
        }
        let before = self.settings_read_at();
        self.server().connect("postgres").batch_execute("SELECT pg_reload_conf()").unwrap();
        // A new session has what the postmaster has read.
        wait_for("new settings", PATIENCE, || (self.settings_read_at() != before).then_some(()));
    }

    fn settings_read_at(&self) -> String {
        let mut client = self.server().connect("postgres");
        client.query_one("SELECT pg_conf_load_time()::text", &[]).unwrap().get(0)
    }

    pub fn server(&self) -> Server {
        server().at(self.folder().to_str().unwrap(), PORT)
    }

    pub fn warehouse(&self) -> Database {
        Database::of(self.server(), WAREHOUSE)
    }

    /// A copy of the warehouse as it is.
    pub fn copy_of_warehouse(&self, name: &str) -> Database {
        let sql = format!("CREATE DATABASE {name} TEMPLATE {WAREHOUSE} STRATEGY file_copy");
        self.warehouse().wait_until_quiet();
        self.server().connect("postgres").batch_execute(&sql).unwrap();
        Database::of(self.server(), name)
    }

    /// Limits the bytes that each session may map which begins from now on.
    pub fn limit_address_space(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let pid = self.postmaster.as_ref().unwrap().id();
        // What stands before the colon may be raised again.
        let mut prlimit = as_server();
        prlimit.args(["prlimit", "--pid", &pid.to_string(), &format!("--as={limit}:")]);
        succeed(prlimit);
    }

    /// Starts the server and waits until it can be asked, after a crash until it has recovered.
    pub fn run(&mut self) {
        assert!(self.postmaster.is_none());
        let log = File::options().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.postmaster = Some(command.spawn().unwrap());
        wait_for("server", PATIENCE, || {
            assert!(!self.has_ended(), "no server: {}", self.log());
            self.answers().then_some(())
        });
    }

    /// Asks not too often, as a server that starts has better to do.
    fn answers(&self) -> bool {
        sleep(GLANCE);
        self.server().try_connect("postgres").is_ok()
    }

    /// Waits until the server has recovered from a crash; starts it where that ended it.
    pub fn recover(&mut self) {
        let recovered = wait_for("recovery", PATIENCE, || {
            let has_ended = self.has_ended();
            (has_ended || self.answers()).then_some(!has_ended)
        });
        if !recovered {
            self.postmaster = None;
            self.run();
        }
    }

    /// As the user who runs the server under test, and ended with the thread of the test.
    fn command(&self) -> Command {
        let mut command = as_server();
        command.args(["--pdeathsig", "QUIT"]);
        // PGPORT of the environment names the server under test.
        let postgres = self.programs.as_ref().map_or_else(|| program("postgres"), |p| p.join("postgres"));
        command.arg(postgres).arg(format!("-p{PORT}")).arg("-D").arg(self.data());
        command.arg("-k").arg(self.folder());
        for setting in SETTINGS.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        command.current_dir("/").env_remove("RUST_BACKTRACE");
        command
    }

    /// Whether the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        let postmaster = self.postmaster.as_mut();
        postmaster.is_none_or(|postmaster| postmaster.try_wait().unwrap().is_some())
    }

    /// SIGKILL to the server and all its processes, in the same moment.
    pub fn kill(&mut self) {
        let mut postmaster = self.postmaster.take().unwrap();
        let pid = postmaster.id();
        // Stopped, it starts no other while its children are counted.
        signal(pid, SIGSTOP);
        let children = children(pid);
        for pid in children.iter().copied().chain([pid]) {
            signal(pid, SIGKILL);
        }
        postmaster.wait().unwrap();
        wait_for("end of the processes", PATIENCE, || {
            (!children.iter().any(|pid| is_running(*pid))).then_some(())
        });
    }

    /// Ends the server in order.
    pub fn stop(&mut self) {
        self.end(SIGINT);
    }

    fn end(&mut self, how: i32) {
        let Some(mut postmaster) = self.postmaster.take() else { return };
        signal(postmaster.id(), how);
        let start = Instant::now();
        while postmaster.try_wait().is_ok_and(|status| status.is_none()) {
            if start.elapsed() > Duration::from_secs(PATIENCE) {
                self.postmaster = Some(postmaster);
                return self.kill();
            }
            sleep(GLANCE);
        }
    }

    fn log_file(&self) -> PathBuf {
        self.folder().join("server.log")
    }

    /// What the server has said.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end(SIGQUIT);
    }
}

/// The processes that a process has started.
fn children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    list.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// A cluster that is there to be copied, as making one takes seconds.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        sweep();
        let mut cluster = Cluster::empty(&[]);
        let mut initdb = as_server();
        initdb.arg(program("initdb")).args(["-U", "postgres", "--no-sync", "--auth=trust"]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "-D"]).arg(cluster.data());
        succeed(initdb);
        cluster.run();
        let create = format!("CREATE DATABASE {WAREHOUSE} STRATEGY file_copy");
        cluster.server().connect("postgres").batch_execute(&create).unwrap();
        cluster.server().connect(WAREHOUSE).batch_execute(CREATE_WAREHOUSE).unwrap();
        cluster.stop();
        keep(cluster)
    })
}

/// Keeps the folder of a stopped cluster to the end of the run.
fn keep(mut cluster: Cluster) -> PathBuf {
    // SAFETY: the function takes nothing, returns, and does not unwind.
    unsafe { libc::atexit(remove_folders) };
    cluster.folder.disable_cleanup(true);
    cluster.folder().to_owned()
}

extern "C" fn remove_folders() {
    remove(&prefix(process::id()));
}

/// Removes what runs that were killed left behind: their process is no more.
fn sweep() {
    for name in folders(&prefix_of_all()) {
        let pid = name.split('-').nth(2).and_then(|pid| pid.parse().ok());
        if pid.is_some_and(|pid| !is_running(pid)) {
            remove(&name);
        }
    }
}

fn prefix_of_all() -> String {
    "ntsb-cluster-".to_owned()
}

fn prefix(pid: u32) -> String {
    format!("{}{pid}-", prefix_of_all())
}

/// The folders of clusters whose names begin so.
fn folders(prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// Also at the end of the run, so that it must not fail.
fn remove(prefix: &str) {
    for name in folders(prefix) {
        let folder = std::env::temp_dir().join(name);
        if let Err(error) = fs::remove_dir_all(&folder) {
            eprintln!("{} stays: {error}", folder.display());
        }
    }
}

/// A program of the PostgreSQL under test.
fn program(name: &str) -> PathBuf {
    Path::new(&variable("NTSB_TEST_PG_BIN")).join(name)
}

/// Whose server it is: PostgreSQL refuses root, so that root runs it as another.
fn user() -> (u32, u32) {
    let sockets = fs::metadata(server().host()).unwrap();
    (sockets.uid(), sockets.gid())
}

/// Runs a program as the user of the server.
fn as_server() -> Command {
    let mut command = Command::new("setpriv");
    let (user, group) = user();
    if user != own_user() {
        command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
        command.arg("--clear-groups");
    }
    command
}

fn own_user() -> u32 {
    fs::metadata("/proc/self").unwrap().uid()
}

/// Gives a file or folder to the user of the server.
pub fn give(path: &Path) {
    let (user, group) = user();
    if user != own_user() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    let mut cp = as_server();
    cp.args(["cp", "-a"]).arg(from).arg(to);
    succeed(cp);
}
