//! TLS as `sslmode` wants it: which certificates of a server are trusted, and which is our own.

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

/// Makes ring the provider of every TLS client of the process that names none, such as reqwest's.
pub fn install_crypto_provider() {
    // Fails where a provider is installed already, which is then the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// What `sslmode`, `sslrootcert`, `sslcert` and `sslkey` say. The files are read for each
/// connection, so that renewed certificates count without a restart.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    pub mode: Mode,
    pub roots: Roots,
    pub identity: Option<Identity>,
}

/// Whose signature on a server's certificate counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// No file: a mode that verifies is refused, any other trusts every server.
    None,
    /// The certificate authorities of the operating system.
    System,
    File(PathBuf),
}

/// The client's own certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {what} {}: {why}", file.display())]
    File { what: &'static str, file: PathBuf, why: String },

    #[error(
        "sslkey {} can be read by others (mode {mode:04o}); it must be 0600 or stricter, or 0640 \
         where it belongs to root: chmod 0600 {0}", file.display()
    )]
    OpenKey { file: PathBuf, mode: u32 },

    #[error(
        "sslmode={0} needs certificate authorities to verify the server with: name their file with \
         sslrootcert (PGSSLROOTCERT), put it at ~/.postgresql/root.crt, or use those of the \
         operating system with sslrootcert=system"
    )]
    NoRoots(Mode),

    #[error("the operating system has no readable certificate authorities: {0}")]
    NoSystemRoots(String),

    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] Error),
}

impl TlsSettings {
    /// For connections that do not use it.
    pub fn plain() -> TlsSettings {
        TlsSettings { mode: Mode::Disable, roots: Roots::None, identity: None }
    }

    /// Trusts every server.
    pub fn unverified() -> TlsSettings {
        TlsSettings { mode: Mode::Require, roots: Roots::None, identity: None }
    }

    /// What a handshake is to be done with.
    pub fn client_config(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = ServerVerifier {
            roots: self.trusted()?,
            checks_name: self.mode == Mode::VerifyFull,
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
        // Servers from version 17 on insist on it where TLS comes first (sslnegotiation=direct).
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(config)
    }

    fn trusted(&self) -> Result<Option<Trusted>, TlsError> {
        let certificates = match &self.roots {
            Roots::None if self.mode.verifies() => return Err(TlsError::NoRoots(self.mode)),
            Roots::None => return Ok(None),
            Roots::System => system_certificates()?,
            Roots::File(file) => read_certificates("sslrootcert", file)?,
        };
        let mut store = RootCertStore::empty();
        // Of the system's some are of forms that rustls does not know.
        store.add_parsable_certificates(certificates.iter().cloned());
        Ok(Some(Trusted { store, certificates }))
    }
}

fn system_certificates() -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map_or("none found".to_owned(), ToString::to_string);
        return Err(TlsError::NoSystemRoots(why));
    }
    Ok(found.certs)
}

fn read_certificates(
    what: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |why: String| TlsError::File { what, file: file.to_owned(), why };
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let all: Vec<_> = read.map_err(|error| failed(pem_error(error)))?;
    if all.is_empty() { Err(failed("it holds no certificate in PEM".to_owned())) } else { Ok(all) }
}

fn pem_error(error: pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.to_string(),
        pem::Error::NoItemsFound => "it holds nothing of the kind in PEM".to_owned(),
        other => format!("it is not valid PEM: {other}"),
    }
}

type CertifiedKey = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Identity {
    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let failed = |why: String| TlsError::File { what: "sslkey", file: self.key.clone(), why };
        let chain = read_certificates("sslcert", &self.certificate)?;
        check_key_mode(&self.key)?;
        let text = fs::read(&self.key).map_err(|error| failed(error.to_string()))?;
        if text.windows(9).any(|window| window == b"ENCRYPTED") {
            return Err(failed(
                "it is encrypted, which is not supported; decrypt it with: openssl pkey".into(),
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(&text).map_err(|error| failed(pem_error(error)))?;
        Ok((chain, key))
    }
}

/// As libpq has it.
fn check_key_mode(file: &Path) -> Result<(), TlsError> {
    let failed =
        |why: io::Error| TlsError::File { what: "sslkey", file: file.into(), why: why.to_string() };
    let metadata = fs::metadata(file).map_err(failed)?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    let mode = metadata.mode() & 0o777;
    if mode & forbidden == 0 { Ok(()) } else { Err(TlsError::OpenKey { file: file.into(), mode }) }
}

#[derive(Debug)]
struct Trusted {
    store: RootCertStore,
    certificates: Vec<CertificateDer<'static>>,
}

/// Verifies as much of a server's certificate as the mode asks for.
#[derive(Debug)]
struct ServerVerifier {
    /// None: every server is trusted.
    roots: Option<Trusted>,
    checks_name: bool,
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
        // A certificate that signed itself counts where it is listed itself; as libpq has it, it
        // may be marked as an authority at the same time, which webpki does not allow.
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
        if self.checks_name {
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
