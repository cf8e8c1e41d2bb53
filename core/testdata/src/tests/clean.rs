//! Clean rows have no defect.

use super::*;
use ntsb_schema::calendar;
use ntsb_schema::clean::row::{CleanRow, Context, RowCleaner};
use std::collections::HashSet;

#[test]
fn cleaning_finds_no_defect() {
    let cleaners: Vec<_> = tables().iter().map(RowCleaner::new).collect();
    let check = |data: &EventData| {
        let far_part = first_cell(data, "aircraft", "far_part");
        for (rows, cleaner) in data.tables.iter().zip(&cleaners) {
            for row in 0..rows.count() {
                let raw: Vec<_> = rows.row(row).collect();
                let mut out = CleanRow::new();
                cleaner.clean(&raw, &Context { far_part }, &mut out);
                assert!(out.defects.is_empty(), "{}: {:?}", rows.table().name, out.defects);
                assert!(raw.iter().all(|cell| *cell != Some("")), "{}", rows.table().name);
            }
        }
    };
    for_each_event(&config(&[]), 3_000, |_, data| check(data));
    let mut reference = EventData::new();
    Generator::new(&config(&[])).expect("a valid configuration").write_reference(&mut reference);
    check(&reference);
}

#[test]
fn values_fit_their_columns() {
    use ntsb_schema::tables::Access;
    for_each_event(&config(&[]), 3_000, |_, data| {
        for rows in &data.tables {
            for row in 0..rows.count() {
                for (text, column) in rows.row(row).zip(rows.table().columns) {
                    let Access::Text(width) = column.access else { continue };
                    let long = text.is_some_and(|t| t.chars().count() > usize::from(width));
                    assert!(!long, "{}.{}: {text:?}", rows.table().name, column.name);
                }
            }
        }
    });
}

#[test]
fn keys_are_complete_and_unique_and_have_parents() {
    let mut ev_ids = HashSet::new();
    let mut ntsb_nos = HashSet::new();
    for_each_event(&config(&[]), 10_000, |_, data| {
        assert!(ev_ids.insert(first_cell(data, "events", "ev_id").expect("an id").to_owned()));
        assert!(
            ntsb_nos.insert(first_cell(data, "events", "ntsb_no").expect("a number").to_owned())
        );
        for rows in data.tables.iter().filter(|rows| rows.count() > 0) {
            let keys = keys(rows, rows.table().key);
            assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
            assert!(keys.iter().flatten().all(Option::is_some));
            if let Some(parent) = rows.table().parent.and_then(ntsb_schema::tables::Table::find) {
                let parents = keys_of(data, parent.name, parent.key);
                let orphan =
                    self::keys(rows, parent.key).into_iter().find(|k| !parents.contains(k));
                assert_eq!(orphan, None, "{}", rows.table().name);
            }
        }
    });
}

fn keys<'c>(rows: &'c Rows, key: &[&str]) -> Vec<Vec<Option<&'c str>>> {
    let key_of = |row| key.iter().map(|column| cell(rows, row, column)).collect();
    (0..rows.count()).map(key_of).collect()
}

fn keys_of<'c>(data: &'c EventData, table: &str, key: &[&str]) -> Vec<Vec<Option<&'c str>>> {
    keys(rows(data, table), key)
}

#[test]
fn injury_counts_agree_in_all_tables() {
    const LEVELS: [(&str, &str, &str); 4] = [
        ("FATL", "inj_tot_f", "inj_f_grnd"),
        ("SERS", "inj_tot_s", "inj_s_grnd"),
        ("MINR", "inj_tot_m", "inj_m_grnd"),
        ("NONE", "inj_tot_n", ""),
    ];
    for_each_event(&config(&[]), 5_000, |_, data| {
        let event = |column: &str| number(first_cell(data, "events", column));
        let injury = rows(data, "injury");
        let people = |role_is: fn(&str) -> bool, level: &str| -> i64 {
            let of = |row: &usize| {
                cell(injury, *row, "injury_level") == Some(level)
                    && cell(injury, *row, "inj_person_category").is_some_and(role_is)
            };
            let rows = (0..injury.count()).filter(of);
            rows.map(|row| number(cell(injury, row, "inj_person_count"))).sum()
        };
        for (level, total, ground) in LEVELS {
            let on_ground = if ground.is_empty() { 0 } else { event(ground) };
            let aboard = people(|role| role == "ABRD", level);
            assert_eq!(event(total), aboard + on_ground, "{level}");
            assert_eq!(aboard, people(|role| role != "ABRD", level));
        }
        let worst = LEVELS.iter().find(|(_, total, _)| event(total) > 0).map(|l| l.0);
        assert_eq!(first_cell(data, "events", "ev_highest_injury"), worst);
        let since_2020 = first_cell(data, "events", "lchg_date").expect("a date") >= "2020";
        let hurt = event("inj_tot_f") + event("inj_tot_s") + event("inj_tot_m");
        let unhurt = if since_2020 { event("inj_tot_n") } else { 0 };
        assert_eq!(event("inj_tot_t"), hurt + unhurt);
    });
}

