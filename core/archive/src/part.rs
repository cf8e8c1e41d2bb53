//! One Parquet file, written row by row.

use std::io::Write;
use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::geo::Places;
use super::{ArchiveError, Column, Kind, Value};
use ntsb_schema::hash::hex;

/// What is held in memory at most: a row group as it is encoded, and a batch before that. Both end
/// where either bound is met, so that a table of narratives takes no more than one of numbers.
pub const ROW_GROUP_ROWS: usize = 128 * 1024;
pub const ROW_GROUP_BYTES: usize = 32 << 20;
const BATCH_ROWS: usize = 4096;
const BATCH_BYTES: usize = 4 << 20;

/// Beyond this level the files get hardly smaller.
const ZSTD: i32 = 9;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub rows: u64,
    pub bytes: u64,
    /// Of the file.
    pub sha256: String,
    /// Of its rows in PostgreSQL's binary format.
    pub rows_sha256: String,
}

pub struct Writer<W: Write + Send> {
    parquet: ArrowWriter<Hashed<W>>,
    batch: Batch,
    places: Places,
    rows: u64,
    digest: RowDigest,
}

impl<W: Write + Send> Writer<W> {
    pub fn new(columns: &[Column], sink: W) -> Result<Writer<W>, ArchiveError> {
        let schema = schema(columns);
        let sink = Hashed { sink, digest: Sha256::new(), bytes: 0 };
        let parquet = ArrowWriter::try_new(sink, schema.clone(), Some(properties(columns)?))?;
        let batch = Batch::new(columns, schema);
        let (places, digest) = (Places::new(columns), RowDigest::default());
        Ok(Writer { parquet, batch, places, rows: 0, digest })
    }

    pub fn row(&mut self, row: &[Value]) -> Result<(), ArchiveError> {
        self.batch.append(row)?;
        self.places.see(row);
        self.digest.row(row);
        self.rows += 1;
        if self.batch.rows >= BATCH_ROWS || self.batch.bytes >= BATCH_BYTES {
            self.encode()?;
        }
        Ok(())
    }

    fn encode(&mut self) -> Result<(), ArchiveError> {
        self.parquet.write(&self.batch.take()?)?;
        if self.parquet.memory_size() >= ROW_GROUP_BYTES {
            self.parquet.flush()?;
        }
        Ok(())
    }

    /// Where the bytes go.
    pub fn sink(&mut self) -> &mut W {
        &mut self.parquet.inner_mut().sink
    }

    /// Writes what is left and the end of the file.
    pub fn finish(mut self) -> Result<(W, Part), ArchiveError> {
        self.encode()?;
        if let Some(geo) = self.places.metadata() {
            self.parquet.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo));
        }
        let Hashed { sink, digest, bytes } = self.parquet.into_inner()?;
        let sha256 = hex(&digest.finalize());
        Ok((sink, Part { rows: self.rows, bytes, sha256, rows_sha256: self.digest.finish() }))
    }
}

pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(Column::field).collect::<Vec<_>>()))
}

fn properties(columns: &[Column]) -> Result<WriterProperties, ArchiveError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("pg_ntsb ", env!("CARGO_PKG_VERSION")).to_owned());
    // A hash or a place hardly ever comes again.
    let unlike = |c: &&Column| matches!(c.kind, Kind::Bytes | Kind::Place { .. });
    for column in columns.iter().filter(unlike) {
        let path = ColumnPath::new(vec![column.name.clone()]);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    // Names that hardly come again and begin like the one before.
    for name in ["ev_id", "ntsb_no", "regis_no"] {
        let path = ColumnPath::new(vec![name.to_owned()]);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BYTE_ARRAY);
    }
    Ok(properties.build())
}

/// SHA-256 over rows as COPY in binary format has them.
#[derive(Default, Clone)]
pub struct RowDigest(Sha256);

impl RowDigest {
    pub fn row(&mut self, row: &[Value]) {
        let count = i16::try_from(row.len()).unwrap_or(i16::MAX);
        self.0.update(count.to_be_bytes());
        for value in row {
            match value {
                None => self.0.update((-1_i32).to_be_bytes()),
                Some(bytes) => {
                    self.0.update(i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
                    self.0.update(bytes);
                }
            }
        }
    }

    /// A row that is in that form already.
    pub fn copied(&mut self, row: &[u8]) {
        self.0.update(row);
    }

    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Takes the digest of what passes.
struct Hashed<W> {
    sink: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.sink.write(bytes)?;
        self.digest.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.sink.flush()
    }
}
