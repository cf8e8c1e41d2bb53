//! Accidents in time and what goes with what: [`series`] with their gaps filled, [`trend`]s,
//! [`change`]s of level, [`season`]s, [`forecast`]s and how good they were; [`correlation`]s of columns
//! and [`association`] rules of findings; [`drift`] of what is measured.
//!
//! Distributions, exponential smoothing and the decomposition into season and trend are those of
//! well-kept crates. Long loops call `poll`, which does not return where the work is to end.

pub mod association;
pub mod change;
pub mod correlation;
pub mod drift;
pub mod forecast;
mod least_squares;
pub mod mann_kendall;
pub mod season;
pub mod series;
pub mod trend;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatsError {
    #[error("{what} needs at least {needed} points, there are {found}")]
    TooShort { what: &'static str, needed: usize, found: usize },
    #[error("{what} takes at most {most} points, there are {found}")]
    TooLong { what: &'static str, most: usize, found: usize },
    #[error("there are more than {most} {what}")]
    TooMany { what: &'static str, most: usize },
    #[error("{what} {value} is not between {low} and {high}")]
    OutOfRange { what: &'static str, value: f64, low: f64, high: f64 },
    #[error("the model cannot follow these numbers: {0}")]
    NoFit(String),
}

/// Refuses fewer than `needed` and more than `most` points.
fn check_length(
    what: &'static str,
    found: usize,
    needed: usize,
    most: usize,
) -> Result<(), StatsError> {
    match found {
        _ if found < needed => Err(StatsError::TooShort { what, needed, found }),
        _ if found > most => Err(StatsError::TooLong { what, most, found }),
        _ => Ok(()),
    }
}

/// Refuses what is not between `low` and `high`, NaN too.
pub fn check_range(what: &'static str, value: f64, low: f64, high: f64) -> Result<(), StatsError> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { what, value, low, high })
    }
}

/// Refuses a confidence level that leaves nothing or everything out.
pub fn check_level(level: f64) -> Result<(), StatsError> {
    check_range("level", level, 0.5, 0.999)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Mean of the squared distances from the mean, over n - 1.
fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre).powi(2)).sum();
    squares / values.len().saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests;
