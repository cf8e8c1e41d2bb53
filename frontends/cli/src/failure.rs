//! Every way in which a command fails, its exit code, and what to tell about it.

use std::fmt::Write;

use tokio_postgres::error::{DbError, SqlState};

use crate::source::SourceError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Source(#[from] SourceError),

    #[error("{0}")]
    Unreachable(String),

    #[error("{}", told(.0))]
    Database(#[from] tokio_postgres::Error),

    #[error("{0}")]
    Usage(String),

    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// Documented in `ntsb --help`; clap ends with 2 as well.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Source(_) => 3,
            Failure::Unreachable(_) => 4,
            Failure::Database(e) if lost(e) => 4,
            Failure::Database(_) | Failure::Other(_) => 1,
        }
    }
}

/// Whether the connection broke, rather than that the server refused something.
pub fn lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN].contains(db.code()),
        None => error.is_closed() || caused_by_io(error),
    }
}

pub fn caused_by_io(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<std::io::Error>() || error.source().is_some_and(caused_by_io)
}

fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => server_message(db),
        None if lost(error) => {
            format!("the connection to the database broke: {}", with_causes(error))
        }
        None => with_causes(error),
    }
}

/// A message of the server with everything that it says about it.
pub fn server_message(db: &DbError) -> String {
    // Notices without a SQLSTATE of their own carry one that tells nothing.
    let plain = [SqlState::SUCCESSFUL_COMPLETION, SqlState::WARNING].contains(db.code());
    let code = (!plain).then(|| db.code().code());
    let hint = our_hint(db.code()).or(db.hint());
    let more = [("detail", db.detail()), ("hint", hint), ("SQLSTATE", code)];
    let more = more.iter().filter_map(|(name, text)| Some(format!("\n{name}: {}", (*text)?)));
    std::iter::once(db.message().to_owned()).chain(more).collect()
}

/// What is likely wrong where the server, not knowing us, guesses at something else.
fn our_hint(code: &SqlState) -> Option<&'static str> {
    let missing = [
        SqlState::UNDEFINED_FUNCTION,
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_COLUMN,
        SqlState::INVALID_SCHEMA_NAME,
    ];
    missing.contains(code).then_some(
        "Is this the right database, and is the warehouse there and up to date? \
         CREATE EXTENSION pg_ntsb; CALL ntsb_create_warehouse();",
    )
}

/// An error with the errors that led to it, which most errors leave out.
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
