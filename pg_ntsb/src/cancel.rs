//! Cancellation of long-running statements.

/// Raises an error if the statement was cancelled. The core crates call it in long loops.
pub fn poll() {
    pgrx::check_for_interrupts!();
}
