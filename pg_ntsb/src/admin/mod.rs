//! `ntsb_maintain`: runs VACUUM and REINDEX CONCURRENTLY on the tables and indexes that need it.
//!
//! Both commands commit the current transaction and start new ones, which PostgreSQL does not allow in a
//! function. A procedure called outside a transaction block may end its transaction, and its portal outlives
//! the transaction. So the commands run as top-level commands, and PostgreSQL's own check rejects them
//! inside a transaction block (25001).

mod error;

use crate::error::InvalidArgument;
use crate::spi::{extension_schema, require_table, select_value, with_fixed_search_path};
use error::AdminError;
use pgrx::PgList;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::ffi::CString;
use std::time::Instant;

/// The actions of `ntsb_maintenance_due()`.
const ACTIONS: [&str; 3] = ["vacuum", "reindex", "measure"];

#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_maintain(action text DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_maintain(text) IS
'Maintains the tables and indexes of schema ntsb: runs VACUUM (ANALYZE) and REINDEX CONCURRENTLY on those that ntsb_maintenance_due() lists, each in its own transactions, and records them in ntsb.maintenance. action: only vacuum, reindex or measure; null: all. Does nothing on a standby, or if another session is running it. Needs ownership of the tables. Errors: 25001 inside a transaction block, 22023 action, 3F000 no warehouse.';
"#)]
fn ntsb_maintain(
    action: Option<&str>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> Result<(), ErrorReport> {
    let action = action.map(str::to_owned);
    // SAFETY: `fcinfo` is that of the current call; RecoveryInProgress has no preconditions.
    let (is_atomic, is_standby) = unsafe { (is_atomic(fcinfo), pg_sys::RecoveryInProgress()) };
    if is_atomic {
        return Err(AdminError::InTransactionBlock("CALL ntsb_maintain()").into());
    }
    if let Some(action) = action.as_deref().filter(|action| !ACTIONS.contains(action)) {
        let allowed = "vacuum, reindex or measure, or null for all";
        return Err(InvalidArgument::new("action", allowed, action).into());
    }
    if is_standby {
        pgrx::notice!("skipping maintenance on a standby; run it on the primary");
        return Ok(());
    }
    let functions = with_fixed_search_path(|| Spi::connect(functions_schema))?;
    let lock = "(x'6e747362'::int, ntsb_internal.lock_number('maintenance'))";
    let try_lock = format!("SELECT pg_catalog.pg_try_advisory_lock{lock}");
    if !select_once::<bool>(&try_lock)?.unwrap_or(false) {
        pgrx::notice!("ntsb_maintain is already running in another session");
        return Ok(());
    }
    // The second pass finds bloated indexes by the statistics that VACUUM updated in the first.
    for _ in 0..2 {
        for task in with_fixed_search_path(|| Task::list_due(&functions))? {
            if action.as_ref().is_none_or(|action| *action == task.action) {
                task.run()?;
            }
        }
    }
    select_once::<bool>(&format!("SELECT pg_catalog.pg_advisory_unlock{lock}"))?;
    Ok(())
}

/// Returns true if the procedure runs inside a transaction block, a function or DO, where it may not end
/// the transaction.
///
/// # Safety
/// `fcinfo` is that of the current call.
pub unsafe fn is_atomic(fcinfo: pg_sys::FunctionCallInfo) -> bool {
    // SAFETY: PostgreSQL passes a CallContext, or null, to a procedure.
    unsafe {
        let context = (*fcinfo).context.cast::<pg_sys::CallContext>();
        let atomic = context.is_null() || (*context).atomic;
        atomic || pg_sys::IsTransactionBlock() || pg_sys::SPI_inside_nonatomic_context()
    }
}

/// Returns the quoted schema of this extension's functions.
fn functions_schema(client: &pgrx::spi::SpiClient) -> Result<String, AdminError> {
    require_table(client, "ntsb.maintenance")?;
    Ok(pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?))
}

fn select_once<T: FromDatum + IntoDatum>(sql: &str) -> Result<Option<T>, AdminError> {
    with_fixed_search_path(|| Spi::connect(|client| Ok(select_value(client, sql)?)))
}

struct Task {
    object: String,
    action: String,
    reason: String,
}

impl Task {
    fn list_due(functions: &str) -> Result<Vec<Task>, AdminError> {
        Spi::connect(|client| {
            let sql =
                format!("SELECT object, action, reason FROM {functions}.ntsb_maintenance_due()");
            let rows = client.select(&sql, None, &[])?;
            let task = |row: pgrx::spi::SpiHeapTupleData| {
                let text = |at| Ok::<_, AdminError>(row.get::<String>(at)?.unwrap_or_default());
                Ok(Task { object: text(1)?, action: text(2)?, reason: text(3)? })
            };
            rows.map(task).collect()
        })
    }

    fn run(&self) -> Result<(), AdminError> {
        let start = Instant::now();
        match self.action.as_str() {
            "vacuum" => run_top_level(&format!("VACUUM (ANALYZE) {}", self.object))?,
            "reindex" => run_top_level(&format!("REINDEX INDEX CONCURRENTLY {}", self.object))?,
            _ => {}
        }
        let seconds = start.elapsed().as_secs_f64();
        with_fixed_search_path(|| self.record(seconds))
    }

    fn record(&self, seconds: f64) -> Result<(), AdminError> {
        Spi::connect_mut(|client| {
            let sql =
                "SELECT ntsb_internal.record_maintenance($1, $2, $3, make_interval(secs => $4))";
            let arguments = [
                self.object.as_str().into(),
                self.action.as_str().into(),
                self.reason.as_str().into(),
                seconds.into(),
            ];
            client.update(sql, None, &arguments)?;
            Ok(())
        })
    }
}

/// Runs a utility command as a top-level command. It may end the transaction; afterwards a new one is open.
fn run_top_level(command: &str) -> Result<(), AdminError> {
    let text =
        CString::new(command).map_err(|_| AdminError::InvalidObjectName(command.to_owned()))?;
    // SAFETY: this runs in a procedure, so a portal is active, and its memory context outlives the
    // transaction. PostgreSQL checks that no transaction block is open before it ends the transaction.
    unsafe {
        let previous_context = pg_sys::CurrentMemoryContext;
        pg_sys::MemoryContextSwitchTo(pg_sys::PortalContext);
        let parsed = PgList::<pg_sys::RawStmt>::from_pg(pg_sys::pg_parse_query(text.as_ptr()));
        let Some(raw) = parsed.get_ptr(0) else { return Ok(()) };
        let planned =
            pg_sys::palloc0(size_of::<pg_sys::PlannedStmt>()).cast::<pg_sys::PlannedStmt>();
        (*planned).type_ = pg_sys::NodeTag::T_PlannedStmt;
        (*planned).commandType = pg_sys::CmdType::CMD_UTILITY;
        (*planned).canSetTag = false;
        (*planned).utilityStmt = (*raw).stmt;
        // The command releases the portal's snapshot with the transaction, as COMMIT in a procedure does.
        pg_sys::ForgetPortalSnapshots();
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        pg_sys::standard_ProcessUtility(
            planned,
            text.as_ptr(),
            false,
            pg_sys::ProcessUtilityContext::PROCESS_UTILITY_TOPLEVEL,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            pg_sys::None_Receiver,
            std::ptr::null_mut(),
        );
        pg_sys::EnsurePortalSnapshotExists();
        pg_sys::MemoryContextSwitchTo(previous_context);
    }
    Ok(())
}
