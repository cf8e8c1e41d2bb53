//! Statistics of accidents: time [`series`], [`trend`], [`change_points`], [`season`] and [`forecast`],
//! [`correlation`] of columns, [`association`] rules of findings, and data [`drift`].
//!
//! Distributions, exponential smoothing and the seasonal decomposition come from maintained crates.
//! Long loops call `poll`, through which the caller may cancel by unwinding.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod association;
pub mod change_points;
pub mod correlation;
pub mod drift;
pub mod forecast;
mod line_fit;
pub mod mann_kendall;
pub mod season;
pub mod series;
pub mod trend;

/// Why a statistic cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// The series has too few points.
    #[error("{what} needs at least {needed} points, got {found}")]
    TooShort {
        /// The statistic.
        what: &'static str,
        /// Minimum number of points.
        needed: usize,
        /// Number of points of the series.
        found: usize,
    },
    /// The series has too many points.
    #[error("{what} takes at most {max} points, got {found}")]
    TooLong {
        /// The statistic.
        what: &'static str,
        /// Maximum number of points.
        max: usize,
        /// Number of points of the series.
        found: usize,
    },
    /// The result would be too large.
    #[error("there are more than {max} {what}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// Maximum number.
        max: usize,
    },
    /// An argument is out of range.
    #[error("{name} must be between {min} and {max}, got {value}")]
    OutOfRange {
        /// Name of the argument.
        name: &'static str,
        /// The value passed.
        value: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
    },
    /// The model cannot be fitted to the values.
    #[error("the model cannot be fitted to the series: {0}")]
    NoFit(String),
}

fn check_length(
    what: &'static str,
    found: usize,
    needed: usize,
    max: usize,
) -> Result<(), StatsError> {
    match found {
        _ if found < needed => Err(StatsError::TooShort { what, needed, found }),
        _ if found > max => Err(StatsError::TooLong { what, max, found }),
        _ => Ok(()),
    }
}

/// Fails if an argument is not between `min` and `max`, or is NaN.
pub fn check_range(name: &'static str, value: f64, min: f64, max: f64) -> Result<(), StatsError> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { name, value, min, max })
    }
}

/// Fails if a confidence level is not between 0.5 and 0.999.
pub fn check_level(level: f64) -> Result<(), StatsError> {
    check_range("level", level, 0.5, 0.999)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Sample variance.
fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    squares / values.len().saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests;