fn day(text: Option<&str>) -> Option<i32> {
    let text = text?;
    let part = |range| text.get(range).and_then(|t: &str| t.parse::<u32>().ok());
    calendar::date_to_days(part(0..4)? as i32, part(5..7)?, part(8..10)?)
}

#[test]
fn dates_are_in_order() {
    for_each_event(&config(&[]), 10_000, |_, data| {
        let event = |column| first_cell(data, "events", column);
        let date = day(event("ev_date")).expect("a date");
        let (year, month, _) = calendar::days_to_date(date);
        assert_eq!(
            (number(event("ev_year")), number(event("ev_month"))),
            (year.into(), month.into())
        );
        assert_eq!(event("ev_dow"), Some(event_time::WEEKDAY_NAMES[event_time::weekday(date)]));
        let id = event("ev_id").expect("an id");
        let entered = format!("{}-{}-{}", &id[..4], &id[4..6], &id[6..8]);
        assert!(
            day(Some(&entered)).is_some_and(|d| d >= date && Some(d) <= day(event("lchg_date")))
        );
        let crew = rows(data, "flight_crew");
        for row in 0..crew.count() {
            for column in ["date_lst_med", "bfr_date", "ft_as_of"] {
                assert!(day(cell(crew, row, column)).is_none_or(|d| d < date), "{column}");
            }
        }
        let aircraft = rows(data, "aircraft");
        for row in 0..aircraft.count() {
            let built = number(cell(aircraft, row, "acft_year"));
            assert!(built < i64::from(year), "{built} {year}");
        }
    });
}

#[test]
fn the_number_of_engine_rows_is_num_eng() {
    for_each_event(&config(&[]), 3_000, |_, data| {
        let (aircraft, engines) = (rows(data, "aircraft"), rows(data, "engines"));
        for row in 0..aircraft.count() {
            let key = cell(aircraft, row, "aircraft_key");
            let of = |engine: &usize| cell(engines, *engine, "aircraft_key") == key;
            let found = (0..engines.count()).filter(of).count() as i64;
            assert_eq!(found, number(cell(aircraft, row, "num_eng")));
        }
    });
}

#[test]
fn coordinate_text_agrees_with_decimal_degrees() {
    let seconds = |text: &str, digits: usize| -> f64 {
        let part = |from: usize, to: usize| text[from..to].parse::<f64>().expect("digits");
        part(0, digits) * 3600.0 + part(digits, digits + 2) * 60.0 + part(digits + 2, digits + 4)
    };
    for_each_event(&config(&[]), 3_000, |_, data| {
        for (text, decimal, digits) in
            [("latitude", "dec_latitude", 2), ("longitude", "dec_longitude", 3)]
        {
            let event = |column| first_cell(data, "events", column);
            let (Some(text), Some(decimal)) = (event(text), event(decimal)) else {
                assert_eq!((event(text), event(decimal)), (None, None));
                continue;
            };
            let degrees: f64 = decimal.parse().expect("a number");
            assert!((seconds(text, digits) - degrees.abs() * 3600.0).abs() < 0.01, "{text}");
            assert_eq!(text.ends_with(['S', 'W']), degrees < 0.0);
        }
    });
}

#[test]
fn codes_of_findings_and_occurrences_are_the_concatenation_of_their_parts() {
    for_each_event(&config(&[]), 3_000, |_, data| {
        let (findings, sequence) = (rows(data, "findings"), rows(data, "events_sequence"));
        for row in 0..findings.count() {
            let parts =
                ["category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no"];
            let joined: String = parts.iter().filter_map(|c| cell(findings, row, c)).collect();
            assert_eq!(cell(findings, row, "finding_code"), Some(joined.as_str()));
        }
        for row in 0..sequence.count() {
            let joined: String =
                ["phase_no", "eventsoe_no"].iter().filter_map(|c| cell(sequence, row, c)).collect();
            assert_eq!(cell(sequence, row, "occurrence_code"), Some(joined.as_str()));
        }
        let is_modern = number(first_cell(data, "events", "ev_year")) >= 2008;
        assert_eq!(sequence.count() > 0, is_modern);
        assert_eq!(rows(data, "occurrences").count() > 0, !is_modern);
    });
}
