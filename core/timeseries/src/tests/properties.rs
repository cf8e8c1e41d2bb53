//! Properties for random values: no panic, valid intervals, optimal segments.

use crate::association::{RuleParams, find_rules};
use crate::change_points::{bic_penalty, find_segments};
use crate::correlation::{Column, MISSING, compute_correlations};
use crate::forecast::{forecast, measure_accuracy};
use crate::season::{seasonal_indices, seasonal_strength};
use crate::series::{BUCKETS, Bucket};
use crate::trend::find_trend;
use crate::{StatsError, season::decompose};
use proptest::prelude::*;
use std::cell::Cell;

/// Constant, sparse and huge counts.
fn counts(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    let any = prop_oneof![
        4 => (0_u32..300).boxed(),
        2 => (0_u32..2).boxed(),
        1 => Just(0).boxed(),
        1 => prop_oneof![Just(0), Just(4_000_000_000)].boxed(),
    ];
    let constant = (0_u32..50).boxed();
    prop_oneof![
        5 => prop::collection::vec(any, length.clone()),
        1 => (constant, length).prop_map(|(n, length)| vec![n; length]),
    ]
    .prop_map(|counts| counts.into_iter().map(f64::from).collect())
}

fn any_bucket() -> impl Strategy<Value = Bucket> {
    (0..BUCKETS.len()).prop_map(|index| BUCKETS[index].1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn forecasts_are_within_their_intervals(
        values in counts(0..130), bucket in any_bucket(), horizon in 1_usize..40, level in 0.5..0.999,
    ) {
        match forecast(&values, bucket, horizon, level) {
            Ok(points) => {
                prop_assert_eq!(points.len(), horizon);
                for p in points {
                    prop_assert!(0.0 <= p.lower && p.lower <= p.value && p.value <= p.upper);
                    prop_assert!(p.upper.is_finite());
                }
            }
            Err(StatsError::TooShort { needed, found, .. }) => prop_assert!(found < needed),
            Err(other) => prop_assert!(false, "{other}"),
        }
        if let Ok(both) = measure_accuracy(&values, bucket, horizon, level, 2, &|| {}) {
            for a in both {
                prop_assert!((0.0..=200.0).contains(&a.smape) && (0.0..=1.0).contains(&a.coverage));
            }
        }
    }

    #[test]
    fn trends_and_seasons_are_valid_for_any_counts(values in counts(0..150), bucket in any_bucket()) {
        if let Ok(t) = find_trend(&values, bucket, 0.95, &|| {}) {
            prop_assert!(t.rank.lower <= t.rank.slope && t.rank.slope <= t.rank.upper);
            prop_assert!((0.0..=1.0).contains(&t.rank.p_value) && (-1.0..=1.0).contains(&t.rank.tau));
            prop_assert!((0.0..=1.0).contains(&t.line.p_value));
        }
        if let Ok(parts) = decompose(&values, bucket.season_length()) {
            prop_assert!((0.0..=1.0).contains(&seasonal_strength(&parts)));
        }
        if let Ok(found) = seasonal_indices(&values, bucket.season_length(), 3) {
            prop_assert_eq!(found.len(), bucket.season_length());
        }
    }

    /// Compares with all segmentations of a short series.
    #[test]
    fn segments_are_optimal(
        values in prop::collection::vec((0_u32..9).prop_map(f64::from), 4..11),
        min_length in 1_usize..4, penalty in 0.0..20.0,
    ) {
        let Ok(found) = find_segments(&values, min_length, penalty, &|| {}) else {
            prop_assert!(values.len() < 2 * min_length);
            return Ok(());
        };
        let cost = |edges: &[usize]| -> f64 {
            let pairs = edges.windows(2).map(|e| &values[e[0]..e[1]]);
            let squares = |part: &[f64]| -> f64 {
                let mean = part.iter().sum::<f64>() / part.len() as f64;
                part.iter().map(|v| (v - mean).powi(2)).sum()
            };
            pairs.map(squares).sum::<f64>() + penalty * (edges.len() - 2) as f64
        };
        let mut edges: Vec<usize> = found.iter().map(|s| s.start).collect();
        edges.push(values.len());
        for choice in 0_u32..1 << (values.len() - 1) {
            let inner = (1..values.len()).filter(|i| choice >> (i - 1) & 1 == 1);
            let other: Vec<usize> = [0].into_iter().chain(inner).chain([values.len()]).collect();
            if other.windows(2).all(|e| e[1] - e[0] >= min_length) {
                prop_assert!(cost(&edges) <= cost(&other) + 1e-9);
            }
        }
    }

    #[test]
    fn correlations_are_valid_with_missing_and_constant_values(
        x in prop::collection::vec(prop_oneof![3 => (0_u32..5).prop_map(f64::from), 1 => Just(f64::NAN)], 0..40),
        seed in 0_u32..1000,
    ) {
        let codes: Vec<u32> = (0..).zip(&x).map(|(i, _)| (i * seed + seed) % 7)
            .map(|c| if c > 4 { MISSING } else { c }).collect();
        let other = Column::Category { codes: codes.iter().rev().copied().collect(), levels: 5 };
        let mirrored = Column::Number(x.iter().rev().copied().collect());
        let columns = [Column::Number(x), Column::Category { codes, levels: 5 }, other, mirrored];
        for c in compute_correlations(&columns, &|| {}) {
            prop_assert!(c.coefficient.is_nan() || (-1.0..=1.0).contains(&c.coefficient));
            prop_assert!(c.p_value.is_nan() || (0.0..=1.0).contains(&c.p_value), "{:?}", c);
        }
    }

    /// Compares with counts event by event.
    #[test]
    fn rules_have_the_right_counts(
        events in prop::collection::vec(prop::collection::vec(0_u32..6, 0..5), 0..30),
        support in 0.0..0.6, confidence in 0.0..1.0,
    ) {
        let params =
            RuleParams { min_support: support, min_confidence: confidence, max_items: 4 };
        let count = |set: &[u32]| events.iter().filter(|e| set.iter().all(|i| e.contains(i))).count();
        for rule in find_rules(&events, &params, &|| {}).expect("rules") {
            let all = [rule.antecedent.as_slice(), &rule.consequent].concat();
            prop_assert_eq!(rule.count, count(&all));
            prop_assert!(rule.support >= support && rule.confidence >= confidence);
            let share = rule.count as f64 / count(&rule.antecedent) as f64;
            prop_assert!((rule.confidence - share).abs() < 1e-12);
        }
    }
}

#[test]
fn too_many_sets_are_an_error_and_poll_is_called_often() {
    let events = vec![(0..40).collect::<Vec<u32>>(); 3];
    let params = RuleParams { min_support: 0.5, min_confidence: 0.0, max_items: 6 };
    let polls = Cell::new(0);
    let result = find_rules(&events, &params, &|| polls.set(polls.get() + 1));
    assert!(matches!(result, Err(StatsError::TooMany { .. })), "{result:?}");
    assert!(polls.get() > 100);
}

#[test]
fn errors_name_the_argument_and_the_limit() {
    let message = |r: Result<(), StatsError>| r.expect_err("an error").to_string();
    let few = [1.0; 9];
    let too_short = message(forecast(&few, Bucket::Month, 5, 0.9).map(drop));
    assert_eq!(too_short, "a forecast needs at least 24 points, got 9");
    let invalid_level = message(forecast(&few, Bucket::Year, 5, 1.0).map(drop));
    assert_eq!(invalid_level, "level must be between 0.5 and 0.999, got 1");
    assert!(message(forecast(&few, Bucket::Year, 5, f64::NAN).map(drop)).ends_with("got NaN"));
    let too_long = message(find_trend(&vec![1.0; 4000], Bucket::Day, 0.9, &|| {}).map(drop));
    assert_eq!(too_long, "a trend takes at most 3000 points, got 4000");
    assert!(message(find_segments(&few, 6, 1.0, &|| {}).map(drop)).contains("at least 12 points"));
    assert_eq!(bic_penalty(&few), 0.0);
}
