//! `sslmode`.

use std::fmt;
use std::str::FromStr;

use tokio_postgres::config::SslMode;

/// How much of TLS a connection asks for, as libpq names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Disable,
    /// Without TLS, and with it where the server refuses that.
    Allow,
    /// With TLS, and without it where that fails.
    Prefer,
    /// With TLS; the certificate is verified only where there are certificate authorities.
    Require,
    /// The certificate comes from a trusted authority.
    VerifyCa,
    /// And it is for the host that was named.
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
    /// What is tried first, and what where that fails.
    pub fn attempts(self) -> (SslMode, Option<SslMode>) {
        match self {
            Mode::Disable => (SslMode::Disable, None),
            Mode::Allow => (SslMode::Disable, Some(SslMode::Require)),
            Mode::Prefer => (SslMode::Prefer, Some(SslMode::Disable)),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (SslMode::Require, None),
        }
    }

    /// Whether a server must prove who it is.
    pub fn verifies(self) -> bool {
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
