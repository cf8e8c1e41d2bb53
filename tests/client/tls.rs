//! TLS connections to the database, with libpq's semantics of `sslmode`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ntsb_tests::certificates::{Certificate, CertificateAuthority};
use ntsb_tests::cli::ntsb_command;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::process::{ProcessOutput, run};

const SERVER_NAME: &str = "db.test";

/// pg_hba.conf rules. The tests manage the server over its socket, so only network connections are restricted.
const REQUIRE_TLS: &str = "local all all trust\nhostssl all all all trust\n";
const REJECT_TLS: &str = "local all all trust\nhostnossl all all all trust\n";
const REQUIRE_CERTIFICATE: &str = "local all all trust\nhostssl all all all cert\n";
const REQUIRE_PASSWORD: &str = "local all all trust\nhost all all all scram-sha-256\n";

struct TlsServer {
    cluster: Cluster,
    address: String,
    authority: CertificateAuthority,
    home: tempfile::TempDir,
}

impl TlsServer {
    /// With a certificate for [`SERVER_NAME`].
    fn start() -> TlsServer {
        let authority = CertificateAuthority::new();
        let certificate = authority.sign(SERVER_NAME, &format!("DNS:{SERVER_NAME}"));
        TlsServer::start_with(authority, &certificate, "on")
    }

    fn start_with(
        authority: CertificateAuthority,
        certificate: &Certificate,
        ssl: &str,
    ) -> TlsServer {
        let address = Cluster::unused_loopback_address();
        let listen = format!("listen_addresses={address}");
        let cluster = Cluster::start(&[&listen]);
        let server = TlsServer { cluster, address, authority, home: tempfile::tempdir().unwrap() };
        let read = |path: &Path| fs::read(path).unwrap();
        server.cluster.write_config(&[
            ("server.crt", &read(&certificate.certificate)),
            ("server.key", &read(&certificate.key)),
            ("root.crt", &read(&server.authority.root_certificate())),
        ]);
        server.execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
        server.execute(&format!("ALTER SYSTEM SET ssl = {ssl}"));
        server.set_hba_rules(REQUIRE_TLS);
        server
    }

    fn execute(&self, sql: &str) {
        self.cluster.server().connect("postgres").batch_execute(sql).unwrap();
    }

    /// Replaces pg_hba.conf.
    fn set_hba_rules(&self, rules: &str) {
        self.cluster.write_config(&[("pg_hba.conf", rules.as_bytes())]);
    }

    /// Runs `ntsb status` with a connection string that ends with `settings`.
    fn connect(&self, host: &str, settings: &str) -> ProcessOutput {
        let cluster_server = self.cluster.server();
        let mut command = ntsb_command(&cluster_server, "ntsb");
        command.env("HOME", self.home.path()).env_remove("PGHOST");
        command.args(["status", "--json", "--dsn"]);
        command.arg(format!(
            "host={host} hostaddr={} port=5432 user=postgres {settings}",
            self.address
        ));
        run(command)
    }

    fn assert_accepts(&self, host: &str, settings: &str) {
        let finished = self.connect(host, settings);
        assert_eq!(finished.code, Some(0), "{host} {settings}: {}", finished.all_output());
    }

    /// Returns stderr.
    fn assert_refuses(&self, host: &str, settings: &str) -> String {
        let finished = self.connect(host, settings);
        assert_eq!(finished.code, Some(4), "{host} {settings}: {}", finished.all_output());
        finished.stderr
    }

    fn root_setting(&self) -> String {
        format!("sslrootcert={}", self.authority.root_certificate().display())
    }
}

#[test]
fn verify_full_checks_the_name_and_the_authority() {
    let server = TlsServer::start();
    let (root, other) = (server.root_setting(), CertificateAuthority::new());
    server.assert_accepts(SERVER_NAME, &format!("sslmode=verify-full {root}"));
    let stderr = server.assert_refuses("other.test", &format!("sslmode=verify-full {root}"));
    assert!(stderr.contains("subjectAltName"), "{stderr}");
    server.assert_accepts("other.test", &format!("sslmode=verify-ca {root}"));
    let wrong_root = format!("sslrootcert={}", other.root_certificate().display());
    for mode in ["verify-full", "verify-ca", "require"] {
        let stderr = server.assert_refuses(SERVER_NAME, &format!("sslmode={mode} {wrong_root}"));
        assert!(stderr.contains("sslrootcert"), "{mode}: {stderr}");
        // A certificate error is not retried.
        assert!(!stderr.contains("retrying"), "{stderr}");
    }
    let stderr = server.assert_refuses(SERVER_NAME, "sslrootcert=system");
    assert!(stderr.contains("sslrootcert"), "{stderr}");
}

