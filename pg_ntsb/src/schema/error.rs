//! Errors of creating and upgrading the warehouse.

use crate::error::{CommonError, ErrorContext, InvalidArgument, SqlError, area_error};
use crate::rules::RulesError;
use ntsb_schema::tables::TABLES;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error(
        "the warehouse has version {found}, this extension supports versions up to {supported}"
    )]
    WarehouseTooNew { found: i32, supported: i32 },
    #[error(transparent)]
    Rules(#[from] RulesError),

    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(SchemaError);

impl SqlError for SchemaError {
    fn context(&self) -> ErrorContext {
        match self {
            SchemaError::WarehouseTooNew { .. } => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
                    .with_hint("Install the newer pg_ntsb and run ALTER EXTENSION pg_ntsb UPDATE.")
            }
            SchemaError::Rules(error) => error.context(),

            SchemaError::Common(error) => error.context(),
        }
    }
}

/// An argument that names no table of an NTSB file.
pub fn unknown_table(argument: &'static str, value: &str) -> InvalidArgument {
    let names: Vec<_> = TABLES.iter().map(|t| t.name).collect();
    InvalidArgument::new(argument, "the name of a table of an NTSB file", value)
        .with_hint(format!("Tables of an NTSB file are: {}.", names.join(", ")))
}
