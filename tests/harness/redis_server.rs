//! A Redis server of one test.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::process::run_ok;
use crate::wait_for;

pub struct RedisServer {
    child: Child,
    pub port: u16,
    settings: Vec<String>,
}

/// An entry of a stream: its fields by name.
pub type Entry = Vec<(String, String)>;

impl RedisServer {
    pub fn start() -> RedisServer {
        RedisServer::start_with(&[])
    }

    /// `settings` are such as `--maxmemory 3mb`, one word each.
    pub fn start_with(settings: &[&str]) -> RedisServer {
        let port = unused_port();
        let settings: Vec<String> = settings.iter().map(|&word| word.to_owned()).collect();
        RedisServer { child: spawn(port, &settings), port, settings }
    }

    /// Kills the server; its data is lost unless `settings` store it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts a stopped server on the same port.
    pub fn start_again(&mut self) {
        self.child = spawn(self.port, &self.settings);
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Runs `redis-cli` and returns its output.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &self.port.to_string()]).args(arguments);
        run_ok(command)
    }

    /// The number of entries of a stream, without a process for each call.
    pub fn stream_length(&self, key: &str) -> usize {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(format!("XLEN {key}\r\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.trim().trim_start_matches(':').parse().unwrap_or_else(|_| panic!("XLEN {key}: {line}"))
    }

    /// The entries of a stream, oldest first.
    pub fn read_stream(&self, key: &str) -> Vec<Entry> {
        let text = self.cli(&["--json", "XRANGE", key, "-", "+"]);
        let entries: Value = serde_json::from_str(&text).unwrap();
        entries.as_array().unwrap().iter().map(|entry| read_fields(&entry[1])).collect()
    }
}

pub fn unused_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn read_fields(fields: &Value) -> Entry {
    let texts: Vec<String> =
        fields.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect();
    texts.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

fn spawn(port: u16, settings: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string()]).args(settings);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("Redis", 20, || TcpStream::connect(("127.0.0.1", port)).ok());
    child
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}
