//! Cleaning finds exactly the injected defects.

use super::*;
use defects::{DEFECTS, ExpectedOutcome};
use ntsb_schema::clean::row::{CleanRow, Context, RowCleaner};
use std::collections::BTreeSet;

/// Table, row, column and defect.
type Found = BTreeSet<(usize, usize, &'static str, &'static str)>;

fn find_by_cleaning(data: &EventData, cleaners: &[RowCleaner]) -> Found {
    let mut found = Found::new();
    let far_part = first_cell(data, "aircraft", "far_part");
    for (table, (rows, cleaner)) in data.tables.iter().zip(cleaners).enumerate() {
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

fn injected(data: &EventData) -> Found {
    let mut found = Found::new();
    for injection in &data.injections {
        let Some(kind) = injection.defect.reported_kind else { continue };
        let rows: Vec<_> = if injection.affects_event {
            let all = data.tables.iter().enumerate();
            all.flat_map(|(table, rows)| (0..rows.count()).map(move |row| (table, row))).collect()
        } else {
            vec![(injection.table, injection.row)]
        };
        for (table, row) in rows {
            found.extend(injection.columns.iter().map(|name| (table, row, *name, kind.as_str())));
        }
    }
    found
}

/// Injects one defect at a time into every eligible event.
#[test]
fn cleaning_finds_each_defect_and_nothing_else() {
    let cleaners: Vec<_> = tables().iter().map(RowCleaner::new).collect();
    for defect in DEFECTS {
        let mut count = 0;
        for_each_event(&config(&[(defect.name, MILLION)]), 200, |number, data| {
            count += data.injections.len();
            let (found, expected) = (find_by_cleaning(data, &cleaners), injected(data));
            assert_eq!(found, expected, "{} in event {number}", defect.name);
        });
        assert!(count >= 5, "{} was injected only {count} times", defect.name);
    }
}

#[test]
fn cleaning_finds_all_defects_together() {
    let cleaners: Vec<_> = tables().iter().map(RowCleaner::new).collect();
    let shares: Vec<_> = DEFECTS.iter().map(|defect| (defect.name, 100_000)).collect();
    for_each_event(&config(&shares), 2_000, |number, data| {
        assert_eq!(find_by_cleaning(data, &cleaners), injected(data), "event {number}");
        let loses_row = |i: &&defects::Injection| {
            matches!(i.defect.expected, ExpectedOutcome::Reject | ExpectedOutcome::Duplicate)
        };
        assert!(!data.injections.iter().any(|i| loses_row(&i)) || data.injections.len() == 1);
    });
}

#[test]
fn injections_have_the_configured_shares() {
    let shares = [("time_2400", 50_000), ("date_in_future", 20_000), ("padding", 0)];
    let mut manifest = manifest::Manifest::new();
    for_each_event(&config(&shares), 20_000, |_, data| manifest.add_event(data));
    let count = |name| manifest.injected[name];
    assert!((900..1_100).contains(&count("time_2400")), "{}", count("time_2400"));
    assert!((330..470).contains(&count("date_in_future")), "{}", count("date_in_future"));
    assert_eq!(count("padding"), 0);
}

#[test]
fn the_manifest_counts_rows_and_locates_defects() {
    let mut manifest = manifest::Manifest::new();
    let mut events = Vec::new();
    for_each_event(
        &config(&[
            ("duplicate_event", 30_000),
            ("date_before_1962", 30_000),
            ("orphan_crew", 30_000),
        ]),
        2_000,
        |_, data| {
            manifest.add_event(data);
            let rows = rows(data, "events");
            events.extend((0..rows.count()).map(|row| cell(rows, row, "ev_id").map(str::to_owned)));
        },
    );
    assert_eq!(manifest.rows["events"], events.len() as u64);
    assert_eq!(manifest.events + manifest.duplicates["events"], manifest.rows["events"]);
    for (name, defect) in &manifest.defects {
        let expected = manifest.injected[name].min(manifest::MAX_LOCATIONS as u64);
        assert_eq!(defect.locations.len() as u64, expected);
        for location in defect.locations.iter().filter(|location| location.table == "events") {
            assert_eq!(location.key, [events[location.row as usize - 1].clone()], "{name}");
        }
    }
    assert_eq!(manifest.rejected["events"], manifest.injected["date_before_1962"]);
    assert!(manifest.rejected["Flight_Crew"] > manifest.injected["orphan_crew"]);
}

#[test]
fn rejected_rows_have_the_named_defect() {
    for_each_event(&config(&[("orphan_finding", MILLION)]), 50, |_, data| {
        for injection in &data.injections {
            let id = data.tables[injection.table].cell(injection.row, 0);
            assert_ne!(id, Some(injection.ev_id.as_str()));
        }
    });
    for_each_event(&config(&[("date_in_future", MILLION)]), 50, |_, data| {
        assert!(first_cell(data, "events", "ev_date") > Some("2045"));
    });
    for_each_event(&config(&[("date_before_1962", MILLION)]), 50, |_, data| {
        assert!(first_cell(data, "events", "ev_date") < Some("1962"));
    });
}
