//! When events happen: how many a year, and which months, days and hours they prefer.

use super::rng::Dice;
use ntsb_schema::calendar;
use std::ops::RangeInclusive;

/// The years of which data can be made up.
pub const YEARS: RangeInclusive<i32> = 1962..=2025;

/// Events from 1962 on; the first twenty years are not known one by one.
const A_YEAR: [u32; 64] = [
    4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350,
    4350, 4350, 4350, 4350, 3545, 3514, 3405, 3055, 2831, 2774, 2685, 2502, 2480, 2419, 2328, 2283,
    2229, 2281, 2150, 2121, 2195, 2175, 2183, 2032, 2001, 2063, 1930, 2001, 1827, 1985, 1893, 1784,
    1786, 1848, 1834, 1561, 1534, 1581, 1662, 1635, 1685, 1624, 1395, 1643, 1686, 1650, 1656, 1316,
];

/// The file ends in 2025 with this month.
const LAST_MONTH: usize = 9;

const MONTHS: [u32; 12] = [562, 609, 748, 770, 945, 1102, 1218, 1124, 977, 815, 586, 545];

/// From Sunday on.
const WEEKDAYS: [u32; 7] = [155, 131, 122, 126, 136, 151, 179];
const BUSIEST_WEEKDAY: u32 = 179;

pub const WEEKDAY_NAMES: [&str; 7] = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// Minutes of the day by twentieths of the events.
const MINUTES: [i32; 21] = [
    0, 390, 480, 540, 585, 625, 660, 690, 720, 750, 780, 810, 840, 870, 900, 935, 970, 1010, 1060,
    1140, 1439,
];

/// Events in a round. Within a round each year has exactly its share, so that an event has a place
/// among those of its year without any other event being looked at.
pub const ROUND: u64 = 100_000;

/// Has no divisor in common with the round, and is near its golden section: neighbours in the file
/// lie far apart in time.
const STRIDE: u64 = 61_803;

/// The years asked for, with the events before each.
#[derive(Debug, Clone)]
pub struct Years {
    first: i32,
    /// Events before each year, and after the last, all years of the plan together.
    before: Vec<u64>,
    seed: u64,
}

/// A year and the event's rank among those of this year and round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub year: i32,
    pub rank: u32,
}

impl Years {
    /// `from` and `to` lie in [`YEARS`], in this order.
    pub fn new(from: i32, to: i32, seed: u64) -> Years {
        let place = |year: i32| (year - YEARS.start()).unsigned_abs() as usize;
        let mut before = vec![0];
        let mut sum = 0;
        for events in &A_YEAR[place(from)..=place(to)] {
            sum += u64::from(*events);
            before.push(sum);
        }
        Years { first: from, before, seed }
    }

    pub fn slot(&self, number: u64) -> Slot {
        let round = number / ROUND;
        let start = mixed(self.seed ^ round) % ROUND;
        let place = (number % ROUND * STRIDE + start) % ROUND;
        let total = self.before.last().copied().unwrap_or(1);
        let scaled = place * total / ROUND;
        let at = self.before.partition_point(|before| *before <= scaled) - 1;
        let first_place = (self.before[at] * ROUND).div_ceil(total);
        Slot { year: self.first + at as i32, rank: (place - first_place) as u32 }
    }
}

/// Spreads neighbouring numbers over all of `u64` (the finisher of SplitMix64).
pub fn mixed(number: u64) -> u64 {
    let mut n = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// Day and time of an event, as the file tells them.
#[derive(Debug, Clone, Copy)]
pub struct When {
    pub day: i32,
    pub year: i32,
    pub month: u32,
    /// Minutes since midnight where the event happened.
    pub local_minute: i32,
}

impl When {
    pub fn draw(year: i32, dice: &mut Dice) -> When {
        let months = if year == *YEARS.end() { &MONTHS[..LAST_MONTH] } else { &MONTHS[..] };
        let month = dice.place(months.iter().copied()) as u32 + 1;
        let day = day_of(year, month, dice);
        When { day, year, month, local_minute: dice.curve(&MINUTES) }
    }

    pub fn weekday(&self) -> &'static str {
        WEEKDAY_NAMES[weekday(self.day)]
    }
}

/// A day of the month, by the day of the week; a day that would be the exception is drawn again.
fn day_of(year: i32, month: u32, dice: &mut Dice) -> i32 {
    let first = calendar::days(year, month, 1).unwrap_or(0);
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let length = calendar::days(next.0, next.1, 1).unwrap_or(first + 30) - first;
    let mut day = first;
    for _ in 0..16 {
        day = first + dice.between(0, length - 1);
        if dice.below(BUSIEST_WEEKDAY) < WEEKDAYS[weekday(day)] {
            break;
        }
    }
    day
}

/// 0 is Sunday; 1970-01-01 was a Thursday.
pub fn weekday(day: i32) -> usize {
    (day + 4).rem_euclid(7) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_event_of_a_round_has_its_own_rank() {
        let years = Years::new(1982, 2025, 5);
        let mut seen = HashSet::new();
        for number in 0..ROUND {
            let slot = years.slot(number);
            assert!(YEARS.contains(&slot.year));
            assert!(seen.insert((slot.year, slot.rank)), "{slot:?}");
        }
        let of_1982 = seen.iter().filter(|(year, _)| *year == 1982).count();
        assert_eq!(of_1982 / 10, 382, "3,545 of 92,714");
    }

    #[test]
    fn one_year_alone() {
        let years = Years::new(2010, 2010, 0);
        assert!((0..1000).all(|n| years.slot(n).year == 2010));
    }

    #[test]
    fn weekdays() {
        let day = calendar::days(2024, 2, 29).expect("a day");
        assert_eq!(WEEKDAY_NAMES[weekday(day)], "Th");
    }
}
