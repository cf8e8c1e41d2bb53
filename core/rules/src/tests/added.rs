//! What an administrator changes and adds.

use super::*;

fn setting(json: &str) -> Setting {
    serde_json::from_str(json).expect("a setting")
}

fn changed(id: &str, change: impl FnOnce(&mut Setting)) -> Setting {
    let mut setting = Setting::from(Rule::find(id).expect("a rule"));
    change(&mut setting);
    setting
}

fn added(predicate: &str, column: &str, action: &str) -> Setting {
    setting(&format!(
        r#"{{"rule_id": "site.own", "gate": 2, "scope": "row", "table_name": "flight_crew", "column_name": {column},
             "action": "{action}", "description": "", "predicate": "{predicate}"}}"#
    ))
}

fn ids(name: &str, settings: &[Setting], row: &str) -> Vec<(String, Action)> {
    let rules = RuleSet::new(table(name), settings, &vocabulary()).expect("rules");
    let found = checked(&rules, row).1;
    found.into_iter().map(|v| (v.rule.into_owned(), v.action)).collect()
}

const OLD_PILOT: &str = "crew_category=PLT; crew_age=215; crew_sex=M; crew_inj_level=NONE; med_certf=CL2; crew_res_state=KS";

#[test]
fn the_catalogue_as_settings_changes_nothing() {
    let settings: Vec<Setting> = RULES.iter().map(Setting::from).collect();
    let json = serde_json::to_string(&settings).expect("json");
    let read: Vec<Setting> = serde_json::from_str(&json).expect("settings");
    assert_eq!(read, settings);
    for table in ntsb_schema::tables::TABLES {
        assert!(RuleSet::new(table, &settings, &vocabulary()).is_ok(), "{}", table.name);
    }
    assert_eq!(ids("flight_crew", &settings, OLD_PILOT), ids("flight_crew", &[], OLD_PILOT));
}

#[test]
fn a_rule_can_be_switched_off_and_changed() {
    let id = "flight_crew.age_high";
    let of = |change: fn(&mut Setting)| ids("flight_crew", &[changed(id, change)], OLD_PILOT);
    assert_eq!(of(|_| ()), [(id.to_owned(), Action::Null)]);
    let later = ("flight_crew.age_unlikely".to_owned(), Action::Flag);
    assert_eq!(
        of(|s| s.enabled = false),
        std::slice::from_ref(&later),
        "the next gate sees the value"
    );
    assert_eq!(of(|s| s.threshold = Some(300.0)), std::slice::from_ref(&later));
    assert_eq!(of(|s| s.action = Action::Reject), [(id.to_owned(), Action::Reject), later]);
    assert_eq!(of(|s| s.threshold = None), [(id.to_owned(), Action::Null)], "its own threshold");
}

#[test]
fn an_added_rule_is_a_condition_that_good_rows_do_not_make_false() {
    let rule = |text, column, action| [added(text, column, action)];
    let row = "crew_category=PLT; crew_age=40; crew_inj_level=NONE; med_certf=CL2; date_lst_med=2009-05-04; crew_res_state=KS";
    let own = |action| vec![("site.own".to_owned(), action)];
    let of = |settings: &[Setting]| ids("flight_crew", settings, row);
    assert_eq!(of(&rule("crew_age < 40", "null", "flag")), own(Action::Flag));
    assert_eq!(of(&rule("crew_age < 40", "\"crew_age\"", "null")), own(Action::Null));
    assert_eq!(of(&rule("crew_age < 40", "null", "reject")), own(Action::Reject));
    assert_eq!(of(&rule("crew_age < 41", "null", "reject")), []);
    assert_eq!(of(&rule("crew_sex = 'F'", "null", "reject")), [], "unknown is not false");
    let rules =
        RuleSet::new(table("flight_crew"), &rule("crew_age < 40", "null", "flag"), &vocabulary());
    let found = checked(&rules.expect("rules"), row).1;
    assert_eq!((found[0].value.as_str(), found[0].column), ("crew_age = 40", None));
    assert_eq!(found[0].reason, "(crew_age < 40) is false: crew_age = 40");
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let refused = |name: &str, setting: Setting| {
        RuleSet::new(table(name), &[setting], &vocabulary()).expect_err("refused").to_string()
    };
    for (name, setting, reason) in [
        (
            "flight_crew",
            added("no_such > 1", "null", "flag"),
            "rule \"site.own\": flight_crew has no column \"no_such\"",
        ),
        ("flight_crew", added("crew_age > 1", "\"no_such\"", "null"), "has no column \"no_such\""),
        ("flight_crew", added("crew_age > 1", "null", "null"), "cannot null, only reject or flag"),
        ("flight_crew", added("pg_sleep(9) IS NULL", "null", "flag"), "function pg_sleep"),
        (
            "flight_crew",
            changed("schema.not_a_date", |s| s.action = Action::Flag),
            "cannot flag, only reject or null",
        ),
        ("narratives", changed("narratives.empty", |s| s.action = Action::Null), "cannot null"),
        ("events", changed("schema.key_missing", |s| s.action = Action::Flag), "only reject"),
        (
            "events",
            changed("events.date_missing", |s| {
                s.rule_id = "events.no_such".into();
                s.predicate = None;
            }),
            "no rule \"events.no_such\"",
        ),
    ] {
        let refusal = refused(name, setting);
        assert!(refusal.contains(reason), "{refusal}");
    }
    let off = changed("events.date_missing", |s| {
        s.rule_id = "events.gone".into();
        s.enabled = false;
    });
    assert!(RuleSet::new(table("events"), &[off], &vocabulary()).is_ok());
}

#[test]
fn settings_are_read_from_json() {
    let gate = r#"{"rule_id": "x", "gate": 4, "table": "events", "action": "flag"}"#;
    assert!(serde_json::from_str::<Setting>(gate).is_err());
    let action = r#"{"rule_id": "x", "gate": 1, "table": "events", "action": "ignore"}"#;
    assert!(serde_json::from_str::<Setting>(action).is_err());
    let least = setting(r#"{"rule_id": "x", "gate": 1, "table": "events", "action": "flag"}"#);
    assert!(least.enabled && least.predicate.is_none() && least.threshold.is_none());
}
