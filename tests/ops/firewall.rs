//! The nftables rules in deploy/firewall, loaded in network namespaces that are joined by a bridge.
//!
//! The namespaces have no name: they end with the file descriptors of this process.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ntsb_tests::announce;
use ntsb_tests::process::run_ok;

use crate::helm::repository;

/// The machines and the last part of their addresses, as deploy/firewall/addresses.nft has them.
const HOSTS: &[(&str, u8)] = &[
    ("web", 10),
    ("service", 20),
    ("database", 30),
    ("monitoring", 40),
    ("administration", 50),
    ("backup", 60),
    ("outside", 200),
];

const PORTS: &[u16] = &[22, 80, 443, 5432, 8015, 8443, 9100, 9187];

/// A refused connection gets no answer.
const TIMEOUT: Duration = Duration::from_millis(1_500);

struct Namespace(Arc<File>);

impl Namespace {
    fn create() -> std::io::Result<Namespace> {
        let create = || {
            // SAFETY: the call takes an integer. It affects this thread only, which ends here.
            if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
                return Err(std::io::Error::last_os_error());
            }
            File::open("/proc/thread-self/ns/net")
        };
        let file = thread::spawn(create).join().unwrap()?;
        Ok(Namespace(Arc::new(file)))
    }

    /// Runs a closure on a thread in this namespace.
    fn enter<T: Send + 'static>(
        &self,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> thread::JoinHandle<T> {
        let file = Arc::clone(&self.0);
        thread::spawn(move || {
            // SAFETY: the descriptor is open, and the call affects this thread only, which ends with `run`.
            let entered = unsafe { libc::setns(file.as_raw_fd(), libc::CLONE_NEWNET) };
            assert_eq!(entered, 0, "{}", std::io::Error::last_os_error());
            run()
        })
    }

    fn command(&self, program: &'static str, arguments: &str) {
        let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
        self.enter(move || {
            let mut command = Command::new(program);
            run_ok({
                command.current_dir(repository().join("deploy/firewall")).args(arguments);
                command
            })
        })
        .join()
        .unwrap();
    }

    /// The path by which `ip` finds it.
    fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd())
    }
}

struct Network {
    hosts: Vec<Namespace>,
    _bridge: Namespace,
    _listeners: Vec<TcpListener>,
    stop: Arc<AtomicBool>,
}

fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, number)
}

impl Network {
    /// None where namespaces cannot be made.
    fn create() -> Option<Network> {
        let bridge = match Namespace::create() {
            Ok(bridge) => bridge,
            Err(error) => {
                announce(&format!("skipped: firewall rules need network namespaces: {error}"));
                return None;
            }
        };
        bridge.command("ip", "link add br0 type bridge forward_delay 0");
        bridge.command("ip", "link set br0 up");
        let (mut hosts, mut listeners, stop) =
            (Vec::new(), Vec::new(), Arc::new(AtomicBool::new(false)));
        for (name, number) in HOSTS {
            let host = Namespace::create().unwrap();
            bridge.command(
                "ip",
                &format!("link add {name} type veth peer name eth0 netns {}", host.path()),
            );
            bridge.command("ip", &format!("link set {name} master br0 up"));
            host.command("ip", "link set lo up");
            host.command("ip", &format!("addr add {}/24 dev eth0", address(*number)));
            host.command("ip", "link set eth0 up");
            let bind = || PORTS.iter().map(|port| TcpListener::bind(("0.0.0.0", *port)).unwrap());
            let bound: Vec<TcpListener> = host.enter(move || bind().collect()).join().unwrap();
            for listener in &bound {
                accept(listener.try_clone().unwrap(), Arc::clone(&stop));
            }
            listeners.extend(bound);
            hosts.push(host);
        }
        Some(Network { hosts, _bridge: bridge, _listeners: listeners, stop })
    }

    fn host(&self, name: &str) -> &Namespace {
        &self.hosts[HOSTS.iter().position(|(host, _)| *host == name).unwrap()]
    }

    fn load_rules(&self) {
        for tier in ["web", "service", "database"] {
            self.host(tier).command("nft", &format!("-f {tier}.nft"));
        }
    }

