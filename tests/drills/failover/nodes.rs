//! Three nodes, each with etcd, Patroni and PostgreSQL on a loopback address of its own, and HAProxy before them. The
//! configuration is that of deploy/cluster.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libc::{SIGKILL, SIGQUIT};
use ntsb_tests::announce;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::{is_running, run_ok, send_signal};
use ntsb_tests::server::test_server;
use ntsb_tests::server_user::{command_as_server_user, give_to_server, server_program};
use ntsb_tests::wait_for;
use serde_json::Value;
use tempfile::TempDir;

const PROGRAMS: [&str; 3] = ["/usr/bin/etcd", "/usr/bin/patroni", "/usr/sbin/haproxy"];
const NODES: usize = 3;

/// Ports that are free on the addresses of all nodes.
struct Ports {
    postgres: u16,
    patroni: u16,
    client: u16,
    peer: u16,
}

pub struct Nodes {
    folder: TempDir,
    nodes: Vec<Node>,
    haproxy: Option<Child>,
    ports: Ports,
    pub primary_port: u16,
    pub standby_port: u16,
}

struct Node {
    name: String,
    address: String,
    etcd: Option<Child>,
    patroni: Option<Child>,
}

fn configuration(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/cluster");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The variables of a file of deploy/cluster.
fn read_variables(name: &str) -> Vec<(String, String)> {
    let text = configuration(name);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|l| l.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

fn free_port(addresses: &[String]) -> u16 {
    loop {
        // Below the range from which the kernel takes ports of outgoing connections.
        let port = fastrand::u16(15_000..32_000);
        if addresses.iter().all(|address| TcpListener::bind((address.as_str(), port)).is_ok()) {
            return port;
        }
    }
}

impl Nodes {
    /// Starts all nodes and waits until two standbys stream. Returns None if a program is not installed.
    pub fn start() -> Option<Nodes> {
        if let Some(missing) = PROGRAMS.iter().find(|program| !Path::new(program).exists()) {
            announce(&format!("skipped: {missing} is not installed"));
            return None;
        }
        let folder = tempfile::Builder::new().prefix("ntsb-nodes-").tempdir().unwrap();
        give_to_server(folder.path());
        let addresses: Vec<String> =
            (0..NODES).map(|_| Cluster::unused_loopback_address()).collect();
        let port = || free_port(&addresses);
        let ports = Ports { postgres: port(), patroni: port(), client: port(), peer: port() };
        let local = ["127.0.0.1".to_owned()];
        let nodes = addresses.iter().enumerate().map(|(n, address)| Node {
            name: format!("node{}", n + 1),
            address: address.clone(),
            etcd: None,
            patroni: None,
        });
        let (primary_port, standby_port) = (free_port(&local), free_port(&local));
        let nodes = nodes.collect();
        let mut all = Nodes { folder, nodes, haproxy: None, ports, primary_port, standby_port };
        all.write_configuration();
        for n in 0..NODES {
            all.start_node(n);
        }
        all.haproxy = Some(all.start_haproxy());
        all.wait_for_standbys(2);
        Some(all)
    }

    /// The files of deploy/cluster, with passwords and pgBackRest left out and the nodes' own folders.
    fn write_configuration(&self) {
        for node in &self.nodes {
            let sockets = self.path(&format!("{}-run", node.name));
            fs::create_dir(&sockets).unwrap();
            give_to_server(&sockets);
            let patroni = configuration("patroni.yml")
                .replace("scram-sha-256", "trust")
                .replace("  peer", "  trust")
                .replace("pgbackrest --stanza=ntsb archive-push %p", "/bin/true")
                .replace("/var/run/postgresql", &sockets.display().to_string());
            fs::write(self.path(&format!("{}.yml", node.name)), patroni).unwrap();
        }
        fs::write(self.path("haproxy.cfg"), configuration("haproxy.cfg")).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn spawn(&self, mut command: Command, log: &str) -> Child {
        let log = File::options().create(true).append(true).open(self.path(log)).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        command.current_dir("/").env_remove("RUST_BACKTRACE").spawn().unwrap()
    }

    /// Starts etcd and Patroni of a node.
    pub fn start_node(&mut self, n: usize) {
        self.nodes[n].etcd = Some(self.start_etcd(n));
        self.nodes[n].patroni = Some(self.start_patroni(n));
    }

    fn start_etcd(&self, n: usize) -> Child {
        let (node, ports) = (&self.nodes[n], &self.ports);
        let url = |node: &Node, port: u16| format!("http://{}:{port}", node.address);
        let members =
            self.nodes.iter().map(|node| format!("{}={}", node.name, url(node, ports.peer)));
        let members = members.collect::<Vec<_>>().join(",");
        let mut command = command_as_server_user();
        command.args(["--pdeathsig", "KILL"]).arg(PROGRAMS[0]);
        for (name, value) in read_variables("etcd.env") {
            let value = match name.as_str() {
                "ETCD_NAME" => node.name.clone(),
                "ETCD_DATA_DIR" => self.path(&format!("{}-etcd", node.name)).display().to_string(),
                "ETCD_INITIAL_CLUSTER" => members.clone(),
                name if name.ends_with("PEER_URLS") => url(node, ports.peer),
                name if name.ends_with("CLIENT_URLS") => url(node, ports.client),
                _ => value,
            };
            command.env(name, value);
        }
        self.spawn(command, &format!("{}-etcd.log", node.name))
    }

    fn start_patroni(&self, n: usize) -> Child {
        let (node, ports) = (&self.nodes[n], &self.ports);
        let hosts = self.nodes.iter().map(|node| format!("{}:{}", node.address, ports.client));
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let mut command = command_as_server_user();
        command.args(["--pdeathsig", "TERM"]).arg(PROGRAMS[1]);
        command.arg(self.path(&format!("{}.yml", node.name)));
        for (name, value) in read_variables("patroni.env") {
            let value = match name.as_str() {
                "PATRONI_NAME" => node.name.clone(),
                "PATRONI_ETCD3_HOSTS" => hosts.clone(),
                name if name.starts_with("PATRONI_RESTAPI") => {
                    format!("{}:{}", node.address, ports.patroni)
                }
                name if name.starts_with("PATRONI_POSTGRESQL") => {
                    format!("{}:{}", node.address, ports.postgres)
                }
                _ => value,
            };
            command.env(name, value);
        }
        command.env("PATRONI_POSTGRESQL_DATA_DIR", self.data_dir(n));
        command.env("PATRONI_POSTGRESQL_BIN_DIR", server_program(""));
        command.env("PATRONI_POSTGRESQL_PGPASS", self.path(&format!("{}-pgpass", node.name)));
        self.spawn(command, &format!("{}.log", node.name))
    }

    fn start_haproxy(&self) -> Child {
        let mut command = command_as_server_user();
        command.args(["--pdeathsig", "KILL"]).arg(PROGRAMS[2]);
        command.args(["-db", "-f"]).arg(self.path("haproxy.cfg"));
        for (name, value) in read_variables("haproxy.env") {
            let value = match name.as_str() {
                "NTSB_PROXY" => "127.0.0.1".to_owned(),
                "NTSB_PRIMARY_PORT" => self.primary_port.to_string(),
                "NTSB_STANDBY_PORT" => self.standby_port.to_string(),
                "NTSB_NODE1" => self.nodes[0].address.clone(),
                "NTSB_NODE2" => self.nodes[1].address.clone(),
                "NTSB_NODE3" => self.nodes[2].address.clone(),
                "NTSB_PORT" => self.ports.postgres.to_string(),
                "NTSB_PATRONI_PORT" => self.ports.patroni.to_string(),
                _ => value,
            };
            command.env(name, value);
        }
        self.spawn(command, "haproxy.log")
    }

    fn data_dir(&self, n: usize) -> PathBuf {
        self.path(&format!("{}-data", self.nodes[n].name))
    }

    pub fn name(&self, n: usize) -> &str {
        &self.nodes[n].name
    }

    /// The members as Patroni of any node lists them.
    pub fn members(&self) -> Vec<Value> {
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build(),
        );
        for node in self.nodes.iter().filter(|node| node.patroni.is_some()) {
            let url = format!("http://{}:{}/cluster", node.address, self.ports.patroni);
            let text =
                agent.get(url).call().ok().and_then(|mut r| r.body_mut().read_to_string().ok());
            let cluster = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
            if let Some(members) = cluster.and_then(|c| c["members"].as_array().cloned()) {
                return members;
            }
        }
        Vec::new()
    }

    /// The node that runs as the primary.
    pub fn find_primary(&self) -> Option<usize> {
        let members = self.members();
        let leader = members.iter().find(|m| m["role"] == "leader" && m["state"] == "running")?;
        self.nodes.iter().position(|node| node.name == leader["name"].as_str().unwrap_or_default())
    }

    /// Waits until this many standbys stream, one of them synchronously, from a primary that HAProxy knows.
    pub fn wait_for_standbys(&self, count: usize) {
        wait_for("the standbys", 180, || {
            std::thread::sleep(Duration::from_millis(200));
            let members = self.members();
            let running = |m: &&Value| m["state"] == "running" || m["state"] == "streaming";
            let standbys = members.iter().filter(|m| m["role"] != "leader").filter(running).count();
            let is_synchronous = members.iter().any(|m| m["role"] == "sync_standby");
            let is_ready = standbys == count && is_synchronous && self.find_primary().is_some();
            (is_ready && self.accepts_connections(self.primary_port)).then_some(())
        });
    }

    fn accepts_connections(&self, port: u16) -> bool {
        let server = test_server().with_address("127.0.0.1", port);
        TcpStream::connect(("127.0.0.1", port)).is_ok() && server.try_connect("postgres").is_ok()
    }

    /// The warehouse behind one of HAProxy's ports.
    pub fn database(&self, port: u16) -> Database {
        Database::attach(test_server().with_address("127.0.0.1", port), "ntsb")
    }

    /// The warehouse of one node.
    pub fn database_of(&self, n: usize) -> Database {
        let server = test_server().with_address(&self.nodes[n].address, self.ports.postgres);
        Database::attach(server, "ntsb")
    }

    /// Sends SIGKILL to Patroni, PostgreSQL and etcd of a node, as if its power had failed.
    pub fn kill_node(&mut self, n: usize) {
        let postmaster = self.postmaster(n);
        let node = &mut self.nodes[n];
        for child in [node.patroni.take(), node.etcd.take()].iter_mut().flatten() {
            send_signal(child.id(), SIGKILL);
            let _ = child.wait();
        }
        if let Some(pid) = postmaster {
            send_signal(pid, SIGKILL);
            wait_for("the postmaster to end", 20, || (!is_running(pid)).then_some(()));
        }
    }

    fn postmaster(&self, n: usize) -> Option<u32> {
        let text = fs::read_to_string(self.data_dir(n).join("postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// `patronictl switchover` away from a node.
    pub fn switch_over(&self, from: usize) {
        let mut command = command_as_server_user();
        command.arg("/usr/bin/patronictl").arg("-c").arg(self.path("node1.yml"));
        command.args(["switchover", "--force", "--master", self.name(from), "ntsb"]);
        let hosts = self.nodes.iter().map(|node| format!("{}:{}", node.address, self.ports.client));
        command.env("PATRONI_ETCD3_HOSTS", hosts.collect::<Vec<_>>().join(","));
        command.current_dir("/");
        run_ok(command);
    }

    pub fn read_logs(&self) -> String {
        let logs = self.nodes.iter().map(|node| format!("{}.log", node.name));
        let logs = logs.chain(["haproxy.log".to_owned()]);
        let text = logs.map(|log| {
            let text = fs::read_to_string(self.path(&log)).unwrap_or_default();
            // Neither pg_cron, which waits for its database, nor Python's tracebacks.
            let is_shown =
                |line: &&str| !line.contains("pg_cron launcher") && !line.starts_with("  ");
            let lines: Vec<&str> = text.lines().filter(is_shown).collect();
            format!("{log}:\n{}\n", lines[lines.len().saturating_sub(30)..].join("\n"))
        });
        text.collect()
    }
}

impl Drop for Nodes {
    /// Patroni first: it would start PostgreSQL again.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.read_logs());
        }
        let postmasters: Vec<u32> = (0..NODES).filter_map(|n| self.postmaster(n)).collect();
        let children =
            self.nodes.iter_mut().flat_map(|node| [node.patroni.take(), node.etcd.take()]);
        for mut child in children.chain([self.haproxy.take()]).flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        for pid in postmasters {
            send_signal(pid, SIGQUIT);
            for _ in 0..500 {
                if !is_running(pid) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}
