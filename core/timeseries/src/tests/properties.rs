//! What must hold for any numbers: no panic, bounds around forecasts, the best split of all.

use crate::association::{Wanted, rules};
use crate::change::{penalty, stretches};
use crate::correlation::{Column, MISSING, correlations};
use crate::forecast::{accuracy, forecast};
use crate::season::{indices, strength};
use crate::series::{BUCKETS, Bucket};
use crate::trend::trend;
use crate::{StatsError, season::decompose};
use proptest::prelude::*;
use std::cell::Cell;

/// Counts as odd as they come: constant, sparse, huge.
fn counts(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
    let any = prop_oneof![
        4 => (0_u32..300).boxed(),
        2 => (0_u32..2).boxed(),
        1 => Just(0).boxed(),
        1 => prop_oneof![Just(0), Just(4_000_000_000)].boxed(),
    ];
    let same = (0_u32..50).boxed();
    prop_oneof![
        5 => prop::collection::vec(any, length.clone()),
        1 => (same, length).prop_map(|(n, length)| vec![n; length]),
    ]
    .prop_map(|counts| counts.into_iter().map(f64::from).collect())
}

fn any_bucket() -> impl Strategy<Value = Bucket> {
    (0..BUCKETS.len()).prop_map(|at| BUCKETS[at].1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn forecasts_lie_within_their_bounds(
        values in counts(0..130), bucket in any_bucket(), horizon in 1_usize..40, level in 0.5..0.999,
    ) {
        match forecast(&values, bucket, horizon, level) {
            Ok(steps) => {
                prop_assert_eq!(steps.len(), horizon);
                for s in steps {
                    prop_assert!(0.0 <= s.lower && s.lower <= s.value && s.value <= s.upper);
                    prop_assert!(s.upper.is_finite());
                }
            }
            Err(StatsError::TooShort { needed, found, .. }) => prop_assert!(found < needed),
            Err(other) => prop_assert!(false, "{other}"),
        }
        if let Ok(both) = accuracy(&values, bucket, horizon, level, 2, &|| {}) {
            for a in both {
                prop_assert!((0.0..=200.0).contains(&a.smape) && (0.0..=1.0).contains(&a.coverage));
            }
        }
    }

    #[test]
    fn trends_and_seasons_take_any_counts(values in counts(0..150), bucket in any_bucket()) {
        if let Ok(t) = trend(&values, bucket, 0.95, &|| {}) {
            prop_assert!(t.rank.lower <= t.rank.slope && t.rank.slope <= t.rank.upper);
            prop_assert!((0.0..=1.0).contains(&t.rank.p_value) && (-1.0..=1.0).contains(&t.rank.tau));
            prop_assert!((0.0..=1.0).contains(&t.line.p_value));
        }
        if let Ok(parts) = decompose(&values, bucket.season()) {
            prop_assert!((0.0..=1.0).contains(&strength(&parts)));
        }
        if let Ok(found) = indices(&values, bucket.season(), 3) {
            prop_assert_eq!(found.len(), bucket.season());
        }
    }

    /// Every way to split a short series, tried one by one.
    #[test]
    fn no_split_is_better_than_the_one_found(
        values in prop::collection::vec((0_u32..9).prop_map(f64::from), 4..11),
        shortest in 1_usize..4, price in 0.0..20.0,
    ) {
        let Ok(found) = stretches(&values, shortest, price, &|| {}) else {
            prop_assert!(values.len() < 2 * shortest);
            return Ok(());
        };
        let cost = |edges: &[usize]| -> f64 {
            let pairs = edges.windows(2).map(|e| &values[e[0]..e[1]]);
            let squares = |part: &[f64]| -> f64 {
                let mean = part.iter().sum::<f64>() / part.len() as f64;
                part.iter().map(|v| (v - mean).powi(2)).sum()
            };
            pairs.map(squares).sum::<f64>() + price * (edges.len() - 2) as f64
        };
        let mut edges: Vec<usize> = found.iter().map(|s| s.start).collect();
        edges.push(values.len());
        for choice in 0_u32..1 << (values.len() - 1) {
            let inner = (1..values.len()).filter(|at| choice >> (at - 1) & 1 == 1);
            let other: Vec<usize> = [0].into_iter().chain(inner).chain([values.len()]).collect();
            if other.windows(2).all(|e| e[1] - e[0] >= shortest) {
                prop_assert!(cost(&edges) <= cost(&other) + 1e-9);
            }
        }
    }

    #[test]
    fn correlations_take_holes_and_constants(
        x in prop::collection::vec(prop_oneof![3 => (0_u32..5).prop_map(f64::from), 1 => Just(f64::NAN)], 0..40),
        seed in 0_u32..1000,
    ) {
        let codes: Vec<u32> = (0..).zip(&x).map(|(i, _)| (i * seed + seed) % 7)
            .map(|c| if c > 4 { MISSING } else { c }).collect();
        let other = Column::Category { codes: codes.iter().rev().copied().collect(), levels: 5 };
        let mirrored = Column::Number(x.iter().rev().copied().collect());
        let columns = [Column::Number(x), Column::Category { codes, levels: 5 }, other, mirrored];
        for c in correlations(&columns, &|| {}) {
            prop_assert!(c.coefficient.is_nan() || (-1.0..=1.0).contains(&c.coefficient));
            prop_assert!(c.p_value.is_nan() || (0.0..=1.0).contains(&c.p_value), "{:?}", c);
        }
    }

    /// Rules counted event by event.
    #[test]
    fn rules_count_what_is_there(
        events in prop::collection::vec(prop::collection::vec(0_u32..6, 0..5), 0..30),
        support in 0.0..0.6, confidence in 0.0..1.0,
    ) {
        let wanted = Wanted { support, confidence, longest: 4 };
        let having = |set: &[u32]| events.iter().filter(|e| set.iter().all(|i| e.contains(i))).count();
        for rule in rules(&events, &wanted, &|| {}).expect("rules") {
            let all = [rule.antecedent.as_slice(), &rule.consequent].concat();
            prop_assert_eq!(rule.count, having(&all));
            prop_assert!(rule.support >= support && rule.confidence >= confidence);
            let share = rule.count as f64 / having(&rule.antecedent) as f64;
            prop_assert!((rule.confidence - share).abs() < 1e-12);
        }
    }
}

#[test]
fn too_many_sets_are_refused_and_work_can_be_stopped() {
    let events = vec![(0..40).collect::<Vec<u32>>(); 3];
    let wanted = Wanted { support: 0.5, confidence: 0.0, longest: 6 };
    let asked = Cell::new(0);
    let refused = rules(&events, &wanted, &|| asked.set(asked.get() + 1));
    assert!(matches!(refused, Err(StatsError::TooMany { .. })), "{refused:?}");
    assert!(asked.get() > 100);
}

#[test]
fn what_cannot_be_answered_says_what_it_needs() {
    let said = |r: Result<(), StatsError>| r.expect_err("a refusal").to_string();
    let few = [1.0; 9];
    let refused = said(forecast(&few, Bucket::Month, 5, 0.9).map(drop));
    assert_eq!(refused, "a forecast needs at least 24 points, there are 9");
    assert!(said(forecast(&few, Bucket::Year, 5, 1.0).map(drop)).starts_with("level 1 is not"));
    assert!(said(forecast(&few, Bucket::Year, 5, f64::NAN).map(drop)).starts_with("level NaN"));
    assert!(
        said(trend(&vec![1.0; 4000], Bucket::Day, 0.9, &|| {}).map(drop)).contains("at most 3000")
    );
    assert!(said(stretches(&few, 6, 1.0, &|| {}).map(drop)).contains("at least 12 points"));
    assert_eq!(penalty(&few), 0.0);
}
