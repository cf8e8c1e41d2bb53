//! The names of events: `ev_id` and `ntsb_no`.
//!
//! An event's identifier must be its own among millions, although nothing is known of the others.
//! So its number goes into it: the last digits hold the remainder of the number, and what is left
//! over decides on which days the event can have been entered. The first events are free of that.

use super::rows::push_padded;
use super::when::Slot;
use ntsb_schema::calendar;

/// The most events that get identifiers of their own.
pub const MOST_EVENTS: u64 = 12_800_000;

/// How the digits behind the date are shared out in one form of `ev_id`.
struct Form {
    first: u64,
    /// Events that may be entered on any day, by a tail of their own; as many tails are left for
    /// the others.
    free: u64,
    /// Days between two on which an event that is not free can have been entered.
    every: u64,
}

/// `YYYYMMDDXnnnnn`.
const LETTER: Form = Form { first: 0, free: 50_000, every: 256 };

/// 14 digits; real ones count from 100000 within their years.
const DIGITS: Form = Form { first: 100_000, free: 400_000, every: 32 };

/// 2020-01-01: identifiers are all digits, and rows are written by another system.
pub const NEW_SYSTEM: i32 = 18_262;

/// The day of entry and the digits behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub day: i32,
    tail: u64,
}

impl Entry {
    /// `day` is when the event is entered at the earliest.
    pub fn new(number: u64, day: i32) -> Entry {
        if day < NEW_SYSTEM {
            let entry = LETTER.entry(number, day);
            if entry.day < NEW_SYSTEM {
                return entry;
            }
        }
        DIGITS.entry(number, day.max(NEW_SYSTEM))
    }

    pub fn all_digits(&self) -> bool {
        self.day >= NEW_SYSTEM
    }

    pub fn ev_id(&self) -> String {
        let mut id = String::with_capacity(14);
        push_day(&mut id, self.day);
        let digits = if self.all_digits() {
            6
        } else {
            id.push('X');
            5
        };
        push_padded(&mut id, self.tail as u32, digits);
        id
    }
}

impl Form {
    fn entry(&self, number: u64, earliest: i32) -> Entry {
        let Some(over) = number.checked_sub(self.free) else {
            return Entry { day: earliest, tail: self.first + number };
        };
        let class = (over / self.free % self.every) as i32;
        let every = self.every as i32;
        let day = earliest + (class - earliest).rem_euclid(every);
        Entry { day, tail: self.first + self.free + over % self.free }
    }
}

fn push_day(out: &mut String, day: i32) {
    let (year, month, day) = calendar::civil(day);
    push_padded(out, year.unsigned_abs(), 4);
    push_padded(out, month, 2);
    push_padded(out, day, 2);
}

/// An identifier of the right form that no event has: its letter is another.
pub fn of_no_event(number: u64) -> String {
    const FIRST_DAY: i32 = 4_383; // 1982-01-01
    let mut id = String::with_capacity(14);
    push_day(&mut id, FIRST_DAY + (number / 100_000) as i32);
    id.push('Y');
    push_padded(&mut id, (number % 100_000) as u32, 5);
    id
}

const OFFICES: [&str; 10] = ["CEN", "ERA", "WPR", "ANC", "DCA", "GAA", "CHI", "LAX", "OPS", "ENG"];
const OLD_OFFICES: [&str; 10] =
    ["ATL", "CHI", "FTW", "LAX", "MIA", "NYC", "SEA", "DEN", "ANC", "DCA"];

/// Office, fiscal year, class and serial: unique among the first 100,000 events of the years from
/// 1982 on; three digits cannot number more.
pub fn ntsb_no(slot: Slot, month: u32, class: &str) -> String {
    let next_fiscal = month >= 10;
    let fiscal = slot.year + i32::from(next_fiscal);
    let offices = if fiscal >= 2009 { OFFICES } else { OLD_OFFICES };
    let serial = slot.rank / 10 % 500 * 2 + u32::from(next_fiscal);
    let mut out = String::with_capacity(11);
    out.push_str(offices[(slot.rank % 10) as usize]);
    push_padded(&mut out, fiscal.unsigned_abs() % 100, 2);
    out.push_str(class);
    push_padded(&mut out, serial, 3);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_two_forms() {
        let day = |y, m, d| calendar::days(y, m, d).expect("a day");
        assert_eq!(day(2020, 1, 1), NEW_SYSTEM);
        assert_eq!(Entry::new(50, day(2008, 1, 15)).ev_id(), "20080115X00050");
        assert_eq!(Entry::new(6275, day(2022, 11, 17)).ev_id(), "20221117106275");
        assert_eq!(of_no_event(100_007), "19820102Y00007");
    }

    /// The worst case: all events on one day.
    #[test]
    fn no_two_events_share_an_identifier() {
        for day in [NEW_SYSTEM - 8000, NEW_SYSTEM + 2000, NEW_SYSTEM - 3] {
            let numbers = (0..1_000_000).chain((MOST_EVENTS - 300_000)..MOST_EVENTS);
            let mut seen = HashSet::new();
            for number in numbers {
                let entry = Entry::new(number, day);
                assert!(entry.day >= day && seen.insert((entry.day, entry.tail)), "{number}");
            }
        }
    }

    #[test]
    fn case_numbers() {
        assert_eq!(ntsb_no(Slot { year: 2024, rank: 861 }, 11, "LA"), "ERA25LA173");
        assert_eq!(ntsb_no(Slot { year: 1999, rank: 0 }, 3, "FA"), "ATL99FA000");
    }
}
