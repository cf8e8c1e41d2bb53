//! Converts the two pilots of a record, and their hours.
//!
//! Hours and ages end with a letter for the pilot (`11508A`, `46A`, `B` for the second pilot). Values
//! of only letters (`ZA`) mean "unknown".

use super::injuries::{count_people, single_injury};
use super::{Cell, EmitRow, FileIndex, Lookup, ev_id_cell, non_blank, text_cell};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "crew_no", "crew_category", "crew_age", "crew_inj_level"];

pub const HOURS_COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "crew_no", "flight_type", "flight_craft", "flight_hours"];

/// Roles of a second pilot, with their columns and current codes.
const SECOND_PILOT_ROLES: &[(&str, &str)] =
    &[("co_pilot", "CPLT"), ("dual_student", "DSTU"), ("chk_pilot", "KPLT")];

/// The number of each pilot, with the columns of age, total hours and hours in type.
const PILOTS: &[(&str, [&str; 3])] = &[
    ("1", ["age_pilot1", "hours_total_pilot1", "hours_in_type_pilot1"]),
    ("2", ["age_pilot2", "hours_total_pilot2", "hours_in_type_pilot2"]),
];

pub fn convert<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    for (number, columns) in PILOTS {
        let [age, ..] = columns;
        if !is_known(row, number, columns) {
            continue;
        }
        let (category, injury) = role(row, number);
        let age = non_blank(row, age).and_then(strip_letter).map(Cow::Borrowed);
        emit(&[ev_id_cell(row), text_cell("1"), text_cell(number), category, age, injury]);
    }
}

pub fn convert_hours<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    for (number, [_, total, in_type]) in PILOTS {
        for (column, craft) in [(total, "ALL"), (in_type, "MAKE")] {
            if let Some(hours) = non_blank(row, column).and_then(strip_letter) {
                let hours = Some(Cow::Borrowed(hours));
                emit(&[
                    ev_id_cell(row),
                    text_cell("1"),
                    text_cell(number),
                    text_cell("TOTL"),
                    text_cell(craft),
                    hours,
                ]);
            }
        }
    }
}

/// Whether age or hours of the pilot are known or, for the first pilot, the record counts a pilot.
fn is_known(row: Lookup<'_, '_>, number: &str, columns: &[&str]) -> bool {
    let has_number = |column: &&str| non_blank(row, column).and_then(strip_letter).is_some();
    columns.iter().any(has_number)
        || number == "1" && count_people(row, "pilot", "totals").is_some()
}

/// The role and injury of a pilot. The role of the second pilot is known if the record counts exactly
/// one of its possible roles.
fn role(row: Lookup<'_, '_>, number: &str) -> (Cell<'static>, Cell<'static>) {
    if number == "1" {
        return (text_cell("PLT"), single_injury(row, "pilot"));
    }
    let mut aboard =
        SECOND_PILOT_ROLES.iter().filter(|(role, _)| count_people(row, role, "totals").is_some());
    match (aboard.next(), aboard.next()) {
        (Some((role, category)), None) => (text_cell(category), single_injury(row, role)),
        _ => (None, None),
    }
}

/// Returns the digits before at most one letter: `11508` for `11508A`.
fn strip_letter(text: &str) -> Option<&str> {
    let number = text.strip_suffix(|c: char| c.is_ascii_alphabetic()).unwrap_or(text);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(number)
}
