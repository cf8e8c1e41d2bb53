//! Models that predict the severity and the causes of an accident.
//!
//! - Inputs: the feature catalogue ([`features`]), facts from a caller ([`input`]), encoding as numbers
//!   ([`encoder`]) and the leakage check ([`leakage`]).
//! - Training: options ([`options`]), targets and classes ([`target`]), the split by time ([`split`])
//!   and merging the parts of a random forest ([`merge`]).
//! - Prediction: gradient-boosted trees ([`forest`]), probability calibration ([`calibration`]) and the
//!   assembled [`Model`].
//! - Evaluation: [`scored_rows`], [`metrics`] and [`evaluate`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod calibration;
pub mod encoder;
pub mod evaluate;
pub mod features;
pub mod forest;
pub mod input;
pub mod leakage;
pub mod merge;
pub mod metrics;
pub mod model;
pub mod options;
pub mod scored_rows;
pub mod split;
pub mod target;

pub use model::Model;

#[cfg(test)]
mod golden;
