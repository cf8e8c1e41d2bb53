//! Rows of the warehouse as Parquet, and back again to the bit.
//!
//! The common tongue is PostgreSQL's binary format: a value is its bytes as COPY sends them, a row is
//! a count and its values. What reads rows out of PostgreSQL (the extension, or a client that COPYs)
//! hands over such bytes, what writes rows into it gets the same bytes back, and the digest of an
//! archive is taken over them: so that "the same" needs no opinion about types.

mod batch;
mod column;
mod copy;
mod geo;
mod manifest;
mod part;
mod read;
mod select;

pub use column::{Column, Kind};
pub use copy::{CopyReader, HEADER, TRAILER};
pub use manifest::{Described, FORMAT, File, MANIFEST, Manifest};
pub use part::{Part, ROW_GROUP_BYTES, ROW_GROUP_ROWS, RowDigest, Writer};
pub use read::Rows;
pub use select::{COLUMNS_OF, Relation};

/// Bytes of a value in PostgreSQL's binary format; none for null.
pub type Value<'a> = Option<&'a [u8]>;

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("column {column:?} holds {what}, which Parquet has no value for")]
    NoSuchValue { column: String, what: &'static str },
    #[error("column {column:?} holds what is no {kind}")]
    Malformed { column: String, kind: &'static str },
    #[error("a row of {found} values where there are {columns} columns")]
    Width { found: usize, columns: usize },
    #[error("what the server sends is no COPY in binary format")]
    NotCopy,
    #[error("the file's column {found:?} is not {wanted:?} as the manifest has it")]
    OtherColumns { found: String, wanted: String },
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
