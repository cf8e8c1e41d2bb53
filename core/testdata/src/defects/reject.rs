//! Rows that should be refused.

use super::Bed;
use crate::Named;
use crate::identity;
use crate::rows::moment;
use crate::when;
use crate::write::{
    AIRCRAFT, CREW, DT_AIRCRAFT, DT_CREW, EVENTS, FINDINGS, FLIGHT_TIME, OLD_FINDINGS,
};
use ntsb_schema::calendar;

pub fn malformed(bed: &mut Bed) -> bool {
    let mut id = bed.facts.ev_id.clone();
    match bed.dice.below(3) {
        0 => drop(id.pop()),
        1 => id.replace_range(8..9, "-"),
        _ => id.replace_range(2..3, "O"),
    }
    rename(bed, Some(&id));
    note_case(bed, &["ev_id"]);
    true
}

pub fn missing(bed: &mut Bed) -> bool {
    rename(bed, None);
    note_case(bed, &["ev_id"]);
    true
}

/// `ev_id` is the first column of every table that belongs to a case.
fn rename(bed: &mut Bed, id: Option<&str>) {
    for rows in &mut bed.case.tables {
        (0..rows.count()).for_each(|row| rows.set(row, 0, id));
    }
}

fn note_case(bed: &mut Bed, columns: &'static [&'static str]) {
    bed.note(EVENTS, 0, columns);
    if let Some(plant) = bed.case.plants.last_mut() {
        plant.whole_case = true;
    }
}

pub fn future(bed: &mut Bed) -> bool {
    let year = bed.dice.between(2045, 2085);
    move_to(bed, year)
}

pub fn past(bed: &mut Bed) -> bool {
    let year = bed.dice.between(1901, 1961);
    move_to(bed, year)
}

/// Moves an event to another year. Nothing else of its date is wrong.
fn move_to(bed: &mut Bed, year: i32) -> bool {
    let (_, month, day) = calendar::civil(bed.facts.when.day);
    let Some(day) = calendar::days(year, month, day.min(28)) else { return false };
    bed.set(EVENTS, 0, "ev_date", Some(&moment(day, 0)));
    bed.set(EVENTS, 0, "ev_year", Some(&year.to_string()));
    bed.set(EVENTS, 0, "ev_dow", Some(when::WEEKDAY_NAMES[when::weekday(day)]));
    note_case(bed, &["ev_date"]);
    true
}

pub fn duplicate(bed: &mut Bed) -> bool {
    let row = bed.case.rows(EVENTS).repeat(0);
    let (day, second) = bed.facts.changed;
    bed.set(EVENTS, row, "lchg_date", Some(&moment(day - 1, second)));
    bed.note(EVENTS, row, &[]);
    true
}

pub fn orphan_aircraft(bed: &mut Bed) -> bool {
    orphan(bed, AIRCRAFT)
}

pub fn orphan_crew(bed: &mut Bed) -> bool {
    orphan(bed, CREW)
}

pub fn orphan_finding(bed: &mut Bed) -> bool {
    orphan(bed, FINDINGS) || orphan(bed, OLD_FINDINGS)
}

/// Repeats a row under an identifier that no event has.
fn orphan(bed: &mut Bed, table: Named) -> bool {
    if bed.count(table) == 0 {
        return false;
    }
    let row = bed.case.rows(table).repeat(0);
    let id = identity::of_no_event(bed.facts.number);
    bed.set(table, row, "ev_id", Some(&id));
    bed.note(table, row, &["ev_id"]);
    true
}

pub fn key_part(bed: &mut Bed) -> bool {
    const PARTS: [(Named, &[&str]); 3] =
        [(FLIGHT_TIME, &["flight_type"]), (DT_AIRCRAFT, &["code"]), (DT_CREW, &["col_name"])];
    let first = bed.dice.below(3) as usize;
    for (table, columns) in PARTS.into_iter().cycle().skip(first).take(3) {
        if let Some(row) = bed.count(table).checked_sub(1) {
            return bed.spoil(table, row, columns, None);
        }
    }
    false
}
