//! Collects the settings of a connection from all sources.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::SettingsError;
use crate::conninfo::{self, Pairs};
use crate::environment::{self, EnvLookup, UNSUPPORTED_VARIABLES, VARIABLES};
use crate::mode::Mode;
use crate::tls::{Identity, Roots, TlsSettings};

/// libpq's socket directories, Debian's first.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The keywords that this crate handles itself.
const OWN_KEYWORDS: [&str; 7] =
    ["service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout"];

/// The keywords that are passed to tokio-postgres.
const DRIVER_KEYWORDS: [&str; 17] = [
    "application_name",
    "channel_binding",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Keywords that have no effect here, but may occur in a connection string for libpq's tools.
const IGNORED_KEYWORDS: [&str; 6] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "sslcompression",
];

/// The defaults of a program.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    pub application_name: &'a str,
    pub dbname: &'a str,
    /// If `None`, the user name of the operating system is used.
    pub user: Option<&'a str>,
}

/// The complete settings of a connection.
#[derive(Clone)]
pub struct Settings {
    config: Config,
    tls: TlsSettings,
}

/// Keywords and their values.
struct Values(BTreeMap<String, String>);

impl Settings {
    /// Reads the settings from a connection string, then from the service file, the environment, the
    /// password file and the defaults.
    pub fn read(
        text: Option<&str>,
        env: EnvLookup,
        defaults: Defaults,
    ) -> Result<Settings, SettingsError> {
        let mut values = Values::read(text.unwrap_or_default(), env)?;
        values.add_defaults(env, defaults);
        let tls = values.tls(env)?;
        if tls.mode.requires_verification() {
            tls.client_config()?;
        }
        let mut config = values.config()?;
        config.connect_timeout(values.connect_timeout()?);
        Ok(Settings { config, tls })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    pub(crate) fn tls(&self) -> &TlsSettings {
        &self.tls
    }

    /// The TLS modes to try. Like libpq, does not use TLS on a socket.
    pub(crate) fn tls_attempts(&self) -> (SslMode, Option<SslMode>) {
        let is_local = |host: &Host| matches!(host, Host::Unix(_));
        let hosts = self.config.get_hosts();
        if self.config.get_hostaddrs().is_empty() && hosts.iter().all(is_local) {
            return (SslMode::Disable, None);
        }
        self.tls.mode.attempts()
    }

    /// Database and hosts for messages, without secrets.
    pub fn describe(&self) -> String {
        let ports = self.config.get_ports();
        let port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        let hosts = self.config.get_hosts().iter().enumerate().map(|(at, host)| match host {
            Host::Tcp(name) => format!("{name}:{}", port(at)),
            Host::Unix(folder) => format!("{}/.s.PGSQL.{}", folder.display(), port(at)),
        });
        let hosts = hosts.collect::<Vec<_>>().join(", ");
        format!("database {} at {hosts}", self.config.get_dbname().unwrap_or_default())
    }

    /// The settings by keyword, without secrets.
    pub fn redacted(&self) -> String {
        let config = &self.config;
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(folder) => folder.display().to_string(),
        });
        let ports = config.get_ports().iter().map(u16::to_string);
        format!(
            "host={} port={} user={} dbname={} sslmode={}",
            hosts.collect::<Vec<_>>().join(","),
            ports.collect::<Vec<_>>().join(","),
            config.get_user().unwrap_or_default(),
            config.get_dbname().unwrap_or_default(),
            self.tls.mode
        )
    }
}

impl Values {
    /// Reads the connection string, then the service that it or the environment names, then the
    /// environment.
    fn read(text: &str, env: EnvLookup) -> Result<Values, SettingsError> {
        let mut values = Values(BTreeMap::new());
        values.add(conninfo::parse(text)?, true)?;
        if let Some(name) = values.take("service").or_else(|| env("PGSERVICE")) {
            values.add(environment::read_service(&name, env)?, false)?;
        }
        if let Some(name) = UNSUPPORTED_VARIABLES.into_iter().find(|name| env(name).is_some()) {
            return Err(SettingsError::Unsupported { name });
        }
        for (key, name) in VARIABLES {
            if let Some(value) = env(name) {
                values.set_default(key, value);
            }
        }
        Ok(values)
    }

    /// Adds pairs. If `replace` is true, the last value of a repeated keyword wins.
    fn add(&mut self, pairs: Pairs, replace: bool) -> Result<(), SettingsError> {
        for (key, value) in pairs {
            let key = if key == "keepalives_count" { "keepalives_retries".to_owned() } else { key };
            let name = key.as_str();
            if IGNORED_KEYWORDS.contains(&name) {
                continue;
            }
            if !OWN_KEYWORDS.contains(&name) && !DRIVER_KEYWORDS.contains(&name) {
                return Err(SettingsError::Unknown { name: key });
            }
            if replace {
                self.0.insert(key, value);
            } else {
                self.set_default(&key, value);
            }
        }
        Ok(())
    }

