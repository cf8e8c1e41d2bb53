//! Transactions within a procedure, and errors that end one.
//!
//! PL/pgSQL can catch an error only in a subtransaction, in which the command could neither commit nor run
//! VACUUM. So this catches the error as PostgreSQL's main loop does: it aborts the transaction and starts
//! another one.

use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;
use pgrx::prelude::*;
use std::panic::AssertUnwindSafe;

/// An error that ended a transaction.
#[derive(Debug)]
pub struct Failure {
    pub code: PgSqlErrorCode,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

impl Failure {
    /// The SQLSTATE, as five characters of six bits each.
    pub fn sqlstate(&self) -> String {
        let code = self.code as i32;
        (0..5_u32)
            .filter_map(|n| char::from_u32(((code >> (6 * n)) & 0x3F) as u32 + 0x30))
            .collect()
    }

    pub fn is_cancel(&self) -> bool {
        self.code == PgSqlErrorCode::ERRCODE_QUERY_CANCELED
    }

    pub fn into_report(self) -> pgrx::pg_sys::panic::ErrorReport {
        let mut report = pgrx::pg_sys::panic::ErrorReport::new(self.code, self.message, "pg_ntsb");
        if let Some(detail) = self.detail {
            report = report.set_detail(detail);
        }
        if let Some(hint) = self.hint {
            report = report.set_hint(hint);
        }
        report
    }
}

impl From<CaughtError> for Failure {
    fn from(error: CaughtError) -> Failure {
        let (CaughtError::PostgresError(report)
        | CaughtError::ErrorReport(report)
        | CaughtError::RustPanic { ereport: report, .. }) = error;
        Failure {
            code: report.sql_error_code(),
            message: report.message().to_owned(),
            detail: report.detail().map(str::to_owned),
            hint: report.hint().map(str::to_owned),
        }
    }
}

/// Runs `work` and commits. After an error the transaction is rolled back, and another one is open.
pub fn run<R>(work: impl FnOnce() -> R) -> Result<R, Failure> {
    // SAFETY: a procedure outside a transaction block runs in a portal, which outlives the transaction.
    let (portal, context) = unsafe { (pg_sys::ActivePortal, pg_sys::CurrentMemoryContext) };
    let work = AssertUnwindSafe(|| {
        let result = work();
        commit();
        Ok(result)
    });
    let result = PgTryBuilder::new(work).catch_others(|error| Err(Failure::from(error))).execute();
    if result.is_err() {
        // SAFETY: the error has been copied and flushed, so its transaction can be aborted, as after an error in
        // PostgreSQL's main loop. That frees its snapshots, among them the one that the portal refers to.
        unsafe {
            pg_sys::AbortOutOfAnyTransaction();
            pg_sys::ActivePortal = portal;
            (*portal).portalSnapshot = std::ptr::null_mut();
            pg_sys::StartTransactionCommand();
            pg_sys::MemoryContextSwitchTo(context);
        }
    }
    result
}

/// Commits as COMMIT does in a procedure, and starts the next transaction.
fn commit() {
    // SAFETY: the connection is open while SPI_commit runs. Errors unwind to `run`.
    unsafe {
        pg_sys::SPI_connect_ext(pg_sys::SPI_OPT_NONATOMIC as i32);
        pg_sys::SPI_commit();
        pg_sys::SPI_finish();
    }
}
