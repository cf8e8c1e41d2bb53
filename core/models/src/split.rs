//! The split of the events by time into training, validation and test part.
//!
//! A day is never split, so that a model is never evaluated on a day that it was trained on.

/// A part of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The earliest events, which a model is trained on.
    Train,
    /// The events after them, for early stopping and calibration.
    Validate,
    /// The latest events, which a model is evaluated on.
    Test,
}

/// The dates of a split as a caller sets them, as days since 1970-01-01. `None` means the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SplitDates {
    /// First day of the training part.
    pub train_from: Option<i32>,
    /// First day of the validation part.
    pub validate_from: Option<i32>,
    /// First day of the test part.
    pub test_from: Option<i32>,
    /// Last day of the test part.
    pub test_to: Option<i32>,
}

/// A split of the events by date, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// First day of the training part.
    pub train_from: i32,
    /// First day of the validation part.
    pub validate_from: i32,
    /// First day of the test part.
    pub test_from: i32,
    /// Last day of the test part.
    pub test_to: i32,
}

/// Why the events cannot be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// No event can be used.
    #[error("no event in the period has a date and a label")]
    Empty,
    /// A part contains no event.
    #[error("the {part} part would be empty")]
    EmptyPart {
        /// Name of the part.
        part: &'static str,
    },
}

impl Split {
    /// Splits events at the given dates. The default is 80% training, 10% validation and 10% test.
    pub fn new(days: impl Iterator<Item = i32>, dates: SplitDates) -> Result<Split, SplitError> {
        let is_within = |day: &i32| {
            dates.train_from.is_none_or(|from| *day >= from)
                && dates.test_to.is_none_or(|to| *day <= to)
        };
        let mut days: Vec<i32> = days.filter(is_within).collect();
        days.sort_unstable();
        let day_at = |tenths: usize| days.get(days.len() * tenths / 10).copied();
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            return Err(SplitError::Empty);
        };
        let test_from = dates.test_from.or(day_at(9)).unwrap_or(*last);
        let split = Split {
            train_from: dates.train_from.unwrap_or(*first),
            validate_from: dates.validate_from.or(day_at(8)).unwrap_or(*last).min(test_from),
            test_from,
            test_to: dates.test_to.unwrap_or(*last),
        };
        split.check_parts(&days)?;
        Ok(split)
    }

    fn check_parts(&self, days: &[i32]) -> Result<(), SplitError> {
        let parts =
            [(Part::Train, "training"), (Part::Validate, "validation"), (Part::Test, "test")];
        for (part, name) in parts {
            if !days.iter().any(|day| self.part(*day) == Some(part)) {
                return Err(SplitError::EmptyPart { part: name });
            }
        }
        Ok(())
    }

    /// The part of an event on that day, if any.
    pub fn part(&self, day: i32) -> Option<Part> {
        match day {
            _ if day < self.train_from || day > self.test_to => None,
            _ if day < self.validate_from => Some(Part::Train),
            _ if day < self.test_from => Some(Part::Validate),
            _ => Some(Part::Test),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_in_time() {
        let split = Split::new((0..1000).map(|n| n / 3), SplitDates::default()).unwrap();
        let parts: Vec<_> = (0..334).map(|day| split.part(day).unwrap()).collect();
        let changes = parts.windows(2).filter(|two| two[0] != two[1]).count();
        assert_eq!(changes, 2, "train, validate, test, and never back");
        assert_eq!((parts[0], parts[333]), (Part::Train, Part::Test));
    }

    #[test]
    fn given_dates_are_used() {
        let dates = SplitDates {
            train_from: Some(10),
            validate_from: Some(20),
            test_from: Some(30),
            test_to: Some(40),
        };
        let split = Split::new(0..100, dates).unwrap();
        let parts = [9, 10, 19, 20, 29, 30, 40, 41].map(|day| split.part(day));
        let (train, validate, test) = (Some(Part::Train), Some(Part::Validate), Some(Part::Test));
        assert_eq!(parts, [None, train, train, validate, validate, test, test, None]);
    }

    #[test]
    fn an_empty_part_is_rejected() {
        assert_eq!(Split::new(std::iter::empty(), SplitDates::default()), Err(SplitError::Empty));
        let dates = SplitDates { test_from: Some(1000), ..SplitDates::default() };
        let rejected = Split::new(0..100, dates);
        assert_eq!(rejected, Err(SplitError::EmptyPart { part: "test" }));
        let one_day = Split::new([5, 5, 5].into_iter(), SplitDates::default());
        assert_eq!(one_day, Err(SplitError::EmptyPart { part: "training" }));
    }
}
