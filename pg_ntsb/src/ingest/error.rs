//! Errors of an ingest.

use super::limit::WithdrawalError;
use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use crate::rules::RulesError;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("batch {0} does not exist")]
    NoSuchBatch(i64),
    #[error("batch {0} was already ingested")]
    BatchFinished(i64),
    #[error("batch {0} has no staged rows")]
    NothingStaged(i64),
    #[error("ntsb_staging.{0} does not have the columns of an NTSB file")]
    WrongRowType(String),
    #[error("column {column} of shape must be {expected}, got {found}")]
    ColumnType { column: String, expected: String, found: String },
    #[error("cannot determine the return type of {0}")]
    UnknownReturnType(&'static str),
    #[error("{0} has the signature of an older release of pg_ntsb")]
    OldSignature(&'static str),
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(IngestError);

impl SqlError for IngestError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        match self {
            IngestError::NoSuchBatch(_) => ErrorContext::new(ERRCODE_NO_DATA_FOUND).with_hint(
                "Start one with SELECT ntsb_begin_batch(source, mode) and COPY into ntsb_staging first.",
            ),
            IngestError::BatchFinished(_) => {
                ErrorContext::new(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE).with_hint(
                    "Load the file again as a new batch: SELECT ntsb_begin_batch(source, mode).",
                )
            }
            IngestError::NothingStaged(batch) => {
                ErrorContext::new(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE).with_hint(format!(
                    "COPY the rows in the session that called ntsb_begin_batch, or set ntsb.batch_id = {batch} first. A crash empties the staging tables: load the file again."
                ))
            }
            IngestError::WrongRowType(_) => ErrorContext::new(ERRCODE_DATATYPE_MISMATCH)
                .with_hint("Rebuild it with CALL ntsb_create_warehouse()."),
            IngestError::ColumnType { .. } | IngestError::UnknownReturnType(_) => {
                ErrorContext::new(ERRCODE_DATATYPE_MISMATCH).with_hint(
                    "Pass NULL::ntsb_staging.clean_TABLE, or another row type whose columns have the same types.",
                )
            }
            IngestError::OldSignature(_) => {
                ErrorContext::new(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE).with_hint(
                    "Run ALTER EXTENSION pg_ntsb UPDATE, then CALL ntsb_create_warehouse().",
                )
            }
            IngestError::Withdrawal(error) => error.context(),
            IngestError::Rules(error) => error.context(),
            IngestError::Common(error) => error.context(),
        }
    }
}
