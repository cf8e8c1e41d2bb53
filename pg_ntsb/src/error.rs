//! What can go wrong at the edge, each with its SQLSTATE, the value and the way out.

use ntsb_filter::FilterError;
use ntsb_filter::nearest::nearest;
use ntsb_models::model::ModelError;
use ntsb_models::question::QuestionError;
use ntsb_search::columns::COLUMNS;
use ntsb_timeseries::StatsError;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The longest page of results.
pub const MOST_ROWS: i32 = 10_000;

/// Bytes as settings have them, rounded up.
fn size(bytes: u64) -> String {
    match bytes.div_ceil(1024) {
        kilobytes @ ..10_240 => format!("{kilobytes}kB"),
        kilobytes => format!("{}MB", kilobytes.div_ceil(1024)),
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no NTSB table {0:?}")]
    NoSuchTable(String),
    #[error("{0} must not be null")]
    NullArgument(&'static str),
    #[error("{0} must not hold null")]
    NullElement(&'static str),
    #[error("there is no scale {0:?}")]
    NoSuchScale(String),
    #[error("batch {0} does not exist")]
    NoSuchBatch(i64),
    #[error("batch {0} was ingested already")]
    BatchFinished(i64),
    #[error("batch {0} has no staged rows")]
    NothingStaged(i64),
    #[error("the extension {0} is not installed in this database")]
    NoExtension(String),
    #[error("the warehouse does not exist in this database")]
    NoWarehouse,
    #[error("the warehouse belongs to {0}, who is no superuser")]
    OthersWarehouse(String),
    #[error("the warehouse is of version {found}, this extension knows versions up to {known}")]
    WarehouseTooNew { found: i32, known: i32 },
    #[error("ntsb_staging.{0} does not have the columns of an NTSB file")]
    WrongShape(String),
    #[error("column {column} of shape must be {expected}, got {found}")]
    ColumnType { column: String, expected: String, found: String },
    #[error("{0} cannot tell the type that it is to return")]
    UntypedCall(&'static str),
    #[error("{0} is declared as in an older release of pg_ntsb")]
    OldDeclaration(&'static str),
    #[error("{table} has no column {column:?}")]
    NoSuchColumn { table: &'static str, column: String },
    #[error("{0} cannot run inside a transaction block, a function or DO")]
    NotAlone(&'static str),
    #[error("a row must be a JSON object of column names and values")]
    NotARow,
    #[error(transparent)]
    Filter(#[from] ntsb_filter::FilterError),
    #[error("accidents have no column {0:?} to order by")]
    NoSuchOrder(String),
    #[error("max_rows must be between 1 and 10,000, got {0}")]
    PageSize(i32),
    #[error("invalid page cursor {:?}", short(.0))]
    BadCursor(String),
    #[error("the search index is damaged: {0}")]
    SearchIndex(String),
    #[error("no event {0:?} has facts to predict from")]
    NoSuchEvent(String),
    #[error("{}", no_model(target, model.as_deref()))]
    NoModel { target: String, model: Option<String> },
    #[error("model {version} cannot be read: {what}")]
    DamagedModel { version: String, what: String },
    #[error(transparent)]
    Question(#[from] QuestionError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Spatial(#[from] ntsb_geo::SpatialError),
    #[error("{what} needs at least {}, ntsb.work_mem is {}", size(*need), size(*allowed))]
    WorkMem { what: &'static str, need: u64, allowed: u64 },
    #[error("{}", out_of_range(name, *value, *least, *most))]
    OutOfRange { name: &'static str, value: f64, least: f64, most: f64 },
    #[error("tile {z}/{x}/{y} does not exist")]
    NoSuchTile { z: i32, x: i32, y: i32 },
    #[error("max_rows must be between 1 and {1}, got {0}")]
    TooManyFeatures(i32, i32),
    #[error("there is no measure {0:?}")]
    NoSuchMeasure(String),
    #[error("there is no bucket {0:?}")]
    NoSuchBucket(String),
    #[error("there is no season by {0:?}")]
    NoSuchSeason(String),
    #[error("column {0:?} of accidents cannot be correlated")]
    NotCorrelated(String),
    #[error("{0} columns are given; correlations take two or more, each once")]
    ColumnCount(usize),
    #[error("no findings or occurrences are of {0:?}")]
    NotCoded(String),
    #[error(transparent)]
    Stats(#[from] StatsError),
    #[error(transparent)]
    Rule(#[from] ntsb_rules::RuleError),
    #[error(transparent)]
    Archive(#[from] crate::archive::Failure),
    #[error("allow_withdraw must be 0 or more, got {0}")]
    Allowance(i64),
    #[error(transparent)]
    Excess(#[from] crate::ingest::Excess),
    #[error("not readable as rules or codes: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Spi(#[from] pgrx::spi::Error),
}

impl Error {
    fn code(&self) -> PgSqlErrorCode {
        match self {
            Error::NoSuchTable(_)
            | Error::NoSuchScale(_)
            | Error::NoSuchColumn { .. }
            | Error::NotARow
            | Error::Allowance(_)
            | Error::PageSize(_)
            | Error::BadCursor(_)
            | Error::Spatial(_)
            | Error::OutOfRange { .. }
            | Error::NoSuchTile { .. }
            | Error::TooManyFeatures(..)
            | Error::NoSuchMeasure(_)
            | Error::NoSuchBucket(_)
            | Error::NoSuchSeason(_)
            | Error::ColumnCount(_)
            | Error::NotCoded(_)
            | Error::Question(_)
            | Error::Model(_)
            | Error::Rule(_)
            | Error::Json(_) => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            Error::NullArgument(_) | Error::NullElement(_) => {
                PgSqlErrorCode::ERRCODE_NULL_VALUE_NOT_ALLOWED
            }
            Error::WorkMem { .. } => PgSqlErrorCode::ERRCODE_CONFIGURATION_LIMIT_EXCEEDED,
            Error::Filter(refusal) => refused(refusal),
            Error::Archive(failure) => failure.code(),
            Error::NoSuchOrder(_) | Error::NotCorrelated(_) => {
                PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN
            }
            Error::Stats(StatsError::TooLong { .. } | StatsError::TooMany { .. }) => {
                PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED
            }
            Error::Stats(_) => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
            Error::NoSuchBatch(_) | Error::NoSuchEvent(_) => PgSqlErrorCode::ERRCODE_NO_DATA_FOUND,
            Error::BatchFinished(_)
            | Error::NothingStaged(_)
            | Error::OldDeclaration(_)
            | Error::Excess(_) => PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            Error::NotAlone(_) => PgSqlErrorCode::ERRCODE_ACTIVE_SQL_TRANSACTION,
            Error::NoExtension(_) | Error::NoModel { .. } => {
                PgSqlErrorCode::ERRCODE_UNDEFINED_OBJECT
            }
            Error::OthersWarehouse(_) => PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
            Error::NoWarehouse => PgSqlErrorCode::ERRCODE_INVALID_SCHEMA_NAME,
            Error::WarehouseTooNew { .. } => {
                PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE
            }
            Error::WrongShape(_) | Error::ColumnType { .. } | Error::UntypedCall(_) => {
                PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH
            }
            Error::SearchIndex(_) | Error::DamagedModel { .. } => {
                PgSqlErrorCode::ERRCODE_DATA_CORRUPTED
            }
            Error::Spi(_) => PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        }
    }

    /// The argument with its value.
    fn detail(&self) -> Option<String> {
        Some(match self {
            Error::Excess(excess) => excess.detail(),
            Error::PageSize(rows) | Error::TooManyFeatures(rows, _) => {
                format!("max_rows is {rows}.")
            }
            Error::BadCursor(page) => format!("page is {:?}.", short(page)),
            Error::OutOfRange { name, value, .. } => format!("{name} is {value:?}."),
            Error::NoSuchTile { z, x, y } => format!("z is {z}, x is {x}, y is {y}."),
            Error::Filter(FilterError::UnknownCode(unknown)) => {
                format!("{} is compared with {:?}.", unknown.column, unknown.value)
            }
            Error::NoSuchMeasure(name) => format!("measure is {:?}.", short(name)),
            Error::NoSuchBucket(name) => format!("bucket is {:?}.", short(name)),
            Error::NoSuchSeason(name) => format!("by is {:?}.", short(name)),
            Error::NoSuchOrder(name) => format!("order_by is {:?}.", short(name)),
            Error::Allowance(events) => format!("allow_withdraw is {events}."),
            _ => return None,
        })
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Error::NoSuchTable(_) => {
                let names: Vec<_> = ntsb_schema::tables::TABLES.iter().map(|t| t.name).collect();
                format!("Tables of an NTSB file are: {}.", names.join(", "))
            }
            Error::NoSuchScale(_) => {
                let names: Vec<_> = ntsb_star::bands::SCALES.iter().map(|s| s.name).collect();
                format!("Scales are: {}.", names.join(", "))
            }
            Error::NoSuchBatch(_) => {
                "Start one with SELECT ntsb_begin_batch(source, mode) and COPY into ntsb_staging first."
                    .into()
            }
            Error::BatchFinished(_) => {
                "Load the file again as a new batch: SELECT ntsb_begin_batch(source, mode).".into()
            }
            Error::NothingStaged(batch) => format!(
                "COPY the rows in the session that called ntsb_begin_batch, or set ntsb.batch_id = {batch} first. After a crash staging is empty: load the file again."
            ),
            Error::NoExtension(name) => format!("Run CREATE EXTENSION {name} CASCADE."),
            Error::NoWarehouse => "Create it with CALL ntsb_create_warehouse().".into(),
            Error::OthersWarehouse(owner) => format!(
                "SET ROLE {owner} first: what that role has put into its tables would run with your privileges."
            ),
            Error::WarehouseTooNew { .. } => {
                "Install the newer pg_ntsb and run ALTER EXTENSION pg_ntsb UPDATE.".into()
            }
            Error::WrongShape(_) => "Rebuild it with CALL ntsb_create_warehouse().".into(),
            Error::ColumnType { .. } | Error::UntypedCall(_) => {
                "Pass NULL::ntsb_staging.clean_TABLE, or another row type whose columns have the same types."
                    .into()
            }
            Error::OldDeclaration(_) => {
                "Run ALTER EXTENSION pg_ntsb UPDATE, then CALL ntsb_create_warehouse().".into()
            }
            Error::NoSuchColumn { table, .. } => {
                format!("\\d ntsb_staging.{table} lists the columns of a file.")
            }
            Error::NotAlone(_) => {
                "Send it as a statement of its own, as psql or a pg_cron job does.".into()
            }
            Error::NotARow => "Write it as {\"ev_id\": \"…\", …}, with the values as in the file.".into(),
            Error::Filter(FilterError::NoSuchColumn { column, .. }) => columns(column),
            Error::NoSuchOrder(order) => {
                columns(order.split_whitespace().next().unwrap_or_default())
            }
            Error::Filter(FilterError::UnknownCode(unknown)) => {
                ntsb_search::codes::allowed(unknown.column).unwrap_or_else(|| format!(
                    "SELECT DISTINCT {0} FROM ntsb.accidents lists the codes of {0} that events have.",
                    unknown.column
                ))
            }
            Error::Filter(_) => "Write a condition over the columns of an accident, such as \
                acft_make = 'CESSNA' AND (ev_state IN ('AK', 'CA') OR fatalities > 0)."
                .into(),
            Error::SearchIndex(_) => "Build it anew with CALL ntsb_rebuild_search().".into(),
            Error::PageSize(_) => "Ask for 1 to 10,000 rows; where there is more, the last row says under next_page what to pass for the next page.".into(),
            Error::NoSuchEvent(_) => {
                "ntsb.accident_features has an event after CALL ntsb_refresh(), which `ntsb load` does."
                    .into()
            }
            Error::NoModel { .. } => "SELECT name, version, target, stage FROM ntsb.model lists them; \
                ntsb_train_model trains one and ntsb_promote_model puts it into Production."
                .into(),
            Error::DamagedModel { .. } => "Promote another model, or train it again.".into(),
            Error::Question(QuestionError::Facts(_)) => {
                "SELECT name, kind, description FROM ntsb.feature lists the facts that models know.".into()
            }
            Error::Question(_) => "Leave out, or give as null, what is not known.".into(),
            Error::Model(ModelError::Row { .. }) => {
                "ntsb_model_encode(facts, model) makes the values that a model takes.".into()
            }
            Error::Model(_) => "ntsb_model_classes(model) lists what a model tells apart.".into(),
            Error::BadCursor(_) => "Pass next_page of the last row of a page of the same question, or null to begin."
                .into(),
            Error::Spatial(_) => "\\df+ with the name of the function shows what each argument means.".into(),
            Error::WorkMem { need, .. } => format!(
                "SET ntsb.work_mem = '{}', or ask for less: a filter leaves fewer points.",
                size(*need)
            ),
            Error::OutOfRange { .. } => {
                "Places are in degrees (WGS 84), north and east positive; distances in kilometres.".into()
            }
            Error::NoSuchTile { .. } => {
                "Zooms are 0 to 22; x and y count from the north-west, 0 to 2^z - 1.".into()
            }
            Error::TooManyFeatures(..) => "Pass a filter, or use ntsb_tile for a map of all.".into(),
            Error::NoSuchMeasure(_)
            | Error::NoSuchBucket(_)
            | Error::NoSuchSeason(_)
            | Error::NotCorrelated(_)
            | Error::ColumnCount(_)
            | Error::NotCoded(_) => crate::timeseries::choices(self)?,
            Error::Stats(refusal) => crate::timeseries::way_out(refusal).into(),
            Error::Rule(_) => "ntsb.validation_rule holds rules to follow; \\d+ ntsb.validation_rule explains its columns.".into(),
            Error::Archive(failure) => return failure.hint().map(str::to_owned),
            Error::Allowance(_) => {
                "Give the largest number of events that the load may withdraw, or leave it out.".into()
            }
            Error::Excess(excess) => excess.hint(),
            Error::Json(_) | Error::Spi(_) | Error::NullArgument(_) | Error::NullElement(_) => {
                return None;
            }
        })
    }
}

/// The facts that a condition may name, and which of them a mistyped name means.
fn columns(given: &str) -> String {
    let names: Vec<_> = COLUMNS.iter().map(|c| c.name).collect();
    let all = format!("Columns are: {}.", names.join(", "));
    match nearest(names, given) {
        Some(name) => format!("Did you mean {name}? {all}"),
        None => all,
    }
}

/// An argument of a function that takes null in others, and so is called with null in this one.
pub fn required<T>(argument: Option<T>, name: &'static str) -> Result<T, Error> {
    argument.ok_or(Error::NullArgument(name))
}

/// The elements of an array without null.
pub fn elements<T>(array: Vec<Option<T>>, name: &'static str) -> Result<Vec<T>, Error> {
    array.into_iter().collect::<Option<_>>().ok_or(Error::NullElement(name))
}

/// Enough of a value to recognise it.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// A number is printed in its shortest form: 1e308, not 309 digits.
fn out_of_range(name: &str, value: f64, least: f64, most: f64) -> String {
    if most == f64::MAX {
        format!("{name} must be {least} or more, got {value:?}")
    } else {
        format!("{name} must be between {least} and {most}, got {value:?}")
    }
}

fn no_model(target: &str, model: Option<&str>) -> String {
    match model {
        None => format!("no model in Production tells {target}"),
        Some(model) if model.contains(':') => format!("no model {model} tells {target}"),
        Some(model) => format!("no model {model} in Production tells {target}"),
    }
}

/// How a condition was refused: as PostgreSQL would say it of a statement.
fn refused(refusal: &FilterError) -> PgSqlErrorCode {
    match refusal {
        FilterError::TooLong
        | FilterError::TooDeep
        | FilterError::TooManyNodes
        | FilterError::TooMuchSql
        | FilterError::TooManyReadings => PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        FilterError::Syntax(_) => PgSqlErrorCode::ERRCODE_SYNTAX_ERROR,
        FilterError::NotAllowed(_) | FilterError::NoSuchFunction { .. } => {
            PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE
        }
        FilterError::NoSuchColumn { .. } => PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN,
        FilterError::Arguments { .. } => PgSqlErrorCode::ERRCODE_UNDEFINED_FUNCTION,
        FilterError::Mismatch { .. } | FilterError::WrongType { .. } => {
            PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH
        }
        FilterError::UnknownCode(_) => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        FilterError::NotADate(..) => PgSqlErrorCode::ERRCODE_INVALID_DATETIME_FORMAT,
    }
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> Self {
        let report = ErrorReport::new(error.code(), error.to_string(), "pg_ntsb");
        let report = match error.detail() {
            Some(detail) => report.set_detail(detail),
            None => report,
        };
        match error.hint() {
            Some(hint) => report.set_hint(hint),
            None => report,
        }
    }
}
