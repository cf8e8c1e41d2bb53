//! Dirt is where it is said to be, and nowhere else.

use super::*;
use defects::{Fate, KINDS};
use ntsb_schema::clean::row::{CleanRow, Context, RowCleaner};
use std::collections::BTreeSet;

/// Table, row, column and defect.
type Found = BTreeSet<(usize, usize, &'static str, &'static str)>;

fn found_by_cleaning(case: &Case, cleaners: &[RowCleaner]) -> Found {
    let mut found = Found::new();
    let far_part = first(case, "aircraft", "far_part");
    for (table, (rows, cleaner)) in case.tables.iter().zip(cleaners).enumerate() {
        for row in 0..rows.count() {
            let raw: Vec<_> = rows.row(row).collect();
            let mut out = CleanRow::new();
            cleaner.clean(&raw, &Context { far_part }, &mut out);
            for defect in out.defects {
                let column = rows.table().columns[defect.column].name;
                found.insert((table, row, column, defect.kind.as_str()));
            }
        }
    }
    found
}

fn planted(case: &Case) -> Found {
    let mut found = Found::new();
    for plant in &case.plants {
        let Some(defect_kind) = plant.kind.defect_kind else { continue };
        let places: Vec<_> = if plant.whole_case {
            let all = case.tables.iter().enumerate();
            all.flat_map(|(table, rows)| (0..rows.count()).map(move |row| (table, row))).collect()
        } else {
            vec![(plant.table, plant.row)]
        };
        for (table, row) in places {
            found.extend(
                plant.columns.iter().map(|column| (table, row, *column, defect_kind.as_str())),
            );
        }
    }
    found
}

/// Each kind alone, as often as it finds a place: cleaning reports it exactly where it was planted.
#[test]
fn cleaning_finds_what_was_planted_and_nothing_else() {
    let cleaners: Vec<_> = tables().iter().map(RowCleaner::new).collect();
    for kind in KINDS {
        let mut count = 0;
        each(&plan(&[(kind.name, MILLION)]), 200, |number, case| {
            count += case.plants.len();
            let (found, planted) = (found_by_cleaning(case, &cleaners), planted(case));
            assert_eq!(found, planted, "{} in event {number}", kind.name);
        });
        assert!(count >= 5, "{} found only {count} places", kind.name);
    }
}

#[test]
fn the_same_with_everything_at_once() {
    let cleaners: Vec<_> = tables().iter().map(RowCleaner::new).collect();
    let often: Vec<_> = KINDS.iter().map(|kind| (kind.name, 100_000)).collect();
    each(&plan(&often), 2_000, |number, case| {
        assert_eq!(found_by_cleaning(case, &cleaners), planted(case), "event {number}");
        let rejects =
            case.plants.iter().filter(|p| matches!(p.kind.fate, Fate::Reject | Fate::Duplicate));
        assert!(rejects.count() == 0 || case.plants.len() == 1);
    });
}

#[test]
fn shares_are_kept() {
    let kinds = [("time_2400", 50_000), ("date_in_future", 20_000), ("padding", 0)];
    let mut tally = manifest::Tally::new();
    each(&plan(&kinds), 20_000, |_, case| tally.add(case));
    let of = |kind| tally.planted[kind];
    assert!((900..1_100).contains(&of("time_2400")), "{}", of("time_2400"));
    assert!((330..470).contains(&of("date_in_future")), "{}", of("date_in_future"));
    assert_eq!(of("padding"), 0);
}

#[test]
fn the_tally_counts_rows_and_knows_their_places() {
    let mut tally = manifest::Tally::new();
    let mut events = Vec::new();
    each(
        &plan(&[
            ("duplicate_event", 30_000),
            ("date_before_1962", 30_000),
            ("orphan_crew", 30_000),
        ]),
        2_000,
        |_, case| {
            tally.add(case);
            let rows = rows(case, "events");
            events.extend((0..rows.count()).map(|row| cell(rows, row, "ev_id").map(str::to_owned)));
        },
    );
    assert_eq!(tally.rows["events"], events.len() as u64);
    assert_eq!(tally.events + tally.duplicates["events"], tally.rows["events"]);
    for (name, of) in &tally.kinds {
        assert_eq!(of.places.len() as u64, tally.planted[name].min(manifest::LISTED as u64));
        for spot in of.places.iter().filter(|spot| spot.table == "events") {
            assert_eq!(spot.key, [events[spot.row as usize - 1].clone()], "{name}");
        }
    }
    assert_eq!(tally.rejected["events"], tally.planted["date_before_1962"]);
    assert!(tally.rejected["Flight_Crew"] > tally.planted["orphan_crew"]);
}

#[test]
fn rejected_rows_are_what_they_are_called() {
    each(&plan(&[("orphan_finding", MILLION)]), 50, |_, case| {
        for plant in &case.plants {
            let id = case.tables[plant.table].cell(plant.row, 0);
            assert_ne!(id, Some(plant.ev_id.as_str()));
        }
    });
    each(&plan(&[("date_in_future", MILLION)]), 50, |_, case| {
        assert!(first(case, "events", "ev_date") > Some("2045"));
    });
    each(&plan(&[("date_before_1962", MILLION)]), 50, |_, case| {
        assert!(first(case, "events", "ev_date") < Some("1962"));
    });
}
