//! TLS: version 1.3 only, our names only, HSTS, and a stapled proof that the certificate is not revoked.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use ntsb_tests::certificates::CertificateAuthority;
use ntsb_tests::process::{ChildProcess, ProcessOutput, run_ok};
use ntsb_tests::wait_for;
use ntsb_tests::web_server::{Reply, WebServer};

use super::proxy::{NAME, Nginx, Request};

/// `openssl s_client`, which sends `input`.
fn connect(nginx: &Nginx, name: &str, options: &[&str], input: &str) -> ProcessOutput {
    let mut client = Command::new("openssl");
    client.args([
        "s_client",
        "-connect",
        &format!("127.0.0.1:{}", nginx.port),
        "-servername",
        name,
    ]);
    client.arg("-CAfile").arg(nginx.authority.root_certificate()).args(options);
    ChildProcess::start_with_input(client, input).finish()
}

/// The answer to bytes that need not be HTTP.
pub fn send_raw(nginx: &Nginx, request: &str) -> String {
    connect(nginx, NAME, &["-quiet", "-verify_quiet", "-ign_eof"], request).stdout
}

#[test]
fn only_tls_1_3_and_our_name_are_accepted() {
    let nginx = Nginx::start("127.0.0.1:9");
    let output =
        connect(&nginx, NAME, &["-tls1_3", "-verify_return_error", "-verify_hostname", NAME], "");
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(output.stdout.contains("TLSv1.3"), "{}", output.stdout);
    for version in ["-tls1_2", "-tls1_1", "-tls1"] {
        let output = connect(&nginx, NAME, &[version, "-cipher", "ALL:@SECLEVEL=0"], "");
        assert_ne!(output.code, Some(0), "{version}: {}", output.all_output());
    }
    let other = connect(&nginx, "other.example.com", &["-tls1_3"], "");
    assert!(
        other.code != Some(0) && other.all_output().contains("unrecognized name"),
        "{}",
        other.all_output()
    );
}

#[test]
fn plain_http_redirects_and_hsts_keeps_clients_on_https() {
    let nginx = Nginx::start("127.0.0.1:9");
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"]);
    curl.args([
        "-H",
        &format!("Host: {NAME}"),
        &format!("http://127.0.0.1:{}/docs/?a=b", nginx.plain_port),
    ]);
    assert_eq!(run_ok(curl), format!("308 https://{NAME}/docs/?a=b"));
    let response = &nginx.send(&[Request::get("/")])[0];
    let hsts = response.header("strict-transport-security").unwrap();
    assert_eq!(hsts, "max-age=63072000; includeSubDomains");
}

fn openssl_ocsp(arguments: &[&Path]) {
    let mut ocsp = Command::new("openssl");
    ocsp.arg("ocsp").args(arguments);
    run_ok(ocsp);
}

/// The answer of the authority: the certificate is valid.
fn sign_answer(authority: &CertificateAuthority, certificate: &Path, folder: &Path) -> Vec<u8> {
    let mut serial = Command::new("openssl");
    serial.args(["x509", "-noout", "-serial", "-in"]).arg(certificate);
    let serial = run_ok(serial).trim().trim_start_matches("serial=").to_owned();
    let (index, ca) = (folder.join("index.txt"), authority.root_certificate());
    fs::write(&index, format!("V\t491231235959Z\t\t{serial}\tunknown\t/CN={NAME}\n")).unwrap();
    let (question, answer, key) =
        (folder.join("question"), folder.join("answer"), ca.with_extension("key"));
    let flag = Path::new;
    openssl_ocsp(&[
        flag("-no_nonce"),
        flag("-issuer"),
        &ca,
        flag("-cert"),
        certificate,
        flag("-reqout"),
        &question,
    ]);
    openssl_ocsp(&[
        flag("-ndays"),
        flag("1"),
        flag("-index"),
        &index,
        flag("-rsigner"),
        &ca,
        flag("-rkey"),
        &key,
        flag("-CA"),
        &ca,
        flag("-reqin"),
        &question,
        flag("-respout"),
        &answer,
    ]);
    fs::read(answer).unwrap()
}

#[test]
fn the_proof_of_validity_is_stapled() {
    let (authority, folder) = (CertificateAuthority::new(), tempfile::tempdir().unwrap());
    let answer: Arc<Mutex<Vec<u8>>> = Arc::default();
    let responder = WebServer::start_with({
        let answer = Arc::clone(&answer);
        move |_| {
            let headers = vec![("Content-Type", "application/ocsp-response".to_owned())];
            Some(Reply::Response { status: 200, headers, body: answer.lock().unwrap().clone() })
        }
    });
    let names = format!("DNS:{NAME}\nauthorityInfoAccess=OCSP;URI:http://{}/", responder.address);
    let certificate = authority.sign(NAME, &names);
    *answer.lock().unwrap() = sign_answer(&authority, &certificate.certificate, folder.path());
    let nginx = Nginx::start_with("127.0.0.1:9", authority, &certificate, &[]);
    // nginx asks the responder at the first handshake and staples the answer from then on.
    let answer = wait_for("the stapled answer", 30, || {
        let output = connect(&nginx, NAME, &["-status"], "");
        output.stdout.contains("OCSP Response Status: successful").then_some(output.stdout)
    });
    assert!(answer.contains("Cert Status: good"), "{answer}");
}

#[test]
fn the_configuration_names_no_older_protocol() {
    let mut protocols = Vec::new();
    for name in ["nginx.conf", "site.conf"] {
        let file = crate::helm::repository().join("deploy/nginx").join(name);
        let text = fs::read_to_string(file).unwrap();
        let lines = text.lines().map(str::trim).filter(|line| line.starts_with("ssl_protocols"));
        protocols.extend(lines.map(|line| format!("{name}: {line}")));
    }
    assert_eq!(protocols, ["nginx.conf: ssl_protocols TLSv1.3;"]);
}
