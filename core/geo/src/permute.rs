//! Random permutations, the same for a seed on every machine.
//!
//! For a statistic of one point and its neighbours (Anselin 1995), the others' values are dealt out
//! to the neighbours anew, so many times, while the point keeps its own. As PySAL does, the same
//! places in the list of the others are dealt to every point. From one point to the next such a list
//! changes in one place, so that all sums are kept up to date at the cost of a few additions.

use super::weights::{Neighbours, STRIDE};
use super::{MOST_PERMUTATIONS, SpatialError};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub fn check(permutations: i64) -> Result<usize, SpatialError> {
    usize::try_from(permutations)
        .ok()
        .filter(|p| *p <= MOST_PERMUTATIONS)
        .ok_or(SpatialError::Permutations(permutations))
}

/// ChaCha is published, its words never change.
pub fn stream(seed: u64) -> ChaCha8Rng {
    let mut key = *b"........ntsb permutations, one..";
    let (number, _) = key.split_at_mut(8);
    number.copy_from_slice(&seed.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// 0 to `n` - 1; the bias of at most n / 2³² is far below what permutations show.
fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// Every order is as likely (Fisher & Yates 1938), whatever the one before was.
pub fn shuffle(values: &mut [f64], rng: &mut ChaCha8Rng) {
    for left in (2..=values.len()).rev() {
        values.swap(left - 1, below(rng, left));
    }
}

/// How often permutations came to at least, and to at most, what is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    pub at_least: u32,
    pub at_most: u32,
}

impl Reached {
    /// How likely it is to reach as far to the nearer side, what is observed being one of the cases.
    /// What comes to the same counts on both sides: where a tenth are fatal, no fatal one among eight
    /// neighbours is nothing rare.
    pub fn share(self, permutations: usize) -> f64 {
        f64::from(self.at_least.min(self.at_most) + 1) / (permutations + 1) as f64
    }
}

/// Deals values to the neighbours of each point, and counts. Empty without permutations.
pub fn dealt(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: usize,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Vec<Reached> {
    if permutations == 0 || values.len() < 2 {
        return Vec::new();
    }
    let most = (0..values.len()).map(|at| neighbours.of(at).len()).max().unwrap_or(0);
    let mut hands = Hands::deal(values, most.min(values.len() - 1), permutations, seed, poll);
    let mut all = Vec::with_capacity(values.len());
    for at in 0..values.len() {
        if at.is_multiple_of(STRIDE) {
            poll();
        }
        hands.leave_out(at, values);
        all.push(hands.compare(neighbours.of(at).len(), neighbours.sum(at, values)));
    }
    all
}

struct Hands {
    permutations: usize,
    /// Sums of the first 1, 2, … cards of each hand, all hands of one length together.
    sums: Vec<f64>,
    /// Which place of the list of others went to which card of which hand, by place.
    drawn: Vec<(u32, u32, u32)>,
    next: usize,
}

impl Hands {
    /// For the first point: the others begin with the second.
    fn deal(
        values: &[f64],
        most: usize,
        permutations: usize,
        seed: u64,
        poll: &mut dyn FnMut(),
    ) -> Hands {
        let mut rng = stream(seed);
        let mut places: Vec<u32> = (0..values.len() as u32 - 1).collect();
        let mut sums = vec![0.0; most * permutations];
        let mut drawn = Vec::with_capacity(most * permutations);
        for hand in 0..permutations {
            if hand.is_multiple_of(64) {
                poll();
            }
            let mut sum = 0.0;
            for card in 0..most {
                let other = card + below(&mut rng, places.len() - card);
                places.swap(card, other);
                let place = places[card];
                drawn.push((place, hand as u32, card as u32));
                sum += values[place as usize + 1];
                sums[card * permutations + hand] = sum;
            }
        }
        drawn.sort_unstable();
        Hands { permutations, sums, drawn, next: 0 }
    }

    /// Called for one point after another: the list of others now lacks this one, and has the one
    /// before again.
    fn leave_out(&mut self, point: usize, values: &[f64]) {
        let Some(place) = point.checked_sub(1) else { return };
        let most = self.sums.len() / self.permutations;
        while let Some((_, hand, card)) =
            self.drawn.get(self.next).filter(|(p, ..)| *p as usize == place)
        {
            let change = values[place] - values[point];
            for length in *card as usize..most {
                self.sums[length * self.permutations + *hand as usize] += change;
            }
            self.next += 1;
        }
    }

    fn compare(&self, cards: usize, observed: f64) -> Reached {
        let from = cards.saturating_sub(1) * self.permutations;
        let sums = self.sums.get(from..from + self.permutations).unwrap_or(&[]);
        if cards == 0 {
            let all = self.permutations as u32;
            return Reached { at_least: all, at_most: all };
        }
        let mut reached = Reached::default();
        for sum in sums {
            reached.at_least += u32::from(*sum >= observed);
            reached.at_most += u32::from(*sum <= observed);
        }
        reached
    }
}
