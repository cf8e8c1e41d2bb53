//! TLS to the database, as libpq's `sslmode` has it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ntsb_tests::certificates::{Authority, Certificate};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::ntsb::command;
use ntsb_tests::process::{Finished, run};

const NAME: &str = "db.test";

/// Over the socket tests look after the server; over the network only what is tested comes in.
const OVER_TLS: &str = "local all all trust\nhostssl all all all trust\n";
const WITHOUT_TLS: &str = "local all all trust\nhostnossl all all all trust\n";
const BY_CERTIFICATE: &str = "local all all trust\nhostssl all all all cert\n";
const BY_PASSWORD: &str = "local all all trust\nhost all all all scram-sha-256\n";

struct Host {
    cluster: Cluster,
    address: String,
    authority: Authority,
    home: tempfile::TempDir,
}

impl Host {
    /// Behind a certificate for [`NAME`].
    fn start() -> Host {
        let authority = Authority::new();
        let certificate = authority.sign(NAME, &format!("DNS:{NAME}"));
        Host::start_with(authority, &certificate, "on")
    }

    fn start_with(authority: Authority, certificate: &Certificate, ssl: &str) -> Host {
        let address = Cluster::free_address();
        let listen = format!("listen_addresses={address}");
        let cluster = Cluster::start(&[&listen]);
        let host = Host { cluster, address, authority, home: tempfile::tempdir().unwrap() };
        let read = |path: &Path| fs::read(path).unwrap();
        host.cluster.configure(&[
            ("server.crt", &read(&certificate.certificate)),
            ("server.key", &read(&certificate.key)),
            ("root.crt", &read(&host.authority.root())),
        ]);
        host.execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
        host.execute(&format!("ALTER SYSTEM SET ssl = {ssl}"));
        host.admits(OVER_TLS);
        host
    }

    fn execute(&self, sql: &str) {
        self.cluster.server().connect("postgres").batch_execute(sql).unwrap();
    }

    /// Replaces pg_hba.conf.
    fn admits(&self, rules: &str) {
        self.cluster.configure(&[("pg_hba.conf", rules.as_bytes())]);
    }

    /// Runs `ntsb status` with what follows the address in a connection string.
    fn connect(&self, host: &str, settings: &str) -> Finished {
        let server = self.cluster.server();
        let mut command = command(&server, "ntsb");
        command.env("HOME", self.home.path()).env_remove("PGHOST");
        command.args(["status", "--json", "--dsn"]);
        command.arg(format!(
            "host={host} hostaddr={} port=5432 user=postgres {settings}",
            self.address
        ));
        run(command)
    }

    fn accepts(&self, host: &str, settings: &str) {
        let done = self.connect(host, settings);
        assert_eq!(done.code, Some(0), "{host} {settings}: {}", done.said());
    }

    /// What is said where the connection is refused.
    fn refuses(&self, host: &str, settings: &str) -> String {
        let done = self.connect(host, settings);
        assert_eq!(done.code, Some(4), "{host} {settings}: {}", done.said());
        done.stderr
    }

    fn root(&self) -> String {
        format!("sslrootcert={}", self.authority.root().display())
    }
}

#[test]
fn verify_full_wants_the_right_name_and_the_right_authority() {
    let host = Host::start();
    let (root, other) = (host.root(), Authority::new());
    host.accepts(NAME, &format!("sslmode=verify-full {root}"));
    let said = host.refuses("other.test", &format!("sslmode=verify-full {root}"));
    assert!(said.contains("subjectAltName"), "{said}");
    host.accepts("other.test", &format!("sslmode=verify-ca {root}"));
    let wrong = format!("sslrootcert={}", other.root().display());
    for mode in ["verify-full", "verify-ca", "require"] {
        let said = host.refuses(NAME, &format!("sslmode={mode} {wrong}"));
        assert!(said.contains("sslrootcert"), "{mode}: {said}");
        // A certificate does not get better by waiting.
        assert!(!said.contains("trying again"), "{said}");
    }
    let said = host.refuses(NAME, "sslrootcert=system");
    assert!(said.contains("sslrootcert"), "{said}");
}

