//! The distribution of events over years, months, days and hours.

use super::rng::Rng;
use ntsb_schema::calendar;
use std::ops::RangeInclusive;

/// The years for which data can be generated.
pub const YEARS: RangeInclusive<i32> = 1962..=2025;

/// Events per year since 1962. The first twenty years are an average, because their numbers are unknown.
const EVENTS_PER_YEAR: [u32; 64] = [
    4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350, 4350,
    4350, 4350, 4350, 4350, 3545, 3514, 3405, 3055, 2831, 2774, 2685, 2502, 2480, 2419, 2328, 2283,
    2229, 2281, 2150, 2121, 2195, 2175, 2183, 2032, 2001, 2063, 1930, 2001, 1827, 1985, 1893, 1784,
    1786, 1848, 1834, 1561, 1534, 1581, 1662, 1635, 1685, 1624, 1395, 1643, 1686, 1650, 1656, 1316,
];

/// The last month of 2025 in the file.
const LAST_MONTH: usize = 9;

const MONTH_WEIGHTS: [u32; 12] = [562, 609, 748, 770, 945, 1102, 1218, 1124, 977, 815, 586, 545];

/// Weights from Sunday to Saturday.
const WEEKDAY_WEIGHTS: [u32; 7] = [155, 131, 122, 126, 136, 151, 179];
const MAX_WEEKDAY_WEIGHT: u32 = 179;

pub const WEEKDAY_NAMES: [&str; 7] = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// Quantiles of the minute of the day, in steps of 5 %.
const MINUTE_QUANTILES: [i32; 21] = [
    0, 390, 480, 540, 585, 625, 660, 690, 720, 750, 780, 810, 840, 870, 900, 935, 970, 1010, 1060,
    1140, 1439,
];

/// The number of events in a round. In a round each year has exactly its share of events, so the rank of
/// an event in its year does not depend on other events.
pub const ROUND: u64 = 100_000;

/// Coprime to the round and near its golden section, so that consecutive events are far apart in time.
const STRIDE: u64 = 61_803;

/// The distribution of events over the requested years.
#[derive(Debug, Clone)]
pub struct YearDistribution {
    first_year: i32,
    /// The number of events before each year. The last element is the total.
    cumulative: Vec<u64>,
    seed: u64,
}

/// The year of an event, and its rank among the events of this year and round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub year: i32,
    pub rank: u32,
}

impl YearDistribution {
    /// Both years must be in [`YEARS`], and `first_year` must not be after `last_year`.
    pub fn new(first_year: i32, last_year: i32, seed: u64) -> YearDistribution {
        let index = |year: i32| (year - YEARS.start()).unsigned_abs() as usize;
        let mut cumulative = vec![0];
        let mut sum = 0;
        for events in &EVENTS_PER_YEAR[index(first_year)..=index(last_year)] {
            sum += u64::from(*events);
            cumulative.push(sum);
        }
        YearDistribution { first_year, cumulative, seed }
    }

    pub fn slot(&self, number: u64) -> Slot {
        let round = number / ROUND;
        let start = mix(self.seed ^ round) % ROUND;
        let position = (number % ROUND * STRIDE + start) % ROUND;
        let total = self.cumulative.last().copied().unwrap_or(1);
        let scaled = position * total / ROUND;
        let at = self.cumulative.partition_point(|before| *before <= scaled) - 1;
        let first_position = (self.cumulative[at] * ROUND).div_ceil(total);
        Slot { year: self.first_year + at as i32, rank: (position - first_position) as u32 }
    }
}

/// Maps consecutive numbers to unrelated ones (the finalizer of SplitMix64).
pub fn mix(number: u64) -> u64 {
    let mut n = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// The day and time of an event.
#[derive(Debug, Clone, Copy)]
pub struct EventTime {
    pub day: i32,
    pub year: i32,
    pub month: u32,
    /// Minutes since midnight, local time.
    pub local_minute: i32,
}

impl EventTime {
    pub fn draw(year: i32, rng: &mut Rng) -> EventTime {
        let all = &MONTH_WEIGHTS[..];
        let months = if year == *YEARS.end() { &all[..LAST_MONTH] } else { all };
        let month = rng.pick_index(months.iter().copied()) as u32 + 1;
        let day = draw_day(year, month, rng);
        EventTime { day, year, month, local_minute: rng.draw_from_quantiles(&MINUTE_QUANTILES) }
    }

    pub fn weekday(&self) -> &'static str {
        WEEKDAY_NAMES[weekday(self.day)]
    }
}

/// Draws a day of the month by rejection sampling with the weights of the weekdays.
fn draw_day(year: i32, month: u32, rng: &mut Rng) -> i32 {
    let first = calendar::date_to_days(year, month, 1).unwrap_or(0);
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let length = calendar::date_to_days(next.0, next.1, 1).unwrap_or(first + 30) - first;
    let mut day = first;
    for _ in 0..16 {
        day = first + rng.next_between(0, length - 1);
        if rng.next_below(MAX_WEEKDAY_WEIGHT) < WEEKDAY_WEIGHTS[weekday(day)] {
            break;
        }
    }
    day
}

/// The weekday of a day since 1970-01-01, which was a Thursday. 0 is Sunday.
pub fn weekday(day: i32) -> usize {
    (day + 4).rem_euclid(7) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ranks_are_unique_in_a_round() {
        let years = YearDistribution::new(1982, 2025, 5);
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
    fn a_single_year_has_all_events() {
        let years = YearDistribution::new(2010, 2010, 0);
        assert!((0..1000).all(|n| years.slot(n).year == 2010));
    }

    #[test]
    fn weekdays() {
        let day = calendar::date_to_days(2024, 2, 29).expect("a day");
        assert_eq!(WEEKDAY_NAMES[weekday(day)], "Th");
    }
}
