//! Filters that try to keep the server busy. Each must be accepted or rejected quickly, and the SQL of
//! an accepted filter must be small.

use super::super::compile_filter;
use ntsb_filter::MAX_SQL_BYTES;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// The time limit on one core. Unoptimised code takes about twenty times as long.
const MAX_TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 50 });

/// Prefixes and suffixes that wrap an expression, and can be nested.
const WRAPPERS: &[(&str, &str)] = &[
    ("(", ")"),
    ("NOT (", ")"),
    ("NOT ", ""),
    ("- ", ""),
    ("+ ", ""),
    ("abs(", ")"),
    ("coalesce(", ",1)"),
    ("coalesce(1.5,", ",2)"),
    ("greatest(1,", ")"),
    ("nullif(", ",1)"),
    ("length(", ")"),
    ("ceil(", ")"),
    ("floor(", " TO day)"),
    ("trim(", ")"),
    ("trim(BOTH ' ' FROM ", ")"),
    ("substring(", " FROM 1 FOR 2)"),
    ("substr(ev_city, ", ")"),
    ("position(", " IN ev_city)"),
    ("extract(year FROM ", ")"),
    ("CASE ", " WHEN 1 THEN 1 END"),
    ("CASE ", " WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 WHEN 4 THEN 4 END"),
    ("CASE ev_year WHEN ", " THEN 1 ELSE 2 END"),
    ("CASE ev_year WHEN 1 THEN ", " ELSE 2 END"),
    ("CASE WHEN ", " THEN TRUE END"),
    ("CASE WHEN TRUE THEN 1 ELSE ", " END"),
    ("case-", ""),
    ("ev_year BETWEEN ", " AND 3"),
    ("ev_year BETWEEN 1 AND ", ""),
    ("ev_year IN (1, ", ")"),
    ("ev_year = ANY (", ")"),
    ("ev_city LIKE ", ""),
    ("ev_city LIKE '%' ESCAPE ", ""),
    ("ev_city SIMILAR TO ", ""),
    ("ev_year IS DISTINCT FROM ", ""),
    ("1 + ", ""),
    ("", " + 1"),
    ("", " / ev_year"),
    ("", " IS NULL"),
    ("TRUE AND ", ""),
    ("", " OR TRUE"),
    ("EXISTS (", ")"),
    ("(SELECT ", ")"),
    ("EXISTS (SELECT * FROM (", "))"),
    ("(VALUES (", "))"),
    ("CAST(", " AS int)"),
    ("1::", ""),
    ("x::array<", ">"),
    ("ARRAY[", "]"),
    ("[", "]"),
    ("{", "}"),
    ("{d ", "}"),
    ("ROW(", ")"),
    ("interval ", ""),
    ("interval (", ") day"),
    ("DATE ", ""),
    ("TIMESTAMP (", ") '2020-01-01'"),
    ("lambda x: ", ""),
    ("(x, y) -> ", ""),
    ("f(x => ", ")"),
    ("f(DISTINCT ", ")"),
    ("count(*) FILTER (WHERE ", ")"),
    ("count(*) OVER (ORDER BY ", ")"),
    ("MATCH (", ") AGAINST ('x')"),
    ("STRUCT(", ")"),
    ("MAP {", ": 1}"),
    ("CONVERT(", ", int)"),
    ("PRIOR ", ""),
    ("x COLLATE ", ""),
    ("x AT TIME ZONE ", ""),
    ("x -> ", ""),
    ("@ ", ""),
    ("/*", "*/"),
    ("U&'", "'"),
    ("$$", "$$"),
    ("\"", "\""),
];

const LEAVES: &[&str] = &["ev_year", "defining_event", "1", "'x'", "NULL", "TRUE", "case", ""];

/// Nesting depths, up to beyond the limits of a filter.
const REPEATS: &[usize] = &[1, 2, 5, 9, 15, 16, 17, 40, 300];

fn wrapped(outer: (&str, &str), inner: (&str, &str), leaf: &str, times: usize) -> String {
    let open = [outer.0, inner.0].concat().repeat(times);
    let close = [inner.1, outer.1].concat().repeat(times);
    format!("{open}{leaf}{close}")
}

