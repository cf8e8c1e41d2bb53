use super::super::golden;
use super::super::metrics::Metrics;
use super::super::scored_rows::ScoredRows;
use super::{Calibration, Curve, Method};
use proptest::prelude::*;

fn calibrate(calibration: &Calibration, probabilities: &[f64], classes: usize) -> Vec<f64> {
    let mut calibrated = probabilities.to_vec();
    calibrated.chunks_mut(classes).for_each(|row| calibration.apply(row));
    calibrated
}

#[test]
fn isotonic_calibration_matches_scikit_learn() {
    for case in golden::cases() {
        let calibration = Calibration::fit(Method::Isotonic, &case.scored());
        assert!(calibration.is_valid_for(case.classes));
        let found = calibrate(&calibration, &case.probabilities, case.classes);
        for (found, expected) in found.iter().zip(&case.isotonic) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}

#[test]
fn the_temperature_minimises_the_log_loss() {
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
fn offsets_match_scipy() {
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

/// The second class is twice as frequent as predicted.
#[test]
fn offsets_correct_class_frequencies() {
    let predicted = [[0.8, 0.2], [0.6, 0.4]].concat().repeat(500);
    let labels: Vec<usize> = (0..1000).map(|n| usize::from(n % 10 < 6)).collect();
    let scored = ScoredRows::new(&predicted, &labels, 2).unwrap();
    let calibration = Calibration::fit(Method::Shifted, &scored);
    let after = calibrate(&calibration, &predicted, 2);
    let mean: f64 = after.chunks(2).map(|row| row[1]).sum::<f64>() / 1000.0;
    assert!((mean - 0.6).abs() < 0.005, "{mean}");
}

#[test]
fn each_method_lowers_the_log_loss_on_its_training_rows() {
    for case in golden::cases() {
        let before = Metrics::compute(&case.scored());
        for method in [Method::Temperature, Method::Shifted, Method::Isotonic] {
            let calibration = Calibration::fit(method, &case.scored());
            let after = calibrate(&calibration, &case.probabilities, case.classes);
            let after =
                Metrics::compute(&ScoredRows::new(&after, &case.labels, case.classes).unwrap());
            assert!(after.log_loss < before.log_loss, "{method:?}");
        }
    }
}

#[test]
fn curves_are_linear_between_knots_and_constant_beyond_them() {
    let curve = Curve { from: vec![0.2, 0.6], to: vec![0.1, 0.5] };
    let values = [0.0, 0.2, 1.0].map(|p| curve.interpolate(p));
    assert_eq!(values, [0.1, 0.1, 0.5]);
    assert!((curve.interpolate(0.4) - 0.3).abs() < 1e-12);
}

#[test]
fn malformed_calibrations_are_invalid() {
    let curve = |from: &[f64], to: &[f64]| Curve { from: from.to_vec(), to: to.to_vec() };
    let isotonic = Calibration::Isotonic;
    let valid = curve(&[0.1, 0.9], &[0.2, 0.7]);
    assert!(isotonic(vec![valid.clone()]).is_valid_for(2));
    assert!(!isotonic(vec![valid.clone()]).is_valid_for(3));
    assert!(!isotonic(vec![curve(&[0.9, 0.1], &[0.2, 0.7])]).is_valid_for(2));
    assert!(!isotonic(vec![curve(&[0.1], &[1.7])]).is_valid_for(2));
    assert!(!isotonic(vec![curve(&[], &[])]).is_valid_for(2));
    assert!(!Calibration::Temperature(0.0).is_valid_for(2));
    assert!(Calibration::None.is_valid_for(4));
}

#[test]
fn a_calibration_is_stored_as_json() {
    let text = r#"{"temperature":1.5}"#;
    let read: Calibration = serde_json::from_str(text).unwrap();
    assert_eq!(read, Calibration::Temperature(1.5));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    let none: Calibration = serde_json::from_str(r#""none""#).unwrap();
    assert_eq!(none, Calibration::None);
    let case = &golden::cases()[1];
    let fitted = Calibration::fit(Method::Isotonic, &case.scored());
    let read: Calibration = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
    assert_eq!(read, fitted);
}

fn scored_rows() -> impl Strategy<Value = (usize, Vec<f64>, Vec<usize>)> {
    (2_usize..5, 1_usize..40).prop_flat_map(|(classes, rows)| {
        let row = proptest::collection::vec(0.0_f64..1.0, classes).prop_map(|weights| {
            let sum: f64 = weights.iter().sum::<f64>().max(1e-9);
            let mut p: Vec<f64> = weights.iter().map(|w| w / sum).collect();
            if weights.iter().sum::<f64>() < 1e-9 {
                p.fill(1.0 / weights.len() as f64);
            }
            p
        });
        let probabilities = proptest::collection::vec(row, rows).prop_map(|rows| rows.concat());
        (Just(classes), probabilities, proptest::collection::vec(0..classes, rows))
    })
}

proptest! {
    #[test]
    fn calibrated_values_are_probabilities((classes, p, labels) in scored_rows()) {
        let scored = ScoredRows::new(&p, &labels, classes).unwrap();
        for method in [Method::Temperature, Method::Isotonic] {
            let calibration = Calibration::fit(method, &scored);
            prop_assert!(calibration.is_valid_for(classes));
            for row in calibrate(&calibration, &p, classes).chunks(classes) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
            }
        }
    }
}
