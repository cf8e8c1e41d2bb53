//! Ed25519 keys in PEM, as `openssl genpkey -algorithm ed25519` writes them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::failure::Failure;

/// The DER prefixes before the 32 key bytes: PKCS#8 for the private key, X.509 for the public key.
const PRIVATE_PREFIX: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
const PUBLIC_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

pub struct PrivateKey(Ed25519KeyPair);

pub struct PublicKey(UnparsedPublicKey<Vec<u8>>);

impl PrivateKey {
    /// Reads a key. Fails if other users can read the file.
    pub fn read(file: &Path) -> Result<PrivateKey, Failure> {
        let invalid = |reason: String| invalid_key("private key", file, &reason);
        let mode = fs::metadata(file).map_err(|e| invalid(e.to_string()))?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(invalid(format!(
                "other users can read it (mode {mode:04o}); run chmod 0600 {}",
                file.display()
            )));
        }
        let der = read_pem(file, "PRIVATE KEY").map_err(invalid)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        pair.map(PrivateKey).map_err(|_| invalid("it is not an Ed25519 key".to_owned()))
    }

    /// The signature in base64.
    pub fn sign(&self, text: &[u8]) -> String {
        STANDARD.encode(self.0.sign(text))
    }
}

impl PublicKey {
    pub fn read(file: &Path) -> Result<PublicKey, Failure> {
        let invalid = |reason: String| invalid_key("public key", file, &reason);
        let der = read_pem(file, "PUBLIC KEY").map_err(invalid)?;
        let key = der.strip_prefix(&PUBLIC_PREFIX).filter(|key| key.len() == 32);
        let key = key.ok_or_else(|| invalid("it is not an Ed25519 key".to_owned()))?;
        Ok(PublicKey(UnparsedPublicKey::new(&ED25519, key.to_vec())))
    }

    pub fn is_valid_signature(&self, text: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|bytes| self.0.verify(text, &bytes).is_ok())
    }
}

fn invalid_key(kind: &str, file: &Path, reason: &str) -> Failure {
    Failure::Usage(format!("cannot use the {kind} {}: {reason}", file.display()))
}

/// Generates a key pair. Returns the file of the public key.
pub fn generate_key_pair(file: &Path) -> Result<PathBuf, Failure> {
    let mut public_file = file.as_os_str().to_owned();
    public_file.push(".pub");
    let public_file = PathBuf::from(public_file);
    let failed = |e: String| Failure::Other(format!("cannot generate a key: {e}"));
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).map_err(|e| failed(e.to_string()))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|e| failed(e.to_string()))?;
    let private = [&PRIVATE_PREFIX[..], &seed[..]].concat();
    let public = [&PUBLIC_PREFIX[..], pair.public_key().as_ref()].concat();
    write_pem(file, 0o600, "PRIVATE KEY", &private)?;
    write_pem(&public_file, 0o644, "PUBLIC KEY", &public)?;
    Ok(public_file)
}

fn write_pem(file: &Path, mode: u32, label: &str, der: &[u8]) -> Result<(), Failure> {
    let text =
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der));
    let opened = File::options().write(true).create_new(true).mode(mode).open(file);
    let written = opened.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!(
            "{} already exists\nhint: Keys are never overwritten. Use another file name or remove \
             the file first.",
            file.display()
        )),
        _ => Failure::Other(format!("cannot write {}: {error}", file.display())),
    })
}

fn read_pem(file: &Path, label: &str) -> Result<Vec<u8>, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let body = text
        .split_once(&format!("-----BEGIN {label}-----"))
        .and_then(|(_, rest)| rest.split_once(&format!("-----END {label}-----")))
        .map(|(body, _)| body.split_whitespace().collect::<String>());
    let body = body.ok_or_else(|| format!("it contains no {label} in PEM format"))?;
    STANDARD.decode(body).map_err(|error| format!("it is not valid PEM: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_pair_signs_and_verifies_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let public = generate_key_pair(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        let (private, public) =
            (PrivateKey::read(&file).unwrap(), PublicKey::read(&public).unwrap());
        let signature = private.sign(b"head");
        assert!(public.is_valid_signature(b"head", &signature));
        assert!(!public.is_valid_signature(b"heads", &signature));
        assert!(!public.is_valid_signature(b"head", "AAAA"));
        let error = generate_key_pair(&file).unwrap_err().to_string();
        assert!(error.contains("never overwritten"), "{error}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let error = PrivateKey::read(&file).err().unwrap().to_string();
        assert!(error.contains("mode 0640"), "{error}");
    }

    #[test]
    fn a_file_without_a_key_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").unwrap();
        assert!(PublicKey::read(&file).err().unwrap().to_string().contains("not an Ed25519 key"));
        fs::write(&file, "nothing").unwrap();
        assert!(PublicKey::read(&file).err().unwrap().to_string().contains("no PUBLIC KEY"));
    }
}
