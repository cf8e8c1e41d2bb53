//! A fact of an accident has the same value in the view, in filters and in every function.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ntsb_tests::cli::run_ntsb_json;
use ntsb_tests::database::Database;
use ntsb_tests::filters::FILTERS;
use ntsb_tests::special_events;
use postgres::Client;

/// Number of values of a column that are tested one by one.
const MAX_VALUES: i64 = 25;

fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn ids(client: &mut Client, sql: &str) -> BTreeSet<String> {
    let rows = client.query(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

fn find_by_filter(client: &mut Client, condition: &str) -> BTreeSet<String> {
    let sql = format!(
        "SELECT ev_id FROM ntsb_search_advanced({}, 'ev_id', 10000)",
        quote_literal(condition)
    );
    ids(client, &sql)
}

fn find_in_view(client: &mut Client, condition: &str) -> BTreeSet<String> {
    ids(client, &format!("SELECT ev_id FROM ntsb.accidents WHERE {condition}"))
}

/// Compares every filter column for every event: its most frequent values, and null.
#[test]
fn filters_agree_with_the_view() {
    let database = special_events::create_database();
    let mut client = database.connect();
    let columns =
        client.query("SELECT column_name, data_type FROM ntsb_search_columns()", &[]).unwrap();
    let events = database.count_rows("ntsb.accidents");
    let mut compared = 0;
    for row in &columns {
        let (column, data_type): (String, String) = (row.get(0), row.get(1));
        let nulls = find_in_view(&mut client, &format!("{column} IS NULL"));
        assert_eq!(
            find_by_filter(&mut client, &format!("{column} IS NULL")),
            nulls,
            "{column} IS NULL"
        );
        let not_null = find_by_filter(&mut client, &format!("{column} IS NOT NULL"));
        assert_eq!(i64::try_from(nulls.len() + not_null.len()).unwrap(), events, "{column}");
        let values = client.query(
            &format!(
                "SELECT {column}::text FROM ntsb.accidents WHERE {column} IS NOT NULL
                 GROUP BY {column} ORDER BY count(*) DESC, 1 LIMIT {MAX_VALUES}"
            ),
            &[],
        );
        for value in values.unwrap() {
            let value: String = value.get(0);
            let constant = match data_type.as_str() {
                "bigint" | "double precision" | "boolean" => value,
                _ => quote_literal(&value),
            };
            // Filters compare long text without regard to case.
            let is_long_text = ["place", "aircraft", "probable_cause"].contains(&column.as_str());
            let condition = if is_long_text {
                format!("upper({column}) = upper({constant})")
            } else {
                format!("{column} = {constant}")
            };
            let filter = format!("{column} = {constant}");
            if filter.len() < 2_000 {
                assert_eq!(
                    find_by_filter(&mut client, &filter),
                    find_in_view(&mut client, &condition),
                    "{filter}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn every_function_applies_filters_alike() {
    let database = special_events::create_database();
    let mut client = database.connect();
    let words = "landing OR pilot OR cessna OR piper";
    let all_hits =
        ids(&mut client, &format!("SELECT ev_id FROM ntsb_search('{words}', max_rows => 10000)"));
    assert!(all_hits.len() > 1_000);
    for condition in FILTERS {
        let expected = find_in_view(&mut client, condition);
        let filter = quote_literal(condition);
        assert_eq!(find_by_filter(&mut client, condition), expected, "{condition}");
        let with_coordinates =
            find_in_view(&mut client, &format!("({condition}) AND lat IS NOT NULL"));
        for sql in [
            format!("SELECT ev_id FROM ntsb_accidents_near(0, 0, 30000, 10000, {filter})"),
            format!("SELECT ev_id FROM ntsb_accidents_in(-180, -90, 180, 90, 10000, {filter})"),
            format!(
                "SELECT f ->> 'id' FROM json_array_elements(ntsb_geojson({filter}, 100000) -> 'features') f"
            ),
            format!("SELECT ev_id FROM ntsb_cluster_accidents(50, 5, {filter})"),
        ] {
            assert_eq!(ids(&mut client, &sql), with_coordinates, "{sql}");
        }
        let sum = format!(
            "SELECT coalesce(sum(value), 0)::bigint FROM ntsb_time_series('events', 'year', {filter})"
        );
        let counted: i64 = client.query_one(&sum, &[]).unwrap().get(0);
        assert_eq!(usize::try_from(counted).unwrap(), expected.len(), "{sum}");
        let search = format!(
            "SELECT ev_id FROM ntsb_search('{words}', max_rows => 10000, filter => {filter})"
        );
        let hits: BTreeSet<String> = all_hits.intersection(&expected).cloned().collect();
        assert_eq!(ids(&mut client, &search), hits, "{search}");
    }
    assert!(FILTERS.len() >= 60);
}

#[test]
fn the_search_command_applies_filters_alike() {
    let database = special_events::create_database();
    let mut client = database.connect();
    for condition in FILTERS.iter().step_by(3) {
        let rows = run_ntsb_json(&database, &["search", "--where", condition, "--limit", "10000"]);
        let printed: BTreeSet<String> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["ev_id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(printed, find_in_view(&mut client, condition), "{condition}");
    }
}

/// Each argument of ntsb_search that restricts the result is equivalent to a filter on a column.
#[test]
fn search_arguments_are_equivalent_to_filters() {
    let database = special_events::create_database();
    let mut client = database.connect();
    let hits = |client: &mut Client, arguments: &str| {
        let sql = format!(
            "SELECT ev_id FROM ntsb_search('pilot OR cessna OR piper', {arguments}, max_rows => 10000)"
        );
        ids(client, &sql)
    };
    for (arguments, condition) in [
        ("states => '{AK,ca}'", "ev_state IN ('AK', 'CA')"),
        ("states => '{Alaska}'", "ev_state = 'AK'"),
        ("make => 'CESSNA AIRCRAFT CO'", "acft_make = 'Cessna'"),
        ("severity => '{Fatal}'", "severity = 'FATL'"),
        ("domestic => true", "is_domestic"),
        ("domestic => false", "is_domestic = false"),
        ("first_year => 1990, last_year => 1999", "ev_year BETWEEN 1990 AND 1999"),
    ] {
        let expected = hits(&mut client, &format!("filter => {}", quote_literal(condition)));
        assert!(!expected.is_empty(), "{condition}");
        assert_eq!(hits(&mut client, arguments), expected, "{arguments}");
    }
}

/// The table, the view, the filter columns and ADR 0021 list the same facts.
#[test]
fn every_fact_is_listed_everywhere() {
    let database = Database::empty_warehouse();
    let columns_of = |table: &str| -> HashSet<String> {
        let sql = format!(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'ntsb.{table}'::regclass AND attnum > 0"
        );
        database.query_column(&sql, &[]).into_iter().collect()
    };
    let (table, view) = (columns_of("fact_accidents"), columns_of("accidents"));
    let only_in_table: BTreeSet<&String> = table.difference(&view).collect();
    assert_eq!(
        only_in_table,
        BTreeSet::from([&"created_at".to_owned(), &"damage_cost_usd".to_owned()])
    );
    let filterable: Vec<String> =
        database.query_column("SELECT column_name FROM ntsb_search_columns()", &[]);
    assert!(filterable.iter().all(|column| table.contains(column)));
    let adr = include_str!("../../docs/adr/0021-accident-facts.md");
    let missing: Vec<_> =
        table.iter().filter(|column| !adr.contains(&format!("`{column}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn facts_of_special_events_are_correct() {
    let database = special_events::create_database();
    let text = |column: &str, number: &str| -> Option<String> {
        let sql = format!(
            "SELECT {column}::text FROM ntsb.accidents WHERE ev_id LIKE '20230615%{number}'"
        );
        database.query_rows(&sql, &[])[0].get(0)
    };
    for (column, number, value) in [
        // Decided by: country, sea area, foreign country, U.S. territory, foreign investigation, no information.
        ("is_domestic", "90001", Some("true")),
        ("is_domestic", "90004", Some("true")),
        ("is_domestic", "90006", Some("false")),
        ("is_domestic", "90007", Some("false")),
        ("is_domestic", "90008", Some("true")),
        ("is_domestic", "90005", Some("false")),
        ("is_domestic", "90010", Some("false")),
        // True if any aircraft has a US registration. Only for accidents.
        ("is_us_civil_accident", "90001", Some("true")),
        ("is_us_civil_accident", "90003", Some("false")),
        ("is_us_civil_accident", "90004", Some("false")),
        ("is_us_civil_accident", "90007", Some("true")),
        ("is_us_civil_accident", "90005", Some("false")),
        // True if no aircraft operated under part 121, 129 or 135.
        ("is_general_aviation", "90001", Some("true")),
        ("is_general_aviation", "90002", Some("false")),
        ("is_general_aviation", "90007", Some("true")),
        ("acft_family", "90001", Some("172")),
        ("acft_family", "90002", Some("172")),
        ("acft_family", "90003", Some("737")),
        ("acft_family", "90004", Some("RV-6")),
        ("acft_family", "90007", Some("172")),
        ("acft_family", "90008", Some("35")),
        ("damage", "90002", Some("DEST")),
        ("far_part", "90002", Some("091")),
        ("aircraft_count", "90002", Some("2")),
        ("is_mid_air", "90002", Some("true")),
        ("is_mid_air", "90001", None),
        // The second aircraft was withdrawn.
        ("damage", "90008", Some("SUBS")),
        ("aircraft_count", "90008", Some("1")),
        ("aircraft_count", "90005", Some("0")),
        ("acft_make", "90005", None),
        ("is_amateur_built", "90004", Some("true")),
        ("is_amateur_built", "90008", None),
        // NTSB gives no year of manufacture, and no registry is loaded.
        ("aircraft_age_years", "90001", None),
        ("pilot_age", "90001", None),
        ("is_student_pilot", "90001", None),
        ("ev_city", "90001", Some("Fort Lauderdale")),
        ("place", "90008", Some("Fort Lauderdale, RQ")),
        // 04:30 UTC on 15 June is 20:30 of the day before in Alaska, when the sun is still up.
        ("local_date", "109909", Some("2023-06-14")),
        ("local_time", "109909", Some("20:30:00")),
        ("local_hour", "109909", Some("20")),
        ("time_zone", "109909", Some("America/Anchorage")),
        ("daylight", "109909", Some("Day")),
        ("mkey", "109909", Some("109909")),
        ("docket_url", "109909", Some("https://data.ntsb.gov/Docket?ProjectID=109909")),
        ("mkey", "90001", None),
        ("local_date", "90001", Some("2023-06-15")),
        ("local_time", "90001", Some("04:30:00")),
        ("occurred_at", "90001", None),
    ] {
        assert_eq!(text(column, number).as_deref(), value, "{column} of {number}");
    }
}

/// Unknown counts are null, not zero. Totals say how many fatal events have no count.
#[test]
fn unknown_counts_of_people_are_null() {
    let database = special_events::create_database();
    let rows = database.query_rows(
        "SELECT right(ev_id, 5), severity, highest_injury, fatalities, serious, minor, uninjured
         FROM ntsb.accidents WHERE ev_id LIKE '20230615X9%' ORDER BY 1",
        &[],
    );
    let counts: BTreeMap<String, (Option<String>, [Option<i32>; 4])> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), [row.get(3), row.get(4), row.get(5), row.get(6)])))
        .collect();
    let counts_of = |number: &str| counts[number].clone();
    let fatal = Some("FATL".to_owned());
    assert_eq!(counts_of("90001"), (fatal.clone(), [None; 4]), "no count at all");
    assert_eq!(
        counts_of("90002"),
        (fatal.clone(), [Some(2), Some(0), Some(0), Some(0)]),
        "a null count next to a known one"
    );
    assert_eq!(
        counts_of("90003"),
        (fatal, [Some(1), Some(0), Some(0), Some(3)]),
        "deaths without FATL"
    );
    assert_eq!(counts_of("90004"), (Some("NONE".to_owned()), [Some(0), Some(0), Some(0), None]));
    assert_eq!(counts_of("90005"), (None, [None; 4]), "no information");
    let yearly = "SELECT fatal_events, fatalities, fatal_events_without_count FROM ntsb.mv_yearly_stats WHERE ev_year = 2023";
    let from_facts = "SELECT count(*) FILTER (WHERE severity = 'FATL'), sum(fatalities),
        count(*) FILTER (WHERE severity = 'FATL' AND fatalities IS NULL) FROM ntsb.accidents WHERE ev_year = 2023";
    let values = |sql: &str| -> Vec<Option<i64>> {
        let row = &database.query_rows(sql, &[])[0];
        (0..3).map(|at| row.get(at)).collect()
    };
    assert_eq!(values(yearly), values(from_facts));
    let series =
        "SELECT status FROM ntsb_time_series('fatalities', 'day', 'ev_date = ''2023-06-15''')";
    assert_eq!(database.query_column::<String>(series, &[]), ["counts missing"]);
    let events = "SELECT status FROM ntsb_time_series('events', 'day', 'ev_date = ''2023-06-15''')";
    assert_eq!(database.query_column::<String>(events, &[]), ["complete"]);
}
