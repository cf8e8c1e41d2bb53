//! The second repository: a server with S3's protocol and a certificate of its own authority.

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use ntsb_tests::backup_repository::{BackupRepository, backup_folder};
use ntsb_tests::certificates::{Certificate, CertificateAuthority};
use ntsb_tests::cli::load;
use ntsb_tests::process::run;
use ntsb_tests::{announce, fixture, wait_for};
use tempfile::TempDir;

use super::{destroy, figure, read_state, restore};

const BUCKET: &str = "ntsb-backup";

/// moto behind HAProxy, which speaks TLS: moto's own server ends connections without TLS's closing message.
struct S3Server {
    children: Vec<Child>,
    port: u16,
    _folder: TempDir,
}

impl Drop for S3Server {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn spawn(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Starts the server with an empty bucket. Returns None if a program is not installed.
fn start_s3_server(certificate: &Certificate) -> Option<S3Server> {
    let haproxy = Path::new("/usr/sbin/haproxy");
    let Some(python) = env::var_os("NTSB_TEST_PYTHON").filter(|_| haproxy.exists()) else {
        announce("skipped: moto or HAProxy is not installed; run ./dev drill restore");
        return None;
    };
    let (plain, port) = (free_port(), free_port());
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("server.pem");
    let parts = [&certificate.certificate, &certificate.key].map(|p| fs::read(p).unwrap());
    fs::write(&pem, parts.concat()).unwrap();
    let configuration = folder.path().join("haproxy.cfg");
    let text = format!(
        "defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n\
         listen s3\n bind 127.0.0.1:{port} ssl crt {}\n server moto 127.0.0.1:{plain}\n",
        pem.display()
    );
    fs::write(&configuration, text).unwrap();
    let mut moto = Command::new(python);
    moto.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &plain.to_string()]);
    let mut proxy = Command::new(haproxy);
    proxy.arg("-db").arg("-f").arg(&configuration);
    let children = vec![spawn(moto), spawn(proxy)];
    let server = S3Server { children, port, _folder: folder };
    wait_for("moto", 60, || TcpStream::connect(("127.0.0.1", plain)).ok());
    wait_for("HAProxy", 20, || TcpStream::connect(("127.0.0.1", port)).ok());
    let scope = "AWS4-HMAC-SHA256 Credential=test/20240914/us-east-1/s3/aws4_request";
    let url = format!("http://127.0.0.1:{plain}/{BUCKET}");
    ureq::put(url).header("authorization", scope).send_empty().unwrap();
    Some(server)
}

#[test]
fn a_cluster_is_restored_from_s3() {
    let Some(repository) = BackupRepository::prepare() else { return };
    let authority = CertificateAuthority::new();
    let certificate = authority.sign("localhost", "DNS:localhost");
    let Some(server) = start_s3_server(&certificate) else { return };
    let ca = repository.path("ca.crt");
    fs::copy(authority.root_certificate(), &ca).unwrap();

    let mut cluster = repository.start_cluster("60s");
    fs::copy(backup_folder().join("conf.d/s3.conf"), repository.path("conf.d/s3.conf")).unwrap();
    let settings = [
        ("REPO2_S3_ENDPOINT", "localhost".to_owned()),
        ("REPO2_STORAGE_PORT", server.port.to_string()),
        ("REPO2_S3_URI_STYLE", "path".to_owned()),
        ("REPO2_STORAGE_CA_FILE", ca.display().to_string()),
        ("REPO2_S3_KEY", "test".to_owned()),
        ("REPO2_S3_KEY_SECRET", "test".to_owned()),
        ("REPO2_CIPHER_PASS", "a passphrase for the second repository".to_owned()),
    ];
    repository.attach(&cluster, &settings);
    // The system's authorities did not sign the certificate.
    let mut stanza_create = repository.command(&["stanza-create"]);
    stanza_create.env("PGBACKREST_REPO2_STORAGE_CA_FILE", "/etc/ssl/certs/ca-certificates.crt");
    let refused = run(stanza_create);
    assert_ne!(refused.code, Some(0));
    assert!(refused.all_output().contains("certificate"), "{}", refused.all_output());

    repository.run_ok(&["stanza-create"]);
    repository.run_ok(&["check"]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let start = Instant::now();
    let mut script = repository.script("ntsb-backup", &cluster);
    script.arg("full").env("NTSB_BACKUP_REPOSITORIES", "1 2");
    let output = run(script);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    let backup = start.elapsed().as_secs_f64();
    let repositories: Vec<i32> = database.query_column(
        "SELECT repository FROM ntsb.backup WHERE error IS NULL AND verified_at IS NOT NULL
             AND verification_error IS NULL ORDER BY 1",
        &[],
    );
    assert_eq!(repositories, [1, 2]);
    let expected = read_state(&database);
    database.execute("SELECT pg_switch_wal()");
    let archived =
        "SELECT last_archived_wal IS NOT NULL AND NOT EXISTS (SELECT FROM pg_ls_archive_statusdir()
                    WHERE name LIKE '%.ready') FROM pg_stat_archiver";
    wait_for("the archiver", 60, || database.query_value::<bool>(archived).then_some(()));

    // The machine is lost together with its local repository.
    destroy(&mut cluster);
    fs::remove_dir_all(repository.path("repo1")).unwrap();
    let rto = restore(&repository, &mut cluster, &["--repo=2"]).as_secs_f64();
    let restored = read_state(&database);
    assert_eq!(restored.tables, expected.tables);
    assert_eq!(restored.head, expected.head);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
    figure(&format!("S3 over TLS: RTO {rto:.1} s (backups to both repositories: {backup:.1} s)"));
}
