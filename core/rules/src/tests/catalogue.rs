//! The rules of the catalogue, each with its rows.

use super::*;
use crate::catalogue::cases::CASES;
use std::collections::HashSet;

fn rules(name: &str) -> RuleSet {
    RuleSet::new(table(name), &[], &vocabulary()).expect("rules")
}

#[test]
fn rules_are_described_and_their_columns_exist() {
    let mut seen = HashSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.id), "{} twice", rule.id);
        let (area, name) = rule.id.split_once('.').expect("table.what");
        assert!(area == rule.table || rule.table == "*", "{}", rule.id);
        assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{name}");
        assert!(rule.description.len() > 10 && !rule.description.ends_with('.'), "{}", rule.id);
        assert!(rule.actions().contains(&rule.action), "{} cannot {:?}", rule.id, rule.action);
        if rule.table != "*" {
            let names = names(table(rule.table));
            assert!(rule.column.is_none_or(|c| names.contains(&c)), "{}", rule.id);
        }
    }
    assert!(RULES.len() >= 60, "{}", RULES.len());
}

#[test]
fn every_rule_has_a_row_that_passes_and_one_that_fails() {
    let cases: HashSet<_> = CASES.iter().flat_map(|c| c.iter()).map(|c| c.0).collect();
    let long = "narratives.long";
    for rule in RULES.iter().filter(|r| r.scope == Scope::Row && r.id != long) {
        assert!(cases.contains(rule.id), "{} has no case", rule.id);
    }
    assert!(cases.iter().all(|id| Rule::find(id).is_some_and(|r| r.scope == Scope::Row)));
}

#[test]
fn rows_pass_and_fail() {
    for (id, name, good, bad) in CASES.iter().flat_map(|c| c.iter()) {
        let rules = rules(name);
        let of_rule = |row: &str| {
            let (_, found) = checked(&rules, row);
            found.into_iter().filter(|v| v.rule == *id).collect::<Vec<_>>()
        };
        assert_eq!(of_rule(good), [], "{id} passes {good}");
        let found = of_rule(bad);
        let [violation] = &found[..] else { panic!("{id} fails {bad}: {found:?}") };
        let rule = Rule::find(id).expect("a rule");
        assert_eq!((violation.gate, violation.action), (rule.gate, rule.action), "{id}");
        let column = violation.column.map(|at| names(rules.table())[at]);
        assert!(rule.column.is_none() || rule.column == column, "{id}: {column:?}");
        assert!(violation.reason.starts_with(rule.description), "{id}: {}", violation.reason);
    }
}

#[test]
fn a_dropped_value_is_null_and_a_kept_one_is_not() {
    for (id, name, _, bad) in CASES.iter().flat_map(|c| c.iter()) {
        let rules = rules(name);
        let (row, found) = checked(&rules, bad);
        for violation in found.iter().filter(|v| v.rule == *id) {
            if let (Some(at), Action::Null) = (violation.column, violation.action) {
                assert_eq!(row.values[at], Value::Null, "{id}");
            }
        }
    }
}

#[test]
fn a_long_text_is_noticed() {
    let rules = rules("narratives");
    let row = format!("narr_accp={}", "The airplane flew. ".repeat(20_000));
    let (_, found) = checked(&rules, &row);
    let [violation] = &found[..] else { panic!("{} violations", found.len()) };
    assert_eq!(violation.rule, "narratives.long");
    assert_eq!(violation.value.chars().count(), 1000, "long values are cut");
    assert!(violation.reason.chars().count() < 1300);
}

#[test]
fn one_fact_is_reported_once() {
    let rules = rules("events");
    let (row, found) = checked(&rules, "ntsb_no=CEN99LA001; ev_date=soon; ev_city= Reno");
    let mine: Vec<_> = found.iter().filter(|v| v.value == "soon").map(|v| &v.rule).collect();
    assert_eq!(mine, ["schema.not_a_date"]);
    let defects: Vec<_> = row.defects.iter().map(|d| d.kind.as_str()).collect();
    assert_eq!(defects, ["padding"], "repairs stay defects");
    let (_, found) = checked(&rules, "dec_latitude=123.4; dec_longitude=-119.75");
    let place: Vec<_> = found.iter().filter(|v| v.value == "123.4").map(|v| &v.rule).collect();
    assert_eq!(place, ["events.latitude_range"], "the rule of the column, not of any");
}

#[test]
fn what_was_made_of_a_dropped_value_falls_too() {
    let rules = rules("events");
    let (row, _) = checked(&rules, "ev_country=CA; wx_temp=200; @far_part=121");
    for column in ["wx_temp", "wx_temp_c"] {
        assert_eq!(value(rules.table(), &row, column), &Value::Null, "{column}");
    }
}

#[test]
fn a_row_without_a_part_of_its_key_is_rejected_once() {
    for (row, rule) in [
        ("crew_no=one", "schema.not_a_number"),
        ("crew_no=", "schema.key_missing"),
        ("ev_id=2010", "schema.not_an_ev_id"),
    ] {
        let (_, found) = checked(&rules("flight_crew"), row);
        let rejects = found.iter().filter(|v| v.action == Action::Reject);
        assert_eq!(rejects.map(|v| v.rule.as_ref()).collect::<Vec<_>>(), [rule], "{row}");
    }
}

#[test]
fn a_good_row_breaks_no_rule() {
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
        assert_eq!(checked(&rules(name), row).1, [], "{name}");
    }
}

#[test]
fn tables_judged_by_their_event_are_known() {
    use crate::catalogue::cases::CASES;
    use std::collections::BTreeSet;
    let of_event = |row: &str| row.contains("@ev_date") || row.contains("@far_part");
    let judged: BTreeSet<_> = CASES
        .iter()
        .copied()
        .flatten()
        .filter(|(_, table, good, bad)| *table != "events" && (of_event(good) || of_event(bad)))
        .map(|(_, table, ..)| *table)
        .collect();
    assert_eq!(judged, JUDGED_BY_EVENT.iter().copied().collect());
}
