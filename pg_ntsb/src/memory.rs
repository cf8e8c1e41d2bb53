//! Ends the session with a FATAL error when an allocation in Rust code fails.
//!
//! By default Rust aborts the process. The server treats that as a crash, terminates all sessions and
//! recovers. An ERROR is not possible, because neither unwinding nor longjmp may leave an allocator.
//! FATAL needs neither: PostgreSQL rolls back the transaction, informs the client and exits the process.

use std::ffi::{c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use ntsb_memory::ReportingAllocator;
use pgrx::PgSqlErrorCode;
use pgrx::pg_sys;

#[global_allocator]
static ALLOCATOR: ReportingAllocator = ReportingAllocator(end_session);

/// Bytes of stack that [`reserve_stack`] makes available. A load has been seen to use 140 kB.
const RESERVED_STACK_BYTES: usize = 256 << 10;

/// Enlarges the stack when the library is loaded, before memory is short.
///
/// The kernel enlarges a stack when it is first used, from 132 kB on. If it has no memory left then, it ends
/// the process with SIGSEGV, and the server ends all sessions and recovers.
#[inline(never)]
pub fn reserve_stack() {
    let block = [0_u8; RESERVED_STACK_BYTES];
    std::hint::black_box(&block);
}

unsafe extern "C" {
    fn errstart(level: c_int, domain: *const c_char) -> bool;
    fn errcode(code: c_int) -> c_int;
    fn errmsg_internal(format: *const c_char, ...) -> c_int;
    fn errhint(format: *const c_char, ...) -> c_int;
    fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
}

/// Does not return in a session. In other processes and threads it returns, and Rust aborts.
#[cold]
fn end_session() {
    static ENDING: AtomicBool = AtomicBool::new(false);
    // Other threads must not call PostgreSQL, and a session ends only once.
    if !is_main_thread() || ENDING.swap(true, Ordering::Relaxed) {
        return;
    }
    // SAFETY: runs in the main thread of a PostgreSQL process, which reserves memory for error reports.
    // FATAL exits the process inside errfinish, so no Rust frame is unwound or jumped over.
    unsafe {
        // pgrx's error report would allocate memory.
        errstart(pg_sys::FATAL as c_int, std::ptr::null());
        errcode(PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY as c_int);
        errmsg_internal(c"out of memory in pg_ntsb".as_ptr());
        errhint(
            c"The transaction was rolled back. Process less data at a time, lower work_mem, or give the server more memory."
                .as_ptr(),
        );
        errfinish(c"memory.rs".as_ptr(), 0, c"end_session".as_ptr());
    }
}

/// The main thread is the one whose thread ID equals the process ID.
fn is_main_thread() -> bool {
    // SAFETY: gettid has no preconditions; MyProcPid is set before any library is loaded.
    unsafe { libc::gettid() == pg_sys::MyProcPid }
}
