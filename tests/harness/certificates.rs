//! Certificates for tests, made by openssl, for a day.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::succeed;

/// A certificate authority with a folder for what it signs.
pub struct Authority {
    folder: TempDir,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub struct Certificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Authority {
        let authority = Authority { folder: tempfile::tempdir().unwrap() };
        make_self_signed(&authority.path("ca"), "/CN=authority of a test", &[]);
        authority
    }

    /// The certificate that signs.
    pub fn root(&self) -> PathBuf {
        self.path("ca.crt")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// For a name; `alternative` such as `DNS:db.test`.
    pub fn sign(&self, common_name: &str, alternative: &str) -> Certificate {
        let path = |extension: &str| self.path(&format!("{common_name}.{extension}"));
        fs::write(path("ext"), format!("subjectAltName={alternative}\n")).unwrap();
        let mut request = openssl(&["req", "-new"]);
        new_key(&mut request, &path("key")).arg("-out").arg(path("csr"));
        request.args(["-subj", &format!("/CN={common_name}")]);
        succeed(request);
        let mut sign = openssl(&["x509", "-req", "-CAcreateserial", "-days", "1"]);
        sign.arg("-in").arg(path("csr")).arg("-CA").arg(self.root());
        sign.arg("-CAkey").arg(self.path("ca.key"));
        sign.arg("-extfile").arg(path("ext")).arg("-out").arg(path("crt"));
        succeed(sign);
        Certificate { certificate: path("crt"), key: path("key") }
    }

    /// One that signed itself and is marked as an authority, as PostgreSQL's manual makes it.
    pub fn self_signed(&self, name: &str) -> Certificate {
        let alternative = format!("subjectAltName=DNS:{name}");
        let subject = format!("/CN={name}");
        make_self_signed(&self.path("self"), &subject, &["-addext", &alternative]);
        Certificate { certificate: self.path("self.crt"), key: self.path("self.key") }
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

fn make_self_signed(path: &Path, subject: &str, more: &[&str]) {
    let mut command = openssl(&["req", "-x509", "-days", "1", "-subj", subject]);
    new_key(&mut command, &path.with_extension("key"));
    command.args(more).arg("-out").arg(path.with_extension("crt"));
    succeed(command);
}

fn new_key<'a>(command: &'a mut Command, file: &Path) -> &'a mut Command {
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
