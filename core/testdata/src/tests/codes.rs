//! Every code of the events is in the generated data dictionary.

use super::*;
use ntsb_schema::tables::Clean;
use std::collections::HashSet;

/// Code columns that the dictionary does not list code by code: countries have a table of their own, the
/// others have patterns.
#[rustfmt::skip]
const ELSEWHERE: &[&str] = &[
    "occurrence_code", "phase_no", "eventsoe_no", "finding_code", "category_no", "subcategory_no",
    "section_no", "subsection_no", "modifier_no", "oper_state", "ev_country", "owner_country",
    "dprt_country", "crew_res_country", "phase_flt_spec",
];

type Listed = HashSet<(String, String, String)>;

fn listed() -> (Listed, EventData) {
    let mut data = EventData::new();
    Generator::new(&config(&[])).expect("a valid configuration").write_reference(&mut data);
    let dictionary = rows(&data, "eadmspub_datadictionary");
    let entry = |row| {
        let text = |column| cell(dictionary, row, column).expect("text").to_owned();
        (text("table").to_lowercase(), text("column").to_lowercase(), text("code_iaids"))
    };
    ((0..dictionary.count()).map(entry).collect(), data)
}

fn is_listed(listed: &Listed, table: &str, column: &str, code: &str) -> bool {
    listed.contains(&(table.to_owned(), column.to_owned(), code.to_owned()))
}

#[test]
fn every_code_is_listed() {
    let (listed, _) = listed();
    for_each_event(&config(&[]), 5_000, |_, data| {
        for rows in &data.tables {
            let name = rows.table().name;
            for row in 0..rows.count() {
                for (text, column) in rows.row(row).zip(rows.table().columns) {
                    let coded = column.clean == Clean::Code && !ELSEWHERE.contains(&column.name);
                    let Some(code) = text.filter(|_| coded) else { continue };
                    let code = code.to_uppercase();
                    assert!(
                        is_listed(&listed, name, column.name, &code),
                        "{name}.{} {code}",
                        column.name
                    );
                }
                if name.starts_with("dt_") {
                    let column = cell(rows, row, "col_name").expect("a name");
                    let code = cell(rows, row, "code").expect("a code");
                    assert!(is_listed(&listed, name, column, code), "{name} {column} {code}");
                }
            }
        }
    });
}

#[test]
fn keys_that_are_codes_are_listed() {
    let (listed, _) = listed();
    for_each_event(&config(&[]), 3_000, |_, data| {
        for (table, columns) in [
            ("injury", ["inj_person_category", "injury_level"]),
            ("flight_time", ["flight_type", "flight_craft"]),
        ] {
            for row in 0..rows(data, table).count() {
                for column in columns {
                    let code = cell(rows(data, table), row, column).expect("a code");
                    assert!(is_listed(&listed, table, column, code), "{table}.{column} {code}");
                }
            }
        }
    });
}

#[test]
fn patterns_cover_the_codes_of_both_eras() {
    let (listed, reference) = listed();
    let (old, countries) = (rows(&reference, "ct_seqevt"), rows(&reference, "country"));
    let column = |rows: &Rows, name: &str| -> HashSet<String> {
        (0..rows.count()).filter_map(|row| cell(rows, row, name).map(str::to_owned)).collect()
    };
    let (old, countries) = (column(old, "code"), column(countries, "country_code"));
    for_each_event(&config(&[]), 5_000, |_, data| {
        assert!(countries.contains(first_cell(data, "events", "ev_country").expect("a country")));
        for code in column(rows(data, "events_sequence"), "occurrence_code") {
            for pattern in [format!("{}xxx", &code[..3]), format!("xxx{}", &code[3..])] {
                assert!(is_listed(&listed, "events_sequence", "occurrence_code", &pattern));
            }
        }
        for code in column(rows(data, "findings"), "finding_code") {
            assert!(is_listed(&listed, "findings", "findings_code", &format!("{}XX", &code[..8])));
            assert!(is_listed(
                &listed,
                "findings",
                "modifier_no",
                &format!("xxxxxxxx{}", &code[8..])
            ));
        }
        for (table, name) in [
            ("occurrences", "occurrence_code"),
            ("occurrences", "phase_of_flight"),
            ("seq_of_events", "subj_code"),
            ("seq_of_events", "modifier_code"),
            ("seq_of_events", "person_code"),
            ("aircraft", "phase_flt_spec"),
        ] {
            assert!(column(rows(data, table), name).is_subset(&old), "{table}.{name}");
        }
    });
}
