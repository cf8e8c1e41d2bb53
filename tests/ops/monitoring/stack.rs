//! Everything that monitoring needs, on loopback ports: a primary with data and a standby, the service,
//! postgres_exporter, Prometheus and Alertmanager, with stubs for Slack, PagerDuty, mail, hosts and traces.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::mail_server::MailServer;
use ntsb_tests::model::register_model;
use ntsb_tests::process::{ChildProcess, run_ok};
use ntsb_tests::server::env_var;
use ntsb_tests::wait_for;
use ntsb_tests::web_server::{Reply, WebServer};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::acceleration::accelerate;
use super::{command, list, path, read};

/// Real time, which the scrapes need: on a machine under load one may take a second.
const SCRAPE_INTERVAL: &str = "2s";

pub struct Stack {
    pub primary: Cluster,
    _standby: Cluster,
    pub service: String,
    pub exporter: String,
    pub prometheus: String,
    pub alertmanager: String,
    pub slack: WebServer,
    pub pagerduty: WebServer,
    pub traces: WebServer,
    pub mail: MailServer,
    _hosts: WebServer,
    exporter_process: Option<ChildProcess>,
    _processes: Vec<ChildProcess>,
    _folder: TempDir,
}

/// The ports are free now. Nothing else on the machine is likely to take them within a second.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A stub that accepts everything.
fn accepting(body: &'static str) -> WebServer {
    WebServer::start_with(|_| {
        Some(Reply::Response { status: 200, headers: vec![], body: body.into() })
    })
}

pub fn get(url: &str) -> (u16, String) {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)));
    let agent = ureq::Agent::new_with_config(config.build());
    match agent.get(url).call() {
        Ok(mut response) => {
            (response.status().as_u16(), response.body_mut().read_to_string().unwrap_or_default())
        }
        Err(error) => (0, error.to_string()),
    }
}

pub fn get_json(url: &str) -> Value {
    let (status, text) = get(url);
    assert_eq!(status, 200, "{url}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{url}: {e}: {text}"))
}

/// Percent-encodes the value of a parameter.
pub fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => (byte as char).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn wait_until_ready(url: &str) {
    wait_for(url, 60, || {
        std::thread::sleep(Duration::from_millis(50));
        (get(url).0 == 200).then_some(())
    });
}

impl Stack {
    pub fn start() -> Stack {
        let primary = Cluster::start(&["archive_mode=on", "archive_command=/bin/true"]);
        fill(&primary.warehouse());
        let standby = primary.start_standby();
        let folder = tempfile::tempdir().unwrap();
        let (slack, pagerduty) = (accepting("ok"), accepting("{\"status\":\"success\"}"));
        let (traces, mail) = (accepting(""), MailServer::start());
        let hosts =
            accepting("node_memory_MemAvailable_bytes 8e9\nnode_memory_MemTotal_bytes 16e9\n");
        let (service, exporter) = (free_address(), free_address());
        let (prometheus, alertmanager) = (free_address(), free_address());
        let mut stack = Stack {
            primary,
            _standby: standby,
            service,
            exporter,
            prometheus,
            alertmanager,
            slack,
            pagerduty,
            traces,
            mail,
            _hosts: hosts,
            exporter_process: None,
            _processes: Vec::new(),
            _folder: folder,
        };
        stack.start_processes();
        stack
    }

    fn start_processes(&mut self) {
        self.exporter_process = Some(ChildProcess::start(self.exporter_command()));
        let commands =
            [self.service_command(), self.alertmanager_command(), self.prometheus_command()];
        self._processes = commands.into_iter().map(ChildProcess::start).collect();
        wait_until_ready(&format!("http://{}/health/ready", self.service));
        wait_until_ready(&format!("http://{}/metrics", self.exporter));
        wait_until_ready(&format!("http://{}/-/ready", self.alertmanager));
        wait_until_ready(&format!("http://{}/-/ready", self.prometheus));
    }

