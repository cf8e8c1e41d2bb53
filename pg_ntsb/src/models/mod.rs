//! Features and models: training, storage, predictions, explanations and drift detection.

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

pub use features::sync_features;
