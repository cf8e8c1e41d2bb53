//! What the areas share of their errors: the trait behind PostgreSQL's report, and the errors that any
//! area can raise.
//!
//! Each area has an error enum in its own folder. [`area_error!`] adds the conversions that all of them
//! need.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// Characters of a value that a message quotes; the DETAIL quotes more.
const QUOTED_IN_MESSAGE: usize = 100;
const QUOTED_IN_DETAIL: usize = 1_000;

/// What PostgreSQL reports with an error besides its message.
pub struct ErrorContext {
    sqlstate: PgSqlErrorCode,
    detail: Option<String>,
    hint: Option<String>,
}

impl ErrorContext {
    pub fn new(sqlstate: PgSqlErrorCode) -> Self {
        ErrorContext { sqlstate, detail: None, hint: None }
    }

    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An error that PostgreSQL reports with a SQLSTATE, and with DETAIL and HINT where they help.
pub trait SqlError: std::error::Error {
    fn context(&self) -> ErrorContext;
}

pub fn build_report(error: &impl SqlError) -> ErrorReport {
    let ErrorContext { sqlstate, detail, hint } = error.context();
    let mut report = ErrorReport::new(sqlstate, error.to_string(), "pg_ntsb");
    if let Some(detail) = detail {
        report = report.set_detail(detail);
    }
    if let Some(hint) = hint {
        report = report.set_hint(hint);
    }
    report
}

/// Conversions of an area's error enum, which has a variant `Common`: into a report, and from the errors
/// that `Common` holds.
macro_rules! area_error {
    ($error:ident) => {
        impl From<$crate::error::InvalidArgument> for $error {
            fn from(error: $crate::error::InvalidArgument) -> $error {
                $error::Common(error.into())
            }
        }

        impl From<pgrx::spi::Error> for $error {
            fn from(error: pgrx::spi::Error) -> $error {
                $error::Common(error.into())
            }
        }

        impl From<$error> for pgrx::pg_sys::panic::ErrorReport {
            fn from(error: $error) -> Self {
                $crate::error::build_report(&error)
            }
        }
    };
}
pub(crate) use area_error;

/// An argument whose value is not allowed: `max_rows must be between 1 and 10,000, got 0`.
#[derive(Debug, thiserror::Error)]
#[error("{name} must be {allowed}, got {}", shorten(.value, QUOTED_IN_MESSAGE))]
pub struct InvalidArgument {
    name: &'static str,
    allowed: String,
    value: String,
    hint: Option<String>,
}

impl InvalidArgument {
    /// Text is quoted, and numbers are printed in their shortest form: 1e308 rather than 309 digits.
    pub fn new(
        name: &'static str,
        allowed: impl Into<String>,
        value: impl std::fmt::Debug,
    ) -> InvalidArgument {
        InvalidArgument { name, allowed: allowed.into(), value: format!("{value:?}"), hint: None }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> InvalidArgument {
        self.hint = Some(hint.into());
        self
    }
}

impl SqlError for InvalidArgument {
    fn context(&self) -> ErrorContext {
        let mut context = ErrorContext::new(PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE);
        if self.value.chars().count() > QUOTED_IN_MESSAGE {
            let value = shorten(&self.value, QUOTED_IN_DETAIL);
            context = context.with_detail(format!("{} is {value}.", self.name));
        }
        context.hint.clone_from(&self.hint);
        context
    }
}

impl From<InvalidArgument> for ErrorReport {
    fn from(error: InvalidArgument) -> Self {
        build_report(&error)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CommonError {
    #[error(transparent)]
    InvalidArgument(#[from] InvalidArgument),
    #[error("{0} must not be null")]
    NullArgument(&'static str),
    #[error("{0} must not contain null")]
    NullElement(&'static str),
    #[error("the warehouse does not exist in this database")]
    NoWarehouse,
    #[error("the warehouse belongs to {0}, who is not a superuser")]
    OwnerIsNotSuperuser(String),
    #[error("the extension {0} is not installed in this database")]
    NoExtension(String),
    #[error(transparent)]
    Spi(#[from] pgrx::spi::Error),
}

impl SqlError for CommonError {
    fn context(&self) -> ErrorContext {
        match self {
            CommonError::InvalidArgument(error) => error.context(),
            CommonError::NullArgument(_) | CommonError::NullElement(_) => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED)
            }
            CommonError::NoWarehouse => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_INVALID_SCHEMA_NAME)
                    .with_hint("Create it with CALL ntsb_create_warehouse().")
            }
            CommonError::OwnerIsNotSuperuser(owner) => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE).with_hint(format!(
                    "SET ROLE {owner} first: triggers and defaults that this role put on its tables would run with your privileges."
                ))
            }
            CommonError::NoExtension(name) => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT)
                    .with_hint(format!("Run CREATE EXTENSION {name} CASCADE."))
            }
            CommonError::Spi(_) => ErrorContext::new(PgSqlErrorCode::ERRCODE_INTERNAL_ERROR),
        }
    }
}

impl From<CommonError> for ErrorReport {
    fn from(error: CommonError) -> Self {
        build_report(&error)
    }
}

/// Checks an argument of a function that is not STRICT because other arguments may be null.
pub fn require_argument<T>(argument: Option<T>, name: &'static str) -> Result<T, CommonError> {
    argument.ok_or(CommonError::NullArgument(name))
}

/// Checks that an array contains no null.
pub fn require_elements<T>(
    array: Vec<Option<T>>,
    name: &'static str,
) -> Result<Vec<T>, CommonError> {
    array.into_iter().collect::<Option<_>>().ok_or(CommonError::NullElement(name))
}

/// Quotes the beginning of a value.
pub fn shorten(value: &str, max_chars: usize) -> String {
    match value.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}
