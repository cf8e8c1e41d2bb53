//! The identifiers of events: `ev_id` and `format_ntsb_no`.
//!
//! Identifiers must be unique among millions of events, but each event is generated without knowing the
//! others. The number of the event is therefore encoded in its identifier: the last digits hold a
//! remainder, and the quotient restricts the days on which the event can have been entered. The first
//! events have no such restriction.

use super::event_time::Slot;
use super::rows::push_padded;
use ntsb_schema::calendar;

/// The maximum number of events with unique identifiers.
pub const MAX_EVENTS: u64 = 12_800_000;

/// How the digits after the date are assigned in one format of `ev_id`.
struct IdFormat {
    first: u64,
    /// How many events have a tail of their own, and may be entered on any day. The remaining events
    /// share as many further tails.
    unrestricted: u64,
    /// The interval, in days, between the possible entry days of a restricted event.
    interval: u64,
}

/// `YYYYMMDDXnnnnn`.
const LETTER_FORMAT: IdFormat = IdFormat { first: 0, unrestricted: 50_000, interval: 256 };

/// 14 digits. Real tails start at 100000 in each year.
const DIGIT_FORMAT: IdFormat = IdFormat { first: 100_000, unrestricted: 400_000, interval: 32 };

/// 2020-01-01. Since then identifiers have only digits, and rows are written by another system.
pub const NEW_SYSTEM_DAY: i32 = 18_262;

/// The entry day and the digits after it, which together are the `ev_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub day: i32,
    tail: u64,
}

impl Entry {
    /// Creates an entry on `earliest` or the first possible day after it.
    pub fn new(number: u64, earliest: i32) -> Entry {
        if earliest < NEW_SYSTEM_DAY {
            let entry = LETTER_FORMAT.new_entry(number, earliest);
            if entry.day < NEW_SYSTEM_DAY {
                return entry;
            }
        }
        DIGIT_FORMAT.new_entry(number, earliest.max(NEW_SYSTEM_DAY))
    }

    pub fn is_all_digits(&self) -> bool {
        self.day >= NEW_SYSTEM_DAY
    }

    pub fn ev_id(&self) -> String {
        let mut id = String::with_capacity(14);
        push_day(&mut id, self.day);
        let digits = if self.is_all_digits() {
            6
        } else {
            id.push('X');
            5
        };
        push_padded(&mut id, self.tail as u32, digits);
        id
    }
}

impl IdFormat {
    fn new_entry(&self, number: u64, earliest: i32) -> Entry {
        let Some(restricted) = number.checked_sub(self.unrestricted) else {
            return Entry { day: earliest, tail: self.first + number };
        };
        let class = (restricted / self.unrestricted % self.interval) as i32;
        let day = earliest + (class - earliest).rem_euclid(self.interval as i32);
        let tail = self.first + self.unrestricted + restricted % self.unrestricted;
        Entry { day, tail }
    }
}

fn push_day(out: &mut String, day: i32) {
    let (year, month, day) = calendar::days_to_date(day);
    push_padded(out, year.unsigned_abs(), 4);
    push_padded(out, month, 2);
    push_padded(out, day, 2);
}

/// A valid identifier that no event has, because its letter is not X.
pub fn unused_ev_id(number: u64) -> String {
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

/// Formats office, fiscal year, class and serial number. The result is unique among the first 100,000
/// events since 1982, which is all that three digits allow.
pub fn format_ntsb_no(slot: Slot, month: u32, class: &str) -> String {
    let is_next_fiscal_year = month >= 10;
    let fiscal = slot.year + i32::from(is_next_fiscal_year);
    let offices = if fiscal >= 2009 { OFFICES } else { OLD_OFFICES };
    let serial = slot.rank / 10 % 500 * 2 + u32::from(is_next_fiscal_year);
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
    fn formats_identifiers() {
        let day = |y, m, d| calendar::date_to_days(y, m, d).expect("a day");
        assert_eq!(day(2020, 1, 1), NEW_SYSTEM_DAY);
        assert_eq!(Entry::new(50, day(2008, 1, 15)).ev_id(), "20080115X00050");
        assert_eq!(Entry::new(6275, day(2022, 11, 17)).ev_id(), "20221117106275");
        assert_eq!(unused_ev_id(100_007), "19820102Y00007");
    }

    /// Tests the worst case, in which all events happen on one day.
    #[test]
    fn identifiers_are_unique() {
        for day in [NEW_SYSTEM_DAY - 8000, NEW_SYSTEM_DAY + 2000, NEW_SYSTEM_DAY - 3] {
            let numbers = (0..1_000_000).chain((MAX_EVENTS - 300_000)..MAX_EVENTS);
            let mut seen = HashSet::new();
            for number in numbers {
                let entry = Entry::new(number, day);
                assert!(entry.day >= day && seen.insert((entry.day, entry.tail)), "{number}");
            }
        }
    }

    #[test]
    fn formats_case_numbers() {
        assert_eq!(format_ntsb_no(Slot { year: 2024, rank: 861 }, 11, "LA"), "ERA25LA173");
        assert_eq!(format_ntsb_no(Slot { year: 1999, rank: 0 }, 3, "FA"), "ATL99FA000");
    }
}
