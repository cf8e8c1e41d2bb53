//! Writes one Parquet file, row by row.

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
use super::geo::GeoMetadata;
use super::{ArchiveError, Column, Value, ValueType};
use ntsb_schema::hash::hex;

/// The maximum number of rows of a row group. Memory holds one row group and one batch. Both are
/// limited in rows and in bytes, so that narratives take no more memory than numbers.
pub const ROW_GROUP_ROWS: usize = 128 * 1024;
/// The size at which a row group is written.
pub const ROW_GROUP_BYTES: usize = 32 << 20;
const BATCH_ROWS: usize = 4096;
const BATCH_BYTES: usize = 4 << 20;

/// Higher levels make the files hardly smaller.
const ZSTD_LEVEL: i32 = 9;

/// Describes a file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSummary {
    /// The number of rows.
    pub rows: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The digest of the file.
    pub sha256: String,
    /// The digest of the rows in binary COPY format.
    pub rows_sha256: String,
}

/// Writes rows to a Parquet file.
pub struct ParquetWriter<W: Write + Send> {
    parquet: ArrowWriter<HashingWriter<W>>,
    batch: Batch,
    geo: GeoMetadata,
    rows: u64,
    digest: RowDigest,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Starts a file of these columns.
    pub fn new(columns: &[Column], sink: W) -> Result<ParquetWriter<W>, ArchiveError> {
        let schema = arrow_schema(columns);
        let sink = HashingWriter { sink, digest: Sha256::new(), bytes: 0 };
        let properties = writer_properties(columns)?;
        let parquet = ArrowWriter::try_new(sink, schema.clone(), Some(properties))?;
        let batch = Batch::new(columns, schema);
        let (geo, digest) = (GeoMetadata::new(columns), RowDigest::default());
        Ok(ParquetWriter { parquet, batch, geo, rows: 0, digest })
    }

    /// Writes a row.
    pub fn write_row(&mut self, row: &[Value]) -> Result<(), ArchiveError> {
        self.batch.append(row)?;
        self.geo.add_row(row);
        self.digest.update(row);
        self.rows += 1;
        if self.batch.rows >= BATCH_ROWS || self.batch.bytes >= BATCH_BYTES {
            self.write_batch()?;
        }
        Ok(())
    }

    fn write_batch(&mut self) -> Result<(), ArchiveError> {
        self.parquet.write(&self.batch.take()?)?;
        if self.parquet.memory_size() >= ROW_GROUP_BYTES {
            self.parquet.flush()?;
        }
        Ok(())
    }

    /// The underlying writer.
    pub fn sink(&mut self) -> &mut W {
        &mut self.parquet.inner_mut().sink
    }

    /// Writes the remaining rows and the footer.
    pub fn finish(mut self) -> Result<(W, FileSummary), ArchiveError> {
        self.write_batch()?;
        if let Some(geo) = self.geo.to_json() {
            self.parquet.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo));
        }
        let HashingWriter { sink, digest, bytes } = self.parquet.into_inner()?;
        let sha256 = hex(&digest.finalize());
        let rows_sha256 = self.digest.finish();
        Ok((sink, FileSummary { rows: self.rows, bytes, sha256, rows_sha256 }))
    }
}

pub(super) fn arrow_schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(Column::field).collect::<Vec<_>>()))
}

fn writer_properties(columns: &[Column]) -> Result<WriterProperties, ArchiveError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("pg_ntsb ", env!("CARGO_PKG_VERSION")).to_owned());
    // Hashes and geometries hardly ever repeat, so a dictionary and statistics do not help.
    let is_mostly_unique =
        |c: &&Column| matches!(c.value_type, ValueType::Bytes | ValueType::Geometry { .. });
    for column in columns.iter().filter(is_mostly_unique) {
        let path = ColumnPath::new(vec![column.name.clone()]);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    // Identifiers hardly ever repeat and share a prefix with the previous one.
    for name in ["ev_id", "ntsb_no", "regis_no"] {
        let path = ColumnPath::new(vec![name.to_owned()]);
        properties = properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BYTE_ARRAY);
    }
    Ok(properties.build())
}

/// A SHA-256 digest of rows in binary COPY format.
#[derive(Default, Clone)]
pub struct RowDigest(Sha256);

impl RowDigest {
    /// Adds a row.
    pub fn update(&mut self, row: &[Value]) {
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

    /// Adds a row that is already in binary COPY format.
    pub fn update_encoded(&mut self, row: &[u8]) {
        self.0.update(row);
    }

    /// Returns the digest in hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Computes the digest of the bytes that pass through.
struct HashingWriter<W> {
    sink: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for HashingWriter<W> {
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
