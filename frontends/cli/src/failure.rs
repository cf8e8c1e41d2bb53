//! Every way in which a command fails, its exit code, and what to tell about it.

use std::fmt::Write;

use ntsb_connect::role_that_may;
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

    /// By a signal of this number; whether what was under way is known to be undone.
    #[error("interrupted; {}", interrupted(*.undone))]
    Interrupted { signal: i32, undone: bool },

    /// The same of what is no file.
    #[error("interrupted; {left}")]
    Stopped { signal: i32, left: &'static str },

    /// What went wrong while a file was being loaded, which undid all of it.
    #[error("{cause}\n{}", undone(file, *attempts))]
    Undone { file: String, attempts: u32, cause: Box<Failure> },

    /// Whoever read stdout has closed it, as `| head` does: nothing more is wanted.
    #[error("the reader of stdout has closed it")]
    ReaderGone,

    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// Documented in `ntsb --help`; clap ends with 2 as well.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::ReaderGone => 0,
            Failure::Usage(_) => 2,
            Failure::Source(_) => 3,
            Failure::Unreachable(_) => 4,
            Failure::Database(e) if lost(e) => 4,
            Failure::Database(_) | Failure::Other(_) => 1,
            // As a shell says it of a program that a signal has ended.
            Failure::Interrupted { signal, .. } | Failure::Stopped { signal, .. } => {
                128 + u8::try_from(*signal).unwrap_or(0)
            }
            Failure::Undone { cause, .. } => cause.exit_code(),
        }
    }

    /// Whether the connection broke, and not because somebody meant to end the session.
    pub fn is_of_broken_connection(&self) -> bool {
        matches!(self, Failure::Database(e)
            if lost(e) && e.code() != Some(&SqlState::ADMIN_SHUTDOWN))
    }
}

fn interrupted(undone: bool) -> &'static str {
    if undone {
        "nothing of the file under way was stored"
    } else {
        "the server has not answered: `ntsb status` says whether the file under way is there; \
         loading it again does no harm"
    }
}

fn undone(file: &str, attempts: u32) -> String {
    match attempts {
        0 | 1 => format!("nothing of {file} was stored"),
        more => format!("given up after {more} attempts; nothing of {file} was stored"),
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
            format!(
                "the connection to the database broke: {}\nhint: The server crashed or was \
                 restarted, or the network failed; its log says which. Then try again.",
                with_causes(error)
            )
        }
        None => with_causes(error),
    }
}

/// A message of the server with everything that it says about it.
pub fn server_message(db: &DbError) -> String {
    // Notices without a SQLSTATE of their own carry one that tells nothing.
    let plain = [SqlState::SUCCESSFUL_COMPLETION, SqlState::WARNING].contains(db.code());
    let code = (!plain).then(|| db.code().code());
    let privilege = role_that_may(db.message())
        .map(|role| format!("It needs the role {role}: have an administrator GRANT it."));
    let hint = privilege.as_deref().or(our_hint(db.code())).or(db.hint());
    let more = [("detail", db.detail()), ("hint", hint), ("SQLSTATE", code)];
    let more = more.iter().filter_map(|(name, text)| Some(format!("\n{name}: {}", (*text)?)));
    std::iter::once(db.message().to_owned()).chain(more).collect()
}

/// What to do where the server, not knowing what we are about, says nothing or something else.
fn our_hint(code: &SqlState) -> Option<&'static str> {
    HINTS.iter().find(|(codes, _)| codes.contains(code)).map(|(_, hint)| *hint)
}

const HINTS: [(&[SqlState], &str); 8] = [
    // The extension's own schema was on the search path.
    (
        &[SqlState::UNDEFINED_FUNCTION],
        "pg_ntsb is missing in this database or is older than this ntsb: is it the right database? \
         Then: CREATE EXTENSION pg_ntsb CASCADE; or, where it is there: ALTER EXTENSION pg_ntsb \
         UPDATE; and after either: CALL ntsb_create_warehouse();",
    ),
    (
        &[SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME],
        "The warehouse is missing in this database or is older than its extension: is it the right \
         database? Then: CREATE EXTENSION IF NOT EXISTS pg_ntsb CASCADE; CALL \
         ntsb_create_warehouse();",
    ),
    (&[SqlState::DISK_FULL], "The server's disk is full: free space there, then load again."),
    (
        &[SqlState::OUT_OF_MEMORY],
        "The server has no memory left: ask for less, as with PGOPTIONS='-c work_mem=4MB', end \
         other sessions, or give it more; then try again.",
    ),
    (
        &[SqlState::CONFIGURATION_LIMIT_EXCEEDED],
        "Have an administrator raise the limit that is named, or need less of temp_file_limit with \
         more memory, as with PGOPTIONS='-c work_mem=256MB'; then try again.",
    ),
    (
        &[SqlState::UNDEFINED_FILE],
        "Where it could not map a library, the server has no memory left; otherwise a file of \
         pg_ntsb or PostGIS is missing there: install it again.",
    ),
    (
        &[SqlState::QUERY_CANCELED],
        "Either an administrator cancelled it, or it took longer than statement_timeout, which \
         PGOPTIONS='-c statement_timeout=0' lifts.",
    ),
    (
        &[SqlState::ADMIN_SHUTDOWN],
        "An administrator ended this session or is stopping the server: try again when that is done.",
    ),
];

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
