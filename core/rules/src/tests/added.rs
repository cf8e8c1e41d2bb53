//! Settings of catalogue rules, and added rules.

use super::*;

fn parse_setting(json: &str) -> RuleSetting {
    serde_json::from_str(json).expect("valid setting")
}

/// The setting of a catalogue rule, changed.
fn change_setting(id: &str, change: impl FnOnce(&mut RuleSetting)) -> RuleSetting {
    let mut setting = RuleSetting::from(Rule::find(id).expect("rule exists"));
    change(&mut setting);
    setting
}

/// The setting of an added rule for `flight_crew`.
fn added_rule(predicate: &str, column: &str, action: &str) -> RuleSetting {
    parse_setting(&format!(
        r#"{{"rule_id": "site.own", "gate": 2, "scope": "row", "table_name": "flight_crew", "column_name": {column},
             "action": "{action}", "description": "", "predicate": "{predicate}"}}"#
    ))
}

/// Checks a row. Returns the identifiers and actions of the violated rules.
fn violated_rules(name: &str, settings: &[RuleSetting], row: &str) -> Vec<(String, Action)> {
    let rules = RuleSet::new(table(name), settings, &vocabulary()).expect("rules");
    let violations = check_row(&rules, row).1;
    violations.into_iter().map(|v| (v.rule.into_owned(), v.action)).collect()
}

const OLD_PILOT: &str = "crew_category=PLT; crew_age=215; crew_sex=M; crew_inj_level=NONE; med_certf=CL2; crew_res_state=KS";

#[test]
fn catalogue_as_settings_changes_nothing() {
    let settings: Vec<RuleSetting> = RULES.iter().map(RuleSetting::from).collect();
    let json = serde_json::to_string(&settings).expect("json");
    let parsed: Vec<RuleSetting> = serde_json::from_str(&json).expect("settings");
    assert_eq!(parsed, settings);
    for table in ntsb_schema::tables::TABLES {
        assert!(RuleSet::new(table, &settings, &vocabulary()).is_ok(), "{}", table.name);
    }
    assert_eq!(
        violated_rules("flight_crew", &settings, OLD_PILOT),
        violated_rules("flight_crew", &[], OLD_PILOT)
    );
}

#[test]
fn rule_can_be_disabled_and_changed() {
    let id = "flight_crew.age_high";
    let violated = |change: fn(&mut RuleSetting)| {
        violated_rules("flight_crew", &[change_setting(id, change)], OLD_PILOT)
    };
    assert_eq!(violated(|_| ()), [(id.to_owned(), Action::Null)]);
    let later = ("flight_crew.age_unlikely".to_owned(), Action::Flag);
    assert_eq!(
        violated(|s| s.enabled = false),
        std::slice::from_ref(&later),
        "the next gate sees the value"
    );
    assert_eq!(violated(|s| s.threshold = Some(300.0)), std::slice::from_ref(&later));
    assert_eq!(violated(|s| s.action = Action::Reject), [(id.to_owned(), Action::Reject), later]);
    assert_eq!(
        violated(|s| s.threshold = None),
        [(id.to_owned(), Action::Null)],
        "default threshold"
    );
}

#[test]
fn added_rule_is_violated_if_its_predicate_is_false() {
    let rule = |text, column, action| [added_rule(text, column, action)];
    let row = "crew_category=PLT; crew_age=40; crew_inj_level=NONE; med_certf=CL2; date_lst_med=2009-05-04; crew_res_state=KS";
    let own = |action| vec![("site.own".to_owned(), action)];
    let violated = |settings: &[RuleSetting]| violated_rules("flight_crew", settings, row);
    assert_eq!(violated(&rule("crew_age < 40", "null", "flag")), own(Action::Flag));
    assert_eq!(violated(&rule("crew_age < 40", "\"crew_age\"", "null")), own(Action::Null));
    assert_eq!(violated(&rule("crew_age < 40", "null", "reject")), own(Action::Reject));
    assert_eq!(violated(&rule("crew_age < 41", "null", "reject")), []);
    assert_eq!(violated(&rule("crew_sex = 'F'", "null", "reject")), [], "unknown is not false");
    let rules =
        RuleSet::new(table("flight_crew"), &rule("crew_age < 40", "null", "flag"), &vocabulary());
    let violation = &check_row(&rules.expect("rules"), row).1[0];
    assert_eq!((violation.value.as_str(), violation.column), ("crew_age = 40", None));
    assert_eq!(violation.reason, "(crew_age < 40) is false: crew_age = 40");
}

#[test]
fn invalid_settings_are_rejected() {
    let error = |name: &str, setting: RuleSetting| {
        RuleSet::new(table(name), &[setting], &vocabulary()).expect_err("rejected").to_string()
    };
    for (name, setting, expected) in [
        (
            "flight_crew",
            added_rule("no_such > 1", "null", "flag"),
            "rule \"site.own\": flight_crew has no column \"no_such\"",
        ),
        (
            "flight_crew",
            added_rule("crew_age > 1", "\"no_such\"", "null"),
            "has no column \"no_such\"",
        ),
        (
            "flight_crew",
            added_rule("crew_age > 1", "null", "null"),
            "action of rule \"site.own\" must be reject or flag, got null",
        ),
        ("flight_crew", added_rule("pg_sleep(9) IS NULL", "null", "flag"), "function pg_sleep"),
        (
            "flight_crew",
            change_setting("schema.not_a_date", |s| s.action = Action::Flag),
            "must be reject or null, got flag",
        ),
        ("narratives", change_setting("narratives.empty", |s| s.action = Action::Null), "got null"),
        (
            "events",
            change_setting("schema.key_missing", |s| s.action = Action::Flag),
            "must be reject, got flag",
        ),
        (
            "events",
            change_setting("events.date_missing", |s| {
                s.rule_id = "events.no_such".into();
                s.predicate = None;
            }),
            "rule \"events.no_such\" is not in the catalogue",
        ),
    ] {
        let error = error(name, setting);
        assert!(error.contains(expected), "{error}");
    }
    let disabled = change_setting("events.date_missing", |s| {
        s.rule_id = "events.gone".into();
        s.enabled = false;
    });
    assert!(RuleSet::new(table("events"), &[disabled], &vocabulary()).is_ok());
}

#[test]
fn settings_are_parsed_from_json() {
    let gate = r#"{"rule_id": "x", "gate": 4, "table": "events", "action": "flag"}"#;
    assert!(serde_json::from_str::<RuleSetting>(gate).is_err());
    let action = r#"{"rule_id": "x", "gate": 1, "table": "events", "action": "ignore"}"#;
    assert!(serde_json::from_str::<RuleSetting>(action).is_err());
    let json = r#"{"rule_id": "x", "gate": 1, "table": "events", "action": "flag"}"#;
    let minimal = parse_setting(json);
    assert!(minimal.enabled && minimal.predicate.is_none() && minimal.threshold.is_none());
}
