//! Database connections of the command line and the REST service: libpq's settings, TLS, and the schema
//! of the extension.
//!
//! tokio-postgres supports neither libpq's environment variables nor most of its `sslmode`s, and has no
//! TLS of its own.

#![forbid(unsafe_code)]

mod conninfo;
mod environment;
mod mode;
mod privileges;
mod search_path;
mod settings;
mod tls;

use std::convert::Infallible;
use std::error::Error as StdError;
use std::path::PathBuf;

use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, Client, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use environment::{EnvLookup, env_variable};
pub use mode::Mode;
pub use privileges::required_role;
pub use search_path::{Extension, SET_SEARCH_PATH, find_extension};
pub use settings::{Defaults, Settings};
use tls::TlsSettings;
pub use tls::{TlsError, install_crypto_provider};

/// The stream of a connection, with or without TLS.
pub type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A client and its connection, which the caller must poll.
pub type Connected = (Client, Connection<Socket, Stream>);

/// Invalid connection settings. Messages never contain secrets.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("invalid connection string: {0}")]
    ConnectionString(String),

    #[error("{name} must be {allowed}, got {value:?}")]
    Value { name: String, value: String, allowed: &'static str },

    #[error("the connection setting {name:?} is not supported: remove it")]
    Unknown { name: String },

    #[error("{name} is set but not supported: unset it")]
    Unsupported { name: &'static str },

    #[error(
        "sslrootcert=system needs sslmode=verify-full, got {mode}: anybody can get a certificate \
         from a public authority"
    )]
    WeakSystemRoots { mode: Mode },

    #[error("service {name:?} not found in the service files (PGSERVICEFILE, ~/.pg_service.conf)")]
    NoService { name: String },

    #[error("{}: every line of a service must be keyword=value", file.display())]
    ServiceFile { file: PathBuf },

    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Creates TLS connections. If its files cannot be read, each connection fails with that error.
#[derive(Clone)]
pub struct Connector(Result<MakeRustlsConnect, std::sync::Arc<TlsError>>);

impl Connector {
    pub(crate) fn new(settings: &TlsSettings) -> Connector {
        Connector(settings.client_config().map(MakeRustlsConnect::new).map_err(Into::into))
    }
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Stream;
    type TlsConnect = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
    type Error = std::sync::Arc<TlsError>;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, Self::Error> {
        let connector = self.0.as_mut().map_err(|error| error.clone())?;
        let made = MakeTlsConnect::<Socket>::make_tls_connect(connector, host);
        Ok(made.unwrap_or_else(|never: Infallible| match never {}))
    }
}

impl Settings {
    /// Connects with or without TLS, according to `sslmode`.
    pub async fn connect(&self) -> Result<Connected, Error> {
        let (first, second) = self.tls_attempts();
        let error = match self.connect_as(first).await {
            Ok(connected) => return Ok(connected),
            Err(error) => error,
        };
        match second {
            Some(mode) if can_retry(&error) => self.connect_as(mode).await.map_err(|last| {
                // The TLS failure says more than the server's refusal of a plain connection.
                if mode == SslMode::Disable { error } else { last }
            }),
            _ => Err(error),
        }
    }

    async fn connect_as(&self, mode: SslMode) -> Result<Connected, Error> {
        let mut config = self.config().clone();
        config.ssl_mode(mode);
        let plain = TlsSettings::plain();
        // Without TLS, its files are not read.
        let tls = if mode == SslMode::Disable { &plain } else { self.tls() };
        config.connect(Connector::new(tls)).await
    }

    /// Sends a cancel request with the TLS settings of the connection.
    pub async fn cancel(&self, token: &CancelToken) -> Result<(), Error> {
        token.cancel_query(Connector::new(self.tls())).await
    }
}

/// Sends a cancel request over TLS if the connection uses it, without the settings of the connection. The
/// server is not verified: an attacker in between only learns a number that can cancel a statement, which
/// libpq sends unencrypted.
pub async fn cancel(token: &CancelToken) -> Result<(), Error> {
    token.cancel_query(Connector::new(&TlsSettings::unverified())).await
}

/// Whether a connection that failed with TLS may work without it, or vice versa.
fn can_retry(error: &Error) -> bool {
    // No line of pg_hba.conf matches. A wrong password is not sent again.
    is_tls_failure(error) || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

/// Whether the TLS handshake failed. A retry does not help.
pub fn is_tls_failure(error: &Error) -> bool {
    // tokio-postgres does not expose the kind of an error, only its text.
    error.as_db_error().is_none() && error.to_string().starts_with("error performing TLS handshake")
}

/// A hint for a failed TLS handshake.
pub fn tls_hint(error: &Error) -> Option<&'static str> {
    if !is_tls_failure(error) {
        return None;
    }
    match rustls_error(error) {
        Some(rustls::Error::InvalidCertificate(reason)) => Some(certificate_hint(reason)),
        // A server that rejects or misses a client certificate sends only an alert.
        Some(rustls::Error::AlertReceived(_)) => Some(
            "The server rejected the handshake. If it requires a client certificate, set sslcert \
             and sslkey.",
        ),
        None if error.source().is_some_and(is_tls_unsupported) => Some(
            "Turn on ssl in the server's configuration. In a trusted network, you can connect \
             without TLS: sslmode=prefer or disable.",
        ),
        _ => None,
    }
}

/// Whether the server does not support TLS. tokio-postgres has no type for this error.
fn is_tls_unsupported(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().contains("does not support TLS")
}

fn certificate_hint(reason: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError as Why;
    match reason {
        // BadSignature: another authority with the same name.
        Why::UnknownIssuer | Why::BadSignature => {
            "No certificate authority in sslrootcert has signed the server's certificate: set the \
             right file, or sslrootcert=system for a public authority."
        }
        Why::NotValidForName | Why::NotValidForNameContext { .. } => {
            "The certificate is for another host: connect with a name in its subjectAltName (the \
             common name is ignored), or skip the host name check with sslmode=verify-ca."
        }
        Why::Expired | Why::ExpiredContext { .. } => {
            "The server's certificate has expired and must be renewed."
        }
        _ => "The server's certificate is invalid and must be replaced.",
    }
}

fn rustls_error(error: &Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        // source() of an io::Error skips the error that it wraps.
        let inner = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let found = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if found.is_some() {
            return found;
        }
        cause = error.source();
    }
    None
}
