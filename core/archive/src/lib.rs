//! Writes warehouse rows as Parquet files, and reads them back without loss.
//!
//! Rows are exchanged in PostgreSQL's binary COPY format: a value is its bytes as COPY sends them, a
//! row is a count and its values. The extension or a client reads such bytes from PostgreSQL and
//! writes the same bytes back. Digests are taken over these bytes, so that comparing rows does not
//! depend on their types.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod batch;
mod column;
mod copy;
mod geo;
mod manifest;
mod reader;
mod relation;
mod writer;

pub use column::{Column, ValueType};
pub use copy::{COPY_HEADER, COPY_TRAILER, CopyReader};
pub use manifest::{FORMAT_VERSION, MANIFEST_NAME, Manifest, ManifestColumn, ManifestFile};
pub use reader::RowReader;
pub use relation::{COLUMNS_QUERY, Relation};
pub use writer::{FileSummary, ParquetWriter, ROW_GROUP_BYTES, ROW_GROUP_ROWS, RowDigest};

/// The bytes of a value in PostgreSQL's binary format. `None` for null.
pub type Value<'a> = Option<&'a [u8]>;

/// Why rows cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages describe the variants")]
pub enum ArchiveError {
    #[error("column {column:?} has {what}, which Parquet cannot represent")]
    Unrepresentable { column: String, what: &'static str },
    #[error("column {column:?} has a value that is not a valid {value_type}")]
    MalformedValue { column: String, value_type: &'static str },
    #[error("a row has {found} values, expected {columns}")]
    RowWidth { found: usize, columns: usize },
    #[error("the server sent malformed binary COPY data")]
    MalformedCopy,
    #[error("the file has the columns {found:?}, but its manifest lists {expected:?}")]
    ColumnMismatch { found: String, expected: String },
    #[error("the file is damaged: {0}")]
    Damaged(String),
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

#[cfg(test)]
mod tests;
