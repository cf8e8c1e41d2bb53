//! What comes out of a COPY as what goes into a file.

use ntsb_core::archive::{ArchiveError, CopyReader, Relation, Writer};

use crate::args::Format;
use crate::failure::Failure;

pub enum Encoder {
    Parquet(CopyReader, Box<Writer<Vec<u8>>>),
    /// As the server writes it.
    Csv,
    /// So many features so far.
    Features(CopyReader, u64),
}

impl Encoder {
    pub fn new(format: Format, relation: &Relation) -> Result<Encoder, Failure> {
        let reader = CopyReader::default();
        Ok(match format {
            Format::Parquet => {
                let writer = Writer::new(&relation.columns, Vec::new()).map_err(refused)?;
                Encoder::Parquet(reader, Box::new(writer))
            }
            Format::Csv => Encoder::Csv,
            Format::Geojson => Encoder::Features(reader, 0),
        })
    }

    /// What stands before all rows.
    pub fn head(&self) -> Vec<u8> {
        match self {
            Encoder::Features(..) => b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(),
            _ => Vec::new(),
        }
    }

    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Encoder::Csv => out.extend_from_slice(bytes),
            Encoder::Parquet(reader, writer) => {
                reader.push(bytes, |row| writer.row(row)).map_err(refused)?;
                out.append(writer.sink());
            }
            Encoder::Features(reader, count) => {
                let each = |row: &[Option<&[u8]>]| {
                    out.extend_from_slice(if *count == 0 { b"\n" } else { b",\n" });
                    out.extend(row.iter().flatten().copied().flatten());
                    *count += 1;
                    Ok::<_, ArchiveError>(())
                };
                reader.push(bytes, each).map_err(refused)?;
            }
        }
        Ok(())
    }

    /// What stands behind all rows, and how many these were.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<Option<u64>, Failure> {
        match self {
            Encoder::Csv => Ok(None),
            Encoder::Parquet(reader, writer) => {
                reader.finish().map_err(refused)?;
                let (mut rest, part) = writer.finish().map_err(refused)?;
                out.append(&mut rest);
                Ok(Some(part.rows))
            }
            Encoder::Features(reader, count) => {
                reader.finish().map_err(refused)?;
                out.extend_from_slice(b"\n]}\n");
                Ok(Some(count))
            }
        }
    }
}

fn refused(error: ArchiveError) -> Failure {
    Failure::Other(error.to_string())
}
