//! Statements that take long can be cancelled.

/// Ends here if the statement was cancelled; the core calls it every now and then.
pub fn poll() {
    pgrx::check_for_interrupts!();
}
