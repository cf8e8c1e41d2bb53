//! Errors of validation rules and of rows that are checked against them.

use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error(transparent)]
    Rule(#[from] ntsb_rules::RuleError),
    #[error("cannot parse the rules or codes: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{table} has no column {column:?}")]
    NoSuchColumn { table: &'static str, column: String },
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(RulesError);

impl SqlError for RulesError {
    fn context(&self) -> ErrorContext {
        let invalid = || ErrorContext::new(PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE);
        match self {
            RulesError::Rule(_) => invalid().with_hint(
                "The rules in ntsb.validation_rule are examples; \\d+ ntsb.validation_rule explains its columns.",
            ),
            RulesError::Json(_) => invalid(),
            RulesError::NoSuchColumn { table, .. } => {
                invalid().with_hint(format!("\\d ntsb_staging.{table} lists the columns of a file."))
            }
            RulesError::Common(error) => error.context(),
        }
    }
}
