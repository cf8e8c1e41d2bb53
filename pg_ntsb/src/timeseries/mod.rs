//! Accidents in time, and what goes with what: counts are made by one piece of SQL over the star, what
//! follows from them by `ntsb_timeseries`.

mod association;
mod columns;
mod correlation;
mod forecast;
mod measures;
mod series;
mod trend;

use crate::error::Error;
use ntsb_timeseries::StatsError;
use ntsb_timeseries::series::BUCKETS;

/// What there is to choose from, where something else was named.
pub fn choices(error: &Error) -> Option<String> {
    let (what, names): (&str, Vec<&str>) = match error {
        Error::NoSuchMeasure(_) => {
            ("Measures", measures::MEASURES.iter().map(|m| m.name).collect())
        }
        Error::NoSuchBucket(_) => ("Buckets", BUCKETS.iter().map(|(name, _)| *name).collect()),
        Error::NoSuchSeason(_) => ("Seasons", vec!["month", "weekday"]),
        Error::NotCorrelated(_) | Error::ColumnCount(_) => {
            ("Columns", columns::COLUMNS.iter().map(|c| c.name).collect())
        }
        Error::NotCoded(_) => (
            "Kinds and eras",
            association::KINDS.iter().chain(&association::ERAS).copied().collect(),
        ),
        _ => return None,
    };
    Some(format!("{what} are: {}.", names.join(", ")))
}

/// What to do where numbers do not allow an answer.
pub fn way_out(refusal: &StatsError) -> &'static str {
    match refusal {
        StatsError::TooShort { .. } => {
            "Take smaller buckets or a wider filter; min_completeness => 0 keeps recent years that NTSB has not finished."
        }
        StatsError::TooLong { .. } => "Take larger buckets, or fewer years by the filter.",
        StatsError::TooMany { .. } => "Raise min_support or min_confidence, or lower max_items.",
        StatsError::OutOfRange { .. } => "Pass a value within the range, or leave it out.",
        StatsError::NoFit(_) => "Take larger buckets or a wider filter.",
    }
}

/// NaN is no value to SQL.
fn known(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
