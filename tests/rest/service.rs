//! The service under test: a process on a free loopback port, killed when its test ends.

use std::fs::{File, read_to_string};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::process::send_signal;
use ntsb_tests::server::env_var;
use ntsb_tests::wait_for;
use serde_json::Value;
use tempfile::TempDir;
use ureq::http::{self, HeaderMap};
use ureq::{Agent, Body};

pub const JWT_SECRET: &str = "a secret for tests, thirty-two bytes long";

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Service {
    child: Child,
    folder: TempDir,
    pub address: String,
    agent: Agent,
}

pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The rows of a list.
    pub fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["data"].as_array().unwrap().clone()
    }
}

/// Roles are shared by all databases of the server, so only one test at a time may create them.
static ROLES: Mutex<()> = Mutex::new(());

/// Creates the roles of the warehouse and the login of the service.
pub fn create_roles(database: &Database) {
    let _guard = ROLES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    database.execute(
        "CALL ntsb_create_roles();
         DO $$ BEGIN
             IF to_regrole('ntsb_rest_test') IS NULL THEN
                 CREATE ROLE ntsb_rest_test LOGIN IN ROLE ntsb_service;
             END IF;
         END $$",
    );
}

impl Service {
    /// Creates the roles and starts the service. Its login has no privileges except those of ntsb_service.
    pub fn start(database: &Database, settings: &[(&str, &str)]) -> Service {
        create_roles(database);
        let mut command = database.server.command(env_var("NTSB_SERVICE_BIN"), &database.name);
        command.env("PGUSER", "ntsb_rest_test");
        Service::spawn(command, settings)
    }

    fn spawn(mut command: Command, settings: &[(&str, &str)]) -> Service {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        command.args(["--listen", "127.0.0.1:0", "--set", &format!("jwt_secret={JWT_SECRET}")]);
        // High enough for tests that send many requests.
        command.args(["--set", "free_per_minute=100000", "--set", "premium_per_minute=100000"]);
        for (name, value) in settings {
            command.args(["--set", &format!("{name}={value}")]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let address = wait_for("the service", 30, || {
            let log = read_to_string(&log).unwrap();
            assert!(child.try_wait().unwrap().is_none(), "the service exited: {log}");
            let line = log.lines().find(|line| line.contains(r#""message":"listening""#))?;
            let line: Value = serde_json::from_str(line).ok()?;
            Some(line["address"].as_str()?.to_owned())
        });
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(REQUEST_TIMEOUT));
        Service { child, folder, address, agent: Agent::new_with_config(config.build()) }
    }

    pub fn log(&self) -> String {
        read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Waits until the service listens for notifications, so that it notices later loads.
    pub fn wait_until_listening(&self) -> &Service {
        wait_for("the listener", 30, || {
            self.log().contains("listening to the database").then_some(())
        });
        self
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> Response {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read_response(request.call())
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        let mut request = self.agent.post(self.url(path));
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read_response(request.send(body.to_string()))
    }

    pub fn delete(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.agent.delete(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read_response(request.call())
    }

    /// Creates an API key with this role and returns the header value `Bearer …` of its token.
    pub fn create_bearer(&self, database: &Database, role: &str, tier: &str) -> String {
        let (_, key) = create_key(database, role, tier);
        let body = serde_json::json!({ "api_key": key });
        let token = self.post("/api/v1/auth/token", &[], &body);
        assert_eq!(token.status, 200, "{}", token.text());
        format!("Bearer {}", token.json()["access_token"].as_str().unwrap())
    }

    /// Sends SIGTERM and returns the exit code.
    pub fn stop(mut self) -> Option<i32> {
        assert!(send_signal(self.pid(), libc::SIGTERM));
        wait_for("the service to exit", 30, || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", read_to_string(self.folder.path().join("log")).unwrap_or_default());
        }
    }
}

fn read_response(response: Result<http::Response<Body>, ureq::Error>) -> Response {
    let mut response = response.unwrap_or_else(|e| panic!("request failed: {e}"));
    let body = response.body_mut().with_config().limit(1 << 28).read_to_vec();
    Response {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: body.unwrap_or_else(|e| panic!("incomplete response: {e}")),
    }
}

/// Creates an API key and returns its `key_id` and the key.
pub fn create_key(database: &Database, role: &str, tier: &str) -> (i64, String) {
    let sql = "SELECT key_id, api_key FROM ntsb_create_api_key('test', $1, $2)";
    let rows = database.query_rows(sql, &[&role, &tier]);
    (rows[0].get(0), rows[0].get(1))
}
