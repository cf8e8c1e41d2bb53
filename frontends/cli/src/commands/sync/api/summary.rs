//! An entry of the list of changed cases.

use serde_json::Value;

use super::super::weekly::parse_date;

/// A changed case.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    pub mkey: u64,
    /// Day of the event, in days since 1970.
    pub event_day: Option<i32>,
    /// Whether it is an aviation case; also if no mode is stated.
    pub is_aviation: bool,
}

impl Summary {
    /// Parses an entry. `None` if it has no key.
    pub fn parse(entry: &Value) -> Option<Summary> {
        let mkey = match member(entry, "mkey")? {
            Value::Number(number) => number.as_u64()?,
            Value::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        let event_day = member(entry, "eventDate").and_then(Value::as_str);
        let event_day = event_day.and_then(|date| parse_date(date.get(..10)?));
        Some(Summary { mkey, event_day, is_aviation: is_aviation(entry) })
    }
}

/// Whether a summary or record is about aviation; also if it states no mode.
pub fn is_aviation(case: &Value) -> bool {
    let mode = member(case, "mode").and_then(Value::as_str);
    mode.is_none_or(|mode| mode.trim().eq_ignore_ascii_case("aviation"))
}

/// A member of an object. Versions of the API differ in the case of their names.
pub fn member<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let members = object.as_object()?;
    let exact = members.get(name);
    exact.or_else(|| Some(members.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_are_parsed_whatever_the_case_of_their_names() {
        let entry = json!({"mkey": 73354, "mode": "Aviation", "eventDate": "2009-02-16T00:00:00"});
        let parsed = Summary::parse(&entry).unwrap();
        assert_eq!((parsed.mkey, parsed.is_aviation), (73_354, true));
        assert_eq!(parsed.event_day, parse_date("2009-02-16"));
        let entry = json!({"mKey": "7", "Mode": "Marine", "eventdate": null});
        let marine = Summary { mkey: 7, event_day: None, is_aviation: false };
        assert_eq!(Summary::parse(&entry), Some(marine));
        for invalid in [json!({}), json!([]), json!({"mkey": null}), json!({"mkey": -1})] {
            assert_eq!(Summary::parse(&invalid), None, "{invalid}");
        }
    }
}
