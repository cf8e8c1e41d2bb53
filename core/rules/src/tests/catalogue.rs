//! The rules of the catalogue, each with a row that passes and a row that fails.

use super::*;
use crate::catalogue::cases::CASES;
use std::collections::HashSet;

fn rule_set(name: &str) -> RuleSet {
    RuleSet::new(table(name), &[], &vocabulary()).expect("rules")
}

#[test]
fn rules_have_a_description_and_existing_columns() {
    let mut seen = HashSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.id), "{} twice", rule.id);
        let (area, name) = rule.id.split_once('.').expect("table.problem");
        assert!(area == rule.table || rule.table == "*", "{}", rule.id);
        assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        assert!(rule.description.len() > 10 && !rule.description.ends_with('.'), "{}", rule.id);
        assert!(rule.allowed_actions().contains(&rule.action), "{} {:?}", rule.id, rule.action);
        if rule.table != "*" {
            let names = column_names(table(rule.table));
            assert!(rule.column.is_none_or(|c| names.contains(&c)), "{}", rule.id);
        }
    }
    assert!(RULES.len() >= 60, "{}", RULES.len());
}

#[test]
fn every_rule_has_a_row_that_passes_and_one_that_fails() {
    let cases: HashSet<_> = CASES.iter().flat_map(|c| c.iter()).map(|c| c.0).collect();
    // Its row is generated in another test.
    let narratives_long = "narratives.long";
    for rule in RULES.iter().filter(|r| r.scope == Scope::Row && r.id != narratives_long) {
        assert!(cases.contains(rule.id), "{} has no case", rule.id);
    }
    assert!(cases.iter().all(|id| Rule::find(id).is_some_and(|r| r.scope == Scope::Row)));
}

#[test]
fn good_rows_pass_and_bad_rows_fail() {
    for (id, name, good, bad) in CASES.iter().flat_map(|c| c.iter()) {
        let rules = rule_set(name);
        let violations = |row: &str| {
            let (_, violations) = check_row(&rules, row);
            violations.into_iter().filter(|v| v.rule == *id).collect::<Vec<_>>()
        };
        assert_eq!(violations(good), [], "{id} passes {good}");
        let found = violations(bad);
        let [violation] = &found[..] else { panic!("{id} fails {bad}: {found:?}") };
        let rule = Rule::find(id).expect("rule exists");
        assert_eq!((violation.gate, violation.action), (rule.gate, rule.action), "{id}");
        let column = violation.column.map(|at| column_names(rules.table())[at]);
        assert!(rule.column.is_none() || rule.column == column, "{id}: {column:?}");
        assert!(violation.reason.starts_with(rule.description), "{id}: {}", violation.reason);
    }
}

#[test]
fn dropped_values_are_null() {
    for (id, name, _, bad) in CASES.iter().flat_map(|c| c.iter()) {
        let rules = rule_set(name);
        let (row, found) = check_row(&rules, bad);
        for violation in found.iter().filter(|v| v.rule == *id) {
            if let (Some(at), Action::Null) = (violation.column, violation.action) {
                assert_eq!(row.values[at], Value::Null, "{id}");
            }
        }
    }
}

#[test]
fn long_narrative_is_flagged() {
    let rules = rule_set("narratives");
    let row = format!("narr_accp={}", "The airplane flew. ".repeat(20_000));
    let (_, found) = check_row(&rules, &row);
    let [violation] = &found[..] else { panic!("{} violations", found.len()) };
    assert_eq!(violation.rule, "narratives.long");
    assert_eq!(violation.value.chars().count(), 1000, "long values are truncated");
    assert!(violation.reason.chars().count() < 1300);
}

#[test]
fn each_problem_is_reported_once() {
    let rules = rule_set("events");
    let (row, found) = check_row(&rules, "ntsb_no=CEN99LA001; ev_date=soon; ev_city= Reno");
    let of_date: Vec<_> = found.iter().filter(|v| v.value == "soon").map(|v| &v.rule).collect();
    assert_eq!(of_date, ["schema.not_a_date"]);
    let defects: Vec<_> = row.defects.iter().map(|d| d.kind.as_str()).collect();
    assert_eq!(defects, ["padding"], "repairs stay defects");
    let (_, found) = check_row(&rules, "dec_latitude=123.4; dec_longitude=-119.75");
    let of_latitude: Vec<_> =
        found.iter().filter(|v| v.value == "123.4").map(|v| &v.rule).collect();
    assert_eq!(of_latitude, ["events.latitude_range"], "the column's rule takes precedence");
}

#[test]
fn values_derived_from_a_dropped_value_are_dropped() {
    let rules = rule_set("events");
    let (row, _) = check_row(&rules, "ev_country=CA; wx_temp=200; @far_part=121");
    for column in ["wx_temp", "wx_temp_c"] {
        assert_eq!(value(rules.table(), &row, column), &Value::Null, "{column}");
    }
}

#[test]
fn row_with_incomplete_key_is_rejected_once() {
    for (row, rule) in [
        ("crew_no=one", "schema.not_a_number"),
        ("crew_no=", "schema.key_missing"),
        ("ev_id=2010", "schema.not_an_ev_id"),
    ] {
        let (_, found) = check_row(&rule_set("flight_crew"), row);
        let rejects = found.iter().filter(|v| v.action == Action::Reject);
        assert_eq!(rejects.map(|v| v.rule.as_ref()).collect::<Vec<_>>(), [rule], "{row}");
    }
}

#[test]
fn valid_row_has_no_violations() {
    for (name, row) in [
        (
            "events",
            "ntsb_no=CEN10LA001; ev_type=ACC; ev_date=2010-06-15; ev_dow=Tu; ev_time=825; ev_city=Reno; ev_state=NV; ev_country=USA; light_cond=DAYL; wx_cond_basic=VMC; dec_latitude=39.5; dec_longitude=-119.75; ev_highest_injury=NONE; inj_tot_n=2; inj_tot_t=2; altimeter=3002; wind_vel_kts=8; gust_kts=15",
        ),
        (
            "flight_crew",
            "crew_category=PLT; crew_age=44; crew_sex=F; crew_inj_level=NONE; med_certf=CL2; date_lst_med=2009-05-04; crew_res_state=NV; @ev_date=2010-06-15",
        ),
        (
            "engines",
            "eng_type=REC; eng_mfgr=LYCOMING; eng_model=O-320; power_units=160; hp_or_lbs=HP; eng_time_total=0",
        ),
    ] {
        assert_eq!(check_row(&rule_set(name), row).1, [], "{name}");
    }
}

#[test]
fn event_context_tables_are_complete() {
    let uses_event = |row: &str| row.contains("@ev_date") || row.contains("@far_part");
    let tables: HashSet<_> = CASES
        .iter()
        .copied()
        .flatten()
        .filter(|(_, table, good, bad)| *table != "events" && (uses_event(good) || uses_event(bad)))
        .map(|(_, table, ..)| *table)
        .collect();
    assert_eq!(tables, EVENT_CONTEXT_TABLES.iter().copied().collect());
}
