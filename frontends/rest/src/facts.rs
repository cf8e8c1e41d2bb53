//! Facts of an accident as a caller writes them, checked before the database sees them: it would refuse a whole
//! batch for what is wrong with one of its rows.

use serde_json::{Value, json};

use crate::error::Problem;

const HINT: &str = r#"Describe the accident by at least one fact: {"acft_make": "CESSNA", "wx_cond_basic": "IMC"}"#;

/// What is wrong with facts, by SQLSTATE.
#[derive(Debug, PartialEq, Eq)]
pub struct BadFacts {
    code: &'static str,
    message: String,
    hint: &'static str,
}

impl BadFacts {
    fn new(code: &'static str, message: impl Into<String>, hint: &'static str) -> BadFacts {
        BadFacts { code, message: message.into(), hint }
    }

    /// As ntsb_predict_batch says it of one row.
    pub fn json(&self) -> String {
        json!({ "code": self.code, "message": self.message, "hint": self.hint }).to_string()
    }
}

impl From<BadFacts> for Problem {
    fn from(bad: BadFacts) -> Problem {
        Problem::bad_input(bad.message).hint(bad.hint)
    }
}

/// Refuses what describes nothing, and what PostgreSQL's jsonb cannot hold.
pub fn check_facts(text: &str) -> Result<(), BadFacts> {
    let facts: Value = serde_json::from_str(text).map_err(|error| {
        let hint = "Texts are Unicode, and numbers fit into a double.";
        BadFacts::new("22P02", format!("the facts cannot be read: {error}"), hint)
    })?;
    if has_nul(&facts) {
        let hint = r"Leave out the character \u0000.";
        return Err(BadFacts::new(
            "22P05",
            r"a text holds \u0000, which PostgreSQL cannot store",
            hint,
        ));
    }
    let Value::Object(facts) = facts else {
        return Err(BadFacts::new("22023", "the facts of an accident must be a JSON object", HINT));
    };
    if facts.values().all(Value::is_null) {
        return Err(BadFacts::new(
            "22023",
            "the facts must hold at least one that is not null",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_that_describe_nothing_or_cannot_be_stored_are_refused() {
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
