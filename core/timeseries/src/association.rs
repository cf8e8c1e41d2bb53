//! What is found together: rules "where A, also B" over sets of findings.
//!
//! Frequent sets grow item by item, depth first, as Apriori has it (Agrawal and Srikant 1994): a set
//! is only frequent if all its parts are. The events that have an item are a row of bits (Zaki 2000),
//! so that counting a set is an intersection, and memory is that of one branch.

use super::{StatsError, check_range};
use std::collections::BTreeMap;

/// More than this is no answer that a person can read.
pub const MOST: usize = 200_000;
/// Items of a rule, both sides together.
pub const LONGEST: usize = 6;

/// What a rule must reach.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Share of the events that have all items of the rule.
    pub support: f64,
    /// Share of the events with the antecedent that have the consequent.
    pub confidence: f64,
    /// Items of a rule, both sides together; 2 to [`LONGEST`].
    pub longest: usize,
}

/// Items by number; both sides in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub antecedent: Vec<u32>,
    pub consequent: Vec<u32>,
    /// Events that have all of it.
    pub count: usize,
    pub support: f64,
    pub confidence: f64,
    /// Confidence over the consequent's own share; 1 where the sides do not depend on each other.
    pub lift: f64,
    /// Support minus what it were if the sides did not depend on each other (Piatetsky-Shapiro 1991).
    pub leverage: f64,
}

/// The rules of `events`, each of them the items of one event (twice is once), by falling lift,
/// support and confidence, then by items.
pub fn rules(
    events: &[Vec<u32>],
    wanted: &Wanted,
    poll: &dyn Fn(),
) -> Result<Vec<Rule>, StatsError> {
    check_range("min_support", wanted.support, 0.0, 1.0)?;
    check_range("min_confidence", wanted.confidence, 0.0, 1.0)?;
    check_range("max_items", wanted.longest as f64, 2.0, LONGEST as f64)?;
    let mut search = Search::new(events, wanted, poll);
    search.grow()?;
    let counts = search.found;
    let mut rules = Vec::new();
    for (set, count) in counts.iter().filter(|(set, _)| set.len() > 1) {
        poll();
        split(set, *count, &counts, events.len(), wanted.confidence, &mut rules);
        if rules.len() > MOST {
            return Err(StatsError::TooMany { what: "such rules", most: MOST });
        }
    }
    let rising = |a: &Rule, b: &Rule| {
        let order = a.lift.total_cmp(&b.lift).then(a.support.total_cmp(&b.support));
        order.then(a.confidence.total_cmp(&b.confidence))
    };
    rules.sort_by(|a, b| {
        rising(b, a)
            .then_with(|| (&a.antecedent, &a.consequent).cmp(&(&b.antecedent, &b.consequent)))
    });
    Ok(rules)
}

/// Events as bits, in the order of the list.
type Bits = Vec<u64>;

struct Search<'a> {
    /// Items that are frequent alone.
    items: Vec<(u32, Bits)>,
    least: usize,
    longest: usize,
    found: BTreeMap<Vec<u32>, usize>,
    poll: &'a dyn Fn(),
}

impl<'a> Search<'a> {
    fn new(events: &[Vec<u32>], wanted: &Wanted, poll: &'a dyn Fn()) -> Search<'a> {
        // The least number whose share is not below the support, and at least one event.
        let all = events.len() as f64;
        let reaches = |n: &usize| *n as f64 / all >= wanted.support;
        let guess = (wanted.support * all) as usize;
        let least = (guess.saturating_sub(1)..=guess + 1).find(reaches).unwrap_or(guess).max(1);
        let items = bits(events, least, poll);
        Search { items, least, longest: wanted.longest, found: BTreeMap::new(), poll }
    }

    fn grow(&mut self) -> Result<(), StatsError> {
        let items = std::mem::take(&mut self.items);
        for (at, (item, events)) in items.iter().enumerate() {
            self.keep(vec![*item], count(events))?;
            self.extend(&[*item], events, items.get(at + 1..).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Adds each of the later items to a set.
    fn extend(
        &mut self,
        set: &[u32],
        events: &[u64],
        later: &[(u32, Bits)],
    ) -> Result<(), StatsError> {
        if set.len() >= self.longest {
            return Ok(());
        }
        let mut larger = Vec::new();
        for (item, others) in later {
            let both: Bits = events.iter().zip(others).map(|(a, b)| a & b).collect();
            if count(&both) >= self.least {
                larger.push((*item, both));
            }
        }
        (self.poll)();
        for (at, (item, both)) in larger.iter().enumerate() {
            let longer = [set, &[*item]].concat();
            self.keep(longer.clone(), count(both))?;
            self.extend(&longer, both, larger.get(at + 1..).unwrap_or_default())?;
        }
        Ok(())
    }

    fn keep(&mut self, set: Vec<u32>, count: usize) -> Result<(), StatsError> {
        if self.found.len() >= MOST {
            return Err(StatsError::TooMany { what: "sets of findings that frequent", most: MOST });
        }
        self.found.insert(set, count);
        Ok(())
    }
}

fn count(events: &[u64]) -> usize {
    events.iter().map(|word| word.count_ones() as usize).sum()
}

/// Events of each item that at least `least` of them have.
fn bits(events: &[Vec<u32>], least: usize, poll: &dyn Fn()) -> Vec<(u32, Bits)> {
    let mut of_item: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, items) in events.iter().enumerate() {
        for item in items {
            let places = of_item.entry(*item).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }
    poll();
    of_item.retain(|_, places| places.len() >= least);
    let row = |places: Vec<usize>| {
        let mut words = vec![0_u64; events.len().div_ceil(64)];
        for at in places {
            if let Some(word) = words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
        words
    };
    of_item.into_iter().map(|(item, places)| (item, row(places))).collect()
}

/// All ways to split a set into two sides; counts of the sides are known, as they are frequent too.
fn split(
    set: &[u32],
    count: usize,
    counts: &BTreeMap<Vec<u32>, usize>,
    events: usize,
    least: f64,
    rules: &mut Vec<Rule>,
) {
    for choice in 1..(1_u32 << set.len()) - 1 {
        let side = |wanted: u32| {
            let items = (0_u32..).zip(set).filter(move |(at, _)| choice >> at & 1 == wanted);
            items.map(|(_, item)| *item).collect::<Vec<_>>()
        };
        let (antecedent, consequent) = (side(1), side(0));
        let (Some(a), Some(c)) = (counts.get(&antecedent), counts.get(&consequent)) else {
            continue;
        };
        let share = |n: usize| n as f64 / events as f64;
        let (support, confidence) = (share(count), count as f64 / *a as f64);
        if confidence >= least {
            let lift = confidence / share(*c);
            let leverage = support - share(*a) * share(*c);
            rules.push(Rule { antecedent, consequent, count, support, confidence, lift, leverage });
        }
    }
}
