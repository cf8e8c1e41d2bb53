//! How severe an accident is likely to be: what may be known of it and when ([`features`]), how that
//! becomes numbers ([`encoder`]), what must never become one ([`guard`]), and which events a model learns
//! from and is judged by ([`split`]); gradient-boosted trees read and walked ([`forest`]), probabilities that
//! mean what they say ([`calibration`]), and how good a model is ([`metrics`]);
//! what a caller says of an event ([`question`]), and all of it put together ([`model`]).

pub mod calibration;
pub mod encoder;
pub mod evaluate;
pub mod features;
pub mod forest;
pub mod leakage;
pub mod merge;
pub mod metrics;
pub mod model;
pub mod options;
pub mod question;
pub mod scored;
pub mod split;
pub mod target;

pub use model::Model;

#[cfg(test)]
mod golden;
