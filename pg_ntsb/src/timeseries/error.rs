//! Errors of time series, correlations and association rules.

use super::columns::COLUMNS;
use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use crate::search::InvalidFilter;
use ntsb_timeseries::StatsError;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum TimeSeriesError {
    #[error(transparent)]
    Filter(#[from] InvalidFilter),
    #[error(transparent)]
    Stats(#[from] StatsError),
    #[error("column {0:?} of accidents cannot be correlated")]
    NotCorrelatable(String),
    #[error("columns must name two or more columns, each once, got {0}")]
    ColumnCount(usize),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(TimeSeriesError);

impl SqlError for TimeSeriesError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        match self {
            TimeSeriesError::Filter(error) => error.context(),
            TimeSeriesError::Stats(error) => stats_context(error),
            TimeSeriesError::NotCorrelatable(_) => {
                ErrorContext::new(ERRCODE_UNDEFINED_COLUMN).with_hint(list_columns())
            }
            TimeSeriesError::ColumnCount(_) => {
                ErrorContext::new(ERRCODE_INVALID_PARAMETER_VALUE).with_hint(list_columns())
            }
            TimeSeriesError::Common(error) => error.context(),
        }
    }
}

fn stats_context(error: &StatsError) -> ErrorContext {
    let invalid = PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE;
    let too_large = PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED;
    let (sqlstate, hint) = match error {
        StatsError::TooShort { .. } => (
            invalid,
            "Use smaller buckets or a wider filter; min_completeness => 0 includes recent years that NTSB has not finished.",
        ),
        StatsError::TooLong { .. } => {
            (too_large, "Use larger buckets, or a filter that selects fewer years.")
        }
        StatsError::TooMany { .. } => {
            (too_large, "Raise min_support or min_confidence, or lower max_items.")
        }
        StatsError::OutOfRange { .. } => {
            (invalid, "Pass a value within the range, or omit the argument to use its default.")
        }
        StatsError::NoFit(_) => (invalid, "Use larger buckets or a wider filter."),
    };
    ErrorContext::new(sqlstate).with_hint(hint)
}

fn list_columns() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|c| c.name).collect();
    format!("Columns are: {}.", names.join(", "))
}
