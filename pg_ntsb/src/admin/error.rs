//! Errors of maintenance.

use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("{0} cannot run inside a transaction block, a function or DO")]
    InTransactionBlock(&'static str),
    #[error("{0:?} is not the name of a table or index")]
    InvalidObjectName(String),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(AdminError);

impl SqlError for AdminError {
    fn context(&self) -> ErrorContext {
        match self {
            AdminError::InTransactionBlock(_) => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION)
                    .with_hint("Send it as a separate statement, as psql or a pg_cron job does.")
            }
            AdminError::InvalidObjectName(_) => {
                ErrorContext::new(PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE)
            }
            AdminError::Common(error) => error.context(),
        }
    }
}
