//! The command of a task: one SQL statement, which runs as a top-level command under its own time limits.

use super::error::DagError;
use pgrx::PgList;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::ffi::{CString, c_int};

/// `STATEMENT_TIMEOUT` of PostgreSQL's `TimeoutId`.
const STATEMENT_TIMEOUT: c_int = 3;

// Of utils/timeout.h, which pgrx does not bind. They raise no errors.
unsafe extern "C-unwind" {
    fn enable_timeout_after(id: c_int, delay_ms: c_int);
    fn disable_timeout(id: c_int, keep_indicator: bool);
    fn get_timeout_indicator(id: c_int, reset_indicator: bool) -> bool;
}

/// Cancels the command of a task after a time. A setting of statement_timeout would come too late, because
/// PostgreSQL reads it before it runs CALL.
pub struct StatementTimer;

impl StatementTimer {
    pub fn start(milliseconds: i32) -> StatementTimer {
        // SAFETY: each session registers the handler of this timeout when it starts.
        unsafe { enable_timeout_after(STATEMENT_TIMEOUT, milliseconds) };
        StatementTimer
    }
}

impl Drop for StatementTimer {
    fn drop(&mut self) {
        // SAFETY: as in `start`. A cancel request that the timer sent too late must not cancel what follows.
        unsafe {
            disable_timeout(STATEMENT_TIMEOUT, true);
            if get_timeout_indicator(STATEMENT_TIMEOUT, true) {
                pg_sys::QueryCancelPending = 0;
            }
        }
    }
}

/// Runs a command and returns the number of rows, if it is known.
pub fn run(command: &str) -> Result<Option<i64>, DagError> {
    let statement = Statement::parse("", command)?;
    if statement.is_utility() {
        statement.run_as_utility();
        return Ok(None);
    }
    Spi::connect_mut(|client| {
        let rows = client.update(command, None, &[])?;
        let count = rows.len() as i64;
        Ok(Some(if count == 1 { single_integer(rows).unwrap_or(1) } else { count }))
    })
}

/// The value of a result with one row and one integer, such as that of a function that counts rows.
fn single_integer(rows: pgrx::spi::SpiTupleTable) -> Option<i64> {
    if rows.columns().ok()? != 1 {
        return None;
    }
    let rows = rows.first();
    match rows.column_type_oid(1).ok()? {
        PgOid::BuiltIn(PgBuiltInOids::INT8OID) => rows.get::<i64>(1).ok()?,
        PgOid::BuiltIn(PgBuiltInOids::INT4OID) => rows.get::<i32>(1).ok()?.map(i64::from),
        _ => None,
    }
}

/// Fails unless the command is one statement that does not control the transaction. A syntax error is raised as such.
pub fn check(task: &str, command: &str) -> Result<(), DagError> {
    Statement::parse(task, command).map(drop)
}

/// A parsed statement, in the current memory context.
struct Statement {
    text: CString,
    raw: *mut pg_sys::RawStmt,
}

impl Statement {
    fn parse(task: &str, command: &str) -> Result<Statement, DagError> {
        let count = |count| DagError::StatementCount { task: task.to_owned(), count };
        let text = CString::new(command).map_err(|_| count(0))?;
        // SAFETY: the text is NUL-terminated. Errors of the parser unwind.
        let parsed =
            unsafe { PgList::<pg_sys::RawStmt>::from_pg(pg_sys::pg_parse_query(text.as_ptr())) };
        let raw = match (parsed.len(), parsed.get_ptr(0)) {
            (1, Some(raw)) => raw,
            (other, _) => return Err(count(other as i32)),
        };
        let statement = Statement { text, raw };
        if statement.tag() == pg_sys::NodeTag::T_TransactionStmt {
            return Err(DagError::TransactionCommand(task.to_owned()));
        }
        Ok(statement)
    }

    fn tag(&self) -> pg_sys::NodeTag {
        // SAFETY: the parser allocated the statement in the current memory context.
        unsafe { (*(*self.raw).stmt).type_ }
    }

    /// Whether it is a command that is not planned, such as CALL, DO or VACUUM.
    fn is_utility(&self) -> bool {
        use pg_sys::NodeTag::*;
        #[cfg(not(feature = "pg14"))]
        if self.tag() == T_MergeStmt {
            return false;
        }
        ![T_SelectStmt, T_InsertStmt, T_UpdateStmt, T_DeleteStmt].contains(&self.tag())
    }

    /// Runs it as a top-level command, so that a procedure may commit. It may end the transaction; afterwards a
    /// transaction is open.
    fn run_as_utility(&self) {
        // SAFETY: the procedure runs in a portal, whose memory context outlives the transaction. The portal's
        // snapshot is the only active one, as PostgreSQL expects of a command that commits.
        unsafe {
            let portal = pg_sys::ActivePortal;
            let previous_context = pg_sys::MemoryContextSwitchTo((*portal).portalContext);
            pg_sys::EnsurePortalSnapshotExists();
            let queries = analyze(self.raw, &self.text);
            let plans =
                pg_sys::pg_plan_queries(queries, self.text.as_ptr(), 0, std::ptr::null_mut());
            let plans = PgList::<pg_sys::PlannedStmt>::from_pg(plans);
            let Some(planned) = plans.get_ptr(0) else { return };
            pg_sys::ProcessUtility(
                planned,
                self.text.as_ptr(),
                false,
                pg_sys::ProcessUtilityContext::PROCESS_UTILITY_TOPLEVEL,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                pg_sys::None_Receiver,
                std::ptr::null_mut(),
            );
            // VACUUM and the like end the transaction and with it the snapshot.
            if !pg_sys::ActiveSnapshotSet() {
                (*portal).portalSnapshot = std::ptr::null_mut();
            }
            pg_sys::MemoryContextSwitchTo(previous_context);
        }
    }
}

/// # Safety
/// `raw` is a statement of the parser, and a snapshot is active.
unsafe fn analyze(raw: *mut pg_sys::RawStmt, text: &CString) -> *mut pg_sys::List {
    use std::ptr::null_mut;
    // SAFETY: as the caller promises. The statement has no parameters.
    unsafe {
        #[cfg(feature = "pg14")]
        return pg_sys::pg_analyze_and_rewrite(raw, text.as_ptr(), null_mut(), 0, null_mut());
        #[cfg(not(feature = "pg14"))]
        pg_sys::pg_analyze_and_rewrite_fixedparams(raw, text.as_ptr(), null_mut(), 0, null_mut())
    }
}
