//! Converts the counts of people aboard by role and injury.
//!
//! A case counts the flight crew together, while `injury` has a role for each member. So only a single
//! member is converted, as the pilot. The total of everyone aboard is always converted.

use super::field::text;
use super::{Case, Cell, ConversionNotes, EmitRow};
use serde_json::Value;
use std::borrow::Cow;

const COLUMNS: &[&str] = &[
    "ev_id",
    "aircraft_key",
    "inj_person_category",
    "injury_level",
    "inj_person_count",
    "lchg_date",
];

/// A role with the pointers to its four counts in both forms, most severe injury first.
pub(super) type Role = (&'static str, [[&'static str; 2]; 4]);

macro_rules! role {
    ($code:literal, $tool:literal, $api:literal) => {
        (
            $code,
            [
                [concat!("/cm_injuries/0/cm_", $tool, "_Fatal"), concat!("/", $api, "Fatal")],
                [concat!("/cm_injuries/0/cm_", $tool, "_Serious"), concat!("/", $api, "Serious")],
                [concat!("/cm_injuries/0/cm_", $tool, "_Minor"), concat!("/", $api, "Minor")],
                [concat!("/cm_injuries/0/cm_", $tool, "_None"), concat!("/", $api, "None")],
            ],
        )
    };
}

pub(super) const ROLES: &[Role] = &[
    role!("PLT", "crew", "flightCrew"),
    role!("CABN", "cabincrew", "cabinCrew"),
    role!("PAX", "passengers", "passengers"),
    role!("LAPC", "lapchildren", "lapChildren"),
];

const LEVELS: [&str; 4] = ["FATL", "SERS", "MINR", "NONE"];

pub fn columns() -> Vec<&'static str> {
    COLUMNS.to_vec()
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        let mut aboard = [0_u32; 4];
        let mut row = |role: &'static str, counts: [u32; 4]| {
            emit_role(case, &key, role, counts, &mut *emit);
        };
        for (role, pointers) in ROLES {
            let counts = pointers.map(|pointers| count(aircraft, &pointers));
            for (sum, count) in aboard.iter_mut().zip(counts) {
                *sum = sum.saturating_add(count);
            }
            if *role == "PLT" && total(counts) > 1 {
                notes.crew_without_roles += 1;
            } else {
                row(role, counts);
            }
        }
        row("ABRD", aboard);
    }
}

/// Emits a row for each count of a role other than zero, and for their total.
fn emit_role<'a>(
    case: &Case<'a>,
    key: &Cell<'a>,
    role: &'static str,
    counts: [u32; 4],
    emit: EmitRow<'_, 'a>,
) {
    let levels = LEVELS.into_iter().zip(counts).chain([("TOTL", total(counts))]);
    for (level, count) in levels.filter(|(_, count)| *count > 0) {
        emit(&[
            case.ev_id.clone(),
            key.clone(),
            Some(Cow::Borrowed(role)),
            Some(Cow::Borrowed(level)),
            Some(Cow::Owned(count.to_string())),
            case.changed.clone(),
        ]);
    }
}

fn count(aircraft: &Value, pointers: &[&str]) -> u32 {
    text(aircraft, pointers).and_then(|count| count.parse().ok()).unwrap_or(0)
}

fn total(counts: [u32; 4]) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}
