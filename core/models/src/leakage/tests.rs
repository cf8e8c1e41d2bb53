use super::super::features::CATALOGUE;
use super::super::target::TARGETS;
use super::*;

/// Columns that are known to reveal the outcome.
const LEAKING_COLUMNS: &[&str] = &[
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
fn a_denied_column_is_rejected_by_name() {
    for column in LEAKING_COLUMNS {
        for name in [(*column).to_owned(), column.to_uppercase()] {
            let rejected =
                select_features(Stage::Scene, Target::Fatal, Some(std::slice::from_ref(&name)));
            assert!(matches!(rejected, Err(LeakageError::Denied { .. })), "{column}: {rejected:?}");
        }
    }
}

#[test]
fn a_denied_column_is_rejected_in_an_expression() {
    let expressions = |column: &str| {
        [
            format!("({column} > 0)::int"),
            format!("coalesce({column}, 0) + lat"),
            format!("e.\"{column}\""),
            format!("substr({column}, 6, 1)"),
            format!("length({column})"),
            format!("CASE WHEN {column} IS NULL THEN 1 END"),
            format!("to_jsonb(e) ->> '{column}'"),
            format!("lat /* */ +\n{column}"),
        ]
    };
    for column in LEAKING_COLUMNS {
        for expression in expressions(column) {
            let rejected = select_features(
                Stage::Scene,
                Target::Fatal,
                Some(std::slice::from_ref(&expression)),
            );
            assert!(
                matches!(rejected, Err(LeakageError::Denied { .. })),
                "{expression}: {rejected:?}"
            );
        }
    }
}

#[test]
fn testing_whether_a_late_column_is_filled_is_rejected() {
    for late in ["far_part", "ev_state"] {
        for expression in [
            format!("{late} IS NULL"),
            format!("({late} is not null)::int"),
            format!("coalesce({late}, 'x')"),
        ] {
            let rejected = select_features(
                Stage::PreEvent,
                Target::Fatal,
                Some(std::slice::from_ref(&expression)),
            );
            assert_eq!(
                rejected.unwrap_err(),
                LeakageError::Absence(late.to_owned()),
                "{expression}"
            );
        }
    }
}

#[test]
fn features_that_the_model_cannot_know_are_rejected() {
    let damage = ["damage".to_owned()];
    let rejected = select_features(Stage::PreEvent, Target::Fatal, Some(&damage)).unwrap_err();
    assert_eq!(
        rejected.to_string(),
        "damage is known only at the scene, so a pre_event model cannot use it"
    );
    assert!(select_features(Stage::Scene, Target::Fatal, Some(&damage)).is_ok());
    let event = ["defining_event".to_owned()];
    let rejected = select_features(Stage::Scene, Target::CauseEvent, Some(&event)).unwrap_err();
    assert_eq!(rejected.to_string(), "defining_event reveals the target cause_event");
    let unknown = select_features(Stage::Scene, Target::Fatal, Some(&["colour".to_owned()]));
    assert_eq!(unknown.unwrap_err(), LeakageError::NoSuchFeature("colour".to_owned()));
}

#[test]
fn the_catalogue_contains_no_leakage() {
    for feature in CATALOGUE {
        let names = [feature.name, feature.source];
        assert!(
            names.iter().all(|text| check_expression(text).is_ok())
                || feature.name.starts_with("type_")
                || feature.name.starts_with("make_"),
            "{}",
            feature.name
        );
        assert_eq!(denial_reason(feature.name), None, "{}", feature.name);
    }
    for target in TARGETS {
        let set = select_features(Stage::Scene, target, None).unwrap();
        assert!(set.iter().all(|f| !target.revealing_features().contains(&f.name)), "{target:?}");
    }
}

#[test]
fn the_message_names_the_column_and_the_reason() {
    let message = |column: &str| check_expression(column).unwrap_err().to_string();
    assert_eq!(message("inj_tot_f"), "inj_tot_f cannot be a feature: it counts the injured");
    assert_eq!(message("narr_cause"), "narr_cause cannot be a feature: it describes the outcome");
}

#[test]
fn a_column_that_alone_predicts_a_class_is_rejected() {
    let classes = ["NONFATAL".to_owned(), "FATL".to_owned()];
    let labels: Vec<usize> = (0..1000).map(|n| usize::from(n % 5 == 0)).collect();
    let noisy_labels: Vec<f32> = labels
        .iter()
        .enumerate()
        .map(|(n, label)| if n % 20 == 1 { 0.5 } else { *label as f32 })
        .collect();
    let rejected = check_column("leak", &noisy_labels, &labels, &classes).unwrap_err();
    assert!(
        matches!(&rejected, LeakageError::PredictsAlone { name, .. } if name == "leak"),
        "{rejected}"
    );
    let lat: Vec<f32> = (0..1000).map(|n| (n * 37 % 101) as f32).collect();
    assert_eq!(check_column("lat", &lat, &labels, &classes), Ok(()));
    let absent: Vec<f32> = labels.iter().map(|l| if *l == 1 { f32::NAN } else { 7.0 }).collect();
    let rejected = check_column("absence", &absent, &labels, &classes);
    assert!(rejected.is_err(), "absence predicts as well as presence");
}

#[test]
fn aucs_follow_the_definition() {
    let column = [1.0, 2.0, 2.0, 3.0, f32::NAN].repeat(40);
    let labels = [0, 1, 0, 1, 0].repeat(40);
    // Ordered pairs of a row of class 1 and one of class 0: 2 beats 1 and NaN and ties with 2, and 3
    // beats all three. That is 2.5 + 3 of 6 pairs.
    let auc = class_aucs(&column, &labels, 2)[1];
    assert!((auc - 5.5 / 6.0).abs() < 1e-9, "{auc}");
}
