//! The known facts of one event.
//!
//! The digest of a model's training data covers the `Debug` form of [`Facts`] and [`Value`]. Renaming
//! them, or their fields or variants, would change the digests of unchanged data.

use super::{CATALOGUE, FeatureKind, feature_index};
use ntsb_schema::calendar;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// The value of a fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number or clock time.
    Number(f64),
    /// A text or code. Shared, because thousands of events have the same one.
    Text(Rc<str>),
    /// Days since 1970-01-01.
    Date(i32),
}

/// Facts by catalogue index. Unknown facts have no entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    values: Vec<(u16, Value)>,
}

/// Why facts cannot be read from JSON.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FactsError {
    /// The JSON is not an object.
    #[error("facts must be a JSON object of names and values")]
    NotAnObject,
    /// The catalogue has no fact of that name.
    #[error("unknown fact {0:?}")]
    NoSuchFact(String),
    /// The value has the wrong type.
    #[error("{name} must be a {kind}, got {value}")]
    WrongKind {
        /// Name of the fact.
        name: &'static str,
        /// The value passed, as JSON.
        value: String,
        /// The expected type.
        kind: &'static str,
    },
}

impl Facts {
    /// Appends the facts in a defined form, for digests: for each in the order of the catalogue its index,
    /// a letter for the type, and the value; a text with its length. Numbers are little-endian.
    pub fn encode(&self, out: &mut Vec<u8>) {
        for (index, value) in &self.values {
            out.extend_from_slice(&index.to_le_bytes());
            match value {
                Value::Number(number) => {
                    out.push(b'n');
                    out.extend_from_slice(&number.to_le_bytes());
                }
                Value::Text(text) => {
                    out.push(b't');
                    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
                    out.extend_from_slice(text.as_bytes());
                }
                Value::Date(day) => {
                    out.push(b'd');
                    out.extend_from_slice(&day.to_le_bytes());
                }
            }
        }
    }

    /// Sets or replaces the fact with that catalogue index.
    pub fn set(&mut self, index: usize, value: Value) {
        let Ok(index) = u16::try_from(index) else { return };
        match self.values.binary_search_by_key(&index, |(key, _)| *key) {
            Ok(slot) => {
                if let Some(entry) = self.values.get_mut(slot) {
                    entry.1 = value;
                }
            }
            Err(slot) => self.values.insert(slot, (index, value)),
        }
    }

    /// Removes a fact by its name.
    pub fn remove(&mut self, name: &str) {
        if let Some(index) = feature_index(name) {
            self.values.retain(|(key, _)| usize::from(*key) != index);
        }
    }

    /// The fact with that catalogue index, if it is known.
    pub fn get(&self, index: usize) -> Option<&Value> {
        let slot = self.values.binary_search_by_key(&index, |(key, _)| usize::from(*key)).ok()?;
        self.values.get(slot).map(|(_, value)| value)
    }

    /// A known numeric fact.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(feature_index(name)?)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A known text or code.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(feature_index(name)?)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A known date, as days since 1970-01-01.
    pub fn date(&self, name: &str) -> Option<i32> {
        match self.get(feature_index(name)?)? {
            Value::Date(days) => Some(*days),
            _ => None,
        }
    }

    /// The value of a feature for this event, computed if it is derived.
    pub fn feature_value(&self, index: usize) -> Option<Value> {
        match CATALOGUE.get(index)?.kind {
            FeatureKind::Derived(formula) => formula(self).map(Value::Number),
            _ => self.get(index).cloned(),
        }
    }

    /// All known facts and derived features, by name.
    pub fn to_json(&self) -> Json {
        let entry = |(index, feature): (usize, &super::Feature)| {
            Some((feature.name.to_owned(), self.feature_value(index)?.to_json()))
        };
        Json::Object(CATALOGUE.iter().enumerate().filter_map(entry).collect())
    }

    /// Reads facts by name. Null means unknown. Derived features are ignored, as they are recomputed.
    pub fn from_json(json: &Json) -> Result<Facts, FactsError> {
        let facts: &Map<String, Json> = json.as_object().ok_or(FactsError::NotAnObject)?;
        let mut read = Facts::default();
        for (name, value) in facts {
            let index = feature_index(name).ok_or_else(|| FactsError::NoSuchFact(name.clone()))?;
            if let Some(value) = parse_value(index, value)? {
                read.set(index, value);
            }
        }
        Ok(read)
    }
}

impl Value {
    fn to_json(&self) -> Json {
        match self {
            Value::Number(number) => Json::from(*number),
            Value::Text(text) => Json::from(&**text),
            Value::Date(days) => {
                let (year, month, day) = calendar::days_to_date(*days);
                Json::from(format!("{year:04}-{month:02}-{day:02}"))
            }
        }
    }
}

fn parse_value(index: usize, value: &Json) -> Result<Option<Value>, FactsError> {
    let Some(feature) = CATALOGUE.get(index).filter(|f| f.kind.is_fact()) else { return Ok(None) };
    let (parsed, kind) = match (feature.kind, value) {
        (_, Json::Null) => return Ok(None),
        (_, Json::String(text)) if text.trim().is_empty() => return Ok(None),
        (FeatureKind::Number | FeatureKind::Clock, _) => {
            (parse_number(value).map(Value::Number), "number")
        }
        (FeatureKind::Date, _) => {
            (value.as_str().and_then(parse_date).map(Value::Date), "date like 2016-07-04")
        }
        _ => (parse_text(value), "text"),
    };
    let wrong_kind =
        || FactsError::WrongKind { name: feature.name, value: value.to_string(), kind };
    parsed.map(Some).ok_or_else(wrong_kind)
}

fn parse_number(value: &Json) -> Option<f64> {
    let number = match value {
        Json::String(text) => text.trim().parse().ok(),
        _ => value.as_f64(),
    };
    number.filter(|n: &f64| n.is_finite())
}

fn parse_text(value: &Json) -> Option<Value> {
    let text: Rc<str> = match value {
        Json::String(text) => text.trim().into(),
        Json::Bool(true) => "Y".into(),
        Json::Bool(false) => "N".into(),
        Json::Number(number) => number.to_string().into(),
        _ => return None,
    };
    Some(Value::Text(text))
}

/// Parses an ISO 8601 date, which a time may follow, to days since 1970-01-01.
fn parse_date(text: &str) -> Option<i32> {
    let date =
        text.get(..10).filter(|_| text.len() == 10 || text.as_bytes().get(10) == Some(&b'T'))?;
    // Checks the digits, because 20075-1-24 also has ten characters.
    let has_date_layout = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !has_date_layout {
        return None;
    }
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    calendar::date_to_days(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
