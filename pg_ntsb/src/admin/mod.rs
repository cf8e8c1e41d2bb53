//! `ntsb_maintain`: VACUUM and REINDEX CONCURRENTLY where there is need.
//!
//! Both end the transaction that they are called in and begin another, which PostgreSQL allows to a
//! statement of its own and refuses to a function. A procedure that is called outside of a
//! transaction block stands where such a statement stands: it may end its transaction, and the portal
//! that it runs in outlives that. So the commands are handed to PostgreSQL as what they are,
//! top-level commands, and PostgreSQL's own check refuses them within a block (25001).

use crate::error::Error;
use crate::spi::{extension_schema, need, one, with_fixed_path};
use pgrx::PgList;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::ffi::CString;
use std::time::Instant;

#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_maintain()
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_maintain() IS
'Keeps the tables and indexes of schema ntsb in shape: VACUUM (ANALYZE) and REINDEX CONCURRENTLY where ntsb_maintenance_due() says that there is need, each in transactions of its own; what was done is in ntsb.maintenance. Does nothing on a standby or where another session is at it. Needs the ownership of the tables. Errors: 25001 within a transaction block, 3F000 no warehouse.';
"#)]
fn ntsb_maintain(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    // SAFETY: the first looks at what PostgreSQL called with, the second at a flag of this process.
    let (alone, standby) = unsafe { (stands_alone(fcinfo), pg_sys::RecoveryInProgress()) };
    if !alone {
        return Err(Error::NotAlone("CALL ntsb_maintain()").into());
    }
    if standby {
        pgrx::notice!("nothing is maintained on a standby: its primary does it");
        return Ok(());
    }
    let functions = with_fixed_path(|| Spi::connect(functions))?;
    let lock = "(x'6e747362'::int, ntsb_internal.lock_number('maintenance'))";
    if !ask::<bool>(&format!("SELECT pg_catalog.pg_try_advisory_lock{lock}"))?.unwrap_or(false) {
        pgrx::notice!("another session maintains the warehouse already");
        return Ok(());
    }
    // What VACUUM counts anew tells which indexes have grown.
    for _ in 0..2 {
        for task in with_fixed_path(|| Task::due(&functions))? {
            task.carry_out()?;
        }
    }
    ask::<bool>(&format!("SELECT pg_catalog.pg_advisory_unlock{lock}"))?;
    Ok(())
}

/// Whether the procedure is a statement of its own: not in a transaction block, function or DO.
unsafe fn stands_alone(fcinfo: pg_sys::FunctionCallInfo) -> bool {
    unsafe {
        let context = (*fcinfo).context.cast::<pg_sys::CallContext>();
        let atomic = context.is_null() || (*context).atomic;
        !atomic && !pg_sys::IsTransactionBlock() && !pg_sys::SPI_inside_nonatomic_context()
    }
}

fn functions(client: &pgrx::spi::SpiClient) -> Result<String, Error> {
    need(client, "ntsb.maintenance")?;
    Ok(pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?))
}

fn ask<T: FromDatum + IntoDatum>(sql: &str) -> Result<Option<T>, Error> {
    with_fixed_path(|| Spi::connect(|client| one(client, sql)))
}

struct Task {
    object: String,
    action: String,
    reason: String,
}

impl Task {
    fn due(functions: &str) -> Result<Vec<Task>, Error> {
        Spi::connect(|client| {
            let sql =
                format!("SELECT object, action, reason FROM {functions}.ntsb_maintenance_due()");
            let rows = client.select(&sql, None, &[])?;
            let task = |row: pgrx::spi::SpiHeapTupleData| {
                let text = |at| Ok::<_, Error>(row.get::<String>(at)?.unwrap_or_default());
                Ok(Task { object: text(1)?, action: text(2)?, reason: text(3)? })
            };
            rows.map(task).collect()
        })
    }

    fn carry_out(&self) -> Result<(), Error> {
        let start = Instant::now();
        match self.action.as_str() {
            "vacuum" => run_at_top(&format!("VACUUM (ANALYZE) {}", self.object))?,
            "reindex" => run_at_top(&format!("REINDEX INDEX CONCURRENTLY {}", self.object))?,
            _ => {}
        }
        let seconds = start.elapsed().as_secs_f64();
        with_fixed_path(|| self.record(seconds))
    }

    fn record(&self, seconds: f64) -> Result<(), Error> {
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

/// Runs a command as if it had been sent by itself. It may end the transaction; a new one is open
/// afterwards.
fn run_at_top(command: &str) -> Result<(), Error> {
    let text = CString::new(command).map_err(|_| Error::NoSuchTable(command.to_owned()))?;
    // SAFETY: called from a procedure, so that a portal is active, whose context outlives the
    // transaction; PostgreSQL checks that no block is open before the transaction is ended.
    unsafe {
        let kept = pg_sys::CurrentMemoryContext;
        pg_sys::MemoryContextSwitchTo(pg_sys::PortalContext);
        let parsed = PgList::<pg_sys::RawStmt>::from_pg(pg_sys::pg_parse_query(text.as_ptr()));
        let Some(raw) = parsed.get_ptr(0) else { return Ok(()) };
        let planned =
            pg_sys::palloc0(size_of::<pg_sys::PlannedStmt>()).cast::<pg_sys::PlannedStmt>();
        (*planned).type_ = pg_sys::NodeTag::T_PlannedStmt;
        (*planned).commandType = pg_sys::CmdType::CMD_UTILITY;
        (*planned).canSetTag = false;
        (*planned).utilityStmt = (*raw).stmt;
        // The portal's snapshot goes with the transaction, as when a procedure commits.
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
        pg_sys::MemoryContextSwitchTo(kept);
    }
    Ok(())
}
