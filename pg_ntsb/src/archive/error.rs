//! What can go wrong with files and rows, each with its SQLSTATE and the way out.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use ntsb_archive::ArchiveError;
use pgrx::PgSqlErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("only a role that may write or read files of the server may do this, as {0} may")]
    NotAllowed(&'static str),
    #[error("permission denied to write rows of ntsb.{0}")]
    NoInsert(String),
    #[error("there is no table or view ntsb.{0:?}")]
    NoSuchRelation(String),
    #[error("{0:?} is no absolute path of a file or folder")]
    BadPath(String),
    #[error("{} exists", .0.display())]
    Exists(PathBuf),
    #[error("{} exists and is no export", .0.display())]
    NotOurs(PathBuf),
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    #[error("{}: {}", .0.display(), .1)]
    Archive(PathBuf, ArchiveError),
    #[error("{} is not as it was written: {what}", .path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("ntsb.archive_directory is not set")]
    NoDirectory,
    #[error("column {column:?} of ntsb.{table} is {sql_type}, which the archive cannot bring back")]
    OneWay { table: String, column: String, sql_type: String },
    #[error("ntsb.{table} has no column {column:?} of type {sql_type} any more")]
    Changed { table: String, column: String, sql_type: String },
    #[error("the rows of ntsb.{0} are not those of the archive after they were put back")]
    NotRestored(String),
}

impl Failure {
    pub fn at(path: &Path) -> impl Fn(io::Error) -> Failure + '_ {
        |error| Failure::Io(path.to_owned(), error)
    }

    pub fn in_file(path: &Path) -> impl Fn(ArchiveError) -> Failure + '_ {
        |error| match error {
            ArchiveError::Io(error) => Failure::Io(path.to_owned(), error),
            error => Failure::Archive(path.to_owned(), error),
        }
    }

    pub fn code(&self) -> PgSqlErrorCode {
        match self {
            Failure::NotAllowed(_) | Failure::NoInsert(_) => {
                PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE
            }
            Failure::NoSuchRelation(_) | Failure::BadPath(_) => {
                PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE
            }
            Failure::Exists(_) | Failure::NotOurs(_) => PgSqlErrorCode::ERRCODE_DUPLICATE_FILE,
            Failure::Io(_, error) => io_code(error.kind()),
            Failure::Archive(_, ArchiveError::NoSuchValue { .. }) => {
                PgSqlErrorCode::ERRCODE_DATETIME_FIELD_OVERFLOW
            }
            Failure::Archive(..) | Failure::Damaged { .. } => {
                PgSqlErrorCode::ERRCODE_DATA_CORRUPTED
            }
            Failure::NoDirectory => PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            Failure::OneWay { .. } => PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
            Failure::Changed { .. } => PgSqlErrorCode::ERRCODE_DATATYPE_MISMATCH,
            Failure::NotRestored(_) => PgSqlErrorCode::ERRCODE_DATA_EXCEPTION,
        }
    }

    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Failure::NotAllowed(_) => {
                "Have an administrator GRANT that role, or use `ntsb export`, which writes where the client is."
            }
            Failure::NoInsert(_) => "The owner of the warehouse may.",
            Failure::NoSuchRelation(_) => {
                "Name a table or view of schema ntsb without the schema, such as events; \\dtvm ntsb.* lists them."
            }
            Failure::BadPath(_) => {
                "Begin it with /. It names a new folder, or a new file if it ends in .parquet."
            }
            Failure::Exists(_) => "Choose another path, or pass overwrite => true.",
            Failure::NotOurs(_) => {
                "Choose another path: only a file, or a folder with the manifest.json of an export, is overwritten."
            }
            Failure::Io(_, error) => match error.kind() {
                ErrorKind::NotFound => "The folder above it must exist.",
                ErrorKind::PermissionDenied => {
                    "The system user who runs the server must be allowed to write and read there."
                }
                _ => return None,
            },
            Failure::Archive(_, ArchiveError::NoSuchValue { .. }) => {
                "Export a view that leaves such rows out."
            }
            Failure::Archive(..) | Failure::Damaged { .. } => {
                "Nothing was changed. Bring the file back from a copy of the archive."
            }
            Failure::NoDirectory => {
                "As a superuser: LOAD 'pg_ntsb'; ALTER SYSTEM SET ntsb.archive_directory = '/a/folder'; SELECT pg_reload_conf();"
            }
            Failure::OneWay { .. } => {
                "Keep columns of your own in a table of your own, with the key of this one."
            }
            Failure::Changed { .. } => "Make the table as it was, then attach.",
            Failure::NotRestored(_) => {
                "Nothing was changed. Does a trigger of your own alter rows?"
            }
        })
    }
}

fn io_code(kind: ErrorKind) -> PgSqlErrorCode {
    match kind {
        ErrorKind::NotFound => PgSqlErrorCode::ERRCODE_UNDEFINED_FILE,
        ErrorKind::PermissionDenied => PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
        ErrorKind::AlreadyExists => PgSqlErrorCode::ERRCODE_DUPLICATE_FILE,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => PgSqlErrorCode::ERRCODE_DISK_FULL,
        _ => PgSqlErrorCode::ERRCODE_IO_ERROR,
    }
}
