//! Converts the counts of people by role and injury to rows of `injury`.

use super::{Cell, EmitRow, FileIndex, Lookup, ev_id_cell, non_blank, text_cell};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "inj_person_category", "injury_level", "inj_person_count"];

/// Roles with their current codes. `NAVIGTR` and `EXTRA_CREW` have no certain code, and people in the
/// other aircraft of a collision belong to another record. These are stored only in `legacy_event`.
/// `TOTAL_ABRD` is the sum over the other roles, like `ABRD` in later files.
pub const ROLES: &[(&str, &str)] = &[
    ("pilot", "PLT"),
    ("co_pilot", "CPLT"),
    ("dual_student", "DSTU"),
    ("chk_pilot", "KPLT"),
    ("flt_engn", "FENG"),
    ("cabin_attn", "CABN"),
    ("passengers", "PAX"),
    ("total_abrd", "ABRD"),
];

/// Injury levels with their current codes. Later files have no level for unknown injuries, so these
/// counts are stored only in `legacy_event`.
pub const LEVELS: &[(&str, &str)] = &[
    ("fatal", "FATL"),
    ("serious", "SERS"),
    ("minor", "MINR"),
    ("none", "NONE"),
    ("totals", "TOTL"),
];

/// Emits a row for each count other than zero.
pub fn convert<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    let id = ev_id_cell(row);
    for (role, category) in ROLES {
        for (level, injury) in LEVELS {
            let Some(count) = count_people(row, role, level) else { continue };
            emit(&[
                id.clone(),
                text_cell("1"),
                text_cell(category),
                text_cell(injury),
                Some(Cow::Borrowed(count)),
            ]);
        }
    }
}

/// The count of a role and level, or `None` if it is zero or blank.
pub(super) fn count_people<'a>(row: Lookup<'_, 'a>, role: &str, level: &str) -> Option<&'a str> {
    non_blank(row, &format!("{role}_{level}")).filter(|n| !n.bytes().all(|b| b == b'0'))
}

/// The injury of a role if it counts exactly one person.
pub(super) fn single_injury(row: Lookup<'_, '_>, role: &str) -> Cell<'static> {
    let levels = LEVELS.iter().filter(|(level, _)| *level != "totals");
    let mut counted =
        levels.filter_map(|(level, injury)| Some((count_people(row, role, level)?, injury)));
    match (counted.next(), counted.next()) {
        (Some((count, injury)), None) if count.parse() == Ok(1) => text_cell(injury),
        _ => None,
    }
}
