//! Which events a model learns from, is tuned by and is judged by: earlier ones, later ones, the latest.
//! Days are never torn apart, so that nothing of a day is known of the day itself.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Train,
    Validate,
    Test,
}

/// First days of the parts, and the last day of all, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    pub train_from: Option<i32>,
    pub validate_from: Option<i32>,
    pub test_from: Option<i32>,
    pub test_to: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    pub train_from: i32,
    pub validate_from: i32,
    pub test_from: i32,
    pub test_to: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    #[error("no event has a date and what the model is to tell")]
    Empty,
    #[error("the {part} part would be empty")]
    EmptyPart { part: &'static str },
}

impl Split {
    /// The windows asked for; without them eight tenths, one and one of the events by date.
    pub fn of(days: impl Iterator<Item = i32>, wanted: Wanted) -> Result<Split, SplitError> {
        let within = |day: &i32| {
            wanted.train_from.is_none_or(|from| *day >= from)
                && wanted.test_to.is_none_or(|to| *day <= to)
        };
        let mut days: Vec<i32> = days.filter(within).collect();
        days.sort_unstable();
        let at = |tenths: usize| days.get(days.len() * tenths / 10).copied();
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            return Err(SplitError::Empty);
        };
        let test_from = wanted.test_from.or(at(9)).unwrap_or(*last);
        let split = Split {
            train_from: wanted.train_from.unwrap_or(*first),
            validate_from: wanted.validate_from.or(at(8)).unwrap_or(*last).min(test_from),
            test_from,
            test_to: wanted.test_to.unwrap_or(*last),
        };
        split.check(&days)?;
        Ok(split)
    }

    fn check(&self, days: &[i32]) -> Result<(), SplitError> {
        let parts =
            [(Part::Train, "training"), (Part::Validate, "validation"), (Part::Test, "test")];
        for (part, name) in parts {
            if !days.iter().any(|day| self.part(*day) == Some(part)) {
                return Err(SplitError::EmptyPart { part: name });
            }
        }
        Ok(())
    }

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
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parts_follow_each_other_in_time() {
        let split = Split::of((0..1000).map(|n| n / 3), Wanted::default()).unwrap();
        let parts: Vec<_> = (0..334).map(|day| split.part(day).unwrap()).collect();
        let changes = parts.windows(2).filter(|two| two[0] != two[1]).count();
        assert_eq!(changes, 2, "train, validate, test, and never back");
        assert_eq!((parts[0], parts[333]), (Part::Train, Part::Test));
    }

    #[test]
    fn windows_are_those_asked_for() {
        let wanted = Wanted {
            train_from: Some(10),
            validate_from: Some(20),
            test_from: Some(30),
            test_to: Some(40),
        };
        let split = Split::of(0..100, wanted).unwrap();
        let parts = [9, 10, 19, 20, 29, 30, 40, 41].map(|day| split.part(day));
        let (train, validate, test) = (Some(Part::Train), Some(Part::Validate), Some(Part::Test));
        assert_eq!(parts, [None, train, train, validate, validate, test, test, None]);
    }

    #[test]
    fn an_empty_part_is_refused() {
        assert_eq!(Split::of(std::iter::empty(), Wanted::default()), Err(SplitError::Empty));
        let wanted = Wanted { test_from: Some(1000), ..Wanted::default() };
        let refused = Split::of(0..100, wanted);
        assert_eq!(refused, Err(SplitError::EmptyPart { part: "test" }));
        let one_day = Split::of([5, 5, 5].into_iter(), Wanted::default());
        assert_eq!(one_day, Err(SplitError::EmptyPart { part: "training" }));
    }
}