    /// As in libpq, an empty value counts as unset.
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn take(&mut self, key: &str) -> Option<String> {
        self.0.remove(key).filter(|value| !value.is_empty())
    }

    fn set_default(&mut self, key: &str, value: impl Into<String>) {
        if self.get(key).is_none() {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    fn add_defaults(&mut self, env: EnvLookup, defaults: Defaults) {
        // TLS needs a host name to verify, so a lone hostaddr is also the host.
        let host = self.get("hostaddr").map_or_else(default_host, str::to_owned);
        self.set_default("host", host);
        self.set_default("port", "5432");
        self.set_default("dbname", defaults.dbname);
        self.set_default("application_name", defaults.application_name);
        if let Some(user) = defaults.user {
            self.set_default("user", user);
        }
        if let Some(password) = self.stored_password(env) {
            self.set_default("password", password);
        }
    }

    fn stored_password(&self, env: EnvLookup) -> Option<String> {
        let file = self.get("passfile").map(PathBuf::from);
        let file = file.or_else(|| Some(Path::new(&env("HOME")?).join(".pgpass")))?;
        let host = self.get("host").filter(|host| !SOCKET_FOLDERS.contains(host));
        let user = self.get("user").map(str::to_owned).or_else(|| env("USER"))?;
        let connection =
            [host.unwrap_or("localhost"), self.get("port")?, self.get("dbname")?, &user];
        environment::find_password(&file, connection)
    }

    fn tls(&self, env: EnvLookup) -> Result<TlsSettings, SettingsError> {
        let is_system = self.get("sslrootcert") == Some("system");
        let mode = match self.get("sslmode") {
            None if is_system => Mode::VerifyFull,
            None => Mode::Prefer,
            Some(text) => text.parse().map_err(|()| SettingsError::Value {
                name: "sslmode".to_owned(),
                value: text.to_owned(),
                allowed: "disable, allow, prefer, require, verify-ca or verify-full",
            })?,
        };
        if is_system && mode != Mode::VerifyFull {
            return Err(SettingsError::WeakSystemRoots { mode });
        }
        let existing = |name| environment::default_file(env, name).filter(|file| file.exists());
        let roots = match self.get("sslrootcert") {
            Some("system") => Roots::System,
            // Like libpq, ignores a missing file if no verification is required.
            Some(file) if mode.requires_verification() || Path::new(file).exists() => {
                Roots::File(file.into())
            }
            Some(_) => Roots::None,
            None => existing("root.crt").map_or(Roots::None, Roots::File),
        };
        let certificate =
            self.get("sslcert").map(PathBuf::from).or_else(|| existing("postgresql.crt"));
        let key = self.get("sslkey").map(PathBuf::from);
        let key = key.or_else(|| environment::default_file(env, "postgresql.key"));
        let identity = certificate.zip(key).map(|(certificate, key)| Identity { certificate, key });
        Ok(TlsSettings { mode, roots, identity })
    }

    fn config(&self) -> Result<Config, SettingsError> {
        let pairs = DRIVER_KEYWORDS.iter().filter_map(|key| Some((*key, self.get(key)?)));
        let config = conninfo::join(pairs).parse::<Config>();
        config.map_err(|error| {
            let reason = std::error::Error::source(&error).map(ToString::to_string);
            SettingsError::ConnectionString(reason.unwrap_or_else(|| error.to_string()))
        })
    }

    /// As in libpq, 0 and negative values mean no timeout.
    fn connect_timeout(&self) -> Result<Duration, SettingsError> {
        let Some(text) = self.get("connect_timeout") else { return Ok(CONNECT_TIMEOUT) };
        let invalid = |_| SettingsError::Value {
            name: "connect_timeout (PGCONNECT_TIMEOUT)".to_owned(),
            value: text.to_owned(),
            allowed: "a whole number of seconds",
        };
        let seconds: i32 = text.trim().parse().map_err(invalid)?;
        const NO_TIMEOUT: Duration = Duration::from_secs(365 * 86_400);
        Ok(u64::try_from(seconds).ok().filter(|s| *s > 0).map_or(NO_TIMEOUT, Duration::from_secs))
    }
}

fn default_host() -> String {
    let folder =
        SOCKET_FOLDERS.iter().find(|folder| Path::new(folder).join(".s.PGSQL.5432").exists());
    folder.map_or("localhost", |folder| *folder).to_owned()
}

#[cfg(test)]
mod tests;