#[test]
fn without_root_certificates_require_connects_and_verify_fails() {
    let server = TlsServer::start();
    for mode in ["require", "prefer", "allow"] {
        server.assert_accepts("any.test", &format!("sslmode={mode}"));
    }
    server.assert_accepts("any.test", "");
    let stderr = server.assert_refuses(SERVER_NAME, "sslmode=disable");
    assert!(stderr.contains("no encryption"), "{stderr}");
    for mode in ["verify-ca", "verify-full"] {
        let finished = server.connect(SERVER_NAME, &format!("sslmode={mode}"));
        assert_eq!(finished.code, Some(2), "{}", finished.all_output());
        assert!(finished.stderr.contains("sslrootcert=system"), "{}", finished.stderr);
    }
    let folder = server.home.path().join(".postgresql");
    fs::create_dir(&folder).unwrap();
    fs::copy(server.authority.root_certificate(), folder.join("root.crt")).unwrap();
    server.assert_accepts(SERVER_NAME, "sslmode=verify-full");
}

#[test]
fn a_server_may_require_a_client_certificate() {
    let server = TlsServer::start();
    server.set_hba_rules(REQUIRE_CERTIFICATE);
    let own = server.authority.sign("postgres", "DNS:postgres");
    let (certificate, key) = (own.certificate.display(), own.key.display());
    fs::set_permissions(&own.key, fs::Permissions::from_mode(0o600)).unwrap();
    let settings =
        format!("sslmode=verify-full {} sslcert={certificate} sslkey={key}", server.root_setting());
    server.assert_accepts(SERVER_NAME, &settings);
    let stderr = server.assert_refuses(SERVER_NAME, "sslmode=require");
    assert!(stderr.contains("certificate"), "{stderr}");
    fs::set_permissions(&own.key, fs::Permissions::from_mode(0o644)).unwrap();
    let finished = server.connect(SERVER_NAME, &settings);
    assert_eq!(finished.code, Some(2), "{}", finished.all_output());
    assert!(finished.stderr.contains("0600"), "{}", finished.stderr);
}

#[test]
fn channel_binding_works_and_passwords_are_not_printed() {
    let server = TlsServer::start();
    server.execute("ALTER ROLE postgres PASSWORD 'Pa55-word'");
    server.set_hba_rules(REQUIRE_PASSWORD);
    server
        .assert_accepts(SERVER_NAME, "sslmode=require channel_binding=require password=Pa55-word");
    let stderr = server
        .assert_refuses(SERVER_NAME, "sslmode=disable channel_binding=require password=Pa55-word");
    assert!(!stderr.contains("Pa55-word"), "{stderr}");
    let stderr = server.assert_refuses(SERVER_NAME, "password=wr0ng-word");
    assert!(
        stderr.contains("password authentication failed") && !stderr.contains("wr0ng"),
        "{stderr}"
    );
    let finished = server.connect(SERVER_NAME, "password=Pa55-word sslmode=never");
    assert_eq!(finished.code, Some(2), "{}", finished.all_output());
    assert!(!finished.all_output().contains("Pa55-word"), "{}", finished.all_output());
}

#[test]
fn a_server_without_tls_is_refused_by_require_and_verify() {
    let authority = CertificateAuthority::new();
    let certificate = authority.sign(SERVER_NAME, &format!("DNS:{SERVER_NAME}"));
    let server = TlsServer::start_with(authority, &certificate, "off");
    server.set_hba_rules(REJECT_TLS);
    for mode in ["prefer", "allow", "disable"] {
        server.assert_accepts(SERVER_NAME, &format!("sslmode={mode}"));
    }
    for mode in ["require".to_owned(), format!("verify-full {}", server.root_setting())] {
        let stderr = server.assert_refuses(SERVER_NAME, &format!("sslmode={mode}"));
        assert!(
            stderr.contains("does not support TLS") && stderr.contains("Turn on ssl"),
            "{stderr}"
        );
    }
}

/// If the certificate cannot be verified, prefer connects without TLS, as in libpq, if the server allows it.
#[test]
fn prefer_falls_back_to_no_tls() {
    let server = TlsServer::start();
    server.set_hba_rules("local all all trust\nhost all all all trust\n");
    let other = CertificateAuthority::new();
    let wrong_root = format!("sslrootcert={}", other.root_certificate().display());
    server.assert_accepts(SERVER_NAME, &format!("sslmode=prefer {wrong_root}"));
    server.set_hba_rules(REQUIRE_TLS);
    let stderr = server.assert_refuses(SERVER_NAME, &format!("sslmode=prefer {wrong_root}"));
    assert!(stderr.contains("sslrootcert"), "{stderr}");
}

#[test]
fn a_self_signed_certificate_is_trusted_as_root_certificate() {
    let authority = CertificateAuthority::new();
    let own = authority.make_self_signed(SERVER_NAME);
    let server = TlsServer::start_with(authority, &own, "on");
    let listed = format!("sslrootcert={}", own.certificate.display());
    server.assert_accepts(SERVER_NAME, &format!("sslmode=verify-full {listed}"));
    server.assert_refuses("other.test", &format!("sslmode=verify-full {listed}"));
    server.assert_refuses(SERVER_NAME, &format!("sslmode=verify-full {}", server.root_setting()));
}
