//! All settings of a connection, from wherever they come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::SettingsError;
use crate::conninfo::{self, Pairs};
use crate::environment::{self, REFUSED, VARIABLES, Variable};
use crate::mode::Mode;
use crate::tls::{Identity, Roots, TlsSettings};

/// Where libpq looks for a socket, Debian's folder first.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Read here; everything else goes to tokio-postgres.
const OURS: [&str; 7] =
    ["service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout"];

/// What tokio-postgres reads.
const THEIRS: [&str; 17] = [
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

/// Of no consequence here; strings that libpq's tools share may hold them.
const IGNORED: [&str; 6] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "sslcompression",
];

/// What holds where nobody says anything else.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    pub application_name: &'a str,
    pub dbname: &'a str,
    /// None: the name of the user in the operating system.
    pub user: Option<&'a str>,
}

/// How to reach a database.
#[derive(Clone)]
pub struct Settings {
    config: Config,
    tls: TlsSettings,
}

/// Keywords and their values.
struct Values(BTreeMap<String, String>);

impl Settings {
    /// What a connection string says, completed by a service file, by libpq's environment variables,
    /// by the password file and by defaults.
    pub fn read(
        text: Option<&str>,
        variable: Variable,
        defaults: Defaults,
    ) -> Result<Settings, SettingsError> {
        let mut values = Values::read(text.unwrap_or_default(), variable)?;
        values.complete(variable, defaults);
        let tls = values.tls(variable)?;
        if tls.mode.verifies() {
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

    /// As libpq has it, TLS is for the network alone.
    pub(crate) fn attempts(&self) -> (SslMode, Option<SslMode>) {
        let is_local = |host: &Host| matches!(host, Host::Unix(_));
        let hosts = self.config.get_hosts();
        if self.config.get_hostaddrs().is_empty() && hosts.iter().all(is_local) {
            return (SslMode::Disable, None);
        }
        self.tls.mode.attempts()
    }

    /// What is connected to, without any secret.
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

    /// The settings by keyword, without any secret.
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
    /// The connection string, then the service that it or the environment names, then the environment.
    fn read(text: &str, variable: Variable) -> Result<Values, SettingsError> {
        let mut values = Values(BTreeMap::new());
        values.add(conninfo::parse(text)?, true)?;
        if let Some(name) = values.take("service").or_else(|| variable("PGSERVICE")) {
            values.add(environment::service(&name, variable)?, false)?;
        }
        if let Some(name) = REFUSED.into_iter().find(|name| variable(name).is_some()) {
            return Err(SettingsError::Refused { name });
        }
        for (key, name) in VARIABLES {
            if let Some(value) = variable(name) {
                values.default(key, value);
            }
        }
        Ok(values)
    }

    /// Of what is said twice in a string the last counts.
    fn add(&mut self, pairs: Pairs, replaces: bool) -> Result<(), SettingsError> {
        for (key, value) in pairs {
            let key = if key == "keepalives_count" { "keepalives_retries".to_owned() } else { key };
            let name = key.as_str();
            if IGNORED.contains(&name) {
                continue;
            }
            if !OURS.contains(&name) && !THEIRS.contains(&name) {
                return Err(SettingsError::Unknown { name: key });
            }
            if replaces {
                self.0.insert(key, value);
            } else {
                self.default(&key, value);
            }
        }
        Ok(())
    }

    /// An empty value counts as none, as with libpq.
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn take(&mut self, key: &str) -> Option<String> {
        self.0.remove(key).filter(|value| !value.is_empty())
    }

    fn default(&mut self, key: &str, value: impl Into<String>) {
        if self.get(key).is_none() {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    fn complete(&mut self, variable: Variable, defaults: Defaults) {
        // With an address alone TLS would have no name to verify.
        let host = self.get("hostaddr").map_or_else(default_host, str::to_owned);
        self.default("host", host);
        self.default("port", "5432");
        self.default("dbname", defaults.dbname);
        self.default("application_name", defaults.application_name);
        if let Some(user) = defaults.user {
            self.default("user", user);
        }
        if let Some(password) = self.stored_password(variable) {
            self.default("password", password);
        }
    }

    fn stored_password(&self, variable: Variable) -> Option<String> {
        let file = self.get("passfile").map(PathBuf::from);
        let file = file.or_else(|| Some(Path::new(&variable("HOME")?).join(".pgpass")))?;
        let host = self.get("host").filter(|host| !SOCKET_FOLDERS.contains(host));
        let user = self.get("user").map(str::to_owned).or_else(|| variable("USER"))?;
        let connection =
            [host.unwrap_or("localhost"), self.get("port")?, self.get("dbname")?, &user];
        environment::password(&file, connection)
    }

    fn tls(&self, variable: Variable) -> Result<TlsSettings, SettingsError> {
        let is_system = self.get("sslrootcert") == Some("system");
        let mode = match self.get("sslmode") {
            None if is_system => Mode::VerifyFull,
            None => Mode::Prefer,
            Some(text) => text.parse().map_err(|()| SettingsError::Value {
                name: "sslmode".to_owned(),
                value: text.to_owned(),
                allowed: "disable, allow, prefer, require, verify-ca, verify-full",
            })?,
        };
        if is_system && mode != Mode::VerifyFull {
            return Err(SettingsError::WeakSystemRoots { mode });
        }
        let existing =
            |name| environment::default_file(variable, name).filter(|file| file.exists());
        let roots = match self.get("sslrootcert") {
            Some("system") => Roots::System,
            // libpq goes on without a file that is missing where it need not verify.
            Some(file) if mode.verifies() || Path::new(file).exists() => Roots::File(file.into()),
            Some(_) => Roots::None,
            None => existing("root.crt").map_or(Roots::None, Roots::File),
        };
        let certificate =
            self.get("sslcert").map(PathBuf::from).or_else(|| existing("postgresql.crt"));
        let key = self.get("sslkey").map(PathBuf::from);
        let key = key.or_else(|| environment::default_file(variable, "postgresql.key"));
        let identity = certificate.zip(key).map(|(certificate, key)| Identity { certificate, key });
        Ok(TlsSettings { mode, roots, identity })
    }

    fn config(&self) -> Result<Config, SettingsError> {
        let theirs = THEIRS.iter().filter_map(|key| Some((*key, self.get(key)?)));
        let config = conninfo::join(theirs).parse::<Config>();
        config.map_err(|error| {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            SettingsError::ConnectionString(why.unwrap_or_else(|| error.to_string()))
        })
    }

    /// As libpq has it, 0 and less wait as long as it takes.
    fn connect_timeout(&self) -> Result<Duration, SettingsError> {
        let Some(text) = self.get("connect_timeout") else { return Ok(CONNECT_TIMEOUT) };
        let wrong = |_| SettingsError::Value {
            name: "connect_timeout (PGCONNECT_TIMEOUT)".to_owned(),
            value: text.to_owned(),
            allowed: "a whole number of seconds",
        };
        let seconds: i32 = text.trim().parse().map_err(wrong)?;
        const FOREVER: Duration = Duration::from_secs(365 * 86_400);
        Ok(u64::try_from(seconds).ok().filter(|s| *s > 0).map_or(FOREVER, Duration::from_secs))
    }
}

fn default_host() -> String {
    let folder =
        SOCKET_FOLDERS.iter().find(|folder| Path::new(folder).join(".s.PGSQL.5432").exists());
    folder.map_or("localhost", |folder| *folder).to_owned()
}

#[cfg(test)]
mod tests;
