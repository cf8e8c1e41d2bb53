//! How severe an accident is likely to be: gradient-boosted trees read and walked ([`forest`]),
//! probabilities that mean what they say ([`calibration`]), and how good a model is ([`metrics`]).

pub mod calibration;
pub mod forest;
pub mod metrics;
pub mod scored;

#[cfg(test)]
mod golden;
