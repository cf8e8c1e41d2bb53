//! Errors of pipelines.

use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum DagError {
    #[error("{0} cannot run inside a transaction block, a function or DO")]
    InTransactionBlock(&'static str),
    #[error("{0} cannot run within a task")]
    WithinTask(&'static str),
    #[error("schedule must be five cron fields in GMT, got {text:?}: {reason}")]
    Schedule { text: String, reason: ntsb_dags::ScheduleError },
    #[error("{0}")]
    Graph(#[from] ntsb_dags::GraphError),
    #[error("the command of task {task} must be one SQL statement, got {count}")]
    StatementCount { task: String, count: i32 },
    #[error("the command of task {0} must not begin or end a transaction")]
    TransactionCommand(String),
    #[error("{0}")]
    RunFailed(String),
    #[error("tasks must be written by ntsb_build_task, got {0}")]
    MalformedTask(String),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(DagError);

impl SqlError for DagError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode as Code;
        match self {
            DagError::InTransactionBlock(_) => ErrorContext::new(Code::ERRCODE_ACTIVE_SQL_TRANSACTION)
                .with_hint("Send it as a separate statement, as psql or a pg_cron job does."),
            DagError::WithinTask(_) => ErrorContext::new(Code::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
                .with_hint("Request the other pipeline with SELECT ntsb_request_run(name)."),
            DagError::Schedule { .. } => ErrorContext::new(Code::ERRCODE_INVALID_PARAMETER_VALUE)
                .with_hint("Write minute, hour, day of month, month and day of week, such as '30 9 * * 1-5'."),
            DagError::Graph(_) => ErrorContext::new(Code::ERRCODE_INVALID_PARAMETER_VALUE)
                .with_hint("Each task may depend on other tasks of the same pipeline, without a cycle."),
            DagError::StatementCount { .. } => ErrorContext::new(Code::ERRCODE_INVALID_PARAMETER_VALUE)
                .with_hint("Make each statement a task of its own."),
            DagError::TransactionCommand(_) => ErrorContext::new(Code::ERRCODE_INVALID_PARAMETER_VALUE)
                .with_hint("Each task runs in a transaction of its own."),
            DagError::RunFailed(_) => ErrorContext::new(Code::ERRCODE_EXTERNAL_ROUTINE_EXCEPTION)
                .with_hint("ntsb.task_run holds the errors of all attempts."),
            DagError::MalformedTask(_) => ErrorContext::new(Code::ERRCODE_INVALID_PARAMETER_VALUE),
            DagError::Common(error) => error.context(),
        }
    }
}
