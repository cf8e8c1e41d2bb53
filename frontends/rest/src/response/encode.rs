//! Encodes rows as JSON, CSV, NDJSON or GeoJSON.

use std::error::Error;
use std::io::Write;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use ntsb_csv::{Cell, Format as CsvFormat, Formulas, LineEnd, is_text_type};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use super::Format;

type EncodeError = Box<dyn Error + Sync + Send>;

/// The column with the cursor of the next page, which is not part of the row.
const NEXT_PAGE: &str = "next_page";

/// Encodes a whole list.
pub fn encode_rows(rows: &[Row], format: Format) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(rows.len() * 256 + 64);
    for (at, row) in rows.iter().enumerate() {
        write_row(format, row, at == 0, &mut out)?;
    }
    write_end(format, rows.is_empty(), next_page(rows.last()), &mut out);
    Ok(out)
}

/// Appends one row of a list, with what separates it from the previous one.
pub fn write_row(
    format: Format,
    row: &Row,
    is_first: bool,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match format {
        Format::Json => {
            out.push(if is_first { b'[' } else { b',' });
            write_object(row, out)
        }
        Format::NdJson => {
            write_object(row, out)?;
            out.push(b'\n');
            Ok(())
        }
        Format::Csv(formulas) => {
            if is_first {
                let names = visible_columns(row).map(|(_, name, _)| name);
                csv_format(Formulas::Marked).write_header(names, out);
            }
            write_csv_row(row, formulas, out)
        }
        Format::GeoJson => {
            let start: &[u8] =
                if is_first { br#"{"type":"FeatureCollection","features":["# } else { b"," };
            out.extend_from_slice(start);
            write_feature(row, out)
        }
    }
}

/// Appends the end of a list, with the cursor of the next page if the format has a place for it.
pub fn write_end(format: Format, is_empty: bool, next_page: Option<&str>, out: &mut Vec<u8>) {
    let next_page = serde_json::to_string(&next_page).unwrap_or_else(|_| "null".into());
    let text = match (format, is_empty) {
        (Format::Json, false) => "]".into(),
        (Format::Json, true) => "[]".into(),
        (Format::GeoJson, false) => format!(r#"],"next_page":{next_page}}}"#),
        (Format::GeoJson, true) => {
            format!(r#"{{"type":"FeatureCollection","features":[],"next_page":{next_page}}}"#)
        }
        (Format::NdJson, _) => format!("{{\"next_page\":{next_page}}}\n"),
        (Format::Csv(_), _) => String::new(),
    };
    out.extend_from_slice(text.as_bytes());
}

/// The cursor of the next page, given the last row. None: this is the last page.
pub fn next_page(last: Option<&Row>) -> Option<&str> {
    last?.try_get::<_, Option<&str>>(NEXT_PAGE).ok().flatten()
}

/// The header of an empty CSV list.
pub fn write_csv_header(columns: &[String]) -> Vec<u8> {
    let names = columns.iter().map(String::as_str).filter(|name| *name != NEXT_PAGE);
    let mut header = Vec::new();
    csv_format(Formulas::Marked).write_header(names, &mut header);
    header
}

/// The index, name and type of each column of the row.
fn visible_columns(row: &Row) -> impl Iterator<Item = (usize, &str, &Type)> {
    let columns = row.columns().iter().enumerate().map(|(at, c)| (at, c.name(), c.type_()));
    columns.filter(|(_, name, _)| *name != NEXT_PAGE)
}

pub fn write_object(row: &Row, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.push(b'{');
    for (nth, (at, name, sql_type)) in visible_columns(row).enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, name)?;
        out.push(b':');
        write_value(row, at, sql_type, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// Writes a GeoJSON feature (RFC 7946): a point, and the row as its properties.
fn write_feature(row: &Row, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let degrees = |name: &str| row.try_get::<_, Option<f64>>(name).ok().flatten();
    write!(out, r#"{{"type":"Feature","geometry":"#)?;
    match (degrees("lon"), degrees("lat")) {
        (Some(lon), Some(lat)) => {
            write!(out, r#"{{"type":"Point","coordinates":[{lon},{lat}]}}"#)?;
        }
        _ => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":"#);
    write_object(row, out)?;
    out.push(b'}');
    Ok(())
}

/// docs/csv.md describes the format.
fn csv_format(formulas: Formulas) -> CsvFormat {
    CsvFormat { formulas, line_end: LineEnd::CrLf }
}

fn write_csv_row(row: &Row, formulas: Formulas, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut cells = Vec::new();
    for (at, _, sql_type) in visible_columns(row) {
        let mut json = Vec::new();
        write_value(row, at, sql_type, &mut json)?;
        let text = match json.first() {
            Some(b'"') => Some(serde_json::from_slice::<String>(&json)?),
            _ if json == b"null" => None,
            _ => Some(String::from_utf8(json)?),
        };
        cells.push((text, is_text_type(sql_type.name())));
    }
    let cells = cells.iter().map(|(text, is_text)| Cell::new(text.as_deref(), *is_text));
    csv_format(formulas).write_row(cells, out);
    Ok(())
}

/// A json or jsonb value as JSON text.
struct RawJson<'a>(&'a [u8]);

impl<'a> FromSql<'a> for RawJson<'a> {
    fn from_sql(sql_type: &Type, raw: &'a [u8]) -> Result<RawJson<'a>, EncodeError> {
        // jsonb starts with a version byte.
        Ok(RawJson(if *sql_type == Type::JSONB { raw.get(1..).unwrap_or_default() } else { raw }))
    }

    fn accepts(sql_type: &Type) -> bool {
        matches!(*sql_type, Type::JSON | Type::JSONB)
    }
}

fn write_json<T: serde::Serialize>(value: Option<T>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Ok(serde_json::to_writer(out, &value)?)
}

fn write_value(
    row: &Row,
    at: usize,
    sql_type: &Type,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    match *sql_type {
        Type::BOOL => write_json(row.try_get::<_, Option<bool>>(at)?, out),
        Type::INT2 => write_json(row.try_get::<_, Option<i16>>(at)?, out),
        Type::INT4 => write_json(row.try_get::<_, Option<i32>>(at)?, out),
        Type::INT8 => write_json(row.try_get::<_, Option<i64>>(at)?, out),
        Type::FLOAT4 => write_json(row.try_get::<_, Option<f32>>(at)?, out),
        Type::FLOAT8 => write_json(row.try_get::<_, Option<f64>>(at)?, out),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
            write_json(row.try_get::<_, Option<&str>>(at)?, out)
        }
        Type::DATE => write_json(row.try_get::<_, Option<NaiveDate>>(at)?, out),
        Type::TIME => write_json(row.try_get::<_, Option<NaiveTime>>(at)?, out),
        Type::TIMESTAMP => write_json(row.try_get::<_, Option<NaiveDateTime>>(at)?, out),
        Type::TIMESTAMPTZ => {
            let time = row.try_get::<_, Option<DateTime<Utc>>>(at)?;
            write_json(time.map(|t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true)), out)
        }
        Type::TEXT_ARRAY => write_json(row.try_get::<_, Option<Vec<Option<&str>>>>(at)?, out),
        Type::INT4_ARRAY => write_json(row.try_get::<_, Option<Vec<Option<i32>>>>(at)?, out),
        Type::FLOAT8_ARRAY => write_json(row.try_get::<_, Option<Vec<Option<f64>>>>(at)?, out),
        Type::JSON | Type::JSONB => {
            let raw = row.try_get::<_, Option<RawJson>>(at)?;
            out.extend_from_slice(raw.map_or(b"null", |raw| raw.0));
            Ok(())
        }
        ref other => Err(format!("a column of type {other} is not supported").into()),
    }
}
