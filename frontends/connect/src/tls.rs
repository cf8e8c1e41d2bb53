//! TLS settings: trusted server certificates and the client certificate.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::mode::Mode;

/// Makes ring the default TLS provider of the process, for clients such as reqwest that do not set one.
pub fn install_crypto_provider() {
    // Fails if a provider is installed already. It is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The settings `sslmode`, `sslrootcert`, `sslcert` and `sslkey`. The files are read for each connection,
/// so renewed certificates need no restart.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    pub mode: Mode,
    pub roots: Roots,
    pub identity: Option<Identity>,
}

/// The trusted certificate authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// None. Modes that require verification fail; others trust every server.
    None,
    /// The certificate authorities of the operating system.
    System,
    File(PathBuf),
}

/// The client certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {setting} {}: {reason}", file.display())]
    File { setting: &'static str, file: PathBuf, reason: String },

    #[error(
        "sslkey {} is readable by other users (mode {mode:04o}); the mode must be 0600 or stricter, \
         or 0640 if root owns the file: chmod 0600 {0}", file.display()
    )]
    KeyPermissions { file: PathBuf, mode: u32 },

    #[error(
        "sslmode={0} needs certificate authorities to verify the server: set sslrootcert \
         (PGSSLROOTCERT) to their file, put the file at ~/.postgresql/root.crt, or use those of the \
         operating system with sslrootcert=system"
    )]
    NoRoots(Mode),

    #[error("cannot read the certificate authorities of the operating system: {0}")]
    NoSystemRoots(String),

    #[error("cannot set up TLS: {0}")]
    Setup(#[from] Error),
}

impl TlsSettings {
    /// Settings for connections without TLS.
    pub fn plain() -> TlsSettings {
        TlsSettings { mode: Mode::Disable, roots: Roots::None, identity: None }
    }

    /// Settings that trust every server.
    pub fn unverified() -> TlsSettings {
        TlsSettings { mode: Mode::Require, roots: Roots::None, identity: None }
    }

    /// Builds the rustls configuration.
    pub fn client_config(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = ServerVerifier {
            roots: self.read_roots()?,
            verifies_name: self.mode == Mode::VerifyFull,
            provider: provider.clone(),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let (chain, key) = identity.read()?;
                builder.with_client_auth_cert(chain, key)?
            }
        };
        // PostgreSQL 17 and later require ALPN with sslnegotiation=direct.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(config)
    }

    fn read_roots(&self) -> Result<Option<TrustedRoots>, TlsError> {
        let certificates = match &self.roots {
            Roots::None if self.mode.requires_verification() => {
                return Err(TlsError::NoRoots(self.mode));
            }
            Roots::None => return Ok(None),
            Roots::System => system_certificates()?,
            Roots::File(file) => read_certificates("sslrootcert", file)?,
        };
        let mut store = RootCertStore::empty();
        // Skips system certificates in formats that rustls does not support.
        store.add_parsable_certificates(certificates.iter().cloned());
        Ok(Some(TrustedRoots { store, certificates }))
    }
}

fn system_certificates() -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let reason = found.errors.first().map_or("none found".to_owned(), ToString::to_string);
        return Err(TlsError::NoSystemRoots(reason));
    }
    Ok(found.certs)
}

fn read_certificates(
    setting: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |reason: String| TlsError::File { setting, file: file.to_owned(), reason };
    let result = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates: Vec<_> = result.map_err(|error| failed(describe_pem_error(error)))?;
    if certificates.is_empty() {
        return Err(failed("it contains no certificate in PEM format".to_owned()));
    }
    Ok(certificates)
}

fn describe_pem_error(error: pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.to_string(),
        pem::Error::NoItemsFound => "it contains no matching item in PEM format".to_owned(),
        other => format!("it is not valid PEM: {other}"),
    }
}

type CertifiedKey = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Identity {
    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let failed = |reason: String| {
            let file = self.key.clone();
            TlsError::File { setting: "sslkey", file, reason }
        };
        let chain = read_certificates("sslcert", &self.certificate)?;
        check_key_mode(&self.key)?;
        let text = fs::read(&self.key).map_err(|error| failed(error.to_string()))?;
        if text.windows(9).any(|window| window == b"ENCRYPTED") {
            return Err(failed(
                "encrypted keys are not supported; decrypt it with: openssl pkey".into(),
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(&text);
        Ok((chain, key.map_err(|error| failed(describe_pem_error(error)))?))
    }
}

/// Checks the file mode of the key with libpq's rules.
fn check_key_mode(file: &Path) -> Result<(), TlsError> {
    let failed = |error: io::Error| TlsError::File {
        setting: "sslkey",
        file: file.into(),
        reason: error.to_string(),
    };
    let metadata = fs::metadata(file).map_err(failed)?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    let mode = metadata.mode() & 0o777;
    match mode & forbidden {
        0 => Ok(()),
        _ => Err(TlsError::KeyPermissions { file: file.into(), mode }),
    }
}

#[derive(Debug)]
struct TrustedRoots {
    store: RootCertStore,
    certificates: Vec<CertificateDer<'static>>,
}

/// Verifies the server's certificate as the mode requires.
#[derive(Debug)]
struct ServerVerifier {
    /// If `None`, every server is trusted.
    roots: Option<TrustedRoots>,
    verifies_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let certificate = ParsedCertificate::try_from(end_entity)?;
        // Like libpq, accept a self-signed certificate that is itself in the list, even if it is marked
        // as an authority, which webpki rejects.
        if trusted.certificates.contains(end_entity) {
            check_validity(end_entity, now)?;
        } else {
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &trusted.store,
                intermediates,
                now,
                algorithms,
            )?;
        }
        if self.verifies_name {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn check_validity(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let parsed = Certificate::from_der(certificate)
        .map_err(|_| Error::from(CertificateError::BadEncoding))?;
    let validity = parsed.tbs_certificate.validity;
    let seconds = now.as_secs();
    if seconds < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if seconds > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}
