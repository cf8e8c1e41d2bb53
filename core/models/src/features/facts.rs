//! What is known of one event.

use super::{CATALOGUE, Kind, position};
use ntsb_schema::calendar;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// A fact. Texts are shared, as thousands of events say the same.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Text(Rc<str>),
    /// Days since 1970-01-01.
    Date(i32),
}

/// Facts by their place in the catalogue; what is not known has no entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    values: Vec<(u16, Value)>,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FactsError {
    #[error("facts are a JSON object of names and values")]
    NotAnObject,
    #[error("there is no fact {0:?}")]
    NoSuchFact(String),
    #[error("{name} must be a {kind}, got {value}")]
    WrongKind { name: &'static str, value: String, kind: &'static str },
}

impl Facts {
    /// A fact at its place in the catalogue, in place of the one before.
    pub fn set(&mut self, place: usize, value: Value) {
        let Ok(place) = u16::try_from(place) else { return };
        match self.values.binary_search_by_key(&place, |(at, _)| *at) {
            Ok(at) => {
                if let Some(held) = self.values.get_mut(at) {
                    held.1 = value;
                }
            }
            Err(at) => self.values.insert(at, (place, value)),
        }
    }

    /// Takes a fact out by its name.
    pub fn remove(&mut self, name: &str) {
        if let Some(place) = position(name) {
            self.values.retain(|(at, _)| usize::from(*at) != place);
        }
    }

    pub fn at(&self, place: usize) -> Option<&Value> {
        let found = self.values.binary_search_by_key(&place, |(at, _)| usize::from(*at)).ok()?;
        self.values.get(found).map(|(_, value)| value)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        match self.at(position(name)?)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.at(position(name)?)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn date(&self, name: &str) -> Option<i32> {
        match self.at(position(name)?)? {
            Value::Date(days) => Some(*days),
            _ => None,
        }
    }

    /// What a feature is for this event, by formula if it has one.
    pub fn feature(&self, place: usize) -> Option<Value> {
        match CATALOGUE.get(place)?.kind {
            Kind::Derived(formula) => formula(self).map(Value::Number),
            _ => self.at(place).cloned(),
        }
    }

    /// All features and facts by name.
    pub fn to_json(&self) -> Json {
        let entry = |(place, feature): (usize, &super::Feature)| {
            Some((feature.name.to_owned(), self.feature(place)?.to_json()))
        };
        Json::Object(CATALOGUE.iter().enumerate().filter_map(entry).collect())
    }

    /// Reads facts by name, null for what is not known. What follows by a formula is left out: the
    /// formula says it.
    pub fn from_json(json: &Json) -> Result<Facts, FactsError> {
        let facts: &Map<String, Json> = json.as_object().ok_or(FactsError::NotAnObject)?;
        let mut read = Facts::default();
        for (name, value) in facts {
            let place = position(name).ok_or_else(|| FactsError::NoSuchFact(name.clone()))?;
            if let Some(value) = of_kind(place, value)? {
                read.set(place, value);
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
                let (year, month, day) = calendar::civil(*days);
                Json::from(format!("{year:04}-{month:02}-{day:02}"))
            }
        }
    }
}

fn of_kind(place: usize, value: &Json) -> Result<Option<Value>, FactsError> {
    let Some(feature) = CATALOGUE.get(place).filter(|f| f.kind.is_fact()) else { return Ok(None) };
    let (found, kind) = match (feature.kind, value) {
        (_, Json::Null) => return Ok(None),
        (_, Json::String(text)) if text.trim().is_empty() => return Ok(None),
        (Kind::Number | Kind::Clock, _) => (number(value).map(Value::Number), "number"),
        (Kind::Date, _) => (value.as_str().and_then(day).map(Value::Date), "date like 2016-07-04"),
        _ => (text(value), "text"),
    };
    let wrong = || FactsError::WrongKind { name: feature.name, value: value.to_string(), kind };
    found.map(Some).ok_or_else(wrong)
}

fn number(value: &Json) -> Option<f64> {
    let number = match value {
        Json::String(text) => text.trim().parse().ok(),
        _ => value.as_f64(),
    };
    number.filter(|n: &f64| n.is_finite())
}

fn text(value: &Json) -> Option<Value> {
    let text: Rc<str> = match value {
        Json::String(text) => text.trim().into(),
        Json::Bool(true) => "Y".into(),
        Json::Bool(false) => "N".into(),
        Json::Number(number) => number.to_string().into(),
        _ => return None,
    };
    Some(Value::Text(text))
}

/// A date as ISO 8601 has it, with or without a time after it.
fn day(text: &str) -> Option<i32> {
    let date =
        text.get(..10).filter(|_| text.len() == 10 || text.as_bytes().get(10) == Some(&b'T'))?;
    // Of four, two and two digits: 20075-1-24 has ten characters, too.
    let is_written_out = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !is_written_out {
        return None;
    }
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    calendar::days(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
