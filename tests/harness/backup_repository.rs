//! A pgBackRest repository in a folder, with the configuration of deploy/backup and other paths.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::process::{ProcessOutput, run, run_ok};
use crate::server_user::{command_as_server_user, give_to_server, server_program};

pub const STANZA: &str = "ntsb";
const PASSPHRASE: &str = "a passphrase for tests of backups";

pub struct BackupRepository {
    folder: TempDir,
}

/// The folder deploy/backup of the checkout.
pub fn backup_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/backup")
}

impl BackupRepository {
    /// Prepares the folder. Returns None if pgBackRest is not installed.
    pub fn prepare() -> Option<BackupRepository> {
        if !Path::new("/usr/bin/pgbackrest").exists() {
            crate::announce("skipped: pgBackRest is not installed (apt-get install pgbackrest)");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("ntsb-backup-").tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let repository = BackupRepository { folder };
        for name in ["conf.d", "repo1", "log", "lock", "spool"] {
            fs::create_dir(repository.path(name)).unwrap();
        }
        for name in ["pgbackrest.conf", "ntsb-backup", "ntsb-restore-drill"] {
            fs::copy(backup_folder().join(name), repository.path(name)).unwrap();
        }
        let key = format!("[global]\nrepo1-cipher-pass={PASSPHRASE}\n");
        fs::write(repository.path("conf.d/keys.conf"), key).unwrap();
        repository.write_program(&[]);
        for name in ["conf.d", "conf.d/keys.conf", "repo1", "log", "lock", "spool"] {
            give_to_server(&repository.path(name));
        }
        give_to_server(repository.folder());
        Some(repository)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// `pgbackrest` with other paths than the configuration's: settings in the environment win over files.
    fn write_program(&self, settings: &[(&str, String)]) {
        let path = |name: &str| self.path(name).display().to_string();
        let mut script = "#!/bin/sh\nset -a\n".to_owned();
        let own = [
            ("CONFIG_PATH", path("")),
            ("REPO1_PATH", path("repo1")),
            ("LOG_PATH", path("log")),
            ("LOCK_PATH", path("lock")),
            ("SPOOL_PATH", path("spool")),
            ("CMD", path("pgbackrest")),
        ];
        for (name, value) in own.iter().chain(settings) {
            script += &format!("PGBACKREST_{name}=${{PGBACKREST_{name}-'{value}'}}\n");
        }
        script += "exec /usr/bin/pgbackrest \"$@\"\n";
        // Replaced in one step: the server may be running it.
        let new = self.path("pgbackrest.new");
        fs::write(&new, script).unwrap();
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
        give_to_server(&new);
        fs::rename(new, self.path("pgbackrest")).unwrap();
    }

    /// The settings of a cluster that archives to this repository. `timeout` is that of archive_timeout.
    pub fn server_settings(&self, timeout: &str) -> Vec<String> {
        let file = fs::read_to_string(backup_folder().join("postgresql.conf")).unwrap();
        let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines
            .map(|line| {
                let (name, value) = line.split_once(" = ").unwrap();
                match name {
                    "archive_timeout" => format!("{name}={timeout}"),
                    "archive_command" => {
                        let command = value.trim_matches('\'');
                        format!("{name}={}/{command}", self.folder().display())
                    }
                    _ => format!("{name}={}", value.trim_matches('\'')),
                }
            })
            .collect()
    }

    /// Starts a cluster that archives to this repository, and creates the stanza.
    pub fn start_cluster(&self, archive_timeout: &str) -> Cluster {
        let settings = self.server_settings(archive_timeout);
        let cluster = Cluster::start(&settings.iter().map(String::as_str).collect::<Vec<_>>());
        self.attach(&cluster, &[]);
        self.run_ok(&["stanza-create"]);
        cluster
    }

    /// Makes the cluster the one of the stanza. `settings` are further ones of pgBackRest.
    pub fn attach(&self, cluster: &Cluster, settings: &[(&str, String)]) {
        let own = [
            ("PG1_PATH", cluster.data_dir().display().to_string()),
            ("PG1_SOCKET_PATH", cluster.folder().display().to_string()),
        ];
        self.write_program(&[&own, settings].concat());
    }

    /// `pgbackrest --stanza=ntsb ARGUMENTS` as the user of the server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command_as_server_user();
        command.arg(self.path("pgbackrest")).arg(format!("--stanza={STANZA}")).args(arguments);
        command.current_dir("/");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> ProcessOutput {
        run(self.command(arguments))
    }

    pub fn run_ok(&self, arguments: &[&str]) -> String {
        run_ok(self.command(arguments))
    }

    /// One of the scripts of deploy/backup, with the cluster's database.
    pub fn script(&self, name: &str, cluster: &Cluster) -> Command {
        let bin = server_program("").display().to_string();
        let server = cluster.server();
        let variables = server.command("true", "ntsb");
        let mut command = command_as_server_user();
        for (name, value) in variables.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let path = format!("{}:{bin}:/usr/bin:/bin", self.folder().display());
        command.env("PATH", path).env("NTSB_BACKUP_BIN", bin.trim_end_matches('/'));
        command.arg(self.path(name)).current_dir("/");
        command
    }

    /// `pgbackrest info` as JSON.
    pub fn info(&self) -> Value {
        serde_json::from_str(&self.run_ok(&["info", "--output=json"])).unwrap()
    }

    /// The files of a folder of repository 1 whose paths contain `part`, sorted.
    pub fn list_files(&self, part: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect_files(&self.path("repo1"), &mut files);
        files.retain(|file| file.to_string_lossy().contains(part));
        files.sort();
        files
    }

    /// The archived WAL segments, in order.
    pub fn list_wal(&self) -> Vec<PathBuf> {
        let mut files = self.list_files("/archive/");
        files.retain(|file| file.extension().is_some_and(|extension| extension == "zst"));
        files
    }

    /// Inverts one byte in the middle of a file.
    pub fn damage(file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(file, bytes).unwrap();
    }
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            collect_files(&path, files);
        } else if entry.file_type().unwrap().is_file() {
            files.push(path);
        }
    }
}
