//! Reaches the database, as libpq's tools do.

use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ntsb_connect::{
    Defaults, SET_SEARCH_PATH, Settings, find_extension, is_tls_failure, tls_hint, variable,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection};

use crate::attempts::{ATTEMPTS, Attempts};
use crate::failure::{Failure, caused_by_io, server_message, with_causes};
use crate::terminal::Terminal;

const DEFAULTS: Defaults = Defaults { application_name: "ntsb", dbname: "ntsb", user: None };

/// A connection, which knows how it was made.
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
    /// What can stop this session's statement.
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), settings: self.settings.clone() }
    }
}

/// Stops what a session is doing, over a connection as safe as its own.
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

/// Connects, and shows what the server says from then on.
pub async fn connect(dsn: Option<&str>, terminal: &Terminal) -> Result<Database, Failure> {
    connect_within(ATTEMPTS, dsn, terminal).await
}

/// Hears of each notification of the channels that are listened to.
pub type Heard = UnboundedReceiver<()>;

/// Connects for `LISTEN`.
pub async fn connect_listening(
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(Database, Heard), Failure> {
    let (ring, heard) = unbounded_channel();
    Ok((connect_with(ATTEMPTS, dsn, terminal, Some(ring)).await?, heard))
}

/// Connects in so many attempts at most.
pub async fn connect_within(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<Database, Failure> {
    connect_with(attempts, dsn, terminal, None).await
}

async fn connect_with(
    attempts: u32,
    dsn: Option<&str>,
    terminal: &Terminal,
    ring: Option<UnboundedSender<()>>,
) -> Result<Database, Failure> {
    let settings = Settings::read(dsn, &variable, DEFAULTS).map_err(|error| {
        Failure::Usage(format!("the connection settings (--dsn, DATABASE_URL, PG…): {error}"))
    })?;
    let client = reach(&settings, Attempts::first_of(attempts), terminal, ring).await?;
    // Lets the server notice in the midst of a long statement that nobody waits for it any
    // more; a server that cannot do this is no reason not to load.
    let _ = client.batch_execute("SET client_connection_check_interval = '10s'").await;
    find_functions(&client, terminal).await?;
    Ok(Database { client, settings: Arc::new(settings) })
}

/// The extension's functions are called by their bare names, whatever schema they are in.
async fn find_functions(client: &Client, terminal: &Terminal) -> Result<(), Failure> {
    client.batch_execute(SET_SEARCH_PATH).await?;
    if let Some(extension) = find_extension(client).await?.filter(|found| !found.is_usable) {
        let schema = extension.schema;
        terminal.warning(&format!(
            "this role may not use schema {schema}, where the functions of pg_ntsb are, so that \
             they will not be found\nhint: GRANT USAGE ON SCHEMA {schema} TO ROLE, by its owner"
        ));
    }
    Ok(())
}

async fn reach(
    settings: &Settings,
    mut attempts: Attempts,
    terminal: &Terminal,
    ring: Option<UnboundedSender<()>>,
) -> Result<Client, Failure> {
    loop {
        let error = match settings.connect().await {
            Ok((client, connection)) => {
                tokio::spawn(listen(connection, terminal.clone(), ring));
                return Ok(client);
            }
            Err(error) => error,
        };
        let why = unreachable(settings, &error);
        if !passing(&error) {
            return Err(Failure::Unreachable(why));
        }
        let Some(pause) = attempts.next() else {
            return Err(Failure::Unreachable(format!("{why}\n{}", given_up(attempts.made))));
        };
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
        None => !is_tls_failure(error) && (error.is_closed() || caused_by_io(error)),
    }
}

/// Neither this nor what tokio-postgres says holds a password.
fn unreachable(settings: &Settings, error: &tokio_postgres::Error) -> String {
    let why = error.as_db_error().map_or_else(|| with_causes(error), server_message);
    let hint = tls_hint(error).map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("cannot connect to {}: {why}{hint}", settings.describe())
}
