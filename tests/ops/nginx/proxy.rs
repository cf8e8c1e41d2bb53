//! nginx on loopback ports, with the files of deploy/nginx and a certificate of a test authority, and requests by curl.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::certificates::{Certificate, CertificateAuthority};
use ntsb_tests::process::{ChildProcess, run_ok};
use ntsb_tests::wait_for;
use serde_json::Value;
use tempfile::TempDir;

use crate::helm::repository;

pub const NAME: &str = "ntsb.example.com";

pub struct Nginx {
    pub folder: TempDir,
    pub authority: CertificateAuthority,
    pub port: u16,
    pub plain_port: u16,
    _process: ChildProcess,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Nginx {
    /// In front of `address`, with the limits of deploy/nginx.
    pub fn start(address: &str) -> Nginx {
        let authority = CertificateAuthority::new();
        let certificate = authority.sign(NAME, &format!("DNS:{NAME}"));
        Nginx::start_with(address, authority, &certificate, &[])
    }

    /// As `start`, but without the limit of requests, for tests that send many.
    pub fn start_unlimited(address: &str) -> Nginx {
        let authority = CertificateAuthority::new();
        let certificate = authority.sign(NAME, &format!("DNS:{NAME}"));
        let changes = [("rate=20r/s", "rate=100000r/s"), ("rate=10r/m", "rate=100000r/s")];
        Nginx::start_with(address, authority, &certificate, &changes)
    }

    pub fn start_with(
        address: &str,
        authority: CertificateAuthority,
        certificate: &Certificate,
        changes: &[(&str, &str)],
    ) -> Nginx {
        let folder = tempfile::tempdir().unwrap();
        let (port, plain_port) = (free_port(), free_port());
        let path = folder.path().display().to_string();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};"))
            .concat();
        let mut replaced = vec![
            ("user www-data;", "user root;".to_owned()),
            ("/etc/nginx/ntsb/", format!("{path}/ntsb/")),
            ("/var/log/nginx", format!("{path}/log")),
            ("/var/cache/nginx/ntsb", format!("{path}/cache")),
            ("/run/nginx.pid", format!("{path}/nginx.pid")),
            ("127.0.0.1:8015", address.to_owned()),
            ("sendfile on;", format!("sendfile on; {temporary}")),
            ("    listen [::]:80;\n", String::new()),
            ("    listen [::]:443 ssl http2;\n", String::new()),
            ("    listen [::]:443 ssl http2 default_server;\n", String::new()),
            ("listen 80;", format!("listen 127.0.0.1:{plain_port};")),
            ("listen 443 ", format!("listen 127.0.0.1:{port} ")),
        ];
        replaced.extend(changes.iter().map(|(from, to)| (*from, (*to).to_owned())));
        let source = repository().join("deploy/nginx");
        copy_replaced(&source, &folder.path().join("ntsb"), &replaced);
        for name in ["log", "cache", "ntsb/tls"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let tls = folder.path().join("ntsb/tls");
        fs::copy(&certificate.certificate, tls.join("fullchain.pem")).unwrap();
        fs::copy(&certificate.key, tls.join("privkey.pem")).unwrap();
        fs::copy(authority.root_certificate(), tls.join("chain.pem")).unwrap();
        let config = folder.path().join("ntsb/nginx.conf");
        let mut check = Command::new("/usr/sbin/nginx");
        check.args(["-t", "-q", "-c"]).arg(&config);
        run_ok(check);
        let mut nginx = Command::new("/usr/sbin/nginx");
        nginx.args(["-g", "daemon off; master_process off;", "-c"]).arg(&config);
        let mut process = ChildProcess::start(nginx);
        wait_for("nginx", 30, || {
            assert!(
                !process.has_exited(),
                "{}",
                fs::read_to_string(folder.path().join("log/error.log")).unwrap()
            );
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Nginx { folder, authority, port, plain_port, _process: process }
    }

    pub fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join("log").join(name)).unwrap_or_default()
    }

    /// The IDs of the rules that ModSecurity reported, by the URI of the request.
    pub fn refused_by(&self) -> HashMap<String, Vec<String>> {
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        for line in self.log("modsecurity.log").lines() {
            // The last line may not be complete yet.
            let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
            let transaction = &entry["transaction"];
            let rules = transaction["messages"].as_array().unwrap().iter();
            let rules = rules.map(|m| m["details"]["ruleId"].as_str().unwrap().to_owned());
            let uri = transaction["request"]["uri"].as_str().unwrap();
            found.entry(uri.to_owned()).or_default().extend(rules);
        }
        found
    }

    /// Sends the requests one after another, over TLS.
    pub fn send(&self, requests: &[Request]) -> Vec<Response> {
        self.send_with(requests, &[])
    }

    /// With further options of curl for each request.
    pub fn send_with(&self, requests: &[Request], options: &[&str]) -> Vec<Response> {
        self.run_curl(requests, options, "")
    }

    /// Sends the requests at the same time, each on a connection of its own. Status 0: no answer within `seconds`.
    pub fn send_parallel(&self, requests: &[Request], seconds: u32) -> Vec<Response> {
        let parallel = format!("parallel\nparallel-immediate\nparallel-max = {}\n", requests.len());
        self.run_curl(requests, &["http1.1", &format!("max-time = {seconds}")], &parallel)
    }

    fn run_curl(&self, requests: &[Request], options: &[&str], common: &str) -> Vec<Response> {
        let folder = tempfile::tempdir().unwrap();
        let file = |kind: &str, number: usize| folder.path().join(format!("{kind}{number}"));
        let mut config = common.to_owned();
        for (number, request) in requests.iter().enumerate() {
            if number > 0 {
                config += "next\n";
            }
            self.write_request(&mut config, request, &file("body", number));
            let (body, head) = (file("answer", number), file("head", number));
            writeln!(config, "output = \"{}\"", body.display()).unwrap();
            writeln!(config, "dump-header = \"{}\"", head.display()).unwrap();
            for option in options {
                writeln!(config, "{option}").unwrap();
            }
        }
        let mut curl = Command::new("curl");
        curl.args(["--config", "-"]);
        let output = ChildProcess::start_with_input(curl, &config).finish();
        let read =
            |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let numbers = 0..requests.len();
        let responses: Vec<Response> = numbers
            .map(|number| {
                let head = read(&file("head", number));
                let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
                Response {
                    status,
                    head,
                    body: fs::read(file("answer", number)).unwrap_or_default(),
                }
            })
            .collect();
        let answered = responses.iter().any(|response| response.status > 0);
        assert!(answered || output.code == Some(28), "{}", output.all_output());
        responses
    }

    fn write_request(&self, config: &mut String, request: &Request, body: &Path) {
        let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let url = format!("https://{NAME}:{}{}", self.port, request.path);
        let authority = self.authority.root_certificate();
        writeln!(config, "url = \"{}\"\nrequest = \"{}\"", quote(&url), request.method).unwrap();
        writeln!(
            config,
            "resolve = \"{NAME}:{}:127.0.0.1\"\ncacert = \"{}\"",
            self.port,
            authority.display()
        )
        .unwrap();
        config.push_str("silent\ngloboff\npath-as-is\nmax-time = 60\n");
        for (name, value) in &request.headers {
            writeln!(config, "header = \"{}: {}\"", name, quote(value)).unwrap();
        }
        if let Some(text) = &request.body {
            fs::write(body, text).unwrap();
            writeln!(config, "data-binary = \"@{}\"", body.display()).unwrap();
        }
    }
}

/// Copies a folder of text files, with replacements.
fn copy_replaced(from: &Path, to: &Path, replaced: &[(&str, String)]) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target: PathBuf = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_replaced(&entry.path(), &target, replaced);
            continue;
        }
        let mut text = fs::read_to_string(entry.path()).unwrap();
        for (old, new) in replaced {
            text = text.replace(old, new);
        }
        fs::write(target, text).unwrap();
    }
}

#[derive(Clone, Debug)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Request {
        Request { method: "GET", path: path.into(), headers: Vec::new(), body: None }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Request {
        let request =
            Request { method: "POST", body: Some(body.to_string()), ..Request::get(path) };
        request.header("content-type", "application/json")
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
