//! The two pilots of a record, and their hours.
//!
//! Hours and ages carry the letter of the seat (`11508A`, `46A`; `B` for the second pilot), and
//! letters alone (`ZA`) where nothing is known.

use super::injuries::{of_only_person, people};
use super::{Cell, Known, Lookup, Put, code, filled, id_cell};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "crew_no", "crew_category", "crew_age", "crew_inj_level"];

pub const TIME_COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "crew_no", "flight_type", "flight_craft", "flight_hours"];

/// Roles that a second pilot may have had, with their columns and the code of today.
const SECOND: &[(&str, &str)] =
    &[("co_pilot", "CPLT"), ("dual_student", "DSTU"), ("chk_pilot", "KPLT")];

/// A pilot's number with the columns of age, hours in all and hours in type.
const PILOTS: &[(&str, [&str; 3])] = &[
    ("1", ["age_pilot1", "hours_total_pilot1", "hours_in_type_pilot1"]),
    ("2", ["age_pilot2", "hours_total_pilot2", "hours_in_type_pilot2"]),
];

pub fn rows<'a>(row: Lookup<'_, 'a>, _: &Known, put: Put<'_, 'a>) {
    for (number, columns) in PILOTS {
        let [age, ..] = columns;
        if !is_known(row, number, columns) {
            continue;
        }
        let (category, injury) = role(row, number);
        let age = filled(row, age).and_then(digits).map(Cow::Borrowed);
        put(&[id_cell(row), code("1"), code(number), category, age, injury]);
    }
}

pub fn times<'a>(row: Lookup<'_, 'a>, _: &Known, put: Put<'_, 'a>) {
    for (number, [_, total, in_type]) in PILOTS {
        for (column, craft) in [(total, "ALL"), (in_type, "MAKE")] {
            if let Some(hours) = filled(row, column).and_then(digits) {
                let hours = Some(Cow::Borrowed(hours));
                put(&[id_cell(row), code("1"), code(number), code("TOTL"), code(craft), hours]);
            }
        }
    }
}

/// Something is said of the pilot, or, for the first, a pilot was counted.
fn is_known(row: Lookup<'_, '_>, number: &str, columns: &[&str]) -> bool {
    let said = |column: &&str| filled(row, column).and_then(digits).is_some();
    columns.iter().any(said) || number == "1" && people(row, "pilot", "totals").is_some()
}

/// The first is the pilot. What the second was shows in the counts, if one such role was aboard.
fn role(row: Lookup<'_, '_>, number: &str) -> (Cell<'static>, Cell<'static>) {
    if number == "1" {
        return (code("PLT"), of_only_person(row, "pilot"));
    }
    let mut aboard = SECOND.iter().filter(|(role, _)| people(row, role, "totals").is_some());
    match (aboard.next(), aboard.next()) {
        (Some((role, category)), None) => (code(category), of_only_person(row, role)),
        _ => (None, None),
    }
}

/// The digits before at most one letter: `11508` of `11508A`.
fn digits(text: &str) -> Option<&str> {
    let number = text.strip_suffix(|c: char| c.is_ascii_alphabetic()).unwrap_or(text);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(number)
}
