//! Test certificates made with openssl, valid for one day.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::run_ok;

/// A certificate authority and a folder for the certificates that it signs.
pub struct CertificateAuthority {
    folder: TempDir,
}

/// Paths of a certificate and its key in PEM format.
#[derive(Clone)]
pub struct Certificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl CertificateAuthority {
    pub fn new() -> CertificateAuthority {
        let authority = CertificateAuthority { folder: tempfile::tempdir().unwrap() };
        make_self_signed(&authority.path("ca"), "/CN=test authority", &[]);
        authority
    }

    pub fn root_certificate(&self) -> PathBuf {
        self.path("ca.crt")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Signs a certificate. `alternative` is a subject alternative name such as `DNS:db.test`.
    pub fn sign(&self, common_name: &str, alternative: &str) -> Certificate {
        let path = |extension: &str| self.path(&format!("{common_name}.{extension}"));
        fs::write(path("ext"), format!("subjectAltName={alternative}\n")).unwrap();
        let mut request = openssl(&["req", "-new"]);
        request_new_key(&mut request, &path("key")).arg("-out").arg(path("csr"));
        request.args(["-subj", &format!("/CN={common_name}")]);
        run_ok(request);
        let mut sign = openssl(&["x509", "-req", "-CAcreateserial", "-days", "1"]);
        sign.arg("-in").arg(path("csr")).arg("-CA").arg(self.root_certificate());
        sign.arg("-CAkey").arg(self.path("ca.key"));
        sign.arg("-extfile").arg(path("ext")).arg("-out").arg(path("crt"));
        run_ok(sign);
        Certificate { certificate: path("crt"), key: path("key") }
    }

    /// Makes a self-signed certificate that is marked as an authority, like the one in PostgreSQL's manual.
    pub fn make_self_signed(&self, name: &str) -> Certificate {
        let alternative = format!("subjectAltName=DNS:{name}");
        let subject = format!("/CN={name}");
        make_self_signed(&self.path("self"), &subject, &["-addext", &alternative]);
        Certificate { certificate: self.path("self.crt"), key: self.path("self.key") }
    }
}

impl Default for CertificateAuthority {
    fn default() -> CertificateAuthority {
        CertificateAuthority::new()
    }
}

fn make_self_signed(path: &Path, subject: &str, extra_arguments: &[&str]) {
    let mut command = openssl(&["req", "-x509", "-days", "1", "-subj", subject]);
    request_new_key(&mut command, &path.with_extension("key"));
    command.args(extra_arguments).arg("-out").arg(path.with_extension("crt"));
    run_ok(command);
}

fn request_new_key<'a>(command: &'a mut Command, file: &Path) -> &'a mut Command {
    command.args([
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
    ]);
    command.arg(file)
}

fn openssl(arguments: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(arguments);
    command
}
