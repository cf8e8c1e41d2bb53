//! Checks the facts of an accident before they are sent to the database, which would reject a whole batch for one
//! invalid row.

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::error::Problem;
use crate::schema::predictions::RowError;

const HINT: &str = r#"Describe the accident with at least one fact: {"acft_make": "CESSNA", "wx_cond_basic": "IMC"}"#;

/// Why facts are invalid.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFacts {
    /// SQLSTATE
    code: &'static str,
    message: String,
    hint: &'static str,
}

impl BadFacts {
    fn new(code: &'static str, message: impl Into<String>, hint: &'static str) -> BadFacts {
        BadFacts { code, message: message.into(), hint }
    }

    /// The error as ntsb_predict_batch reports it for a row.
    pub fn raw_json(self) -> Result<Box<RawValue>, Problem> {
        let (code, hint) = (self.code.to_owned(), Some(self.hint.to_owned()));
        to_raw_value(&RowError { code, hint, message: self.message })
            .map_err(|_| Problem::internal())
    }
}

impl From<BadFacts> for Problem {
    fn from(bad: BadFacts) -> Problem {
        Problem::bad_input(bad.message).hint(bad.hint)
    }
}

/// Rejects facts that are all null, and values that PostgreSQL's jsonb cannot store.
pub fn check_facts(text: &str) -> Result<(), BadFacts> {
    let facts: Value = serde_json::from_str(text).map_err(|error| {
        let hint = "Text must be Unicode, and numbers must fit a double.";
        BadFacts::new("22P02", format!("the facts are not valid JSON: {error}"), hint)
    })?;
    if has_nul(&facts) {
        let hint = r"Remove the character \u0000.";
        return Err(BadFacts::new(
            "22P05",
            r"a text contains \u0000, which PostgreSQL cannot store",
            hint,
        ));
    }
    if has_overflow(&facts) {
        let hint = "Numbers must fit a double.";
        return Err(BadFacts::new("22P02", "a number is too large for a double", hint));
    }
    let Value::Object(facts) = facts else {
        return Err(BadFacts::new("22023", "the facts of an accident must be a JSON object", HINT));
    };
    if facts.values().all(Value::is_null) {
        return Err(BadFacts::new(
            "22023",
            "the facts must contain at least one value that is not null",
            HINT,
        ));
    }
    Ok(())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(has_nul),
        Value::Object(all) => all.iter().any(|(name, v)| name.contains('\0') || has_nul(v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_overflow(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_none(),
        Value::Array(all) => all.iter().any(has_overflow),
        Value::Object(all) => all.values().any(has_overflow),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_facts_and_values_that_cannot_be_stored_are_rejected() {
        let code = |text: &str| check_facts(text).err().map(|bad| bad.code);
        assert_eq!(code(r#"{"acft_make": "CESSNA", "x": null}"#), None);
        assert_eq!(code(r#"{"acft_make": "\\u0000"}"#), None);
        for (text, state) in [
            ("{}", "22023"),
            (r#"{"acft_make": null}"#, "22023"),
            ("7", "22023"),
            (r#"{"acft_make": "a\u0000"}"#, "22P05"),
            (r#"{"a\u0000": 1}"#, "22P05"),
            (r#"{"acft_make": "\ud800"}"#, "22P02"),
            (r#"{"lat": 1e999}"#, "22P02"),
        ] {
            assert_eq!(code(text), Some(state), "{text}");
        }
    }
}