#[test]
fn without_authorities_require_trusts_and_verify_refuses() {
    let host = Host::start();
    for mode in ["require", "prefer", "allow"] {
        host.accepts("any.test", &format!("sslmode={mode}"));
    }
    host.accepts("any.test", "");
    let said = host.refuses(NAME, "sslmode=disable");
    assert!(said.contains("no encryption"), "{said}");
    for mode in ["verify-ca", "verify-full"] {
        let done = host.connect(NAME, &format!("sslmode={mode}"));
        assert_eq!(done.code, Some(2), "{}", done.said());
        assert!(done.stderr.contains("sslrootcert=system"), "{}", done.stderr);
    }
    let folder = host.home.path().join(".postgresql");
    fs::create_dir(&folder).unwrap();
    fs::copy(host.authority.root(), folder.join("root.crt")).unwrap();
    host.accepts(NAME, "sslmode=verify-full");
}

#[test]
fn a_server_may_want_a_certificate_of_the_client() {
    let host = Host::start();
    host.admits(BY_CERTIFICATE);
    let own = host.authority.sign("postgres", "DNS:postgres");
    let (certificate, key) = (own.certificate.display(), own.key.display());
    fs::set_permissions(&own.key, fs::Permissions::from_mode(0o600)).unwrap();
    let settings =
        format!("sslmode=verify-full {} sslcert={certificate} sslkey={key}", host.root());
    host.accepts(NAME, &settings);
    let said = host.refuses(NAME, "sslmode=require");
    assert!(said.contains("certificate"), "{said}");
    fs::set_permissions(&own.key, fs::Permissions::from_mode(0o644)).unwrap();
    let done = host.connect(NAME, &settings);
    assert_eq!(done.code, Some(2), "{}", done.said());
    assert!(done.stderr.contains("0600"), "{}", done.stderr);
}

#[test]
fn passwords_are_bound_to_the_channel_and_never_shown() {
    let host = Host::start();
    host.execute("ALTER ROLE postgres PASSWORD 'Pa55-word'");
    host.admits(BY_PASSWORD);
    host.accepts(NAME, "sslmode=require channel_binding=require password=Pa55-word");
    let said = host.refuses(NAME, "sslmode=disable channel_binding=require password=Pa55-word");
    assert!(!said.contains("Pa55-word"), "{said}");
    let said = host.refuses(NAME, "password=wr0ng-word");
    assert!(said.contains("password authentication failed") && !said.contains("wr0ng"), "{said}");
    let done = host.connect(NAME, "password=Pa55-word sslmode=never");
    assert_eq!(done.code, Some(2), "{}", done.said());
    assert!(!done.said().contains("Pa55-word"), "{}", done.said());
}

#[test]
fn a_server_without_tls_is_enough_for_prefer_alone() {
    let authority = Authority::new();
    let certificate = authority.sign(NAME, &format!("DNS:{NAME}"));
    let host = Host::start_with(authority, &certificate, "off");
    host.admits(WITHOUT_TLS);
    for mode in ["prefer", "allow", "disable"] {
        host.accepts(NAME, &format!("sslmode={mode}"));
    }
    for mode in ["require".to_owned(), format!("verify-full {}", host.root())] {
        let said = host.refuses(NAME, &format!("sslmode={mode}"));
        assert!(said.contains("does not support TLS") && said.contains("Turn on ssl"), "{said}");
    }
}

/// With authorities that do not fit, prefer goes on without TLS, as libpq does, where the server admits it.
#[test]
fn prefer_falls_back_where_tls_fails() {
    let host = Host::start();
    host.admits("local all all trust\nhost all all all trust\n");
    let other = Authority::new();
    let wrong = format!("sslrootcert={}", other.root().display());
    host.accepts(NAME, &format!("sslmode=prefer {wrong}"));
    host.admits(OVER_TLS);
    let said = host.refuses(NAME, &format!("sslmode=prefer {wrong}"));
    assert!(said.contains("sslrootcert"), "{said}");
}

#[test]
fn a_certificate_that_signed_itself_is_trusted_where_it_is_listed() {
    let authority = Authority::new();
    let own = authority.self_signed(NAME);
    let host = Host::start_with(authority, &own, "on");
    let listed = format!("sslrootcert={}", own.certificate.display());
    host.accepts(NAME, &format!("sslmode=verify-full {listed}"));
    host.refuses("other.test", &format!("sslmode=verify-full {listed}"));
    host.refuses(NAME, &format!("sslmode=verify-full {}", host.root()));
}
