//! PgBouncer 1.18 with deploy/cluster/pgbouncer.ini: what works in transaction mode and what needs session mode.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::scope;
use std::time::Duration;

use ntsb_tests::announce;
use ntsb_tests::cli::{load, load_command, ntsb_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput};
use ntsb_tests::server_user::{command_as_server_user, give_to_server};
use ntsb_tests::{fixture, wait_for};
use tempfile::TempDir;

use super::{figure, read_during, wait_for_healthy};
use crate::service::{Service, create_roles};

const PROGRAM: &str = "/usr/sbin/pgbouncer";
const CLIENTS: usize = 4;
const ROUNDS: usize = 2;

struct PgBouncer {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file of deploy/cluster with the addresses of two clusters, and without passwords.
fn start_pgbouncer(primary: &Cluster, standby: &Cluster) -> Option<PgBouncer> {
    if !Path::new(PROGRAM).exists() {
        announce("skipped: PgBouncer is not installed");
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::Builder::new().prefix("ntsb-pgbouncer-").tempdir().unwrap();
    let users = folder.path().join("userlist.txt");
    fs::write(&users, "\"postgres\" \"\"\n\"ntsb_rest_test\" \"\"\n").unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/cluster/pgbouncer.ini");
    let host = |cluster: &Cluster| format!("host={} port=5432", cluster.folder().display());
    let settings = fs::read_to_string(file)
        .unwrap()
        .replace("host=127.0.0.1 port=5000", &host(primary))
        .replace("host=127.0.0.1 port=5001", &host(standby))
        .replace("listen_port = 6432", &format!("listen_port = {port}"))
        .replace("auth_type = scram-sha-256", "auth_type = trust")
        .replace("/etc/pgbouncer/userlist.txt", &users.display().to_string())
        // Fewer connections than clients, so that clients share them.
        .replace("default_pool_size = 20", "default_pool_size = 3")
        .replace("reserve_pool_size = 5", "reserve_pool_size = 0");
    let ini = folder.path().join("pgbouncer.ini");
    fs::write(&ini, settings).unwrap();
    for path in [folder.path(), &users, &ini] {
        give_to_server(path);
    }
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut command = command_as_server_user();
    command.args(["--pdeathsig", "KILL"]).arg(PROGRAM).arg(&ini).current_dir("/");
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let pgbouncer = PgBouncer { child: command.spawn().unwrap(), port, _folder: folder };
    wait_for("PgBouncer", 20, || TcpStream::connect(("127.0.0.1", port)).ok());
    Some(pgbouncer)
}

impl PgBouncer {
    /// One of the databases of pgbouncer.ini.
    fn database(&self, cluster: &Cluster, name: &str) -> Database {
        Database::attach(cluster.server().with_address("127.0.0.1", self.port), name)
    }

    fn connection(&self, name: &str) -> String {
        format!("host=127.0.0.1 port={} user=ntsb_rest_test dbname={name}", self.port)
    }
}

/// Runs a command from several clients at the same time.
fn run_together(database: &Database, arguments: &[&str]) -> Vec<ProcessOutput> {
    let run = || {
        let mut command: Command = ntsb_command(&database.server, &database.name);
        command.args(arguments);
        ChildProcess::start(command).finish_within(Duration::from_secs(120))
    };
    scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(run)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

const COMMANDS: &[&[&str]] = &[
    &["search", "engine", "--output", "json"],
    &["history", "20240914902470"],
    &["near", "61.2", "-149.9", "--output", "json"],
    &["stats", "--output", "json"],
    &["verify"],
    &["export", "accidents", "--format", "csv"],
];

/// The service works in transaction mode, with replicas behind a pooler too.
#[test]
fn the_service_works_through_a_transaction_pooler() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    create_roles(&database);
    let standby = primary.start_standby();
    let Some(pgbouncer) = start_pgbouncer(&primary, &standby) else { return };
    let replicas = format!("[{:?}]", pgbouncer.connection("ntsb_read"));
    let connection = pgbouncer.connection("ntsb");
    let settings =
        [("database", connection.as_str()), ("replicas", replicas.as_str()), ("cache_bytes", "0")];
    let service = Service::start(&database, &settings);
    wait_for_healthy(&service, 1);
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'";
    let mut most = 0;
    let (answered, failed) = read_during(&service, || {
        for _ in 0..40 {
            most = most.max(database.query_value::<i64>(connections));
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(failed, 0, "of {answered}");
    assert!(most <= 3, "{most} connections for a pool of 3");
    let bearer = service.create_bearer(&database, "admin", "premium");
    for n in 0..20 {
        let body = serde_json::json!({"name": format!("key {n}")});
        let created = service.post("/api/v1/admin/api-keys", &[("authorization", &bearer)], &body);
        assert_eq!(created.status, 200, "{}", created.text());
    }
    assert_eq!(database.count_rows("ntsb.api_key WHERE name LIKE 'key %'"), 20);
    figure(&format!(
        "service through PgBouncer (transaction mode): {answered} reads and 20 writes, 0 failed, at most {most} \
         connections to the primary"
    ));
}

/// In session mode every command works. In transaction mode a command gives the same answer or fails with a message.
#[test]
fn the_command_line_tool_needs_session_mode() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let standby = primary.start_standby();
    let Some(pgbouncer) = start_pgbouncer(&primary, &standby) else { return };
    let (session, transaction) =
        (pgbouncer.database(&primary, "ntsb_session"), pgbouncer.database(&primary, "ntsb"));
    let (mut runs, mut failures) = (0, Vec::new());
    for arguments in COMMANDS {
        let mut direct = ntsb_command(&database.server, &database.name);
        direct.args(*arguments);
        let expected = ntsb_tests::process::run_ok(direct);
        for output in run_together(&session, arguments) {
            assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.all_output());
            assert_eq!(output.stdout, expected, "{arguments:?}");
        }
        for _ in 0..ROUNDS {
            for output in run_together(&transaction, arguments) {
                runs += 1;
                match output.code {
                    Some(0) => assert_eq!(output.stdout, expected, "{arguments:?}"),
                    Some(_) => failures.push(output.stderr),
                    None => panic!("{arguments:?} was killed: {}", output.all_output()),
                }
            }
        }
    }
    let prepared = failures.iter().filter(|text| text.contains("prepared statement")).count();
    figure(&format!(
        "ntsb through PgBouncer: session mode {} of {} runs, transaction mode {} of {runs} ({prepared} of {} failures name \
         a prepared statement)",
        COMMANDS.len() * CLIENTS,
        COMMANDS.len() * CLIENTS,
        runs - failures.len(),
        failures.len()
    ));
    if let Some(first) = failures.first() {
        figure(&format!("first failure: {}", first.lines().next().unwrap_or_default()));
    }
    // A load through the pooler in session mode.
    let report = load(&session, &[], &fixture("up08NOV.zip"));
    report.assert_counts_add_up();
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
    // In transaction mode a load stores everything or nothing.
    let before = database.count_rows("ntsb.change_log");
    let mut command = load_command(&transaction, &[], &fixture("cases.json"));
    command.args(["--attempts", "1"]);
    let output = ChildProcess::start(command).finish_within(Duration::from_secs(120));
    let stored = database.count_rows("ntsb.change_log") - before;
    assert_eq!(output.code == Some(0), stored > 0, "{stored} changes: {}", output.all_output());
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}
