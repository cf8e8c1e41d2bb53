//! Conditions over facts: what they become, and what is refused.

use super::columns::Column;
use super::*;
use ntsb_filter::Literal;

mod adversarial;

fn rendered(text: &str) -> Rendered {
    condition(text, 1, &|_, _| None, &|| ()).unwrap_or_else(|e| panic!("{text}: {e}"))
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
    let of = rendered("ev_year >= 2000 AND (ev_state IN ('AK','CA') OR NOT fatalities > 0)");
    assert_eq!(
        of.sql,
        "((e.ev_year >= $1) AND ((e.ev_state IN ($2, $3)) OR (NOT (e.fatalities > $4))))"
    );
    assert_eq!(
        of.values,
        [
            Literal::Int(2000),
            Literal::Text("AK".into()),
            Literal::Text("CA".into()),
            Literal::Int(0)
        ]
    );
    assert_eq!(
        condition("ev_year = 1999", 5, &|_, _| None, &|| ()).map(|r| r.sql),
        Ok("(e.ev_year = $5)".into())
    );
}

#[test]
fn spellings_are_forgiven() {
    assert_eq!(texts(&rendered("acft_make = 'CESSNA AIRCRAFT CO'").values), ["Cessna"]);
    assert_eq!(texts(&rendered("acft_make IN ('piper', 'BEECH')").values), ["Piper", "Beech"]);
    assert_eq!(texts(&rendered("'ak' = ev_state").values), ["AK"]);
    assert_eq!(texts(&rendered("ev_state IS DISTINCT FROM 'ak'").values), ["AK"]);
    let city = rendered("ev_city = 'FT LAUDERDALE'");
    assert_eq!(
        (city.sql.as_str(), texts(&city.values)),
        ("(e.ev_city = $1)", vec!["Fort Lauderdale"])
    );
    let cause = rendered("probable_cause = 'Ice.'");
    assert_eq!(
        (cause.sql.as_str(), texts(&cause.values)),
        ("((upper(e.probable_cause)) = $1)", vec!["ICE."])
    );
    assert!(rendered("acft_make LIKE 'cess%'").sql.contains(" ILIKE $1"));
    assert_eq!(texts(&rendered("acft_model LIKE 'pa-28%'").values), ["PA-28%"]);
    assert_eq!(texts(&rendered("severity IN ('Fatal', 'sers')").values), ["FATL", "SERS"]);
    assert_eq!(texts(&rendered("ev_state = 'Alaska' AND far_part = '91'").values), ["AK", "091"]);
    assert_eq!(texts(&rendered("regis_no LIKE 'n123%'").values), ["N123%"]);
    let case = rendered("CASE ev_state WHEN 'ak' THEN 1 WHEN 'ca' THEN 2 END = 1");
    assert_eq!(case.sql, "((CASE e.ev_state WHEN $1 THEN $2 WHEN $3 THEN $4 END) = $5)");
    assert_eq!(texts(&case.values), ["AK", "CA"]);
    // What is compared with another column stays as it is.
    assert_eq!(rendered("ev_city = ev_state").sql, "(e.ev_city = e.ev_state)");
}

#[test]
fn what_is_no_code_is_refused() {
    let refused = |text: &str| {
        let error = condition(text, 1, &|_, _| None, &|| ()).expect_err("a refusal");
        error.to_string()
    };
    assert_eq!(
        refused("severity = 'FATALITY'"),
        "severity has no code \"FATALITY\"; did you mean \"FATL\"?"
    );
    assert_eq!(refused("ev_state IN ('AK', 'ZZ')"), "ev_state has no code \"ZZ\"");
    assert_eq!(refused("ev_country = 'XX'"), "ev_country has no code \"XX\"");
    // Codes that only the loaded data have.
    let lookup = |column: &Column, text: &str| {
        (column.name == "ev_country" && text == "Canada").then(|| "CA".to_owned())
    };
    let taken = condition("ev_country = 'Canada'", 1, &lookup, &|| ()).expect("a condition");
    assert_eq!(texts(&taken.values), ["CA"]);
}

/// What a person might try in order to reach beyond the row; one a line, with a part of the answer.
#[test]
fn injections_are_refused_and_named() {
    let cases = include_str!("golden/injections.tsv").lines().filter(|l| !l.starts_with('#'));
    let (mut count, mut wrong) = (0, Vec::new());
    for case in cases {
        let (text, reason) = case.split_once('\t').expect("a condition and a reason");
        match condition(text, 1, &|_, _| None, &|| ()) {
            Ok(taken) => wrong.push(format!("{text} is taken: {}", taken.sql)),
            Err(error) if error.to_string().contains(reason) => {}
            Err(error) => wrong.push(format!("{text}\t{error}")),
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 100, "{count}");
}

#[test]
fn a_quote_in_a_constant_stays_a_constant() {
    let of = rendered("ev_city LIKE 'x''; DROP TABLE ntsb.events; --'");
    assert_eq!(of.sql, "(e.ev_city ILIKE $1)");
    assert_eq!(texts(&of.values), ["x'; DROP TABLE ntsb.events; --"]);
}
