//! Association rules "A implies B" between sets of findings.
//!
//! Frequent sets grow item by item, depth first. As in Apriori (Agrawal and Srikant 1994), a set is only
//! frequent if all its subsets are. The events of an item are stored as bits (Zaki 2000), so that a set
//! is counted by an intersection, and only the sets of one branch are in memory.

use super::{StatsError, check_range};
use std::collections::BTreeMap;

/// Maximum number of rules, and of frequent sets.
pub const MAX_RULES: usize = 200_000;
/// Maximum number of items of a rule, both sides together.
pub const MAX_ITEMS: usize = 6;

/// The thresholds of a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleParams {
    /// Minimum share of the events that have all items of the rule.
    pub min_support: f64,
    /// Minimum share of the events with the antecedent that have the consequent.
    pub min_confidence: f64,
    /// Maximum number of items of a rule, both sides together: 2 to [`MAX_ITEMS`].
    pub max_items: usize,
}

/// An association rule. The items of each side are in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The items of the condition.
    pub antecedent: Vec<u32>,
    /// The items that often occur with it.
    pub consequent: Vec<u32>,
    /// Number of events that have all items.
    pub count: usize,
    /// Share of the events that have all items.
    pub support: f64,
    /// Share of the events with the antecedent that have the consequent.
    pub confidence: f64,
    /// Confidence divided by the share of the consequent. It is 1 if both sides are independent.
    pub lift: f64,
    /// Support minus its value if both sides were independent (Piatetsky-Shapiro 1991).
    pub leverage: f64,
}

/// Finds the rules in the items of each event, where a repeated item counts once. They are sorted by
/// descending lift, support and confidence, then by items.
pub fn find_rules(
    events: &[Vec<u32>],
    params: &RuleParams,
    poll: &dyn Fn(),
) -> Result<Vec<Rule>, StatsError> {
    check_range("min_support", params.min_support, 0.0, 1.0)?;
    check_range("min_confidence", params.min_confidence, 0.0, 1.0)?;
    check_range("max_items", params.max_items as f64, 2.0, MAX_ITEMS as f64)?;
    let mut search = Search::new(events, params, poll);
    search.find_frequent_sets()?;
    let counts = search.found;
    let mut rules = Vec::new();
    for (set, count) in counts.iter().filter(|(set, _)| set.len() > 1) {
        poll();
        add_rules(set, *count, &counts, events.len(), params.min_confidence, &mut rules);
        if rules.len() > MAX_RULES {
            return Err(StatsError::TooMany { what: "rules", max: MAX_RULES });
        }
    }
    let ascending = |a: &Rule, b: &Rule| {
        let order = a.lift.total_cmp(&b.lift).then(a.support.total_cmp(&b.support));
        order.then(a.confidence.total_cmp(&b.confidence))
    };
    rules.sort_by(|a, b| {
        ascending(b, a)
            .then_with(|| (&a.antecedent, &a.consequent).cmp(&(&b.antecedent, &b.consequent)))
    });
    Ok(rules)
}

/// One bit per event.
type Bits = Vec<u64>;

struct Search<'a> {
    /// Items that are frequent by themselves.
    items: Vec<(u32, Bits)>,
    min_count: usize,
    max_items: usize,
    found: BTreeMap<Vec<u32>, usize>,
    poll: &'a dyn Fn(),
}

impl<'a> Search<'a> {
    fn new(events: &[Vec<u32>], params: &RuleParams, poll: &'a dyn Fn()) -> Search<'a> {
        // The smallest count whose share reaches the support, but at least 1. Rounding makes the
        // product inexact, so the neighbours are tested.
        let all = events.len() as f64;
        let is_frequent = |n: &usize| *n as f64 / all >= params.min_support;
        let estimate = (params.min_support * all) as usize;
        let mut candidates = estimate.saturating_sub(1)..=estimate + 1;
        let min_count = candidates.find(is_frequent).unwrap_or(estimate).max(1);
        let items = frequent_items(events, min_count, poll);
        Search { items, min_count, max_items: params.max_items, found: BTreeMap::new(), poll }
    }

    fn find_frequent_sets(&mut self) -> Result<(), StatsError> {
        let items = std::mem::take(&mut self.items);
        for (index, (item, events)) in items.iter().enumerate() {
            self.add(vec![*item], count(events))?;
            self.extend(&[*item], events, items.get(index + 1..).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Extends a set with each of the later items.
    fn extend(
        &mut self,
        set: &[u32],
        events: &[u64],
        later: &[(u32, Bits)],
    ) -> Result<(), StatsError> {
        if set.len() >= self.max_items {
            return Ok(());
        }
        let mut larger = Vec::new();
        for (item, others) in later {
            let both: Bits = events.iter().zip(others).map(|(a, b)| a & b).collect();
            if count(&both) >= self.min_count {
                larger.push((*item, both));
            }
        }
        (self.poll)();
        for (index, (item, both)) in larger.iter().enumerate() {
            let extended = [set, &[*item]].concat();
            self.add(extended.clone(), count(both))?;
            self.extend(&extended, both, larger.get(index + 1..).unwrap_or_default())?;
        }
        Ok(())
    }

    fn add(&mut self, set: Vec<u32>, count: usize) -> Result<(), StatsError> {
        if self.found.len() >= MAX_RULES {
            return Err(StatsError::TooMany { what: "frequent sets of findings", max: MAX_RULES });
        }
        self.found.insert(set, count);
        Ok(())
    }
}

fn count(events: &[u64]) -> usize {
    events.iter().map(|word| word.count_ones() as usize).sum()
}

/// The items of at least `min_count` events, with their events.
fn frequent_items(events: &[Vec<u32>], min_count: usize, poll: &dyn Fn()) -> Vec<(u32, Bits)> {
    let mut by_item: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (event, items) in events.iter().enumerate() {
        for item in items {
            let indexes = by_item.entry(*item).or_default();
            if indexes.last() != Some(&event) {
                indexes.push(event);
            }
        }
    }
    poll();
    by_item.retain(|_, indexes| indexes.len() >= min_count);
    let to_bits = |indexes: Vec<usize>| {
        let mut words = vec![0_u64; events.len().div_ceil(64)];
        for index in indexes {
            if let Some(word) = words.get_mut(index / 64) {
                *word |= 1 << (index % 64);
            }
        }
        words
    };
    by_item.into_iter().map(|(item, indexes)| (item, to_bits(indexes))).collect()
}

/// Adds the rules of all ways to split a set into two sides. The counts of the sides are known, because
/// they are frequent too.
fn add_rules(
    set: &[u32],
    count: usize,
    counts: &BTreeMap<Vec<u32>, usize>,
    events: usize,
    min_confidence: f64,
    rules: &mut Vec<Rule>,
) {
    for choice in 1..(1_u32 << set.len()) - 1 {
        let side = |bit: u32| {
            let items = (0_u32..).zip(set).filter(move |(index, _)| choice >> index & 1 == bit);
            items.map(|(_, item)| *item).collect::<Vec<_>>()
        };
        let (antecedent, consequent) = (side(1), side(0));
        let (Some(a), Some(c)) = (counts.get(&antecedent), counts.get(&consequent)) else {
            continue;
        };
        let share = |n: usize| n as f64 / events as f64;
        let (support, confidence) = (share(count), count as f64 / *a as f64);
        if confidence >= min_confidence {
            let lift = confidence / share(*c);
            let leverage = support - share(*a) * share(*c);
            rules.push(Rule { antecedent, consequent, count, support, confidence, lift, leverage });
        }
    }
}
