//! Filters over accidents: the SQL they compile to, and what is rejected.

use super::columns::Column;
use super::*;
use ntsb_filter::Literal;

mod adversarial;

fn compile(text: &str) -> SqlCondition {
    compile_filter(text, 1, &|_, _| None, &|| ()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn texts(values: &[Literal]) -> Vec<&str> {
    let mut texts = Vec::new();
    for value in values {
        if let Literal::Text(text) = value {
            texts.push(text.as_str());
        }
    }
    texts
}

#[test]
fn constants_become_parameters() {
    let rendered = compile("ev_year >= 2000 AND (ev_state IN ('AK','CA') OR NOT fatalities > 0)");
    assert_eq!(
        rendered.sql,
        "((e.ev_year >= $1) AND ((e.ev_state IN ($2, $3)) OR (NOT (e.fatalities > $4))))"
    );
    assert_eq!(
        rendered.values,
        [
            Literal::Int(2000),
            Literal::Text("AK".into()),
            Literal::Text("CA".into()),
            Literal::Int(0)
        ]
    );
    assert_eq!(
        compile_filter("ev_year = 1999", 5, &|_, _| None, &|| ()).map(|r| r.sql),
        Ok("(e.ev_year = $5)".into())
    );
}

#[test]
fn constants_get_the_standard_spelling() {
    assert_eq!(texts(&compile("acft_make = 'CESSNA AIRCRAFT CO'").values), ["Cessna"]);
    assert_eq!(texts(&compile("acft_make IN ('piper', 'BEECH')").values), ["Piper", "Beech"]);
    assert_eq!(texts(&compile("'ak' = ev_state").values), ["AK"]);
    assert_eq!(texts(&compile("ev_state IS DISTINCT FROM 'ak'").values), ["AK"]);
    let city = compile("ev_city = 'FT LAUDERDALE'");
    assert_eq!(
        (city.sql.as_str(), texts(&city.values)),
        ("(e.ev_city = $1)", vec!["Fort Lauderdale"])
    );
    let cause = compile("probable_cause = 'Ice.'");
    assert_eq!(
        (cause.sql.as_str(), texts(&cause.values)),
        ("((upper(e.probable_cause)) = $1)", vec!["ICE."])
    );
    assert!(compile("acft_make LIKE 'cess%'").sql.contains(" ILIKE $1"));
    assert_eq!(texts(&compile("acft_model LIKE 'pa-28%'").values), ["PA-28%"]);
    assert_eq!(texts(&compile("severity IN ('Fatal', 'sers')").values), ["FATL", "SERS"]);
    assert_eq!(texts(&compile("ev_state = 'Alaska' AND far_part = '91'").values), ["AK", "091"]);
    assert_eq!(texts(&compile("regis_no LIKE 'n123%'").values), ["N123%"]);
    let case = compile("CASE ev_state WHEN 'ak' THEN 1 WHEN 'ca' THEN 2 END = 1");
    assert_eq!(case.sql, "((CASE e.ev_state WHEN $1 THEN $2 WHEN $3 THEN $4 END) = $5)");
    assert_eq!(texts(&case.values), ["AK", "CA"]);
    // Comparisons between columns do not change.
    assert_eq!(compile("ev_city = ev_state").sql, "(e.ev_city = e.ev_state)");
}

#[test]
fn unknown_codes_are_rejected() {
    let error = |text: &str| {
        compile_filter(text, 1, &|_, _| None, &|| ()).expect_err("an unknown code").to_string()
    };
    assert_eq!(
        error("severity = 'FATALITY'"),
        "severity has no code \"FATALITY\"; did you mean \"FATL\"?"
    );
    assert_eq!(error("ev_state IN ('AK', 'ZZ')"), "ev_state has no code \"ZZ\"");
    assert_eq!(error("ev_country = 'XX'"), "ev_country has no code \"XX\"");
    // A code that only the loaded data have.
    let lookup = |column: &Column, text: &str| {
        (column.name == "ev_country" && text == "Canada").then(|| "CA".to_owned())
    };
    let rendered = compile_filter("ev_country = 'Canada'", 1, &lookup, &|| ()).expect("a filter");
    assert_eq!(texts(&rendered.values), ["CA"]);
}

/// Attempts to read or change data beyond the row, one per line, each with a part of the error.
#[test]
fn injections_are_rejected_with_the_reason() {
    let cases = include_str!("golden/injections.tsv").lines().filter(|l| !l.starts_with('#'));
    let (mut count, mut failures) = (0, Vec::new());
    for case in cases {
        let (text, reason) = case.split_once('\t').expect("a filter and a reason");
        match compile_filter(text, 1, &|_, _| None, &|| ()) {
            Ok(rendered) => failures.push(format!("{text} was accepted: {}", rendered.sql)),
            Err(error) if error.to_string().contains(reason) => {}
            Err(error) => failures.push(format!("{text}\t{error}")),
        }
        count += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 100, "{count}");
}

#[test]
fn a_quote_in_a_constant_does_not_end_it() {
    let rendered = compile("ev_city LIKE 'x''; DROP TABLE ntsb.events; --'");
    assert_eq!(rendered.sql, "(e.ev_city ILIKE $1)");
    assert_eq!(texts(&rendered.values), ["x'; DROP TABLE ntsb.events; --"]);
}
