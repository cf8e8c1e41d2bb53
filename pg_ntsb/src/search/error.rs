//! Errors of filters and searches.

use crate::error::{
    CommonError, ErrorContext, InvalidArgument, SqlError, area_error, build_report, shorten,
};
use ntsb_filter::nearest::find_nearest;
use ntsb_filter::{FilterError, UnknownCode};
use ntsb_search::columns::COLUMNS;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Filter(#[from] InvalidFilter),

    #[error("accidents has no column {0:?} to order by")]
    NoSuchOrder(String),
    #[error("invalid page cursor {:?}", shorten(.0, 100))]
    InvalidCursor(String),
    #[error("the search index is damaged: {0}")]
    DamagedIndex(String),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(SearchError);

impl SqlError for SearchError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        match self {
            SearchError::Filter(error) => error.context(),

            SearchError::NoSuchOrder(order) => {
                let column = order.split_whitespace().next().unwrap_or_default();
                ErrorContext::new(ERRCODE_UNDEFINED_COLUMN).with_hint(list_columns(column))
            }
            SearchError::InvalidCursor(page) => ErrorContext::new(ERRCODE_INVALID_PARAMETER_VALUE)
                .with_detail(format!("page is {:?}.", shorten(page, 1_000)))
                .with_hint(
                    "Pass next_page of the last row of a page of the same query, or null for the first page.",
                ),
            SearchError::DamagedIndex(_) => ErrorContext::new(ERRCODE_DATA_CORRUPTED)
                .with_hint("Rebuild it with CALL ntsb_rebuild_search()."),
            SearchError::Common(error) => error.context(),
        }
    }
}

/// A filter that cannot be used, with the SQLSTATE that PostgreSQL would give a statement.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct InvalidFilter(#[from] FilterError);

impl SqlError for InvalidFilter {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        let sqlstate = match &self.0 {
            FilterError::UnknownCode(code) => return unknown_code_context(code),
            FilterError::NoSuchColumn { column, .. } => {
                return ErrorContext::new(ERRCODE_UNDEFINED_COLUMN).with_hint(list_columns(column));
            }
            FilterError::TooLong
            | FilterError::TooDeep
            | FilterError::TooManyNodes
            | FilterError::TooMuchSql
            | FilterError::TooManySteps => ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            FilterError::Syntax(_) => ERRCODE_SYNTAX_ERROR,
            FilterError::NotAllowed(_) | FilterError::NoSuchFunction { .. } => {
                ERRCODE_INSUFFICIENT_PRIVILEGE
            }
            FilterError::ArgumentCount { .. } => ERRCODE_UNDEFINED_FUNCTION,
            FilterError::TypeMismatch { .. } | FilterError::WrongType { .. } => {
                ERRCODE_DATATYPE_MISMATCH
            }
            FilterError::InvalidDate(..) => ERRCODE_INVALID_DATETIME_FORMAT,
        };
        ErrorContext::new(sqlstate).with_hint(
            "Write a condition over the columns of an accident, such as \
             acft_make = 'CESSNA' AND (ev_state IN ('AK', 'CA') OR fatalities > 0).",
        )
    }
}

impl From<InvalidFilter> for ErrorReport {
    fn from(error: InvalidFilter) -> Self {
        build_report(&error)
    }
}

fn unknown_code_context(error: &UnknownCode) -> ErrorContext {
    let UnknownCode { column, value, .. } = error;
    let hint = ntsb_search::codes::describe_codes(column).unwrap_or_else(|| {
        format!("SELECT DISTINCT {column} FROM ntsb.accidents lists the codes of {column} in the loaded events.")
    });
    ErrorContext::new(PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE)
        .with_detail(format!("The value compared with {column} is {value:?}."))
        .with_hint(hint)
}

/// An argument that names no column of accidents.
pub fn unknown_column(argument: &'static str, value: &str) -> InvalidArgument {
    InvalidArgument::new(argument, "the name of a column of accidents", value)
        .with_hint(list_columns(value))
}

/// The columns that a filter may use, and the one whose name is nearest to a mistyped name.
fn list_columns(mistyped: &str) -> String {
    let names: Vec<_> = COLUMNS.iter().map(|c| c.name).collect();
    let all = format!("Columns are: {}.", names.join(", "));
    match find_nearest(names, mistyped) {
        Some(name) => format!("Did you mean {name}? {all}"),
        None => all,
    }
}
