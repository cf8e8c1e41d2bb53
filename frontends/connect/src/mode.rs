//! The setting `sslmode`.

use std::fmt;
use std::str::FromStr;

use tokio_postgres::config::SslMode;

/// The values of libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Disable,
    /// Without TLS first, then with TLS if the server requires it.
    Allow,
    /// With TLS first, then without TLS if that fails.
    Prefer,
    /// With TLS. The certificate is verified only if certificate authorities are configured.
    Require,
    /// The certificate must come from a trusted authority.
    VerifyCa,
    /// The certificate must also match the host name.
    VerifyFull,
}

const NAMES: [(Mode, &str); 6] = [
    (Mode::Disable, "disable"),
    (Mode::Allow, "allow"),
    (Mode::Prefer, "prefer"),
    (Mode::Require, "require"),
    (Mode::VerifyCa, "verify-ca"),
    (Mode::VerifyFull, "verify-full"),
];

impl Mode {
    /// The first attempt, and the second one if the first fails.
    pub fn attempts(self) -> (SslMode, Option<SslMode>) {
        match self {
            Mode::Disable => (SslMode::Disable, None),
            Mode::Allow => (SslMode::Disable, Some(SslMode::Require)),
            Mode::Prefer => (SslMode::Prefer, Some(SslMode::Disable)),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (SslMode::Require, None),
        }
    }

    /// Whether the server's certificate is always verified.
    pub fn requires_verification(self) -> bool {
        matches!(self, Mode::VerifyCa | Mode::VerifyFull)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(NAMES.iter().find(|(mode, _)| mode == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Mode {
    type Err = ();

    fn from_str(text: &str) -> Result<Mode, ()> {
        NAMES.iter().find(|(_, name)| *name == text).map(|(mode, _)| *mode).ok_or(())
    }
}
