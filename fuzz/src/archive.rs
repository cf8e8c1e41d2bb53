//! Altered files of an archive.

use std::fs::{self, File};
use std::sync::OnceLock;

use ntsb_archive::{Column, Manifest, ParquetWriter, RowReader, Value};

use super::models::apply_changes;
use super::sources::scratch_path;

const TYPES: &[&str] =
    &["bool", "int2", "int4", "int8", "float4", "float8", "date", "timestamp", "text", "bytea"];

fn columns() -> Vec<Column> {
    let column = |(at, name): (usize, &&str)| Column::new(&format!("c{at}"), name, -1, name);
    let code = Column::new("ev_highest_injury", "text", -1, "text");
    TYPES.iter().enumerate().map(column).chain([code]).collect()
}

fn valid_file() -> Vec<u8> {
    let columns = columns();
    let mut writer = ParquetWriter::new(&columns, Vec::new()).unwrap();
    for number in 0..40_u8 {
        let bytes = |column: &Column| match column.width() {
            Some(width) => vec![number % 2; width],
            None => vec![b'0' + number % 2; 3],
        };
        let bytes: Vec<Vec<u8>> = columns.iter().map(bytes).collect();
        let row: Vec<Value> =
            bytes.iter().map(|b| Some(b.as_slice()).filter(|_| number % 7 != 0)).collect();
        writer.write_row(&row).unwrap();
    }
    writer.finish().unwrap().0
}

/// Reads a Parquet file to which changes were applied, or the whole file after `raw:`. Parses the
/// manifest after `json:`. Rows must be in COPY format.
pub fn fuzz_archive(data: &[u8]) {
    static VALID: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(text) = data.strip_prefix(b"json:") {
        if let Ok(manifest) = serde_json::from_slice::<Manifest>(text) {
            let text = serde_json::to_vec(&manifest).unwrap();
            assert_eq!(serde_json::from_slice::<Manifest>(&text).unwrap(), manifest);
        }
        return;
    }
    let path = scratch_path("part.parquet");
    match data.strip_prefix(b"raw:") {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::write(&path, apply_changes(VALID.get_or_init(valid_file), data)).unwrap(),
    }
    let columns = columns();
    let Ok(mut reader) = RowReader::open(File::open(&path).unwrap(), &columns) else { return };
    let mut row = Vec::new();
    while let Ok(true) = reader.read_row(&mut row) {
        assert_eq!(row[..2], (columns.len() as i16).to_be_bytes());
        row.clear();
    }
}
