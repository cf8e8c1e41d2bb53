#![allow(clippy::unwrap_used)]

use super::super::target::TARGETS;
use super::*;

/// What DOMAIN knows to tell the outcome: by name, and wrapped in an expression.
const LEAKS: &[&str] = &[
    "inj_tot_f",
    "inj_tot_t",
    "inj_f_grnd",
    "ev_highest_injury",
    "ev_type",
    "severity",
    "fatalities",
    "serious",
    "uninjured",
    "injury_level",
    "inj_person_count",
    "crew_inj_level",
    "crew_tox_perf",
    "seatbelts_used",
    "shldr_harn_used",
    "seat_occ_pic",
    "seat_occ_row",
    "available_restraint",
    "restraint_used",
    "child_restraint",
    "infl_rest_depl",
    "ntsb_no",
    "narr_accp",
    "narr_cause",
    "finding_code",
    "findings",
    "cause_factor",
    "rec_stat",
    "ntsb_admin",
    "lchg_date",
    "lchg_userid",
    "ntsb_docket",
    "metar",
    "probable_cause",
    "bfr_date",
];

#[test]
fn a_denied_column_is_refused_by_name() {
    for leak in LEAKS {
        for name in [(*leak).to_owned(), leak.to_uppercase()] {
            let refused =
                feature_set(Stage::Scene, Target::Fatal, Some(std::slice::from_ref(&name)));
            assert!(matches!(refused, Err(Leak::Denied { .. })), "{leak}: {refused:?}");
        }
    }
}

#[test]
fn a_denied_column_is_refused_in_an_expression() {
    let expressions = |leak: &str| {
        [
            format!("({leak} > 0)::int"),
            format!("coalesce({leak}, 0) + lat"),
            format!("e.\"{leak}\""),
            format!("substr({leak}, 6, 1)"),
            format!("length({leak})"),
            format!("CASE WHEN {leak} IS NULL THEN 1 END"),
            format!("to_jsonb(e) ->> '{leak}'"),
            format!("lat /* */ +\n{leak}"),
        ]
    };
    for leak in LEAKS {
        for expression in expressions(leak) {
            let refused =
                feature_set(Stage::Scene, Target::Fatal, Some(std::slice::from_ref(&expression)));
            assert!(matches!(refused, Err(Leak::Denied { .. })), "{expression}: {refused:?}");
        }
    }
}

#[test]
fn whether_a_late_column_is_filled_is_refused() {
    for late in ["far_part", "ev_state"] {
        for question in [
            format!("{late} IS NULL"),
            format!("({late} is not null)::int"),
            format!("coalesce({late}, 'x')"),
        ] {
            let refused =
                feature_set(Stage::PreEvent, Target::Fatal, Some(std::slice::from_ref(&question)));
            assert_eq!(refused.unwrap_err(), Leak::Absence(late.to_owned()), "{question}");
        }
    }
}

#[test]
fn what_is_seen_at_the_scene_is_refused_before_the_event() {
    let damage = ["damage".to_owned()];
    let refused = feature_set(Stage::PreEvent, Target::Fatal, Some(&damage)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "damage is known at the scene only, not in a model of pre_event"
    );
    assert!(feature_set(Stage::Scene, Target::Fatal, Some(&damage)).is_ok());
    let event = ["defining_event".to_owned()];
    let refused = feature_set(Stage::Scene, Target::CauseEvent, Some(&event)).unwrap_err();
    assert_eq!(refused.to_string(), "defining_event gives cause_event away");
    let unknown = feature_set(Stage::Scene, Target::Fatal, Some(&["colour".to_owned()]));
    assert_eq!(unknown.unwrap_err(), Leak::NoSuchFeature("colour".to_owned()));
}

#[test]
fn the_catalogue_itself_holds_no_leak() {
    for feature in CATALOGUE {
        let names = [feature.name, feature.source];
        assert!(
            names.iter().all(|text| check_expression(text).is_ok())
                || feature.name.starts_with("type_")
                || feature.name.starts_with("make_"),
            "{}",
            feature.name
        );
        assert_eq!(denied(feature.name), None, "{}", feature.name);
    }
    for target in TARGETS {
        let set = feature_set(Stage::Scene, target, None).unwrap();
        assert!(set.iter().all(|f| !target.gives_away().contains(&f.name)), "{target:?}");
    }
}

#[test]
fn a_reason_reads_as_a_sentence() {
    let said = |column: &str| check_expression(column).unwrap_err().to_string();
    assert_eq!(said("inj_tot_f"), "inj_tot_f is never a feature: it counts the injured");
    assert_eq!(
        said("narr_cause"),
        "narr_cause is never a feature: it is denied, as narratives tell the outcome"
    );
}

#[test]
fn a_feature_that_tells_alone_is_taken_for_a_leak() {
    let classes = ["NONFATAL".to_owned(), "FATL".to_owned()];
    let labels: Vec<usize> = (0..1000).map(|n| usize::from(n % 5 == 0)).collect();
    let as_good_as = |noise: usize| -> Vec<f32> {
        let told = |(n, label): (usize, &usize)| if n % noise == 1 { 0.5 } else { *label as f32 };
        labels.iter().enumerate().map(told).collect()
    };
    let refused = check_column("leak", &as_good_as(20), &labels, &classes).unwrap_err();
    assert!(matches!(&refused, Leak::TooGood { name, .. } if name == "leak"), "{refused}");
    let lat: Vec<f32> = (0..1000).map(|n| (n * 37 % 101) as f32).collect();
    assert_eq!(check_column("lat", &lat, &labels, &classes), Ok(()));
    let absent: Vec<f32> = labels.iter().map(|l| if *l == 1 { f32::NAN } else { 7.0 }).collect();
    let refused = check_column("absence", &absent, &labels, &classes);
    assert!(refused.is_err(), "absence tells as well as presence");
}

#[test]
fn areas_are_those_of_the_definition() {
    let column = [1.0, 2.0, 2.0, 3.0, f32::NAN].repeat(40);
    let labels = [0, 1, 0, 1, 0].repeat(40);
    // Pairs of (class 1, class 0) in the right order: of 2 over 1, 2, NaN and of 3 over all: 2.5 + 3 of 6.
    let area = areas(&column, &labels, 2)[1];
    assert!((area - 5.5 / 6.0).abs() < 1e-9, "{area}");
}
