//! Errors of exports and archives.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use ntsb_archive::ArchiveError as FileError;
use pgrx::PgSqlErrorCode;

use crate::error::{CommonError, ErrorContext, InvalidArgument, SqlError, area_error};

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error(
        "permission denied: only roles with the privileges of {0} may access files on the server"
    )]
    MissingRole(&'static str),
    #[error("permission denied to insert into ntsb.{0}")]
    NoInsertPrivilege(String),
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    #[error("{} already exists and is not an export", .0.display())]
    NotAnExport(PathBuf),
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, FileError),
    #[error("{} is damaged: {what}", .path.display())]
    Damaged { path: PathBuf, what: &'static str },
    #[error("ntsb.archive_directory is not set")]
    NoDirectory,
    #[error(
        "column {column:?} of ntsb.{table} has type {sql_type}, which an archive cannot restore"
    )]
    CannotRestoreType { table: String, column: String, sql_type: String },
    #[error("ntsb.{table} no longer has a column {column:?} of type {sql_type}")]
    TableChanged { table: String, column: String, sql_type: String },
    #[error("the restored rows of ntsb.{0} differ from the archived rows")]
    RestoredRowsDiffer(String),
    #[error("cannot parse the manifest: {0}")]
    Manifest(#[from] serde_json::Error),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(ArchiveError);

/// An argument that names no table or view of schema ntsb.
pub fn unknown_relation(name: &str) -> InvalidArgument {
    InvalidArgument::new("what", "the name of a table or view of schema ntsb", name)
        .with_hint("Omit the schema: events, not ntsb.events. \\dtvm ntsb.* lists all names.")
}

pub fn invalid_path(path: &Path) -> InvalidArgument {
    InvalidArgument::new("path", "an absolute path of a file or folder", path)
        .with_hint("Start it with /. It names a new folder, or a new file if it ends in .parquet.")
}

impl ArchiveError {
    pub fn from_io(path: &Path) -> impl Fn(io::Error) -> ArchiveError + '_ {
        |error| ArchiveError::Io(path.to_owned(), error)
    }

    pub fn from_file(path: &Path) -> impl Fn(FileError) -> ArchiveError + '_ {
        |error| match error {
            FileError::Io(error) => ArchiveError::Io(path.to_owned(), error),
            error => ArchiveError::File(path.to_owned(), error),
        }
    }
}

impl SqlError for ArchiveError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        match self {
            ArchiveError::MissingRole(_) => {
                ErrorContext::new(ERRCODE_INSUFFICIENT_PRIVILEGE).with_hint(
                    "Ask an administrator to GRANT that role, or use `ntsb export`, which writes files on the client.",
                )
            }
            ArchiveError::NoInsertPrivilege(_) => {
                ErrorContext::new(ERRCODE_INSUFFICIENT_PRIVILEGE)
                    .with_hint("Run it as the owner of the warehouse.")
            }
            ArchiveError::Exists(_) => ErrorContext::new(ERRCODE_DUPLICATE_FILE)
                .with_hint("Choose another path, or pass overwrite => true."),
            ArchiveError::NotAnExport(_) => ErrorContext::new(ERRCODE_DUPLICATE_FILE).with_hint(
                "Choose another path: overwrite replaces only a file, or a folder with the manifest.json of an export.",
            ),
            ArchiveError::Io(_, error) => io_context(error.kind()),
            ArchiveError::File(_, FileError::Unrepresentable { .. }) => {
                ErrorContext::new(ERRCODE_DATETIME_FIELD_OVERFLOW)
                    .with_hint("Export a view that excludes such rows.")
            }
            ArchiveError::File(..) | ArchiveError::Damaged { .. } => {
                ErrorContext::new(ERRCODE_DATA_CORRUPTED)
                    .with_hint("Nothing was changed. Restore the file from a backup of the archive.")
            }
            ArchiveError::NoDirectory => {
                ErrorContext::new(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE).with_hint(
                    "As a superuser: LOAD 'pg_ntsb'; ALTER SYSTEM SET ntsb.archive_directory = '/a/folder'; SELECT pg_reload_conf();",
                )
            }
            ArchiveError::CannotRestoreType { .. } => {
                ErrorContext::new(ERRCODE_FEATURE_NOT_SUPPORTED).with_hint(
                    "Move your own columns to a separate table with the same key.",
                )
            }
            ArchiveError::TableChanged { .. } => ErrorContext::new(ERRCODE_DATATYPE_MISMATCH)
                .with_hint("Restore the column, then attach the archive."),
            ArchiveError::RestoredRowsDiffer(_) => ErrorContext::new(ERRCODE_DATA_EXCEPTION)
                .with_hint("Nothing was changed. Check whether a trigger of yours changes the rows."),
            ArchiveError::Manifest(_) => ErrorContext::new(ERRCODE_INVALID_PARAMETER_VALUE),
            ArchiveError::Common(error) => error.context(),
        }
    }
}

fn io_context(kind: ErrorKind) -> ErrorContext {
    use PgSqlErrorCode::*;
    match kind {
        ErrorKind::NotFound => {
            ErrorContext::new(ERRCODE_UNDEFINED_FILE).with_hint("The parent folder must exist.")
        }
        ErrorKind::PermissionDenied => ErrorContext::new(ERRCODE_INSUFFICIENT_PRIVILEGE).with_hint(
            "The operating system user of the server needs read and write permission there.",
        ),
        ErrorKind::AlreadyExists => ErrorContext::new(ERRCODE_DUPLICATE_FILE),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorContext::new(ERRCODE_DISK_FULL),
        _ => ErrorContext::new(ERRCODE_IO_ERROR),
    }
}
