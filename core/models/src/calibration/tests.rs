#![allow(clippy::unwrap_used)]

use super::super::golden;
use super::super::metrics::Metrics;
use super::super::scored::Scored;
use super::{Calibration, Curve, Method};
use proptest::prelude::*;

fn applied(calibration: &Calibration, probabilities: &[f64], classes: usize) -> Vec<f64> {
    let mut set_right = probabilities.to_vec();
    set_right.chunks_mut(classes).for_each(|row| calibration.apply(row));
    set_right
}

#[test]
fn isotonic_lines_are_those_of_scikit_learn() {
    for case in golden::cases() {
        let calibration = Calibration::fit(Method::Isotonic, &case.scored());
        assert!(calibration.serves(case.classes));
        let found = applied(&calibration, &case.probabilities, case.classes);
        for (found, expected) in found.iter().zip(&case.isotonic) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}

#[test]
fn temperature_is_that_of_the_least_log_loss() {
    for case in golden::cases() {
        match Calibration::fit(Method::Temperature, &case.scored()) {
            Calibration::Temperature(temperature) => {
                assert!((temperature - case.temperature).abs() < 1e-4, "{temperature}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn offsets_are_those_that_scipy_finds() {
    for case in golden::cases() {
        let Calibration::Shifted(shift) = Calibration::fit(Method::Shifted, &case.scored()) else {
            panic!("another method");
        };
        let found = std::iter::once(shift.slope).chain(shift.offsets.into_iter().skip(1));
        for (found, expected) in found.zip(&case.shifted) {
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }
}

/// Twice as many of the second class come true as are told.
#[test]
fn offsets_tell_a_class_as_often_as_it_comes() {
    let said = [[0.8, 0.2], [0.6, 0.4]].concat().repeat(500);
    let labels: Vec<usize> = (0..1000).map(|n| usize::from(n % 10 < 6)).collect();
    let calibration = Calibration::fit(Method::Shifted, &Scored::new(&said, &labels, 2).unwrap());
    let after = applied(&calibration, &said, 2);
    let told: f64 = after.chunks(2).map(|row| row[1]).sum::<f64>() / 1000.0;
    assert!((told - 0.6).abs() < 0.005, "{told}");
}

#[test]
fn both_better_what_they_learned_from() {
    for case in golden::cases() {
        let before = Metrics::of(&case.scored());
        for method in [Method::Temperature, Method::Shifted, Method::Isotonic] {
            let calibration = Calibration::fit(method, &case.scored());
            let after = applied(&calibration, &case.probabilities, case.classes);
            let after = Metrics::of(&Scored::new(&after, &case.labels, case.classes).unwrap());
            assert!(after.log_loss < before.log_loss, "{method:?}");
        }
    }
}

#[test]
fn curves_are_level_beyond_their_ends_and_straight_between() {
    let curve = Curve { from: vec![0.2, 0.6], to: vec![0.1, 0.5] };
    assert_eq!((curve.at(0.0), curve.at(0.2), curve.at(1.0)), (0.1, 0.1, 0.5));
    assert!((curve.at(0.4) - 0.3).abs() < 1e-12);
}

#[test]
fn what_no_fit_gives_does_not_serve() {
    let curve = |from: &[f64], to: &[f64]| Curve { from: from.to_vec(), to: to.to_vec() };
    let isotonic = Calibration::Isotonic;
    let sound = curve(&[0.1, 0.9], &[0.2, 0.7]);
    assert!(isotonic(vec![sound.clone()]).serves(2));
    assert!(!isotonic(vec![sound.clone()]).serves(3));
    assert!(!isotonic(vec![curve(&[0.9, 0.1], &[0.2, 0.7])]).serves(2));
    assert!(!isotonic(vec![curve(&[0.1], &[1.7])]).serves(2));
    assert!(!isotonic(vec![curve(&[], &[])]).serves(2));
    assert!(!Calibration::Temperature(0.0).serves(2));
    assert!(Calibration::None.serves(4));
}

#[test]
fn it_is_kept_as_json() {
    let text = r#"{"temperature":1.5}"#;
    let read: Calibration = serde_json::from_str(text).unwrap();
    assert_eq!(read, Calibration::Temperature(1.5));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let none: Calibration = serde_json::from_str(r#""none""#).unwrap();
    assert_eq!(none, Calibration::None);
    let case = &golden::cases()[1];
    let fitted = Calibration::fit(Method::Isotonic, &case.scored());
    let again: Calibration =
        serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
    assert_eq!(again, fitted);
}

fn answers() -> impl Strategy<Value = (usize, Vec<f64>, Vec<usize>)> {
    (2_usize..5, 1_usize..40).prop_flat_map(|(classes, rows)| {
        let row = proptest::collection::vec(0.0_f64..1.0, classes).prop_map(|weights| {
            let sum: f64 = weights.iter().sum::<f64>().max(1e-9);
            let mut p: Vec<f64> = weights.iter().map(|w| w / sum).collect();
            if weights.iter().sum::<f64>() < 1e-9 {
                p.fill(1.0 / weights.len() as f64);
            }
            p
        });
        let rows_of = proptest::collection::vec(row, rows).prop_map(|rows| rows.concat());
        (Just(classes), rows_of, proptest::collection::vec(0..classes, rows))
    })
}

proptest! {
    #[test]
    fn what_is_set_right_are_probabilities((classes, p, labels) in answers()) {
        let scored = Scored::new(&p, &labels, classes).unwrap();
        for method in [Method::Temperature, Method::Isotonic] {
            let calibration = Calibration::fit(method, &scored);
            prop_assert!(calibration.serves(classes));
            for row in applied(&calibration, &p, classes).chunks(classes) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
            }
        }
    }
}
