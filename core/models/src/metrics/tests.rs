use super::super::golden;
use super::super::scored_rows::{ScoredRows, ScoredRowsError};
use super::{Metrics, find_threshold};

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "got {found}, expected {expected}");
}

#[test]
fn metrics_match_scikit_learn() {
    for case in golden::cases() {
        let found = Metrics::compute(&case.scored());
        assert_close(found.accuracy, case.accuracy);
        assert_close(found.macro_f1, case.macro_f1);
        assert_close(found.weighted_f1, case.weighted_f1);
        assert_close(found.auc.unwrap(), case.auc);
        assert_close(found.log_loss, case.log_loss);
        assert_close(found.brier, case.brier);
        assert_eq!(found.confusion, case.confusion);
    }
}

/// Four rows. The two most confident predictions are correct.
const PROBABILITIES: [f64; 8] = [0.1, 0.9, 0.8, 0.2, 0.4, 0.6, 0.3, 0.7];
const LABELS: [usize; 4] = [1, 0, 0, 0];

#[test]
fn coverage_is_the_accuracy_of_the_most_confident_rows() {
    let found = Metrics::compute(&ScoredRows::new(&PROBABILITIES, &LABELS, 2).unwrap());
    assert_eq!((found.majority_class, found.majority_accuracy), (0, 0.75));
    let at = |share: usize| found.coverage[share / 10 - 1];
    assert_eq!((at(10).coverage, at(10).confidence, at(10).accuracy), (0.25, 0.9, 1.0));
    assert_eq!((at(50).coverage, at(50).confidence, at(50).accuracy), (0.5, 0.8, 1.0));
    assert_eq!((at(100).coverage, at(100).confidence, at(100).accuracy), (1.0, 0.6, 0.5));
}

#[test]
fn calibration_error_is_the_gap_between_confidence_and_accuracy() {
    let found = Metrics::compute(&ScoredRows::new(&PROBABILITIES, &LABELS, 2).unwrap());
    // Each row is alone in its bin: (|0.9 - 1| + |0.8 - 1| + |0.6 - 0| + |0.7 - 0|) / 4.
    assert_close(found.ece, (0.1 + 0.2 + 0.6 + 0.7) / 4.0);
}

#[test]
fn the_threshold_is_the_lowest_confidence_that_reaches_the_accuracy() {
    let scored = ScoredRows::new(&PROBABILITIES, &LABELS, 2).unwrap();
    let found = find_threshold(&scored, 0.9).unwrap();
    assert_eq!((found.confidence, found.coverage, found.accuracy), (0.8, 0.5, 1.0));
    assert_eq!(find_threshold(&scored, 0.5).unwrap().coverage, 1.0);
    let wrong = [0.9, 0.1];
    assert_eq!(find_threshold(&ScoredRows::new(&wrong, &[1], 2).unwrap(), 0.6), None);
}

#[test]
fn rows_of_one_class_have_no_auc() {
    let found = Metrics::compute(&ScoredRows::new(&[0.5, 0.5, 0.2, 0.8], &[1, 1], 2).unwrap());
    assert_eq!(found.auc, None);
    assert_eq!(found.accuracy, 0.5);
}

#[test]
fn invalid_rows_are_rejected() {
    let error =
        |p: &[f64], labels: &[usize], classes| ScoredRows::new(p, labels, classes).unwrap_err();
    assert_eq!(error(&[1.0], &[0], 1), ScoredRowsError::Classes(1));
    assert_eq!(error(&[], &[], 2), ScoredRowsError::Empty);
    assert_eq!(error(&[0.5], &[0], 2), ScoredRowsError::Shape { found: 1, rows: 1, classes: 2 });
    assert_eq!(
        error(&[0.5, 0.5], &[2], 2),
        ScoredRowsError::Label { row: 0, label: 2, classes: 2 }
    );
    assert_eq!(error(&[1.5, -0.5], &[0], 2), ScoredRowsError::Probability { row: 0, value: 1.5 });
    assert!(matches!(
        error(&[0.5, f64::NAN], &[0], 2),
        ScoredRowsError::Probability { row: 0, .. }
    ));
    assert_eq!(error(&[0.5, 0.25], &[0], 2), ScoredRowsError::Sum { row: 0, sum: 0.75 });
}

#[test]
fn metrics_survive_json() {
    let found = Metrics::compute(&golden::cases()[0].scored());
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Metrics>(&text).unwrap(), found);
}
