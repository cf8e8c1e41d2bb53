//! The failures of commands, their messages and their exit codes.

mod server_message;

use std::fmt::Write;

use tokio_postgres::error::SqlState;

use crate::source::SourceError;
pub use server_message::format_server_message;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Source(#[from] SourceError),

    #[error("{0}")]
    Unreachable(String),

    #[error("{}", describe_database_error(.0))]
    Database(#[from] tokio_postgres::Error),

    #[error("{0}")]
    Usage(String),

    /// A load was interrupted by the signal with this number. `is_rolled_back` is false if the server
    /// did not confirm the rollback.
    #[error("interrupted; {}", describe_interrupted_load(*.is_rolled_back))]
    Interrupted { signal: i32, is_rolled_back: bool },

    /// Another operation was interrupted, with this outcome.
    #[error("interrupted; {outcome}")]
    OperationInterrupted { signal: i32, outcome: &'static str },

    /// An operation failed and its transaction was rolled back.
    #[error("{cause}\n{}", describe_rollback(what, *attempts))]
    RolledBack { what: String, attempts: u32, cause: Box<Failure> },

    /// The reader of stdout closed it, as `| head` does.
    #[error("the reader of stdout closed it")]
    StdoutClosed,

    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// The exit codes that `ntsb --help` documents. clap also exits with 2.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::StdoutClosed => 0,
            Failure::Usage(_) => 2,
            Failure::Source(_) => 3,
            Failure::Unreachable(_) => 4,
            Failure::Database(e) if is_connection_lost(e) => 4,
            Failure::Database(_) | Failure::Other(_) => 1,
            // The convention of shells for a program that a signal ended.
            Failure::Interrupted { signal, .. } | Failure::OperationInterrupted { signal, .. } => {
                128 + u8::try_from(*signal).unwrap_or(0)
            }
            Failure::RolledBack { cause, .. } => cause.exit_code(),
        }
    }

    /// Whether the connection broke for another reason than an administrator ending the session.
    pub fn is_connection_loss(&self) -> bool {
        matches!(self, Failure::Database(e)
            if is_connection_lost(e) && e.code() != Some(&SqlState::ADMIN_SHUTDOWN))
    }
}

fn describe_interrupted_load(is_rolled_back: bool) -> &'static str {
    if is_rolled_back {
        "nothing of the current file was stored"
    } else {
        "the server did not respond, so the current file may or may not be stored\n\
         hint: Check with ntsb status; loading the file again is safe."
    }
}

fn describe_rollback(what: &str, attempts: u32) -> String {
    match attempts {
        0 | 1 => format!("nothing of {what} was stored"),
        more => format!("gave up after {more} attempts; nothing of {what} was stored"),
    }
}

/// Whether the error means that the connection broke.
pub fn is_connection_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(db.code()),
        None => error.is_closed() || is_caused_by_io(error),
    }
}

pub fn is_caused_by_io(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<std::io::Error>() || error.source().is_some_and(is_caused_by_io)
}

fn describe_database_error(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format_server_message(db),
        None if is_connection_lost(error) => {
            format!(
                "the connection to the database broke: {}\nhint: The server crashed or was \
                 restarted, or the network failed. Check the server's log, then try again.",
                with_causes(error)
            )
        }
        None => with_causes(error),
    }
}

/// The message of an error, followed by the messages of its sources that it does not contain.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            let _ = write!(text, ": {more}");
        }
        cause = error.source();
    }
    text
}
