//! Single values of ASRS: texts, lists, numbers, experience and miss distances.

use crate::clean::text::clean_prose;
use crate::clean::{DefectKinds, Value as CleanValue};
use serde_json::{Map, Number, Value};

/// The largest number that a column holds.
const MAX_NUMBER: f64 = 999_999_999.0;

/// Cleans a text as NTSB's long texts are cleaned. None if it is blank.
pub fn clean(raw: &str) -> Option<String> {
    let mut defects = DefectKinds::default();
    match clean_prose(raw, &mut defects) {
        CleanValue::Text(text) => {
            let text = text.replace('\0', "");
            (!text.is_empty()).then_some(text)
        }
        _ => None,
    }
}

/// An accession number (ACN): 1 to 9 digits, above 0.
pub fn accession_number(text: &str) -> Option<u32> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten().filter(|n| *n > 0)
}

/// Splits a list at its semicolons. Repeated items are kept.
pub fn split(text: &str) -> Vec<&str> {
    text.split(';').map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// A whole number of 0 to 999,999,999; commas may separate thousands.
pub fn integer(text: &str) -> Option<Value> {
    let digits = text.replace(',', "");
    let is_number = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse::<u32>().ok()).flatten().map(Value::from)
}

/// A decimal number of 0 to 999,999,999, in its shortest form: 3 for `3.0`.
pub fn number(text: &str) -> Option<Value> {
    let text = text.replace(',', "");
    let is_number = !text.is_empty()
        && text.len() <= 20
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = is_number.then(|| text.parse().ok()).flatten()?;
    if number > MAX_NUMBER {
        return None;
    }
    let shortest: Number = serde_json::from_str(&number.to_string()).ok()?;
    Some(Value::Number(shortest))
}

/// Splits `Flight Crew Total 5000` into its label and number.
pub fn labelled_number(item: &str) -> Option<(&str, Value)> {
    let (label, text) = item.rsplit_once(' ')?;
    Some((label.trim_end(), number(text)?))
}

/// Reads a list of labelled numbers, such as experience. Returns the items that are none.
pub fn labelled_numbers(text: &str) -> (Map<String, Value>, Vec<String>) {
    let (mut numbers, mut rest) = (Map::new(), Vec::new());
    for item in split(text) {
        match labelled_number(item) {
            Some((label, number)) if !numbers.contains_key(label) => {
                numbers.insert(label.to_owned(), number);
            }
            _ => rest.push(item.to_owned()),
        }
    }
    (numbers, rest)
}

/// A quarter of the day, such as `0601-1200`.
pub fn is_quarter(text: &str) -> bool {
    ["0001-0600", "0601-1200", "1201-1800", "1801-2400"].contains(&text)
}

/// The part of the Federal Aviation Regulations in `Part 91`, `Other 107` or `Other Part 107`.
pub fn far_part(text: &str) -> Option<&str> {
    let part = text.strip_prefix("Other ").unwrap_or(text);
    let part = part.strip_prefix("Part ").unwrap_or(part);
    let is_part = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    is_part.then_some(part)
}
