//! Files of an archive, as somebody may have altered them.

use std::fs::{self, File};
use std::sync::OnceLock;

use ntsb_archive::{Column, Manifest, Rows, Value, Writer};
use ntsb_cli::source::airports::{AirportList, COLUMNS};

use super::files::{Rows as Taken, scratch};

const TYPES: &[&str] =
    &["bool", "int2", "int4", "int8", "float4", "float8", "date", "timestamp", "text", "bytea"];

fn columns() -> Vec<Column> {
    let column = |(at, kind): (usize, &&str)| Column::of(&format!("c{at}"), kind, -1, kind);
    let code = Column::of("ev_highest_injury", "text", -1, "text");
    TYPES.iter().enumerate().map(column).chain([code]).collect()
}

fn good() -> Vec<u8> {
    let columns = columns();
    let mut writer = Writer::new(&columns, Vec::new()).unwrap();
    for number in 0..40_u8 {
        let bytes = |column: &Column| match column.width() {
            Some(width) => vec![number % 2; width],
            None => vec![b'0' + number % 2; 3],
        };
        let bytes: Vec<Vec<u8>> = columns.iter().map(bytes).collect();
        let row: Vec<Value> =
            bytes.iter().map(|b| Some(b.as_slice()).filter(|_| number % 7 != 0)).collect();
        writer.row(&row).unwrap();
    }
    writer.finish().unwrap().0
}

/// Parquet with bytes changed, each change as place (two bytes), length (one) and bytes; behind `raw:`
/// the whole file, behind `json:` a manifest. Rows come as COPY takes them, or a refusal.
pub fn archive(data: &[u8]) {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(text) = data.strip_prefix(b"json:") {
        if let Ok(manifest) = serde_json::from_slice::<Manifest>(text) {
            let text = serde_json::to_vec(&manifest).unwrap();
            assert_eq!(serde_json::from_slice::<Manifest>(&text).unwrap(), manifest);
        }
        return;
    }
    let path = scratch("part.parquet");
    match data.strip_prefix(b"raw:") {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::write(&path, super::models::changed(GOOD.get_or_init(good), data)).unwrap(),
    }
    let columns = columns();
    let Ok(mut rows) = Rows::open(File::open(&path).unwrap(), &columns) else { return };
    let mut row = Vec::new();
    while let Ok(true) = rows.next(&mut row) {
        assert_eq!(row[..2], (columns.len() as i16).to_be_bytes());
        row.clear();
    }
}

/// A list of airports: whole rows, or a refusal.
pub fn airports(data: &[u8]) {
    let path = scratch("airports.csv");
    fs::write(&path, data).unwrap();
    if let Ok(mut list) = AirportList::open(&path) {
        let mut rows = Taken::of_width(COLUMNS.len());
        let _ = list.read(&mut rows);
    }
}
