//! Finds and reaches the database, as libpq's tools do.
//!
//! Without TLS: a local socket or a trusted network is assumed.

use std::env;
use std::future::poll_fn;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};

use crate::attempts::{ATTEMPTS, Attempts};
use crate::failure::{Failure, caused_by_io, server_message, with_causes};
use crate::terminal::Terminal;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where libpq looks for a socket, Debian's place first.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Connects, and shows what the server says from then on.
pub async fn connect(dsn: Option<&str>, terminal: &Terminal) -> Result<Client, Failure> {
    connect_within(ATTEMPTS, dsn, terminal).await
}

/// Hears of each notification of the channels that are listened to.
pub type Heard = UnboundedReceiver<()>;

/// Connects for `LISTEN`.
pub async fn connect_listening(
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(Client, Heard), Failure> {
    let (ring, heard) = unbounded_channel();
    Ok((connect_with(ATTEMPTS, dsn, terminal, Some(ring)).await?, heard))
}

/// Connects in so many attempts at most.
pub async fn connect_within(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<Client, Failure> {
    connect_with(attempts, dsn, terminal, None).await
}

async fn connect_with(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
    ring: Option<UnboundedSender<()>>,
) -> Result<Client, Failure> {
    let config = configure(dsn, |name| env::var(name).ok().filter(|v| !v.is_empty()))
        .map_err(Failure::Usage)?;
    let client = reach(&config, Attempts::first_of(attempts), terminal, ring).await?;
    // Lets the server notice in the midst of a long statement that nobody waits for it any
    // more; a server that cannot do this is no reason not to load.
    let _ = client.batch_execute("SET client_connection_check_interval = '10s'").await;
    Ok(client)
}

async fn reach(
    config: &Config,
    mut attempts: Attempts,
    terminal: &Terminal,
    ring: Option<UnboundedSender<()>>,
) -> Result<Client, Failure> {
    loop {
        let error = match config.connect(NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(listen(connection, terminal.clone(), ring));
                return Ok(client);
            }
            Err(error) => error,
        };
        if !passing(&error) {
            return Err(Failure::Unreachable(unreachable(config, &error)));
        }
        let pause = attempts.next().ok_or_else(|| {
            let why = unreachable(config, &error);
            Failure::Unreachable(format!("{why}\n{}", given_up(attempts.made)))
        })?;
        let why = unreachable(config, &error);
        terminal.line(&format!("{why}; trying again in {} s", pause.as_secs()));
        tokio::time::sleep(pause).await;
    }
}

fn given_up(attempts: u32) -> String {
    let count = if attempts == 1 { "1 attempt".into() } else { format!("{attempts} attempts") };
    format!(
        "given up after {count}\nhint: Does the server run, and do --dsn, PGHOST and PGPORT name \
         it? Then try again."
    )
}

/// Drives the connection, shows the notices of the server and passes on that there was a notification.
async fn listen<S, T>(
    mut connection: Connection<S, T>,
    terminal: Terminal,
    ring: Option<UnboundedSender<()>>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notice(notice)) => {
                let severity = notice.severity().to_lowercase();
                terminal.line(&format!("{severity}: {}", server_message(&notice)));
            }
            Ok(AsyncMessage::Notification(_)) => {
                // Who has stopped listening is about to end.
                let _ = ring.as_ref().map(|ring| ring.send(()));
            }
            Ok(_) => {}
            // Whoever waits for an answer is only told that the connection is closed.
            Err(error) => {
                if let Some(reason) = error.as_db_error() {
                    terminal.line(&format!(
                        "the server ended the connection: {}",
                        server_message(reason)
                    ));
                }
                return;
            }
        }
    }
}

/// Whether trying again may help: nobody listens yet, or too many are connected.
fn passing(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => {
            [SqlState::CANNOT_CONNECT_NOW, SqlState::TOO_MANY_CONNECTIONS].contains(db.code())
        }
        // A server that ends while it greets closes the connection without a word.
        None => error.is_closed() || caused_by_io(error),
    }
}