    fn service_command(&self) -> Command {
        let database = self.primary.warehouse();
        let mut command = database.server.command(env_var("NTSB_SERVICE_BIN"), &database.name);
        command.env("PGUSER", "ntsb_rest_test").env("OTEL_BSP_SCHEDULE_DELAY", "300");
        command.args(["--listen", &self.service]);
        for setting in [
            "jwt_secret=a secret for tests, thirty-two bytes long",
            "free_per_minute=100000",
            "premium_per_minute=100000",
            "metrics_read_ms=200",
            "pool_wait_ms=500",
            &format!("otlp_endpoint=http://{}", self.traces.address),
        ] {
            command.args(["--set", setting]);
        }
        command
    }

    fn exporter_command(&self) -> Command {
        let mut exporter = command("prometheus-postgres-exporter", &["--extend.query-path"]);
        exporter
            .arg(path("postgres_exporter/queries.yaml"))
            .arg(format!("--web.listen-address={}", self.exporter));
        let socket = self.primary.server().host().to_owned();
        exporter.env(
            "DATA_SOURCE_NAME",
            format!("host={socket} port=5432 user=ntsb_exporter dbname=ntsb sslmode=disable"),
        );
        exporter
    }

    fn alertmanager_command(&self) -> Command {
        let folder = self._folder.path().join("alertmanager");
        let secrets = folder.join("secrets");
        fs::create_dir_all(&secrets).unwrap();
        for (name, secret) in [
            ("slack_url", format!("http://{}/services/T0/B0/secret", self.slack.address)),
            ("pagerduty_key", "0123456789abcdef0123456789abcdef".to_owned()),
            ("smtp_password", "secret".to_owned()),
        ] {
            fs::write(secrets.join(name), secret).unwrap();
        }
        let config = accelerate(&read("alertmanager/alertmanager.yml"))
            .replace("/etc/alertmanager/secrets", secrets.to_str().unwrap())
            .replace("https://events.pagerduty.com", &format!("http://{}", self.pagerduty.address))
            .replace("mail.ntsb.example:587", &self.mail.address)
            .replace("smtp_require_tls: true", "smtp_require_tls: false")
            .replace("templates/", &format!("{}/", path("alertmanager/templates").display()));
        let file = folder.join("alertmanager.yml");
        fs::write(&file, config).unwrap();
        let mut command = Command::new("prometheus-alertmanager");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address={}", self.alertmanager));
        command.arg("--cluster.listen-address=");
        command
    }

    fn prometheus_command(&self) -> Command {
        let folder = self._folder.path().join("prometheus");
        fs::create_dir_all(folder.join("rules")).unwrap();
        for name in list("prometheus/rules") {
            let rules = accelerate(&read(&format!("prometheus/rules/{name}")));
            fs::write(folder.join("rules").join(name), rules).unwrap();
        }
        let config = read("prometheus/prometheus.yml")
            .replace("scrape_interval: 15s", &format!("scrape_interval: {SCRAPE_INTERVAL}"))
            .replace("scrape_timeout: 10s", &format!("scrape_timeout: {SCRAPE_INTERVAL}"))
            .replace("evaluation_interval: 15s", "evaluation_interval: 500ms")
            .replace("ntsb-rest:8015", &self.service)
            .replace("postgres-exporter:9187", &self.exporter)
            .replace("node-exporter:9100", &self._hosts.address)
            .replace("alertmanager:9093", &self.alertmanager)
            .replace("localhost:9090", &self.prometheus);
        fs::write(folder.join("prometheus.yml"), config).unwrap();
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", folder.join("prometheus.yml").display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address={}", self.prometheus));
        // A failed scrape is noticed by its own sample, so this only affects the wait for a lost target.
        command.args(["--query.lookback-delta=10s", "--log.level=warn"]);
        command
    }

    pub fn stop_exporter(&mut self) {
        if let Some(process) = self.exporter_process.take() {
            process.kill();
        }
    }

    /// A token of a new key with this role, as a header value.
    pub fn bearer(&self, role: &str) -> String {
        let sql = format!("SELECT api_key FROM ntsb_create_api_key('test', '{role}', 'premium')");
        let key: String = self.primary.warehouse().query_value(&sql);
        let token = self.post("/api/v1/auth/token", "", &json!({ "api_key": key }));
        format!("Bearer {}", token["access_token"].as_str().unwrap())
    }

    pub fn post(&self, address: &str, bearer: &str, body: &Value) -> Value {
        let request = ureq::post(format!("http://{}{address}", self.service));
        let request =
            request.header("content-type", "application/json").header("authorization", bearer);
        let request = if bearer.is_empty() {
            ureq::post(format!("http://{}{address}", self.service))
                .header("content-type", "application/json")
        } else {
            request
        };
        let mut response =
            request.send(body.to_string()).unwrap_or_else(|e| panic!("{address}: {e}"));
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }

    pub fn get(&self, address: &str) -> (u16, String) {
        get(&format!("http://{}{address}", self.service))
    }

    /// The result of a PromQL query.
    pub fn query(&self, promql: &str) -> Vec<Value> {
        let url = format!("http://{}/api/v1/query?query={}", self.prometheus, encode(promql));
        let (status, text) = get(&url);
        assert_eq!(status, 200, "{promql}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        answer["data"]["result"].as_array().unwrap().clone()
    }

    /// Alerts that Alertmanager knows, with their state.
    pub fn alerts(&self, name: &str) -> Vec<Value> {
        let filter = encode(&format!("alertname=\"{name}\""));
        let alerts =
            get_json(&format!("http://{}/api/v2/alerts?filter={filter}", self.alertmanager));
        alerts.as_array().unwrap().clone()
    }

    pub fn amtool(&self, arguments: &[&str]) -> String {
        let mut amtool = command("amtool", arguments);
        amtool.arg(format!("--alertmanager.url=http://{}", self.alertmanager));
        run_ok(amtool)
    }
}

