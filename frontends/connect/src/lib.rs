//! How the command line and the service reach the database: settings as libpq has them, TLS, and the
//! schema of the extension.
//!
//! tokio-postgres reads neither libpq's environment variables nor most of its `sslmode`s, and leaves
//! TLS to others.

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

pub use environment::{Variable, variable};
pub use mode::Mode;
pub use privileges::role_that_may;
pub use search_path::{Extension, SET_SEARCH_PATH, find_extension};
pub use settings::{Defaults, Settings};
pub use tls::{TlsError, install_crypto_provider};
use tls::TlsSettings;

/// What the bytes of a connection pass through.
pub type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A client, and the connection that somebody has to drive.
pub type Connected = (Client, Connection<Socket, Stream>);

/// Connection settings that cannot be used. Values are named only where they are no secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the connection string cannot be read: {0}")]
    ConnectionString(String),

    #[error("{name} is {value:?}; allowed: {allowed}")]
    Value { name: String, value: String, allowed: &'static str },

    #[error("the connection setting {name:?} is not supported: leave it out")]
    Unknown { name: String },

    #[error("{name} is set, which cannot be honoured here: unset it")]
    Refused { name: &'static str },

    #[error(
        "sslrootcert=system needs sslmode=verify-full, got {mode}: anybody can get a certificate \
         from a public authority"
    )]
    WeakSystemRoots { mode: Mode },

    #[error("service {name:?} is in no service file (PGSERVICEFILE, ~/.pg_service.conf)")]
    NoService { name: String },

    #[error("{} has a line that is not keyword=value", file.display())]
    ServiceFile { file: PathBuf },

    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Makes TLS connections; where its files cannot be read, each fails and says so.
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
    /// Connects, with and without TLS as far as `sslmode` allows.
    pub async fn connect(&self) -> Result<Connected, Error> {
        let (first, second) = self.attempts();
        let error = match self.connect_as(first).await {
            Ok(connected) => return Ok(connected),
            Err(error) => error,
        };
        match second {
            Some(mode) if may_help(&error) => self.connect_as(mode).await.map_err(|last| {
                // Why TLS failed says more than that the server insists on it.
                if mode == SslMode::Disable { error } else { last }
            }),
            _ => Err(error),
        }
    }

    async fn connect_as(&self, mode: SslMode) -> Result<Connected, Error> {
        let mut config = self.config().clone();
        config.ssl_mode(mode);
        let plain = TlsSettings::plain();
        // What goes without TLS needs none of its files.
        let tls = if mode == SslMode::Disable { &plain } else { self.tls() };
        config.connect(Connector::new(tls)).await
    }

    /// Asks the server to cancel what a connection is doing, over TLS where the connection is.
    pub async fn cancel(&self, token: &CancelToken) -> Result<(), Error> {
        token.cancel_query(Connector::new(self.tls())).await
    }
}

/// Asks the server to cancel what a connection is doing, over TLS where the connection is. Where its
/// settings are not at hand the server is not verified: whoever stands between learns a number that can
/// cancel a statement and nothing else, which libpq sends in the clear.
pub async fn cancel(token: &CancelToken) -> Result<(), Error> {
    token.cancel_query(Connector::new(&TlsSettings::unverified())).await
}

/// Whether a connection that failed with TLS may work without it, or the other way round.
fn may_help(error: &Error) -> bool {
    // No line of pg_hba.conf fits. A wrong password is not sent twice.
    is_tls_failure(error) || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

/// Whether TLS could not be set up, which trying again does not change.
pub fn is_tls_failure(error: &Error) -> bool {
    // The kinds of error are not public; its text is.
    error.as_db_error().is_none() && error.to_string().starts_with("error performing TLS handshake")
}

/// What to do about a server that TLS does not trust, or that does not know TLS.
pub fn tls_hint(error: &Error) -> Option<&'static str> {
    if !is_tls_failure(error) {
        return None;
    }
    match rustls_error(error) {
        Some(rustls::Error::InvalidCertificate(why)) => Some(certificate_hint(why)),
        // An alert is all that a server says of a client certificate which it refuses or misses.
        Some(rustls::Error::AlertReceived(_)) => Some(
            "The server refused the handshake; where it wants a client certificate, name it with \
             sslcert and sslkey.",
        ),
        None if error.source().is_some_and(is_without_tls) => Some(
            "Turn on ssl in the server's configuration, or allow a connection without TLS in a \
             trusted network: sslmode=prefer or disable.",
        ),
        _ => None,
    }
}

/// Whether the server knows no TLS, of which tokio-postgres has no type of its own.
fn is_without_tls(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().contains("does not support TLS")
}

fn certificate_hint(why: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError as Why;
    match why {
        // Another authority of the same name.
        Why::UnknownIssuer | Why::BadSignature => {
            "None of the certificate authorities in sslrootcert has signed the server's \
             certificate: name the right file, or sslrootcert=system for a public authority."
        }
        Why::NotValidForName | Why::NotValidForNameContext { .. } => {
            "The certificate is for another host: connect by a name in its subjectAltName (the \
             common name does not count), or verify less with sslmode=verify-ca."
        }
        Why::Expired | Why::ExpiredContext { .. } => {
            "The server's certificate has expired: have it renewed."
        }
        _ => "The server's certificate cannot be accepted: have it made anew.",
    }
}

fn rustls_error(error: &Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        // An io::Error hides what it wraps from source().
        let inner = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let found = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if found.is_some() {
            return found;
        }
        cause = error.source();
    }
    None
}
