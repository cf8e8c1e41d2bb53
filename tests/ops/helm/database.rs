//! The scripts that the chart runs in a database, and the settings of the service, run for real.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use ntsb_tests::certificates::CertificateAuthority;
use ntsb_tests::process::{ChildProcess, ProcessOutput, run, run_ok, send_signal};
use ntsb_tests::server::env_var;
use ntsb_tests::server_user::{command_as_server_user, give_to_server, server_program};
use ntsb_tests::wait_for;
use serde_json::Value;
use tempfile::TempDir;

use super::chart::manifests;
use super::expectations::one;

const HOST: &str = "test-pg-ntsb-db";

fn object<'a>(set: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = set.iter().find(|m| m["kind"] == kind && m["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A pod of the StatefulSet: its files in a folder, and its scripts run as the user of PostgreSQL.
struct Pod {
    folder: TempDir,
    authority: CertificateAuthority,
    port: u16,
    set: &'static [Value],
}

impl Pod {
    fn create(set: &'static [Value]) -> Pod {
        let folder = tempfile::tempdir().unwrap();
        let authority = CertificateAuthority::new();
        let pod = Pod { folder, authority, port: free_port(), set };
        for name in ["database", "owner", "login", "tls", "run", "data"] {
            fs::create_dir(pod.path(name)).unwrap();
        }
        let config = object(set, "ConfigMap", HOST)["data"].as_object().unwrap();
        for (name, text) in config {
            fs::write(pod.path("database").join(name), pod.localize(text.as_str().unwrap()))
                .unwrap();
        }
        for (folder, secret) in
            [("owner", "test-pg-ntsb-owner"), ("login", "test-pg-ntsb-service-login")]
        {
            for name in ["username", "password"] {
                fs::write(pod.path(folder).join(name), pod.secret(secret, name)).unwrap();
            }
        }
        let certificate = pod.authority.sign(HOST, &format!("DNS:{HOST}"));
        fs::copy(certificate.certificate, pod.path("tls/tls.crt")).unwrap();
        fs::copy(certificate.key, pod.path("tls/tls.key")).unwrap();
        fs::copy(pod.authority.root_certificate(), pod.path("ca.crt")).unwrap();
        fs::set_permissions(pod.path("tls/tls.key"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(pod.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["run", "data", "tls/tls.key"] {
            give_to_server(&pod.path(name));
        }
        pod
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Paths of the pod as paths of the test.
    fn localize(&self, text: &str) -> String {
        let folder = self.folder.path().display();
        text.replace("/var/run/postgresql", &format!("{folder}/run"))
            .replace("/etc/ntsb/ca/ca.crt", &format!("{folder}/ca.crt"))
            .replace("/etc/ntsb/", &format!("{folder}/"))
    }

    fn secret(&self, name: &str, key: &str) -> String {
        let value = object(self.set, "Secret", name)["data"][key].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(value).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn script(&self, name: &str) -> Command {
        let mut command = command_as_server_user();
        command.arg("sh").arg(self.path("database").join(name)).current_dir("/");
        let bin = server_program("postgres").parent().unwrap().to_owned();
        command.env_clear().env("PATH", env_var("PATH")).env("LC_ALL", "C.UTF-8");
        command.env("NTSB_PG_BIN", bin).env("NTSB_DATABASE", "ntsb");
        command.env("PGDATA", self.path("data/cluster")).env("NTSB_CONFIG", self.path("database"));
        command.env("NTSB_SOCKETS", self.path("run")).env("NTSB_OWNER", self.path("owner"));
        command.env("NTSB_LOGIN", self.path("login"));
        command
    }

    fn start(&self, options: &[&str]) -> ChildProcess {
        let mut start = self.script("start.sh");
        start.args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={}", self.port)]);
        start.args(["-c", "shared_buffers=64MB", "-c", "fsync=off", "-c", "max_connections=40"]);
        for option in options {
            start.args(["-c", option]);
        }
        let process = ChildProcess::start(start);
        wait_for("PostgreSQL", 60, || {
            let mut ready = self.script("ready.sh");
            ready.env("PGPORT", self.port.to_string());
            (run(ready).code == Some(0)).then_some(())
        });
        process
    }

    /// psql over TLS, as a login of one of the Secrets.
    fn psql(&self, user: &str, password: &str, arguments: &[&str]) -> ProcessOutput {
        let mut psql = Command::new(server_program("psql"));
        psql.env_clear()
            .env("PATH", env_var("PATH"))
            .env("PGPASSWORD", password)
            .env("PGUSER", user);
        psql.env("PGHOST", HOST)
            .env("PGHOSTADDR", "127.0.0.1")
            .env("PGPORT", self.port.to_string());
        psql.env("PGDATABASE", "ntsb").env("PGSSLMODE", "verify-full");
        psql.env("PGSSLROOTCERT", self.path("ca.crt")).env("NTSB_MAX_AGE", "15 minutes");
        psql.args(["-XqAt", "-v", "ON_ERROR_STOP=1"]).args(arguments);
        run(psql)
    }

    fn psql_as_owner(&self, arguments: &[&str]) -> ProcessOutput {
        self.psql("ntsb", &self.secret("test-pg-ntsb-owner", "password"), arguments)
    }

    /// As the superuser, inside the pod.
    fn superuser(&self, sql: &str) {
        let mut psql = command_as_server_user();
        psql.arg(server_program("psql")).arg("-h").arg(self.path("run")).current_dir("/");
        psql.args(["-p", &self.port.to_string(), "-U", "postgres", "-d", "ntsb", "-c", sql]);
        run_ok(psql);
    }

    fn job_script(&self, name: &str) -> String {
        let scripts = &object(self.set, "ConfigMap", "test-pg-ntsb-jobs")["data"];
        let path = self.path(name);
        fs::write(&path, scripts[name].as_str().unwrap()).unwrap();
        path.display().to_string()
    }
}

/// SIGINT, as the pod's preStop sends it, and the exit code.
fn stop(process: ChildProcess) -> Option<i32> {
    assert!(send_signal(process.id(), libc::SIGINT));
    process.finish().code
}

#[test]
fn the_statefulset_creates_a_database_that_the_service_uses() {
    let Some(manifests) = manifests() else { return };
    let pod = Pod::create(&manifests["statefulset"]);
    let created = run(pod.script("init.sh"));
    assert_eq!(created.code, Some(0), "{}", created.all_output());
    assert!(created.stdout.contains("created the cluster"), "{}", created.stdout);
    let passwords = [
        pod.secret("test-pg-ntsb-owner", "password"),
        pod.secret("test-pg-ntsb-service-login", "password"),
    ];
    assert!(passwords.iter().all(|password| !created.all_output().contains(password)));
    let again = run(pod.script("init.sh"));
    assert!(
        again.code == Some(0) && again.stdout.contains("holds a cluster"),
        "{}",
        again.all_output()
    );

    let process = pod.start(&[]);
    // The warehouse belongs to the owner, who is no superuser, and migrating it again changes nothing.
    let migrate = pod.job_script("migrate.sql");
    for _ in 0..2 {
        let migrated = pod.psql_as_owner(&["-f", &migrate]);
        assert_eq!(
            migrated.stdout, "warehouse of pg_ntsb 0.5.0: 0 events\n",
            "{}",
            migrated.stderr
        );
    }
    let owner = pod.psql_as_owner(&["-c", "SELECT pg_get_userbyid(relowner), (SELECT usesuper FROM pg_user WHERE usename = current_user) FROM pg_class WHERE oid = 'ntsb.events'::regclass"]);
    assert_eq!(owner.stdout, "ntsb|f\n", "{}", owner.stderr);
    // Wrong password, and the superuser over the network.
    assert_ne!(pod.psql("ntsb", "wrong", &["-c", "SELECT 1"]).code, Some(0));
    let superuser = pod.psql("postgres", "x", &["-c", "SELECT 1"]);
    assert!(superuser.stderr.contains("rejects"), "{}", superuser.stderr);
    check_service(&pod);
    assert_eq!(stop(process), Some(0));
}

/// Starts ntsb-rest with the settings and Secrets of the chart, and asks its probes.
fn check_service(pod: &Pod) {
    let settings = object(pod.set, "ConfigMap", "test-pg-ntsb-service")["data"]["ntsb-rest.toml"]
        .as_str()
        .unwrap();
    let (port, metrics) = (free_port(), free_port());
    let settings = pod
        .localize(settings)
        .replace("0.0.0.0:8015", &format!("127.0.0.1:{port}"))
        .replace("0.0.0.0:9015", &format!("127.0.0.1:{metrics}"))
        .replace("port=5432", &format!("port={} hostaddr=127.0.0.1", pod.port));
    assert!(settings.contains("sslmode=verify-full sslrootcert="), "{settings}");
    let file = pod.path("ntsb-rest.toml");
    fs::write(&file, settings).unwrap();
    let deployment = one(pod.set, "Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let mut service = Command::new(env_var("NTSB_SERVICE_BIN"));
    service.env_clear().arg("--config").arg(&file);
    for variable in container["env"].as_array().unwrap() {
        let source = &variable["valueFrom"]["secretKeyRef"];
        let value = pod.secret(source["name"].as_str().unwrap(), source["key"].as_str().unwrap());
        service.env(variable["name"].as_str().unwrap(), value);
    }
    let process = ChildProcess::start(service);
    let status = |port: u16, path: &str| {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let response = ureq::Agent::new_with_config(config)
            .get(format!("http://127.0.0.1:{port}{path}"))
            .call();
        response.map_or(0, |response| response.status().as_u16())
    };
    wait_for("the service", 30, || (status(port, "/health") == 200).then_some(()));
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let path = container[probe]["httpGet"]["path"].as_str().unwrap();
        assert_eq!(status(port, path), 200, "{probe} {path}");
    }
    assert_eq!((status(metrics, "/metrics"), status(port, "/metrics")), (200, 404));
    assert_eq!(status(port, "/api/v1/stats/summary"), 200);
    assert!(send_signal(process.id(), libc::SIGTERM));
    let output = process.finish();
    assert_eq!(output.code, Some(0), "{}", output.all_output());
}

#[test]
fn the_backup_check_fails_if_the_log_is_not_archived() {
    let Some(manifests) = manifests() else { return };
    let pod = Pod::create(&manifests["statefulset"]);
    assert_eq!(run(pod.script("init.sh")).code, Some(0));
    let script = pod.job_script("backup-check.sql");
    let check = || pod.psql_as_owner(&["-f", &script]);

    let process = pod.start(&[]);
    let off = check();
    assert!(
        off.code == Some(3) && off.stderr.contains("archive_mode is off"),
        "{}",
        off.all_output()
    );
    stop(process);

    let process = pod.start(&["archive_mode=on", "archive_command=exit 1"]);
    pod.superuser("SELECT pg_switch_wal()");
    wait_for("a failed attempt", 30, || {
        let output = check();
        let is_reported = output.stderr.contains("the last attempt to archive, of 0");
        is_reported.then(|| assert_eq!(output.code, Some(3)))
    });
    pod.superuser("ALTER SYSTEM SET work_mem = '8MB'");
    stop(process);

    let process = pod.start(&["archive_mode=on", "archive_command=true"]);
    pod.superuser("CREATE TABLE public.written AS SELECT 1");
    pod.superuser("SELECT pg_switch_wal()");
    wait_for("an archived segment", 30, || (check().code == Some(0)).then_some(()));
    // A segment that waits too long: the last one was archived longer ago than the limit.
    let mut old = pod.job_script("backup-check.sql");
    old = fs::read_to_string(&old).unwrap().replace(":'max_age'", "'-1 minutes'");
    fs::write(pod.path("strict.sql"), old).unwrap();
    let strict = || pod.psql_as_owner(&["-f", &pod.path("strict.sql").display().to_string()]);
    assert_eq!(strict().code, Some(0), "nothing waits, however old the last segment is");
    stop(process);
    let process = pod.start(&["archive_mode=on", "archive_command=sleep 60"]);
    pod.superuser("CREATE TABLE public.waiting AS SELECT 1");
    pod.superuser("SELECT pg_switch_wal()");
    pod.superuser("CREATE TABLE public.next AS SELECT 1");
    let waiting = strict();
    assert!(
        waiting.code == Some(3) && waiting.stderr.contains("is not archived"),
        "{}",
        waiting.all_output()
    );
    drop(process);
}

fn print_config(file: &Path) -> ProcessOutput {
    let mut service = Command::new(env_var("NTSB_SERVICE_BIN"));
    service.env_clear().arg("--print-config").arg("--config").arg(file);
    run(service)
}

#[test]
fn the_service_accepts_the_settings_of_every_value_set() {
    let Some(manifests) = manifests() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ntsb-rest.toml");
    for (set, manifests) in manifests.iter().filter(|(set, _)| *set != "examples") {
        let config = manifests
            .iter()
            .find(|m| m["kind"] == "ConfigMap" && !m["data"]["ntsb-rest.toml"].is_null());
        fs::write(&file, config.unwrap()["data"]["ntsb-rest.toml"].as_str().unwrap()).unwrap();
        let output = print_config(&file);
        assert_eq!(output.code, Some(0), "{set}: {}", output.stderr);
        assert!(
            output.stdout.contains("metrics_listen = \"0.0.0.0:9015\""),
            "{set}: {}",
            output.stdout
        );
    }
}

/// values.schema.json lists the settings of the service: one that is missing there could not be set.
#[test]
fn the_schema_knows_every_setting_of_the_service() {
    let schema = super::repository().join("deploy/helm/pg-ntsb/values.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let known = &schema["properties"]["service"]["properties"]["settings"]["properties"];
    let source = include_str!("../../../frontends/rest/src/config.rs");
    let fields = source.split("pub struct Settings {").nth(1).unwrap().split("\n}").next().unwrap();
    let names: Vec<&str> = fields
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':').map(|(name, _)| name))
        .collect();
    assert!(names.len() > 40, "{names:?}");
    // Set by the chart itself, from Secrets, or of no use behind an Ingress.
    let others = [
        "listen",
        "metrics_listen",
        "database",
        "trusted_proxies",
        "redis_url",
        "jwt_secret",
        "jwt_private_key",
        "tls_certificate",
        "tls_key",
    ];
    for name in &names {
        assert_eq!(known[*name].is_null(), others.contains(name), "{name}");
    }
    assert_eq!(known.as_object().unwrap().len(), names.len() - others.len());
}
