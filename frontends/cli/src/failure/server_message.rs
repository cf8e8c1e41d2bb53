//! Messages of the server, with hints that fit this command.

use ntsb_connect::required_role;
use tokio_postgres::error::{DbError, SqlState};

/// Formats a message of the server with its detail, hint and SQLSTATE.
pub fn format_server_message(db: &DbError) -> String {
    // Notices without a SQLSTATE of their own carry one of these.
    let is_generic = [SqlState::SUCCESSFUL_COMPLETION, SqlState::WARNING].contains(db.code());
    let code = (!is_generic).then(|| db.code().code());
    let privilege = required_role(db.message())
        .map(|role| format!("This needs the role {role}; ask an administrator to GRANT it."));
    let hint = privilege.as_deref().or(find_hint(hint_code(db))).or(db.hint());
    let fields = [("detail", db.detail()), ("hint", hint), ("SQLSTATE", code)];
    let fields = fields.iter().filter_map(|(name, text)| Some(format!("\n{name}: {}", (*text)?)));
    std::iter::once(db.message().to_owned()).chain(fields).collect()
}

/// The schema of internal functions is missing where the extension is.
fn hint_code(db: &DbError) -> &SqlState {
    let lacks_extension =
        *db.code() == SqlState::INVALID_SCHEMA_NAME && db.message().contains("ntsb_internal");
    if lacks_extension { &SqlState::UNDEFINED_FUNCTION } else { db.code() }
}

fn find_hint(code: &SqlState) -> Option<&'static str> {
    HINTS.iter().find(|(codes, _)| codes.contains(code)).map(|(_, hint)| *hint)
}

/// Hints for SQLSTATEs where the server's own hint is missing or does not fit.
const HINTS: [(&[SqlState], &str); 8] = [
    // The schema of the extension is on the search path, so the function does not exist anywhere.
    (
        &[SqlState::UNDEFINED_FUNCTION],
        "pg_ntsb is not installed in this database or is older than this ntsb. Check the database \
         name, then run CREATE EXTENSION pg_ntsb CASCADE; (or ALTER EXTENSION pg_ntsb UPDATE;) and \
         CALL ntsb_create_warehouse();",
    ),
    (
        &[SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME],
        "This database has no warehouse, or its warehouse is older than the extension. Check the \
         database name, then run CREATE EXTENSION IF NOT EXISTS pg_ntsb CASCADE; CALL \
         ntsb_create_warehouse();",
    ),
    (&[SqlState::DISK_FULL], "The server's disk is full: free space there, then load again."),
    (
        &[SqlState::OUT_OF_MEMORY],
        "The server is out of memory: use less (PGOPTIONS='-c work_mem=4MB'), end other sessions, \
         or add memory; then try again.",
    ),
    (
        &[SqlState::CONFIGURATION_LIMIT_EXCEEDED],
        "Ask an administrator to raise this limit. For temp_file_limit, more memory may also help \
         (PGOPTIONS='-c work_mem=256MB').",
    ),
    (
        &[SqlState::UNDEFINED_FILE],
        "If the server could not map a library, it is out of memory. Otherwise, a file of pg_ntsb \
         or PostGIS is missing on the server: reinstall it.",
    ),
    (
        &[SqlState::QUERY_CANCELED],
        "An administrator cancelled the statement, or it exceeded statement_timeout \
         (PGOPTIONS='-c statement_timeout=0' turns it off).",
    ),
    (
        &[SqlState::ADMIN_SHUTDOWN],
        "An administrator ended this session or is stopping the server. Try again later.",
    ),
];
