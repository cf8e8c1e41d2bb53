//! Time series, correlations and association rules: SQL over the star schema counts, `ntsb_timeseries`
//! computes the statistics.

mod association;
mod columns;
mod correlation;
mod error;
mod forecast;
mod measures;
mod series;
mod trend;

/// Returns null instead of NaN and infinity.
fn finite_or_null(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
