//! Connects to the database with the settings that libpq's tools use.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ntsb_connect::{
    Defaults, SET_SEARCH_PATH, Settings, env_variable, find_extension, is_tls_failure, tls_hint,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection};

use crate::args::DEFAULT_ATTEMPTS;
use crate::failure::{Failure, format_server_message, is_caused_by_io, with_causes};
use crate::output::Terminal;
use crate::runtime::retry::Backoff;

const DEFAULTS: Defaults = Defaults { application_name: "ntsb", dbname: "ntsb", user: None };

/// A connection with its settings.
pub struct Database {
    client: Client,
    settings: Arc<Settings>,
}

impl Deref for Database {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Database {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Database {
    /// A handle that cancels the running statement of this session.
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), settings: self.settings.clone() }
    }
}

/// Cancels the running statement of a session, over a connection with the same TLS settings.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    settings: Arc<Settings>,
}

impl Canceller {
    pub async fn cancel(&self) -> Result<(), tokio_postgres::Error> {
        self.settings.cancel(&self.token).await
    }
}

/// Connects with the default number of attempts. Notices of the server are printed.
pub async fn connect(dsn: Option<&str>, terminal: &Terminal) -> Result<Database, Failure> {
    connect_with_attempts(DEFAULT_ATTEMPTS, dsn, terminal).await
}

/// Receives one item per notification.
pub type Notifications = UnboundedReceiver<()>;

/// Connects for `LISTEN`.
pub async fn connect_for_notifications(
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(Database, Notifications), Failure> {
    let (sender, notifications) = unbounded_channel();
    let database = connect_with_sender(DEFAULT_ATTEMPTS, dsn, terminal, Some(sender)).await?;
    Ok((database, notifications))
}

/// Connects with at most this many attempts.
pub async fn connect_with_attempts(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<Database, Failure> {
    connect_with_sender(attempts, dsn, terminal, None).await
}

/// Connects to a shard. Its address is that of the coordinator's foreign server; only the password file and the TLS
/// files are the caller's.
pub async fn connect_shard(
    attempts: u32,
    address: &[(&str, String)],
    terminal: &Terminal,
) -> Result<Database, Failure> {
    let quote = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
    let dsn: Vec<_> =
        address.iter().map(|(name, value)| format!("{name}='{}'", quote(value))).collect();
    connect_with_sender(attempts, Some(&dsn.join(" ")), terminal, None).await
}

async fn connect_with_sender(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
    sender: Option<UnboundedSender<()>>,
) -> Result<Database, Failure> {
    let settings = Settings::read(dsn, &env_variable, DEFAULTS).map_err(|error| {
        Failure::Usage(format!("invalid connection settings (--dsn, DATABASE_URL, PG…): {error}"))
    })?;
    let client = open_connection(&settings, Backoff::new(attempts), terminal, sender).await?;
    // Lets the server notice during a long statement that the client is gone. Older servers lack
    // the setting, and a load works without it.
    let _ = client.batch_execute("SET client_connection_check_interval = '10s'").await;
    set_search_path(&client, terminal).await?;
    Ok(Database { client, settings: Arc::new(settings) })
}

/// Puts the schema of the extension on the search path: its functions are called by their bare names.
async fn set_search_path(client: &Client, terminal: &Terminal) -> Result<(), Failure> {
    client.batch_execute(SET_SEARCH_PATH).await?;
    if let Some(extension) = find_extension(client).await?.filter(|found| !found.is_usable) {
        let schema = extension.schema;
        terminal.warn(&format!(
            "this role has no USAGE privilege on schema {schema}, so the functions of pg_ntsb will \
             not be found\nhint: Ask the owner to run GRANT USAGE ON SCHEMA {schema} TO your_role;"
        ));
    }
    Ok(())
}

async fn open_connection(
    settings: &Settings,
    mut backoff: Backoff,
    terminal: &Terminal,
    sender: Option<UnboundedSender<()>>,
) -> Result<Client, Failure> {
    loop {
        let error = match settings.connect().await {
            Ok((client, connection)) => {
                tokio::spawn(drive_connection(connection, terminal.clone(), sender));
                return Ok(client);
            }
            Err(error) => error,
        };
        let message = describe_connect_error(settings, &error);
        if !is_transient(&error) {
            return Err(Failure::Unreachable(message));
        }
        let Some(pause) = backoff.next_pause() else {
            let hint = describe_exhausted_attempts(backoff.attempt);
            return Err(Failure::Unreachable(format!("{message}\n{hint}")));
        };
        terminal.message(&format!("{message}; retrying in {} s", pause.as_secs()));
        tokio::time::sleep(pause).await;
    }
}

fn describe_exhausted_attempts(attempts: u32) -> String {
    let count = if attempts == 1 { "1 attempt".into() } else { format!("{attempts} attempts") };
    format!(
        "gave up after {count}\nhint: Check that the server is running and that --dsn, PGHOST and \
         PGPORT are correct, then try again."
    )
}

/// Drives the connection, prints notices of the server and forwards notifications.
async fn drive_connection<S, T>(
    mut connection: Connection<S, T>,
    terminal: Terminal,
    sender: Option<UnboundedSender<()>>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notice(notice)) => {
                let severity = notice.severity().to_lowercase();
                terminal.message(&format!("{severity}: {}", format_server_message(&notice)));
            }
            Ok(AsyncMessage::Notification(_)) => {
                // Sending fails only if the receiver is gone because the command is ending.
                let _ = sender.as_ref().map(|sender| sender.send(()));
            }
            Ok(_) => {}
            // Pending queries only get a "connection closed", so the reason is printed here.
            Err(error) => {
                if let Some(reason) = error.as_db_error() {
                    terminal.message(&format!(
                        "the server closed the connection: {}",
                        format_server_message(reason)
                    ));
                }
                return;
            }
        }
    }
}

/// Whether a retry may help: the server is not listening yet, or has too many connections.
fn is_transient(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => {
            [SqlState::CANNOT_CONNECT_NOW, SqlState::TOO_MANY_CONNECTIONS].contains(db.code())
        }
        // A server that shuts down during the handshake closes the connection without a message.
        None => !is_tls_failure(error) && (error.is_closed() || is_caused_by_io(error)),
    }
}

/// The message contains no password: neither `describe` nor tokio-postgres prints one.
fn describe_connect_error(settings: &Settings, error: &tokio_postgres::Error) -> String {
    let reason = error.as_db_error().map_or_else(|| with_causes(error), format_server_message);
    let hint = tls_hint(error).map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("cannot connect to {}: {reason}{hint}", settings.describe())
}