    /// Tries every connection between two hosts and returns those that succeed.
    fn open_connections(&self) -> BTreeSet<(&'static str, &'static str, u16)> {
        let mut attempts = Vec::new();
        for (from, _) in HOSTS {
            for (to, number) in HOSTS.iter().filter(|(to, _)| to != from) {
                for port in PORTS {
                    let target = SocketAddr::from((address(*number), *port));
                    let connect = move || TcpStream::connect_timeout(&target, TIMEOUT).is_ok();
                    attempts.push(((*from, *to, *port), self.host(from).enter(connect)));
                }
            }
        }
        let succeeded = attempts
            .into_iter()
            .filter_map(|(name, attempt)| attempt.join().unwrap().then_some(name));
        succeeded.collect()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// Accepts connections and keeps them until the network ends.
fn accept(listener: TcpListener, stop: Arc<AtomicBool>) {
    listener.set_nonblocking(true).unwrap();
    thread::spawn(move || {
        let mut connections = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            match listener.accept() {
                Ok((connection, _)) => connections.push(connection),
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
    });
}

/// Every connection that the rules allow.
const ALLOWED: &[(&str, &[&str], u16)] = &[
    // Tier 1 is open to everyone who may send to it. The service may reach other machines than ours only.
    ("outside", &["web"], 443),
    ("outside", &["web"], 80),
    ("monitoring", &["web"], 443),
    ("monitoring", &["web"], 80),
    ("administration", &["web"], 443),
    ("administration", &["web"], 80),
    ("backup", &["web"], 443),
    ("backup", &["web"], 80),
    // Tier 1 to 2, tier 2 to 3.
    ("web", &["service"], 8015),
    ("service", &["database"], 5432),
    // Certificates, NTSB's files, backups.
    ("web", &["outside", "monitoring", "administration", "backup"], 80),
    ("web", &["outside", "monitoring", "administration", "backup"], 443),
    ("service", &["outside"], 443),
    ("database", &["backup"], 443),
    // Monitoring and administration.
    ("monitoring", &["web", "service", "database"], 9100),
    ("monitoring", &["service"], 8015),
    ("monitoring", &["database"], 9187),
    ("administration", &["web", "service", "database"], 22),
];

const TIERS: &[&str] = &["web", "service", "database"];

#[test]
fn three_tiers_are_separate() {
    let Some(network) = Network::create() else { return };
    // Without rules everything is open, so that what is refused below is refused by the rules.
    let all = HOSTS.len() * (HOSTS.len() - 1) * PORTS.len();
    assert_eq!(network.open_connections().len(), all);
    network.load_rules();
    let open = network.open_connections();
    let mut expected: BTreeSet<(&str, &str, u16)> = ALLOWED
        .iter()
        .flat_map(|(from, to, port)| to.iter().map(move |to| (*from, *to, *port)))
        .collect();
    // The other machines have no rules among themselves.
    for (from, _) in HOSTS.iter().filter(|(name, _)| !TIERS.contains(name)) {
        for (to, _) in HOSTS.iter().filter(|(name, _)| !TIERS.contains(name) && name != from) {
            expected.extend(PORTS.iter().map(|port| (*from, *to, *port)));
        }
    }
    let difference: Vec<_> = open.symmetric_difference(&expected).collect();
    assert!(difference.is_empty(), "{difference:?}");
    println!("{} connections allowed, {} refused", open.len(), all - open.len());
    // Loading the rules again changes nothing.
    network.load_rules();
    assert_eq!(network.open_connections(), expected);
}

#[test]
fn one_address_has_at_most_200_connections_to_the_proxy() {
    let Some(network) = Network::create() else { return };
    network.load_rules();
    let open = |from: &str, count: usize| -> Vec<TcpStream> {
        let target = SocketAddr::from((address(10), 443));
        let attempts: Vec<_> = (0..count)
            .map(|_| {
                network.host(from).enter(move || TcpStream::connect_timeout(&target, 4 * TIMEOUT))
            })
            .collect();
        attempts.into_iter().filter_map(|attempt| attempt.join().unwrap().ok()).collect()
    };
    let held = open("outside", 230);
    // Some may time out on a busy machine; more than 200 never get through.
    assert!((150..=200).contains(&held.len()), "{}", held.len());
    // Others are not affected.
    assert_eq!(open("backup", 1).len(), 1);
}
