//! Converts the output of a COPY to the file format.

use ntsb_archive::{ArchiveError, CopyReader, ParquetWriter, Relation, Value};
use ntsb_csv::{Cell, Format as Csv, Formulas, LineEnd};

use crate::args::{ExportArgs, Format};
use crate::failure::Failure;

pub enum Encoder {
    Parquet(CopyReader, Box<ParquetWriter<Vec<u8>>>),
    Csv(CopyReader, CsvWriter),
    /// GeoJSON features and their number so far.
    Features(CopyReader, u64),
}

impl Encoder {
    /// `is_text` says of each column whether it contains text.
    pub fn new(
        args: &ExportArgs,
        relation: &Relation,
        is_text: Vec<bool>,
    ) -> Result<Encoder, Failure> {
        let reader = CopyReader::default();
        Ok(match args.format {
            Format::Parquet => {
                let writer =
                    ParquetWriter::new(&relation.columns, Vec::new()).map_err(encoding_error)?;
                Encoder::Parquet(reader, Box::new(writer))
            }
            Format::Csv => {
                let names = relation.columns.iter().map(|column| column.name.clone()).collect();
                let formulas = Formulas::from_exact_text(args.exact_text);
                let format = Csv { formulas, line_end: LineEnd::Lf };
                Encoder::Csv(reader, CsvWriter { format, names, is_text, rows: 0 })
            }
            Format::Geojson => Encoder::Features(reader, 0),
        })
    }

    /// The bytes before the first row.
    pub fn header(&self) -> Vec<u8> {
        match self {
            Encoder::Features(..) => b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(),
            Encoder::Csv(_, writer) => writer.header(),
            Encoder::Parquet(..) => Vec::new(),
        }
    }

    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Encoder::Csv(reader, writer) => {
                reader.push(bytes, |row| writer.write_row(row, out)).map_err(encoding_error)?;
            }
            Encoder::Parquet(reader, writer) => {
                reader.push(bytes, |row| writer.write_row(row)).map_err(encoding_error)?;
                out.append(writer.sink());
            }
            Encoder::Features(reader, count) => {
                let write_feature = |row: &[Option<&[u8]>]| {
                    out.extend_from_slice(if *count == 0 { b"\n" } else { b",\n" });
                    out.extend(row.iter().flatten().copied().flatten());
                    *count += 1;
                    Ok::<_, ArchiveError>(())
                };
                reader.push(bytes, write_feature).map_err(encoding_error)?;
            }
        }
        Ok(())
    }

    /// Appends the bytes after the last row. Returns the number of rows.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<u64, Failure> {
        match self {
            Encoder::Csv(reader, writer) => {
                reader.finish().map_err(encoding_error)?;
                Ok(writer.rows)
            }
            Encoder::Parquet(reader, writer) => {
                reader.finish().map_err(encoding_error)?;
                let (mut rest, part) = writer.finish().map_err(encoding_error)?;
                out.append(&mut rest);
                Ok(part.rows)
            }
            Encoder::Features(reader, count) => {
                reader.finish().map_err(encoding_error)?;
                out.extend_from_slice(b"\n]}\n");
                Ok(count)
            }
        }
    }
}

/// Writes rows of text values as CSV.
pub struct CsvWriter {
    format: Csv,
    names: Vec<String>,
    is_text: Vec<bool>,
    rows: u64,
}

impl CsvWriter {
    fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.format.write_header(self.names.iter().map(String::as_str), &mut out);
        out
    }

    fn write_row(&mut self, row: &[Value], out: &mut Vec<u8>) -> Result<(), ArchiveError> {
        let texts = row.iter().map(|value| value.map(str::from_utf8).transpose());
        let texts: Vec<_> =
            texts.collect::<Result<_, _>>().map_err(|_| ArchiveError::MalformedCopy)?;
        let cells = texts.into_iter().zip(&self.is_text);
        self.format.write_row(cells.map(|(text, is_text)| Cell::new(text, *is_text)), out);
        self.rows += 1;
        Ok(())
    }
}

fn encoding_error(error: ArchiveError) -> Failure {
    Failure::Other(error.to_string())
}