/// The password is not part of it, nor of what tokio-postgres says.
fn unreachable(config: &Config, error: &tokio_postgres::Error) -> String {
    let why = match error.as_db_error() {
        Some(db) => server_message(db),
        None if config.get_ssl_mode() == SslMode::Require => {
            "TLS is asked for, which ntsb does not speak yet: use a socket, or sslmode=disable \
             within a trusted network"
                .to_owned()
        }
        None => with_causes(error),
    };
    format!("cannot connect to {}: {why}", described(config))
}

fn described(config: &Config) -> String {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => format!("{name}:{port}"),
        #[cfg(unix)]
        Host::Unix(folder) => format!("{}/.s.PGSQL.{port}", folder.display()),
    });
    let hosts: Vec<_> = hosts.collect();
    format!("database {} at {}", config.get_dbname().unwrap_or_default(), hosts.join(", "))
}

/// The connection string, completed by libpq's environment variables and its defaults.
fn configure(
    dsn: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Config, String> {
    let mut config: Config = dsn.unwrap_or_default().parse().map_err(|e| {
        format!("the connection string (--dsn or DATABASE_URL) is wrong: {}", with_causes(&e))
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host(variable("PGHOST").unwrap_or_else(default_host));
    }
    if config.get_ports().is_empty() {
        config.port(number(variable("PGPORT"), "PGPORT")?.unwrap_or(5432));
    }
    if config.get_dbname().is_none() {
        config.dbname(variable("PGDATABASE").unwrap_or_else(|| "ntsb".to_owned()));
    }
    if let (None, Some(user)) = (config.get_user(), variable("PGUSER")) {
        config.user(user);
    }
    if let (None, Some(password)) = (config.get_password(), variable("PGPASSWORD")) {
        config.password(password);
    }
    if let (None, Some(options)) = (config.get_options(), variable("PGOPTIONS")) {
        config.options(options);
    }
    // Whoever asks for TLS is refused rather than given less.
    if variable("PGSSLMODE").is_some_and(|mode| mode == "require" || mode.starts_with("verify")) {
        config.ssl_mode(SslMode::Require);
    }
    if config.get_application_name().is_none() {
        config.application_name(variable("PGAPPNAME").unwrap_or_else(|| "ntsb".to_owned()));
    }
    if config.get_connect_timeout().is_none() {
        let seconds = number(variable("PGCONNECT_TIMEOUT"), "PGCONNECT_TIMEOUT")?;
        config.connect_timeout(seconds.map_or(CONNECT_TIMEOUT, Duration::from_secs));
    }
    Ok(config)
}

fn number<N: std::str::FromStr>(text: Option<String>, name: &str) -> Result<Option<N>, String> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| format!("{name} is {text:?}, which is not a number that fits");
    text.trim().parse().map(Some).map_err(wrong)
}

fn default_host() -> String {
    let folder =
        SOCKET_FOLDERS.iter().find(|folder| Path::new(folder).join(".s.PGSQL.5432").exists());
    folder.map_or("localhost", |folder| *folder).to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn from(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
    }

    #[test]
    fn the_environment_completes_the_connection_string() {
        let environment =
            from(&[("PGHOST", "/run/pg"), ("PGPORT", "6000"), ("PGPASSWORD", "hush")]);
        let config = configure(Some("host=db.example user=ann"), environment).unwrap();
        assert_eq!(described(&config), "database ntsb at db.example:6000");
        assert_eq!(config.get_user(), Some("ann"));
        assert_eq!(config.get_password(), Some(&b"hush"[..]));
    }

    #[test]
    fn a_host_may_be_a_socket_folder() {
        let config = configure(None, from(&[("PGHOST", "/run/pg"), ("PGDATABASE", "x")])).unwrap();
        assert_eq!(described(&config), "database x at /run/pg/.s.PGSQL.5432");
    }

    #[test]
    fn a_url_stands_for_itself() {
        let url = "postgresql://bob:secret@h:7000/air";
        let config = configure(Some(url), from(&[("PGHOST", "elsewhere")])).unwrap();
        assert_eq!(described(&config), "database air at h:7000");
    }

    #[test]
    fn wrong_settings_are_named_and_passwords_are_not() {
        let error = configure(None, from(&[("PGPORT", "54x")])).unwrap_err();
        assert!(error.contains("PGPORT"), "{error}");
        let error = configure(Some("password=hush port=54x"), from(&[])).unwrap_err();
        assert!(error.contains("port") && !error.contains("hush"), "{error}");
    }
}
