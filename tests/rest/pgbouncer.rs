//! The service behind PgBouncer in transaction mode, in a version without prepared statements: responses are
//! correct and current, and revoked keys stop working.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;
use serde_json::json;
use tempfile::TempDir;

use crate::live_updates::{open_socket, read_until};
use crate::service::{Service, create_key};

const PROGRAM: &str = "/usr/sbin/pgbouncer";
const PATH: &str = "/api/v1/stats/summary";

struct PgBouncer {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts PgBouncer. Returns None if it is not installed.
fn start_pgbouncer(database: &Database) -> Option<PgBouncer> {
    if !Path::new(PROGRAM).exists() {
        announce("skipped: PgBouncer is not installed (apt-get install pgbouncer)");
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let variable = |name: &str| {
        let command = database.server.command("true", &database.name);
        let found = command.get_envs().find(|(key, _)| *key == name);
        found.and_then(|(_, value)| value).unwrap().to_str().unwrap().to_owned()
    };
    let settings = format!(
        "[databases]\n{} = user=ntsb_rest_test host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n\
         ignore_startup_parameters = extra_float_digits\n",
        database.name,
        variable("PGHOST"),
        variable("PGPORT")
    );
    let file = folder.path().join("pgbouncer.ini");
    fs::write(&file, settings).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut command = Command::new(PROGRAM);
    // It refuses to run as root.
    command.args(["-u", "postgres"]).arg(&file);
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    let child = command.spawn().unwrap();
    let pgbouncer = PgBouncer { child, port, folder };
    wait_for("PgBouncer", 20, || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
    Some(pgbouncer)
}

impl PgBouncer {
    fn connection_string(&self, database: &Database) -> String {
        format!("host=127.0.0.1 port={} user=ntsb_rest_test dbname={}", self.port, database.name)
    }

    fn read_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

#[test]
fn responses_through_a_transaction_pooler_are_correct_and_current() {
    let database = Database::with_sample();
    crate::service::create_roles(&database);
    let Some(pgbouncer) = start_pgbouncer(&database) else { return };
    let connection = pgbouncer.connection_string(&database);
    let settings = [("database", connection.as_str()), ("listen_probe_ms", "3000")];
    let service = Service::start(&database, &settings);
    let warning = "notifications of the database do not arrive";
    wait_for(warning, 20, || service.log().contains(warning).then_some(()));
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");

    let paths = [
        "/api/v1/events?limit=5&state=AK",
        "/api/v1/events/20240914902470",
        "/api/v1/events/20240914902470/history",
        "/api/v1/stats/yearly",
        "/api/v1/search?q=engine",
        "/api/v1/stats/causes?limit=5",
        PATH,
    ];
    let expected: Vec<_> = paths.map(|path| service.get(path)).into();
    std::thread::scope(|scope| {
        for worker in 0..16 {
            let (service, expected) = (&service, &expected);
            scope.spawn(move || {
                for n in 0..25 {
                    let at = (worker + n) % paths.len();
                    let response = service.get(paths[at]);
                    assert_eq!(response.status, 200, "{}: {}", paths[at], response.text());
                    assert_eq!(response.body, expected[at].body, "{}", paths[at]);
                }
            });
        }
    });
    load(&database, &[], &fixture("up08NOV.zip"));
    let events = database.count_rows("ntsb.fact_accidents");
    assert_eq!(service.get(PATH).json()["events"], events, "a stale response was cached");
    assert_eq!(read_until(&mut socket, "batch")["source"], "up08NOV.zip");

    let (key, api_key) = create_key(&database, "viewer", "free");
    let token = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key })).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let status = || service.get_with(PATH, &[("authorization", &bearer)]).status;
    assert_eq!(status(), 200);
    database.execute(&format!("SELECT ntsb_revoke_api_key({key})"));
    let began = Instant::now();
    wait_for("the token to be rejected", 5, || (status() == 401).then_some(()));
    assert!(began.elapsed() < Duration::from_secs(5), "{}", pgbouncer.read_log());
    let warnings = service.log().lines().filter(|line| line.contains(warning)).count();
    assert_eq!(warnings, 1, "{}", service.log());
}
