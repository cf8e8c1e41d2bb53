//! Features and models: reading, training, keeping; read once for each backend, asked, explained and
//! watched.

mod booster;
mod cache;
mod drift;
mod error;
mod evaluate;
mod explain;
mod features;
mod history;
mod library;
mod predict;
mod registry;
mod rows;
mod train;

pub use features::synchronise;