/// Loads a small file and adds what monitoring shows: a model with predictions and drift, a pipeline that failed,
/// flight hours, an alert, logins.
fn fill(database: &Database) {
    load(database, &[], &fixture("up08NOV.zip"));
    let exposure = fixture("exposure/own.csv");
    ntsb_tests::cli::run_ntsb_ok(database, &["load-exposure", exposure.to_str().unwrap()]);
    let model = register_model(database, 1, "Production", 0.4);
    database.execute("CALL ntsb_create_roles()");
    database.execute("CALL ntsb_predict_pending()");
    database.execute(&format!(
        "CREATE ROLE ntsb_rest_test LOGIN IN ROLE ntsb_service;
         CREATE ROLE ntsb_grafana LOGIN IN ROLE ntsb_viewer;
         SELECT ntsb_raise_alert('data_quality', 'warning', 'sample', 'for the test');
         INSERT INTO ntsb.staging_quarantine (batch_id, table_name, rule_id, reason, payload)
         VALUES (1, 'events', 'events.date_in_future', 'for the test', '{{}}');
         INSERT INTO ntsb.drift_report VALUES (nextval('ntsb.drift_report_id'), 'acft_make', now(), {model},
             '[2010-01-01,2015-01-01)', '[2015-01-01,2016-01-01)', 100, 10, 'chi_squared', 9, 0.01, 0.2, 0.1, false);
         INSERT INTO ntsb.dag (dag, description, schedule, sla) VALUES ('nightly', 'for the test', '0 2 * * *', '1 hour');
         INSERT INTO ntsb.dag_run (dag, started_by, state, due_at, started_at, finished_at)
         VALUES ('nightly', 'schedule', 'succeeded', now() - interval '1 day', now() - interval '1 day',
                 now() - interval '23 hours'),
                ('nightly', 'schedule', 'failed', now() - interval '2 hours', now() - interval '2 hours',
                 now() - interval '1 hour');
         INSERT INTO ntsb.backup (stanza, repository, label, type, started_at, finished_at)
         VALUES ('ntsb', 1, '20240914-021500F', 'full', now() - interval '2 hours', now() - interval '1 hour');
         INSERT INTO ntsb.restore_drill (source_label, rto_seconds, rpo_seconds, tables_compared, tables_different,
             comparison, passed, details) VALUES ('20240914-021500F', 12, 3, 1, 0, '{{}}', true, '{{}}');
         SELECT pg_switch_wal()"
    ));
    let mut psql = database.server.command("psql", &database.name);
    psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-f"]).arg(path("postgres_exporter/role.sql"));
    run_ok(psql);
    assert!(Path::new("/bin/true").exists());
}
