//! The content hash of a row, which anyone can check with ten lines of Python:
//!
//! ```python
//! hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
//! ```
//!
//! where `row` is PostgreSQL's `to_jsonb(row)`, parsed by `json.loads`, without the columns that are
//! not content. So keys are sorted by code point, separators are `", "` and `": "`, non-ASCII
//! characters are written as `\uXXXX`, floats as by Python's `repr`, and a float without a fraction as
//! an integer, as in PostgreSQL's JSON.

use crate::calendar::days_to_date;
use crate::clean::Value;
use crate::tables::Table;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// Version of the encoding, stored with each hash. Increased if the encoding or the set of hashed
/// columns changes.
pub const ENCODING_VERSION: i16 = 1;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Computes the SHA-256 of a JSON value in canonical form.
pub fn content_hash(value: &Json) -> Hash {
    let mut out = Vec::new();
    write_json(&mut out, value);
    Sha256::digest(&out).into()
}

/// Formats a digest in lower-case hexadecimal.
pub fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::with_capacity(hash.len() * 2), |mut text, byte| {
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
        text
    })
}

/// Writes a JSON value in canonical form, as `json.dumps(value, sort_keys=True)`.
pub fn canonical_json(value: &Json) -> String {
    let mut out = Vec::new();
    write_json(&mut out, value);
    String::from_utf8_lossy(&out).into_owned()
}

/// Hashes the rows of one table. Sorts the keys only once.
#[derive(Debug)]
pub struct RowHasher {
    /// `{"key": ` or `, "key": `, with the position of the value.
    keys: Vec<(Vec<u8>, usize)>,
    buffer: Vec<u8>,
}

impl RowHasher {
    /// Creates a hasher for a table.
    pub fn new(table: &Table) -> Self {
        let mut order: Vec<_> =
            table.columns.iter().enumerate().filter(|(_, c)| c.is_hashed()).collect();
        order.sort_by_key(|(_, c)| c.name);
        let keys = order.iter().enumerate().map(|(n, (at, c))| {
            let mut prefix = if n == 0 { b"{".to_vec() } else { b", ".to_vec() };
            write_string(&mut prefix, c.name);
            prefix.extend_from_slice(b": ");
            (prefix, *at)
        });
        RowHasher { keys: keys.collect(), buffer: Vec::with_capacity(4096) }
    }

    /// Hashes a row. `values` are the values of the table's columns, in order. Missing values are null.
    pub fn hash(&mut self, values: &[Value]) -> Hash {
        self.buffer.clear();
        for (prefix, at) in &self.keys {
            self.buffer.extend_from_slice(prefix);
            write_value(&mut self.buffer, values.get(*at).unwrap_or(&Value::Null));
        }
        self.buffer.push(b'}');
        Sha256::digest(&self.buffer).into()
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn write_json(out: &mut Vec<u8>, value: &Json) {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(b) => write_bool(out, *b),
        Json::Number(n) => write_number(out, n.as_str()),
        Json::String(s) => write_string(out, s),
        Json::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.extend_from_slice(b", ");
                }
                write_json(out, item);
            }
            out.push(b']');
        }
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push(b'{');
            for (n, (key, item)) in entries.into_iter().enumerate() {
                if n > 0 {
                    out.extend_from_slice(b", ");
                }
                write_string(out, key);
                out.extend_from_slice(b": ");
                write_json(out, item);
            }
            out.push(b'}');
        }
    }
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(s) => write_string(out, s),
        Value::Int(n) => write_display(out, n),
        Value::Real(x) => write_float(out, &format!("{x:e}")),
        Value::Double(x) => write_float(out, &format!("{x:e}")),
        Value::Bool(b) => write_bool(out, *b),
        Value::Date(d) => {
            out.push(b'"');
            write_date(out, *d);
            out.push(b'"');
        }
        Value::Timestamp(t) => {
            let (day, s) = (t.div_euclid(86_400), t.rem_euclid(86_400));
            out.push(b'"');
            write_date(out, i32::try_from(day).unwrap_or(i32::MAX));
            let time = format!("T{:02}:{:02}:{:02}\"", s / 3600, s / 60 % 60, s % 60);
            out.extend_from_slice(time.as_bytes());
        }
    }
}

