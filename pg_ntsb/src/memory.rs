//! What happens when Rust code gets no memory: its session ends, as by a FATAL error of
//! PostgreSQL.
//!
//! Rust itself would abort the process, which the server takes for a crash: it would end every
//! session and recover. An ERROR is out of reach, as neither unwinding nor a jump may leave an
//! allocator. FATAL does neither: PostgreSQL undoes the transaction, tells the client and ends the
//! process in order.

use std::ffi::{c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use ntsb_memory::OrElse;
use pgrx::PgSqlErrorCode;
use pgrx::pg_sys;

#[global_allocator]
static ALLOCATOR: OrElse = OrElse(end_session);

unsafe extern "C" {
    fn errstart(level: c_int, domain: *const c_char) -> bool;
    fn errcode(code: c_int) -> c_int;
    fn errmsg_internal(format: *const c_char, ...) -> c_int;
    fn errhint(format: *const c_char, ...) -> c_int;
    fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
}

/// Does not return in a session; elsewhere what follows is Rust's own end.
#[cold]
fn end_session() {
    static ENDING: AtomicBool = AtomicBool::new(false);
    // A thread of a library may not call PostgreSQL; what ends already cannot end once more.
    if !is_main_thread() || ENDING.swap(true, Ordering::Relaxed) {
        return;
    }
    // SAFETY: the main thread of a process of PostgreSQL, which keeps memory aside for this. FATAL
    // ends the process from within errfinish, so that no frame of Rust is left or jumped over.
    unsafe {
        // Not pgrx's report, which would ask for memory.
        errstart(pg_sys::FATAL as c_int, std::ptr::null());
        errcode(PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY as c_int);
        errmsg_internal(c"out of memory in pg_ntsb".as_ptr());
        errhint(
            c"Nothing of this transaction was stored. Pass less at a time, lower work_mem, or give the server more memory."
                .as_ptr(),
        );
        errfinish(c"memory.rs".as_ptr(), 0, c"end_session".as_ptr());
    }
}

/// The thread whose number is that of the process.
fn is_main_thread() -> bool {
    // SAFETY: neither call takes or touches anything; MyProcPid is set before any library is loaded.
    unsafe { libc::gettid() == pg_sys::MyProcPid }
}
