//! Rows as the database gives them, written as JSON, CSV, NDJSON or GeoJSON.

use std::error::Error;
use std::io::Write;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

type Failure = Box<dyn Error + Sync + Send>;

/// Not part of an answer: how to ask on.
pub const NEXT_PAGE: &str = "next_page";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Csv,
    NdJson,
    GeoJson,
}

impl Form {
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Csv => "text/csv; charset=utf-8",
            Form::NdJson => "application/x-ndjson",
            Form::GeoJson => "application/geo+json",
        }
    }

    /// One row among others, with what stands between them.
    pub fn write(self, row: &Row, is_first: bool, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Form::Json => {
                out.push(if is_first { b'[' } else { b',' });
                object(row, out)
            }
            Form::NdJson => {
                object(row, out)?;
                out.push(b'\n');
                Ok(())
            }
            Form::Csv => {
                if is_first {
                    csv_header(row, out);
                }
                csv_line(row, out)
            }
            Form::GeoJson => {
                let start: &[u8] =
                    if is_first { br#"{"type":"FeatureCollection","features":["# } else { b"," };
                out.extend_from_slice(start);
                feature(row, out)
            }
        }
    }

    /// `next_page`: said where the form has a place for it.
    pub fn end(self, is_empty: bool, next_page: Option<&str>, out: &mut Vec<u8>) {
        let next_page = serde_json::to_string(&next_page).unwrap_or_else(|_| "null".into());
        let text = match (self, is_empty) {
            (Form::Json, false) => "]".into(),
            (Form::Json, true) => "[]".into(),
            (Form::GeoJson, false) => format!(r#"],"next_page":{next_page}}}"#),
            (Form::GeoJson, true) => {
                format!(r#"{{"type":"FeatureCollection","features":[],"next_page":{next_page}}}"#)
            }
            (Form::NdJson, _) => format!("{{\"next_page\":{next_page}}}\n"),
            (Form::Csv, _) => String::new(),
        };
        out.extend_from_slice(text.as_bytes());
    }

    pub fn all(self, rows: &[Row]) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::with_capacity(rows.len() * 256 + 64);
        for (at, row) in rows.iter().enumerate() {
            self.write(row, at == 0, &mut out)?;
        }
        self.end(rows.is_empty(), next_page(rows.last()), &mut out);
        Ok(out)
    }
}

/// Where the list goes on after its last row; none: nowhere.
pub fn next_page(last: Option<&Row>) -> Option<&str> {
    last?.try_get::<_, Option<&str>>(NEXT_PAGE).ok().flatten()
}

/// The first line of a CSV file whose list is empty.
pub fn csv_header_of(columns: &[String]) -> Vec<u8> {
    let names = columns.iter().map(String::as_str).filter(|name| *name != NEXT_PAGE);
    let mut line = names.collect::<Vec<_>>().join(",").into_bytes();
    line.extend_from_slice(b"\r\n");
    line
}

fn shown(row: &Row) -> impl Iterator<Item = (usize, &str, &Type)> {
    let columns = row.columns().iter().enumerate().map(|(at, c)| (at, c.name(), c.type_()));
    columns.filter(|(_, name, _)| *name != NEXT_PAGE)
}

pub fn object(row: &Row, out: &mut Vec<u8>) -> Result<(), Failure> {
    out.push(b'{');
    for (nth, (at, name, of)) in shown(row).enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, name)?;
        out.push(b':');
        value(row, at, of, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// RFC 7946: the point, and all else as properties.
fn feature(row: &Row, out: &mut Vec<u8>) -> Result<(), Failure> {
    let degrees = |name: &str| row.try_get::<_, Option<f64>>(name).ok().flatten();
    write!(out, r#"{{"type":"Feature","geometry":"#)?;
    match (degrees("lon"), degrees("lat")) {
        (Some(lon), Some(lat)) => {
            write!(out, r#"{{"type":"Point","coordinates":[{lon},{lat}]}}"#)?;
        }
        _ => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":"#);
    object(row, out)?;
    out.push(b'}');
    Ok(())
}

fn csv_header(row: &Row, out: &mut Vec<u8>) {
    let names: Vec<String> = shown(row).map(|(_, name, _)| name.to_owned()).collect();
    out.extend_from_slice(&csv_header_of(&names));
}

/// RFC 4180; null is empty, empty text is "".
fn csv_line(row: &Row, out: &mut Vec<u8>) -> Result<(), Failure> {
    let mut cell = Vec::new();
    for (nth, (at, _, of)) in shown(row).enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        cell.clear();
        value(row, at, of, &mut cell)?;
        match cell.first() {
            Some(b'"') => csv_text(&serde_json::from_slice::<String>(&cell)?, out),
            Some(b'[' | b'{') => csv_text(&String::from_utf8_lossy(&cell), out),
            _ if cell == b"null" => {}
            _ => out.extend_from_slice(&cell),
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// What a spreadsheet would take for a formula is marked as text.
fn csv_text(text: &str, out: &mut Vec<u8>) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !text.is_empty() && !formula && !text.contains(['"', ',', '\n', '\r']) {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    if formula {
        out.push(b'\'');
    }
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// The text of a json or jsonb value, which is JSON already.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Raw<'a>, Failure> {
        // jsonb begins with the number of its version.
        Ok(Raw(if *of == Type::JSONB { raw.get(1..).unwrap_or_default() } else { raw }))
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::JSON | Type::JSONB)
    }
}

fn put<T: serde::Serialize>(value: Option<T>, out: &mut Vec<u8>) -> Result<(), Failure> {
    Ok(serde_json::to_writer(out, &value)?)
}

fn value(row: &Row, at: usize, of: &Type, out: &mut Vec<u8>) -> Result<(), Failure> {
    match *of {
        Type::BOOL => put(row.try_get::<_, Option<bool>>(at)?, out),
        Type::INT2 => put(row.try_get::<_, Option<i16>>(at)?, out),
        Type::INT4 => put(row.try_get::<_, Option<i32>>(at)?, out),
        Type::INT8 => put(row.try_get::<_, Option<i64>>(at)?, out),
        Type::FLOAT4 => put(row.try_get::<_, Option<f32>>(at)?, out),
        Type::FLOAT8 => put(row.try_get::<_, Option<f64>>(at)?, out),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
            put(row.try_get::<_, Option<&str>>(at)?, out)
        }
        Type::DATE => put(row.try_get::<_, Option<NaiveDate>>(at)?, out),
        Type::TIME => put(row.try_get::<_, Option<NaiveTime>>(at)?, out),
        Type::TIMESTAMP => put(row.try_get::<_, Option<NaiveDateTime>>(at)?, out),
        Type::TIMESTAMPTZ => {
            let moment = row.try_get::<_, Option<DateTime<Utc>>>(at)?;
            put(moment.map(|m| m.to_rfc3339_opts(SecondsFormat::AutoSi, true)), out)
        }
        Type::TEXT_ARRAY => put(row.try_get::<_, Option<Vec<Option<&str>>>>(at)?, out),
        Type::INT4_ARRAY => put(row.try_get::<_, Option<Vec<Option<i32>>>>(at)?, out),
        Type::FLOAT8_ARRAY => put(row.try_get::<_, Option<Vec<Option<f64>>>>(at)?, out),
        Type::JSON | Type::JSONB => {
            let raw = row.try_get::<_, Option<Raw>>(at)?;
            out.extend_from_slice(raw.map_or(b"null", |raw| raw.0));
            Ok(())
        }
        ref other => Err(format!("a column of type {other} cannot be shown").into()),
    }
}
