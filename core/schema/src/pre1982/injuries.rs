//! People by role and injury: columns of the record become rows of `injury`.

use super::{Cell, Known, Lookup, Put, code, filled, id_cell};
use std::borrow::Cow;

pub const COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "inj_person_category", "injury_level", "inj_person_count"];

/// Roles with the code of today. `NAVIGTR` and `EXTRA_CREW` have none that is certain, and people
/// in the other aircraft of a collision belong to its own record: `legacy_event` keeps them.
/// `TOTAL_ABRD` is the sum over the others, as `ABRD` is in later files.
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

/// Later files have no level for an unknown injury: `legacy_event` keeps these counts.
pub const LEVELS: &[(&str, &str)] = &[
    ("fatal", "FATL"),
    ("serious", "SERS"),
    ("minor", "MINR"),
    ("none", "NONE"),
    ("totals", "TOTL"),
];

/// A row where somebody was counted. Zeros say nothing that the other rows do not say.
pub fn rows<'a>(row: Lookup<'_, 'a>, _: &Known, put: Put<'_, 'a>) {
    let id = id_cell(row);
    for (role, category) in ROLES {
        for (level, injury) in LEVELS {
            let Some(count) = people(row, role, level) else { continue };
            put(&[id.clone(), code("1"), code(category), code(injury), Some(Cow::Borrowed(count))]);
        }
    }
}

/// A count other than zero, as it stands.
pub(super) fn people<'a>(row: Lookup<'_, 'a>, role: &str, level: &str) -> Option<&'a str> {
    filled(row, &format!("{role}_{level}")).filter(|n| !n.bytes().all(|b| b == b'0'))
}

/// The injury of a role that one person had: the only level counted, if it counts one.
pub(super) fn of_only_person(row: Lookup<'_, '_>, role: &str) -> Cell<'static> {
    let levels = LEVELS.iter().filter(|(level, _)| *level != "totals");
    let mut counted =
        levels.filter_map(|(level, injury)| Some((people(row, role, level)?, injury)));
    match (counted.next(), counted.next()) {
        (Some((count, injury)), None) if count.parse() == Ok(1) => code(injury),
        _ => None,
    }
}
