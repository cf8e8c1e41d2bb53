use super::{Drift, DriftTest, Limits, find_drifted};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case<T> {
    reference: Vec<T>,
    current: Vec<T>,
    statistic: f64,
    p_value: f64,
    psi: f64,
    jensen_shannon: f64,
}

#[derive(Deserialize)]
struct Cases {
    numbers: Vec<Case<f64>>,
    codes: Vec<Case<String>>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("answers.json")).unwrap()
}

fn some<T: Clone>(values: &[T]) -> Vec<Option<T>> {
    values.iter().cloned().map(Some).collect()
}

/// The p-value has its own tolerance, because SciPy rounds the effective sample size of numbers.
#[track_caller]
fn assert_matches<T>(found: Drift, expected: &Case<T>, p_tolerance: f64) {
    let is_close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(is_close(found.statistic, expected.statistic), "{found:?} {}", expected.statistic);
    assert!(
        (found.p_value - expected.p_value).abs() <= p_tolerance,
        "{found:?} {}",
        expected.p_value
    );
    assert!(is_close(found.psi, expected.psi), "{found:?} {}", expected.psi);
    assert!(is_close(found.jensen_shannon, expected.jensen_shannon), "{found:?}");
}

#[test]
fn drift_of_numbers_matches_scipy() {
    for case in cases().numbers {
        let drift = Drift::between_numbers(&some(&case.reference), &some(&case.current)).unwrap();
        assert_eq!(drift.test, DriftTest::KolmogorovSmirnov);
        assert_matches(drift, &case, 0.01);
    }
}

#[test]
fn drift_of_codes_matches_scipy() {
    for case in cases().codes {
        let drift = Drift::between_codes(&some(&case.reference), &some(&case.current)).unwrap();
        assert_eq!(drift.test, DriftTest::ChiSquared);
        assert_matches(drift, &case, 1e-9);
    }
}

#[test]
fn empty_windows_have_no_drift() {
    assert_eq!(Drift::between_numbers(&[], &[Some(1.0)]), None);
    assert_eq!(Drift::between_codes::<&str>(&[None], &[]), None);
}

#[test]
fn equal_windows_do_not_differ() {
    let values: Vec<_> = (0..100).map(|i| Some(f64::from(i % 7))).collect();
    let drift = Drift::between_numbers(&values, &values).unwrap();
    assert_eq!((drift.statistic, drift.p_value, drift.psi), (0.0, 1.0, 0.0));
    let all_missing = [None::<f64>; 40];
    assert_eq!(Drift::between_numbers(&all_missing, &all_missing).unwrap().p_value, 1.0);
    let one_code = [Some("VMC"); 40];
    assert_eq!(Drift::between_codes(&one_code, &one_code).unwrap().p_value, 1.0);
}

#[test]
fn nan_counts_as_missing() {
    let drift = |v| Drift::between_numbers(&[Some(1.0), v, Some(3.0)], &[Some(2.0), v]).unwrap();
    assert_eq!(drift(Some(f64::NAN)), drift(None));
}

/// Generates synthetic values: continuous and rounded numbers, common and rare codes, some missing.
struct Generator(ChaCha8Rng);

const NUMBERS: usize = 6;
const CODES: usize = 6;

#[derive(Default, Clone, Copy)]
struct Shift {
    /// Added to the first number.
    numbers: f64,
    /// Share of rows whose first code becomes the rarest.
    codes: f64,
    /// Share of rows whose second number goes missing.
    missing: f64,
}

impl Generator {
    fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }

    fn number(&mut self, feature: usize, shift: Shift) -> Option<f64> {
        let missing = 0.1 + if feature == 1 { shift.missing } else { 0.0 };
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        let value = sum - 6.0 + if feature == 0 { shift.numbers } else { 0.0 };
        let rounded = if feature.is_multiple_of(2) { value } else { value.round() };
        (self.unit() >= missing).then_some(rounded)
    }

    fn code(&mut self, feature: usize, shift: Shift) -> Option<usize> {
        let count = 2 + feature * feature;
        let is_shifted = feature == 0 && self.unit() < shift.codes;
        // Squared, so that some are common and others rare.
        let code = (self.unit().powi(2) * count as f64) as usize;
        (self.unit() > 0.05).then_some(if is_shifted { count } else { code })
    }

    /// The drift of each feature between a reference window and a shifted window.
    fn drifts(&mut self, rows: [usize; 2], shift: Shift) -> Vec<Drift> {
        let [n, m] = rows;
        let mut drifts = Vec::new();
        for feature in 0..NUMBERS {
            let a: Vec<_> = (0..n).map(|_| self.number(feature, Shift::default())).collect();
            let b: Vec<_> = (0..m).map(|_| self.number(feature, shift)).collect();
            drifts.extend(Drift::between_numbers(&a, &b));
        }
        for feature in 0..CODES {
            let a: Vec<_> = (0..n).map(|_| self.code(feature, Shift::default())).collect();
            let b: Vec<_> = (0..m).map(|_| self.code(feature, shift)).collect();
            drifts.extend(Drift::between_codes(&a, &b));
        }
        drifts
    }
}

fn flag_drifted(drifts: &[Drift], limits: Limits) -> Vec<bool> {
    let features: Vec<_> = drifts.iter().map(|d| (d.p_value, d.psi)).collect();
    find_drifted(&features, limits)
}

#[test]
fn at_most_5_percent_of_reports_are_false_alarms() {
    const REPORTS: usize = 200;
    // Also without the minimum PSI, to test the correction for many features by itself.
    for limits in [Limits::default(), Limits { min_psi: 0.0, ..Limits::default() }] {
        for rows in [[60, 40], [600, 300]] {
            let mut generator = Generator(ChaCha8Rng::seed_from_u64(7));
            let alarm = |_: &usize| {
                flag_drifted(&generator.drifts(rows, Shift::default()), limits).contains(&true)
            };
            let alarms = (0..REPORTS).filter(alarm).count();
            assert!(alarms * 20 <= REPORTS, "{alarms} of {REPORTS} at {rows:?}, {limits:?}");
        }
    }
}

#[test]
fn exactly_the_shifted_features_are_found() {
    let mut generator = Generator(ChaCha8Rng::seed_from_u64(11));
    let shifts = [
        (Shift { numbers: 0.6, ..Shift::default() }, 0),
        (Shift { missing: 0.3, ..Shift::default() }, 1),
        (Shift { codes: 0.25, ..Shift::default() }, NUMBERS),
    ];
    for _ in 0..20 {
        for (shift, feature) in shifts {
            let reported = flag_drifted(&generator.drifts([600, 300], shift), Limits::default());
            let expected: Vec<bool> = (0..reported.len()).map(|i| i == feature).collect();
            assert_eq!(reported, expected);
        }
    }
}

#[test]
fn significant_but_small_differences_are_not_reported() {
    let features = [(1e-9, 0.01), (1e-9, 0.3), (0.04, 0.3)];
    // The last one is significant because the two before it are (Holm).
    assert_eq!(find_drifted(&features, Limits::default()), [false, true, true]);
    assert_eq!(find_drifted(&[(0.04, 0.3), (0.5, 0.3)], Limits::default()), [false, false]);
    assert_eq!(find_drifted(&[], Limits::default()), Vec::<bool>::new());
}
