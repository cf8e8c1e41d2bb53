//! Features and models: reading, training, keeping.

mod booster;
mod error;
mod features;
mod judge;
mod registry;
mod rows;
mod train;

pub use features::synchronise;

/// Ends here if the statement was cancelled.
fn poll() {
    pgrx::check_for_interrupts!();
}
