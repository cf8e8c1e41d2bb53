#![allow(clippy::unwrap_used)]

use super::super::golden;
use super::super::scored::{Scored, ScoredError};
use super::{Metrics, decide_at};

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn figures_are_those_of_scikit_learn() {
    for case in golden::cases() {
        let found = Metrics::of(&case.scored());
        near(found.accuracy, case.accuracy);
        near(found.macro_f1, case.macro_f1);
        near(found.weighted_f1, case.weighted_f1);
        near(found.auc.unwrap(), case.auc);
        near(found.log_loss, case.log_loss);
        near(found.brier, case.brier);
        assert_eq!(found.confusion, case.confusion);
    }
}

/// Four rows, of which the surest two are right.
const FOUR: [f64; 8] = [0.1, 0.9, 0.8, 0.2, 0.4, 0.6, 0.3, 0.7];
const TRUE: [usize; 4] = [1, 0, 0, 0];

#[test]
fn coverage_tells_accuracy_of_the_surest() {
    let found = Metrics::of(&Scored::new(&FOUR, &TRUE, 2).unwrap());
    assert_eq!((found.majority_class, found.majority_accuracy), (0, 0.75));
    let at = |share: usize| found.coverage[share / 10 - 1];
    assert_eq!((at(10).coverage, at(10).confidence, at(10).accuracy), (0.25, 0.9, 1.0));
    assert_eq!((at(50).coverage, at(50).confidence, at(50).accuracy), (0.5, 0.8, 1.0));
    assert_eq!((at(100).coverage, at(100).confidence, at(100).accuracy), (1.0, 0.6, 0.5));
}

#[test]
fn calibration_error_is_the_gap_between_confidence_and_accuracy() {
    let found = Metrics::of(&Scored::new(&FOUR, &TRUE, 2).unwrap());
    // Each row is alone in its bin: |0.9 - 1| + |0.8 - 1| + |0.6 - 0| + |0.7 - 0|, over four.
    near(found.ece, (0.1 + 0.2 + 0.6 + 0.7) / 4.0);
}

#[test]
fn deciding_needs_the_least_confidence_that_is_right_often_enough() {
    let scored = Scored::new(&FOUR, &TRUE, 2).unwrap();
    let found = decide_at(&scored, 0.9).unwrap();
    assert_eq!((found.confidence, found.coverage, found.accuracy), (0.8, 0.5, 1.0));
    assert_eq!(decide_at(&scored, 0.5).unwrap().coverage, 1.0);
    let wrong = [0.9, 0.1];
    assert_eq!(decide_at(&Scored::new(&wrong, &[1], 2).unwrap(), 0.6), None);
}

#[test]
fn rows_of_one_class_have_no_area() {
    let found = Metrics::of(&Scored::new(&[0.5, 0.5, 0.2, 0.8], &[1, 1], 2).unwrap());
    assert_eq!(found.auc, None);
    assert_eq!(found.accuracy, 0.5);
}

#[test]
fn what_is_no_answer_is_refused() {
    let refusal =
        |p: &[f64], labels: &[usize], classes| Scored::new(p, labels, classes).unwrap_err();
    assert_eq!(refusal(&[1.0], &[0], 1), ScoredError::Classes(1));
    assert_eq!(refusal(&[], &[], 2), ScoredError::Empty);
    assert_eq!(refusal(&[0.5], &[0], 2), ScoredError::Shape { found: 1, rows: 1, classes: 2 });
    assert_eq!(refusal(&[0.5, 0.5], &[2], 2), ScoredError::Label { row: 0, label: 2, classes: 2 });
    assert_eq!(refusal(&[1.5, -0.5], &[0], 2), ScoredError::Probability { row: 0, value: 1.5 });
    assert!(matches!(refusal(&[0.5, f64::NAN], &[0], 2), ScoredError::Probability { row: 0, .. }));
    assert_eq!(refusal(&[0.5, 0.25], &[0], 2), ScoredError::Sum { row: 0, sum: 0.75 });
}

#[test]
fn figures_survive_json() {
    let found = Metrics::of(&golden::cases()[0].scored());
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Metrics>(&text).unwrap(), found);
}