/// Asserts that a filter is accepted or rejected in time. Returns whether it is accepted. The best of
/// four runs counts, because other processes may use the CPU.
fn assert_fast(text: &str) -> bool {
    let shown: String = text.chars().take(300).collect();
    let mut min_time = Duration::MAX;
    let mut accepted = false;
    for _ in 0..4 {
        let start = Instant::now();
        match compile_filter(text, 1, &|_, _| None, &|| ()) {
            Ok(rendered) => {
                accepted = true;
                assert!(
                    rendered.sql.len() <= MAX_SQL_BYTES,
                    "{} bytes: {shown}",
                    rendered.sql.len()
                );
                assert!(rendered.values.len() <= 2000, "{}", rendered.values.len());
            }
            Err(error) => assert!(error.to_string().len() < 10_000, "{shown}"),
        }
        min_time = min_time.min(start.elapsed());
        if min_time < MAX_TIME {
            return accepted;
        }
    }
    panic!("{min_time:?}: {shown}");
}

#[test]
fn each_pair_of_wrappers_is_fast() {
    let (mut count, mut accepted) = (0, 0);
    for (at, outer) in WRAPPERS.iter().enumerate() {
        for (place, inner) in WRAPPERS.iter().enumerate() {
            let leaf = LEAVES[(at + place) % LEAVES.len()];
            let times = REPEATS[(at * 7 + place) % REPEATS.len()];
            let text = wrapped(*outer, *inner, leaf, times);
            accepted += usize::from(assert_fast(&text));
            // As many copies as the maximum length allows.
            let part = wrapped(*outer, *inner, leaf, 1 + times % 5);
            let fits = (1999 / (part.len() + 4)).max(1);
            accepted += usize::from(assert_fast(&vec![part; fits].join(" OR ")));
            count += 2;
        }
    }
    assert!(count > 10_000 && accepted > 50, "{count} {accepted}");
}

#[test]
fn long_lists_and_texts_are_fast() {
    for unit in ["1,", "ev_year,", "defining_event,", "'x',", "NULL,", "(1),", "-1,", "1.5,"] {
        for head in ["ev_year IN (", "greatest(", "coalesce(", "defining_event IN ("] {
            let list = unit.repeat((1980 - head.len()) / unit.len());
            assert_fast(&format!("{head}{})", list.trim_end_matches(',')));
        }
    }
    for unit in ["(", "'", "\"", "CASE ", "--", "/*", "a.", "\u{1F600}", "NOT ", "1", "%"] {
        for times in [1_000, 100_000, 1_000_000] {
            assert!(!assert_fast(&unit.repeat(times)), "{unit} {times}");
        }
    }
}

#[test]
fn a_nested_operand_is_rendered_once() {
    let mut text = "ev_year".to_owned();
    for _ in 0..7 {
        text = format!(
            "CASE {text} WHEN 1 THEN 2 WHEN 3 THEN 4 WHEN 5 THEN 6 WHEN 7 THEN 8 WHEN 9 THEN 0 END"
        );
    }
    let text = format!("{text} = 1");
    let rendered = compile_filter(&text, 1, &|_, _| None, &|| ()).expect("a filter");
    assert_eq!(rendered.sql.matches("e.ev_year").count(), 1);
    assert_eq!(rendered.values.len(), 71);
}

#[test]
fn errors_name_the_limit() {
    let error = |text: &str| match compile_filter(text, 1, &|_, _| None, &|| ()) {
        Ok(rendered) => format!("accepted: {} bytes", rendered.sql.len()),
        Err(error) => error.to_string(),
    };
    let parts = format!("greatest(.5,{}1) > 0", "1,".repeat(98));
    assert!(error(&vec![parts; 9].join(" OR ")).contains("more than 2000 operators"));
    assert!(error(&" ".repeat(2001)).contains("at most 2000 characters"));
}

#[test]
fn interrupts_are_polled() {
    let polls = std::cell::Cell::new(0);
    let text = vec!["ev_year = 1"; 100].join(" OR ");
    compile_filter(&text, 1, &|_, _| None, &|| polls.set(polls.get() + 1)).expect("a filter");
    assert!(polls.get() > 300, "{}", polls.get());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_mixture_is_fast(
        layers in prop::collection::vec((prop::sample::select(WRAPPERS), 1_usize..6), 1..12),
        leaf in prop::sample::select(LEAVES),
        cut in prop::option::of(0.0_f64..1.0),
    ) {
        let mut text = leaf.to_owned();
        for ((open, close), times) in layers {
            text = format!("{}{text}{}", open.repeat(times), close.repeat(times));
        }
        if let Some(share) = cut {
            let length = (text.chars().count() as f64 * share) as usize;
            text = text.chars().take(length).collect();
        }
        assert_fast(&text);
    }
}
