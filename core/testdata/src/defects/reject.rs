//! Defects that reject rows.

use super::Injector;
use crate::TableIndex;
use crate::event_time;
use crate::identity;
use crate::rows::format_timestamp;
use crate::write::{
    AIRCRAFT, CREW, DT_AIRCRAFT, DT_CREW, EVENTS, FINDINGS, FLIGHT_TIME, OLD_FINDINGS,
};
use ntsb_schema::calendar;

pub fn malform_ev_id(injector: &mut Injector) -> bool {
    let mut id = injector.facts.ev_id.clone();
    match injector.rng.next_below(3) {
        0 => drop(id.pop()),
        1 => id.replace_range(8..9, "-"),
        _ => id.replace_range(2..3, "O"),
    }
    set_ev_id(injector, Some(&id));
    record_event(injector, &["ev_id"]);
    true
}

pub fn remove_ev_id(injector: &mut Injector) -> bool {
    set_ev_id(injector, None);
    record_event(injector, &["ev_id"]);
    true
}

/// Sets `ev_id`, the first column of every table of an event.
fn set_ev_id(injector: &mut Injector, id: Option<&str>) {
    for rows in &mut injector.data.tables {
        (0..rows.count()).for_each(|row| rows.set(row, 0, id));
    }
}

fn record_event(injector: &mut Injector, columns: &'static [&'static str]) {
    injector.record(EVENTS, 0, columns);
    if let Some(injection) = injector.data.injections.last_mut() {
        injection.affects_event = true;
    }
}

pub fn move_to_future(injector: &mut Injector) -> bool {
    let year = injector.rng.next_between(2045, 2085);
    move_to_year(injector, year)
}

pub fn move_to_past(injector: &mut Injector) -> bool {
    let year = injector.rng.next_between(1901, 1961);
    move_to_year(injector, year)
}

/// Moves an event to another year. Its date has no other defect.
fn move_to_year(injector: &mut Injector, year: i32) -> bool {
    let (_, month, day) = calendar::days_to_date(injector.facts.time.day);
    let Some(day) = calendar::date_to_days(year, month, day.min(28)) else { return false };
    injector.set(EVENTS, 0, "ev_date", Some(&format_timestamp(day, 0)));
    injector.set(EVENTS, 0, "ev_year", Some(&year.to_string()));
    injector.set(EVENTS, 0, "ev_dow", Some(event_time::WEEKDAY_NAMES[event_time::weekday(day)]));
    record_event(injector, &["ev_date"]);
    true
}

pub fn duplicate_event(injector: &mut Injector) -> bool {
    let row = injector.data.rows(EVENTS).duplicate_row(0);
    let (day, second) = injector.facts.last_change;
    injector.set(EVENTS, row, "lchg_date", Some(&format_timestamp(day - 1, second)));
    injector.record(EVENTS, row, &[]);
    true
}

pub fn orphan_aircraft(injector: &mut Injector) -> bool {
    orphan(injector, AIRCRAFT)
}

pub fn orphan_crew(injector: &mut Injector) -> bool {
    orphan(injector, CREW)
}

pub fn orphan_finding(injector: &mut Injector) -> bool {
    orphan(injector, FINDINGS) || orphan(injector, OLD_FINDINGS)
}

/// Copies a row and gives the copy an identifier that no event has.
fn orphan(injector: &mut Injector, table: TableIndex) -> bool {
    if injector.count(table) == 0 {
        return false;
    }
    let row = injector.data.rows(table).duplicate_row(0);
    let id = identity::unused_ev_id(injector.facts.number);
    injector.set(table, row, "ev_id", Some(&id));
    injector.record(table, row, &["ev_id"]);
    true
}

pub fn remove_key_part(injector: &mut Injector) -> bool {
    const KEY_COLUMNS: [(TableIndex, &[&str]); 3] =
        [(FLIGHT_TIME, &["flight_type"]), (DT_AIRCRAFT, &["code"]), (DT_CREW, &["col_name"])];
    let first = injector.rng.next_below(3) as usize;
    for (table, columns) in KEY_COLUMNS.into_iter().cycle().skip(first).take(3) {
        if let Some(row) = injector.count(table).checked_sub(1) {
            return injector.replace(table, row, columns, None);
        }
    }
    false
}