fn write_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

fn write_display(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    out.extend_from_slice(value.to_string().as_bytes());
}

fn write_date(out: &mut Vec<u8>, days: i32) {
    let (y, m, d) = days_to_date(days);
    out.extend_from_slice(format!("{y:04}-{m:02}-{d:02}").as_bytes());
}

/// Writes a JSON number: an integer if it consists of digits only, otherwise a float.
fn write_number(out: &mut Vec<u8>, text: &str) {
    if !text.contains(['.', 'e', 'E']) {
        out.extend_from_slice(if text == "-0" { b"0" } else { text.as_bytes() });
        return;
    }
    match text.parse::<f64>() {
        Ok(x) if x.is_infinite() => {
            out.extend_from_slice(if x > 0.0 { b"Infinity" } else { b"-Infinity" });
        }
        Ok(x) => write_repr(out, &format!("{x:e}")),
        Err(_) => out.extend_from_slice(text.as_bytes()),
    }
}

/// Writes a finite float from its shortest `d.ddde±x`. A float without a fraction becomes an integer.
fn write_float(out: &mut Vec<u8>, scientific: &str) {
    let Some((sign, digits, exponent)) = split_scientific(scientific) else {
        return out.extend_from_slice(b"null");
    };
    let is_integer = usize::try_from(exponent).is_ok_and(|e| digits.len() <= e + 1);
    if digits == "0" {
        out.push(b'0');
    } else if is_integer {
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(digits.as_bytes());
        out.resize(out.len() + exponent as usize + 1 - digits.len(), b'0');
    } else {
        write_repr(out, scientific);
    }
}

/// Writes a float like Python's `repr`: with an exponent from 1e16 and below 1e-4.
fn write_repr(out: &mut Vec<u8>, scientific: &str) {
    let Some((sign, digits, exponent)) = split_scientific(scientific) else { return };
    out.extend_from_slice(sign.as_bytes());
    let (first, rest) = digits.split_at(1);
    if !(-4..16).contains(&exponent) {
        out.extend_from_slice(first.as_bytes());
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest.as_bytes());
        }
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        write_display(out, format_args!("e{exponent_sign}{:02}", exponent.unsigned_abs()));
    } else if let Ok(point) = usize::try_from(exponent + 1)
        && point > 0
    {
        let (whole, fraction) = digits.split_at(point.min(digits.len()));
        out.extend_from_slice(whole.as_bytes());
        out.resize(out.len() + point - whole.len(), b'0');
        out.push(b'.');
        out.extend_from_slice(if fraction.is_empty() { b"0" } else { fraction.as_bytes() });
    } else {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + (-exponent - 1) as usize, b'0');
        out.extend_from_slice(digits.as_bytes());
    }
}

/// Splits `-1.25e-7` into (`-`, `125`, -7).
fn split_scientific(scientific: &str) -> Option<(&str, String, i32)> {
    let (sign, rest) = match scientific.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", scientific),
    };
    let (mantissa, exponent) = rest.split_once('e')?;
    Some((sign, mantissa.replace('.', ""), exponent.parse().ok()?))
}

/// Writes a string like `json.dumps` with `ensure_ascii`: all but printable ASCII is escaped.
fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, ' '..='~') && c != '"' && c != '\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        write_escape(out, c);
        from = at + c.len_utf8();
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\u{8}' => out.extend_from_slice(b"\\b"),
        '\u{c}' => out.extend_from_slice(b"\\f"),
        _ => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.extend_from_slice(b"\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(HEX[usize::from(*unit >> shift & 15)]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
