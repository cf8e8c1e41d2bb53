//! Converts voluntary reports of NASA's Aviation Safety Reporting System (ASRS) to rows of schema `asrs`.
//!
//! A row of the CSV export of ASRS Database Online arrives as a JSON object with one member per value that
//! is not empty, named by its two header rows: `"Aircraft 1.Make Model Name": "B737-700"`. The result has
//! the columns of `asrs.report`, and lists of rows for the other tables, without null values.
//!
//! Values are voluntary and unverified, so nothing is corrected: a value that a column cannot hold is
//! listed in `unread`.

mod fields;
mod values;

#[cfg(test)]
mod tests;

use fields::{AIRCRAFT, EVENT, Field, NARRATIVE, PERSON, REPORT};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt;

/// More groups of aircraft, persons or narratives than this are not read. The exports have two.
const MAX_GROUPS: usize = 20;

/// Years of reports. ASRS began in 1976.
const YEARS: std::ops::RangeInclusive<u16> = 1976..=2199;

/// Why a row is not a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The row is not a JSON object of texts.
    NotAnObject,
    /// The accession number is missing or not a number of 1 to 9 digits.
    Number(String),
    /// The date is missing or not YYYYMM.
    Date(String),
    /// There is neither a narrative nor a synopsis.
    NoText,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::NotAnObject => write!(f, "the row is not a JSON object of texts"),
            Rejection::Number(found) => {
                write!(f, "ACN must be a number of 1 to 9 digits, found {found:?}")
            }
            Rejection::Date(found) => {
                write!(f, "Date must be YYYYMM from 1976 on, found {found:?}")
            }
            Rejection::NoText => write!(f, "the report has neither a narrative nor a synopsis"),
        }
    }
}

/// The values of a row that are left to convert.
struct Row {
    values: Map<String, Value>,
    unread: BTreeSet<String>,
}

/// Converts a row. The result has the columns of `asrs.report`, and `aircraft`, `persons` and
/// `narratives` (lists of rows) and `event` (one row).
pub fn convert_report(row: &str) -> Result<Value, Rejection> {
    let Ok(Value::Object(values)) = serde_json::from_str(row) else {
        return Err(Rejection::NotAnObject);
    };
    if !values.values().all(Value::is_string) {
        return Err(Rejection::NotAnObject);
    }
    let mut row = Row { values, unread: BTreeSet::new() };
    let mut report = Map::new();
    let number = row.take("ACN").unwrap_or_default();
    let acn = values::accession_number(&number).ok_or(Rejection::Number(shorten(&number)))?;
    report.insert("acn".into(), acn.into());
    let date = row.take("Time.Date").unwrap_or_default();
    let (year, month) = year_and_month(&date).ok_or(Rejection::Date(shorten(&date)))?;
    report.insert("year".into(), year.into());
    report.insert("month".into(), month.into());
    row.convert("", REPORT, &mut report);
    let narratives = row.groups("Report", "narrative_no", NARRATIVE);
    if narratives.is_empty() && !report.contains_key("synopsis") {
        return Err(Rejection::NoText);
    }
    let mut event = Map::new();
    row.convert("Events", EVENT, &mut event);
    let lists = [
        ("aircraft", row.groups("Aircraft", "aircraft_no", AIRCRAFT)),
        ("persons", row.groups("Person", "person_no", PERSON)),
        ("narratives", narratives),
    ];
    for (name, rows) in lists {
        report.insert(name.into(), rows.into());
    }
    report.insert("event".into(), event.into());
    row.add_unread(&mut report);
    Ok(report.into())
}

impl Row {
    /// Removes and returns a value, cleaned. None if it is blank.
    fn take(&mut self, name: &str) -> Option<String> {
        match self.values.remove(name)? {
            Value::String(raw) => values::clean(&raw),
            _ => None,
        }
    }

    /// Converts the values of a group to columns.
    fn convert(&mut self, group: &str, fields: &[Field], columns: &mut Map<String, Value>) {
        for field in fields {
            let name = match group {
                "" => field.name.to_owned(),
                group => format!("{group}.{}", field.name),
            };
            let Some(raw) = self.take(&name) else { continue };
            let mut add = |column: &str, value: Value| {
                columns.insert(column.to_owned(), value);
            };
            for rest in field.convert(&raw, &mut add) {
                self.unread.insert(format!("{name}={}", shorten(&rest)));
            }
        }
    }

    /// Converts numbered groups, such as `Aircraft 1` and `Aircraft 2`. Groups without values are left out.
    fn groups(&mut self, group: &str, number: &str, fields: &[Field]) -> Vec<Value> {
        let mut rows = Vec::new();
        for n in 1..=MAX_GROUPS {
            let mut columns = Map::new();
            self.convert(&format!("{group} {n}"), fields, &mut columns);
            if !columns.is_empty() {
                columns.insert(number.to_owned(), json!(n));
                rows.push(columns.into());
            }
        }
        rows
    }

    /// Lists what no column holds: values that could not be read, and values of unknown columns.
    fn add_unread(mut self, report: &mut Map<String, Value>) {
        let names: Vec<String> = self.values.keys().cloned().collect();
        for name in names {
            if let Some(rest) = self.take(&name) {
                let name = values::clean(&shorten(&name)).unwrap_or_default();
                self.unread.insert(format!("{name}={}", shorten(&rest)));
            }
        }
        if !self.unread.is_empty() {
            report.insert("unread".into(), self.unread.into_iter().collect::<Vec<_>>().into());
        }
    }
}

fn year_and_month(date: &str) -> Option<(u16, u8)> {
    if date.len() != 6 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, month) = (date.get(..4)?.parse().ok()?, date.get(4..)?.parse().ok()?);
    (YEARS.contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

/// The first 200 characters of a value, for messages and `unread`.
fn shorten(value: &str) -> String {
    value.chars().take(200).collect()
}
