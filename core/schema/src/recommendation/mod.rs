//! Converts NTSB's safety recommendations, as its public API returns them, to rows of the warehouse.
//!
//! NTSB publishes no description of the record, and no genuine answer was at hand. So members are found by
//! several plausible names, without regard to case and punctuation, values may be single or lists, and
//! members that are not known are listed ([`convert_recommendation`], `unknown`).

mod names;
mod values;

#[cfg(test)]
mod tests;

use names::{
    ADDRESSEE, CLOSED, EVENTS, ISSUED, MKEY, MODE, NTSB_NO, NUMBER, STATUS, SUBJECT, TEXT,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt;

/// Addressees and events beyond this number are not read.
const MAX_ITEMS: usize = 1_000;

/// Why a record is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The record is not a JSON object.
    NotAnObject,
    /// The number of the recommendation is missing or has another form.
    Number(String),
    /// There is neither a text nor a subject.
    NoText(String),
    /// The recommendation is of another mode than aviation.
    OtherMode(String),
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::NotAnObject => write!(f, "the record is not a JSON object"),
            Rejection::Number(found) => write!(
                f,
                "the number of the recommendation must have the form A-23-001, found {found:?}"
            ),
            Rejection::NoText(number) => {
                write!(f, "recommendation {number} has neither a text nor a subject")
            }
            Rejection::OtherMode(number) => {
                write!(f, "recommendation {number} is of another mode than aviation")
            }
        }
    }
}

/// The members of an object by simplified name, until they are taken.
struct Members {
    members: Map<String, Value>,
    unread: BTreeSet<String>,
}

/// Converts a record. The result has the columns of `ntsb.safety_recommendation` without nulls, the lists
/// `addressees` and `events`, and `unknown`, the names of members that were not read.
pub fn convert_recommendation(record: &str) -> Result<Value, Rejection> {
    let Ok(Value::Object(object)) = serde_json::from_str(record) else {
        return Err(Rejection::NotAnObject);
    };
    let mut members = Members::new(object);
    let raw = members.text(NUMBER).unwrap_or_default();
    let number = values::recommendation_number(&raw)
        .ok_or_else(|| Rejection::Number(raw.chars().take(100).collect()))?;
    let mode = members.text(MODE).or_else(|| values::mode_of_number(&number).map(str::to_owned));
    if !values::is_aviation(&number, mode.as_deref()) {
        return Err(Rejection::OtherMode(number));
    }
    let mut row = Map::new();
    let mut add = |column: &str, value: Option<String>| {
        if let Some(value) = value {
            row.insert(column.to_owned(), value.into());
        }
    };
    add("mode", mode);
    add("subject", members.text(SUBJECT));
    add("text", members.text(TEXT));
    add("issued_on", members.date(ISSUED));
    let closed = members.date(CLOSED);
    add("closed_on", closed.clone());
    let status = members.text(STATUS).map(|status| values::normalize_status(&status));
    add("status", status.clone());
    if !row.contains_key("text") && !row.contains_key("subject") {
        return Err(Rejection::NoText(number));
    }
    row.insert("rec_no".into(), number.into());
    insert_is_open(&mut row, status.as_deref());
    let addressees = members.addressees(status.as_deref(), closed.as_deref());
    row.insert("addressees".into(), addressees.into());
    row.insert("events".into(), members.events().into());
    members.finish(&mut row);
    Ok(row.into())
}

fn insert_is_open(row: &mut Map<String, Value>, status: Option<&str>) {
    if let Some(is_open) = status.and_then(values::is_open) {
        row.insert("is_open".into(), is_open.into());
    }
}

impl Members {
    fn new(object: Map<String, Value>) -> Members {
        let members = object.into_iter().map(|(name, value)| (names::simplify(&name), value));
        Members { members: members.collect(), unread: BTreeSet::new() }
    }

