//! People aboard by role and injury.
//!
//! A case counts the flight crew together, while `injury` has a role for each; so only a single
//! member is taken over, as the pilot. The sum of everyone aboard is certain.

use super::field::text;
use super::{Case, Cell, Notes, Put};
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

/// A role with its four counts, worst first, in both forms.
type Role = (&'static str, [[&'static str; 2]; 4]);

macro_rules! role {
    ($code:literal, $ours:literal, $theirs:literal) => {
        (
            $code,
            [
                [concat!("/cm_injuries/0/cm_", $ours, "_Fatal"), concat!("/", $theirs, "Fatal")],
                [
                    concat!("/cm_injuries/0/cm_", $ours, "_Serious"),
                    concat!("/", $theirs, "Serious"),
                ],
                [concat!("/cm_injuries/0/cm_", $ours, "_Minor"), concat!("/", $theirs, "Minor")],
                [concat!("/cm_injuries/0/cm_", $ours, "_None"), concat!("/", $theirs, "None")],
            ],
        )
    };
}

const ROLES: &[Role] = &[
    role!("PLT", "crew", "flightCrew"),
    role!("CABN", "cabincrew", "cabinCrew"),
    role!("PAX", "passengers", "passengers"),
    role!("LAPC", "lapchildren", "lapChildren"),
];

const LEVELS: [&str; 4] = ["FATL", "SERS", "MINR", "NONE"];

pub fn columns() -> Vec<&'static str> {
    COLUMNS.to_vec()
}

pub fn rows<'a>(case: &Case<'a>, notes: &mut Notes, put: Put<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        let mut aboard = [0_u32; 4];
        let mut row = |role: &'static str, counts: [u32; 4]| {
            put_role(case, &key, role, counts, &mut *put);
        };
        for (role, places) in ROLES {
            let counts = places.map(|places| count(aircraft, &places));
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

/// The rows of a role in which anybody was counted, and their sum.
fn put_role<'a>(
    case: &Case<'a>,
    key: &Cell<'a>,
    role: &'static str,
    counts: [u32; 4],
    put: Put<'_, 'a>,
) {
    let levels = LEVELS.into_iter().zip(counts).chain([("TOTL", total(counts))]);
    for (level, count) in levels.filter(|(_, count)| *count > 0) {
        put(&[
            case.ev_id.clone(),
            key.clone(),
            Some(Cow::Borrowed(role)),
            Some(Cow::Borrowed(level)),
            Some(Cow::Owned(count.to_string())),
            case.changed.clone(),
        ]);
    }
}

fn count(aircraft: &Value, places: &[&str]) -> u32 {
    text(aircraft, places).and_then(|count| count.parse().ok()).unwrap_or(0)
}

fn total(counts: [u32; 4]) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}