    /// Removes and returns the first value that is present and not null, with its name.
    fn take(&mut self, names: &[&'static str]) -> Option<(&'static str, Value)> {
        names.iter().find_map(|name| {
            let value = self.members.remove(*name)?;
            (!value.is_null()).then_some((*name, value))
        })
    }

    fn text(&mut self, names: &[&'static str]) -> Option<String> {
        loop {
            let (name, value) = self.take(names)?;
            match &value {
                Value::String(text) => {
                    if let Some(text) = values::clean(text) {
                        return Some(text);
                    }
                }
                Value::Number(number) => return Some(number.to_string()),
                _ => {
                    self.unread.insert(name.to_owned());
                }
            }
        }
    }

    fn date(&mut self, names: &[&'static str]) -> Option<String> {
        let text = self.text(names)?;
        let date = values::date(&text);
        if date.is_none() {
            self.unread.insert(format!("date {}", text.chars().take(50).collect::<String>()));
        }
        date
    }

    /// The addressees with their statuses. A single addressee has the status of the recommendation.
    fn addressees(&mut self, status: Option<&str>, closed: Option<&str>) -> Vec<Value> {
        let Some((_, value)) = self.take(ADDRESSEE) else { return Vec::new() };
        let mut rows = Vec::new();
        for item in list(value).into_iter().take(MAX_ITEMS) {
            match item {
                Value::String(name) => {
                    rows.extend(values::clean(&name).map(|name| addressee(&name, None, None)));
                }
                Value::Object(object) => {
                    let mut item = Members::new(object);
                    let own = item.text(STATUS).map(|status| values::normalize_status(&status));
                    let closed = item.date(CLOSED);
                    let name = item.text(names::ADDRESSEE_NAME);
                    rows.extend(name.map(|n| addressee(&n, own.as_deref(), closed.as_deref())));
                    self.unread.extend(item.rest("addressee."));
                }
                _ => {
                    self.unread.insert("addressee".to_owned());
                }
            }
        }
        if let [Value::Object(only)] = rows.as_mut_slice()
            && let Some(status) = status
            && !only.contains_key("status")
        {
            let name = only.get("addressee").and_then(Value::as_str).unwrap_or_default();
            *only = match addressee(name, Some(status), closed) {
                Value::Object(row) => row,
                _ => Map::new(),
            };
        }
        rows
    }

    /// The investigations that led to the recommendation, by NTSB number or case key.
    fn events(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some((_, value)) = self.take(NTSB_NO) {
            let items = list(value).into_iter();
            events.extend(items.filter_map(|i| reference(values::ntsb_number(&i), None)));
        }
        while let Some((_, value)) = self.take(MKEY) {
            let items = list(value).into_iter();
            events.extend(items.filter_map(|i| reference(None, values::case_key(&i))));
        }
        if let [Value::Object(first), Value::Object(second)] = events.as_slice()
            && first.contains_key("ntsb_no")
            && second.contains_key("mkey")
        {
            // One number and one key beside it name the same investigation.
            let both = first.iter().chain(second).map(|(k, v)| (k.clone(), v.clone()));
            events = vec![Value::Object(both.collect())];
        }
        while let Some((_, value)) = self.take(EVENTS) {
            for item in list(value) {
                match item {
                    Value::Object(object) => {
                        let mut item = Members::new(object);
                        let number = item.take(NTSB_NO).and_then(|(_, v)| values::ntsb_number(&v));
                        let key = item.take(MKEY).and_then(|(_, v)| values::case_key(&v));
                        events.extend(reference(number, key));
                    }
                    other => events.extend(reference(values::ntsb_number(&other), None)),
                }
            }
        }
        let mut seen = BTreeSet::new();
        events.retain(|event| seen.insert(event.to_string()));
        events.truncate(MAX_ITEMS);
        events
    }

    /// The members that were not taken and are not empty.
    fn rest(self, prefix: &str) -> Vec<String> {
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        let members = self.members.into_iter().filter(|(_, value)| !is_empty(value));
        let names = members.map(|(name, _)| name).chain(self.unread);
        names.map(|n| format!("{prefix}{}", n.chars().take(100).collect::<String>())).collect()
    }

    fn finish(self, row: &mut Map<String, Value>) {
        let unknown: BTreeSet<String> = self.rest("").into_iter().take(MAX_ITEMS).collect();
        if !unknown.is_empty() {
            row.insert("unknown".into(), unknown.into_iter().collect::<Vec<_>>().into());
        }
    }
}

fn addressee(name: &str, status: Option<&str>, closed: Option<&str>) -> Value {
    let mut row = Map::new();
    row.insert("addressee".into(), name.into());
    if let Some(status) = status {
        row.insert("status".into(), status.into());
    }
    insert_is_open(&mut row, status);
    if let Some(closed) = closed {
        row.insert("closed_on".into(), closed.into());
    }
    row.into()
}

fn reference(ntsb_no: Option<String>, mkey: Option<u32>) -> Option<Value> {
    match (ntsb_no, mkey) {
        (Some(number), Some(key)) => Some(json!({ "ntsb_no": number, "mkey": key })),
        (Some(number), None) => Some(json!({ "ntsb_no": number })),
        (None, Some(key)) => Some(json!({ "mkey": key })),
        (None, None) => None,
    }
}

/// The items of a list. A text is a list whose items are separated by semicolons.
fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::String(text) => text.split(';').map(|item| item.trim().into()).collect(),
        other => vec![other],
    }
}
