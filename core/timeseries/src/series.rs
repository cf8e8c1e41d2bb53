//! A count for each day, week, month, quarter or year, with nothing left out in between.

use ntsb_schema::calendar::{civil, days};

/// How long one point of a series lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

use Bucket::{Day, Month, Quarter, Week, Year};

pub const BUCKETS: &[(&str, Bucket)] =
    &[("day", Day), ("week", Week), ("month", Month), ("quarter", Quarter), ("year", Year)];

impl Bucket {
    pub fn find(name: &str) -> Option<Bucket> {
        BUCKETS.iter().find(|(n, _)| *n == name).map(|(_, bucket)| *bucket)
    }

    /// The first day of the bucket that holds a day (both counted from 1970-01-01).
    pub fn start(self, day: i32) -> i32 {
        let (year, month, _) = civil(day);
        match self {
            Day => day,
            // 1970-01-01 was a Thursday; weeks begin on Monday, as ISO 8601 has it.
            Week => day - (day + 3).rem_euclid(7),
            Month => days(year, month, 1).unwrap_or(day),
            Quarter => days(year, (month - 1) / 3 * 3 + 1, 1).unwrap_or(day),
            Year => days(year, 1, 1).unwrap_or(day),
        }
    }

    /// The first day after the bucket that begins on `start`.
    pub fn next(self, start: i32) -> i32 {
        // Long enough to leave the bucket, short enough not to pass the one after.
        let step = match self {
            Day => 1,
            Week => 7,
            Month => 31,
            Quarter => 92,
            Year => 366,
        };
        self.start(start.saturating_add(step))
    }

    /// Buckets after which the season comes again; 1 for years, which have none.
    pub fn season(self) -> usize {
        match self {
            Day => 7,
            Week => 52,
            Month => 12,
            Quarter => 4,
            Year => 1,
        }
    }

    /// Buckets in a year of the Gregorian calendar.
    pub fn per_year(self) -> f64 {
        match self {
            Day => 365.2425,
            Week => 365.2425 / 7.0,
            Month => 12.0,
            Quarter => 4.0,
            Year => 1.0,
        }
    }
}

/// How far a point can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Complete,
    /// The data end before the bucket does.
    Unfinished,
    /// NTSB has not finished enough of the year.
    IncompleteYear,
    /// Of more than [`MOST_MISSING`] of the fatal events, the file does not say how many people.
    CountsMissing,
    /// No event of that year is stored, so that zero would be a guess.
    NoData,
}

/// The share of a bucket's fatal events that may lack a count of people.
pub const MOST_MISSING: f64 = 0.02;

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::Unfinished => "unfinished",
            Status::IncompleteYear => "incomplete year",
            Status::CountsMissing => "counts missing",
            Status::NoData => "no data",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// First day of the bucket, counted from 1970-01-01.
    pub start: i32,
    pub value: Option<i64>,
    pub status: Status,
}

/// What is counted in a bucket that has events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub start: i32,
    /// None where none of its events has a count.
    pub value: Option<i64>,
    /// Fatal events without a count, and all fatal events.
    pub missing: i64,
    pub fatal: i64,
}

impl Count {
    /// Takes another count of the same bucket into this one.
    pub fn add(&mut self, other: &Count) {
        self.value = match (self.value, other.value) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.missing = self.missing.saturating_add(other.missing);
        self.fatal = self.fatal.saturating_add(other.fatal);
    }

    fn is_known(&self) -> bool {
        self.missing as f64 <= MOST_MISSING * self.fatal as f64
    }
}

/// What is stored at all: decides between zero and unknown.
#[derive(Debug, Clone, Default)]
pub struct Extent {
    /// The last day that has an event.
    pub last_day: i32,
    /// Years that have events, in order, with the share that NTSB has finished.
    pub years: Vec<(i32, f64)>,
}

impl Extent {
    /// The first of the recent years of which less than `least` is finished; years before may be as
    /// they are, since nobody will finish them.
    fn incomplete_from(&self, least: f64) -> i32 {
        let recent = self.years.iter().rev().take_while(|(_, share)| *share < least);
        recent.last().map_or(i32::MAX, |(year, _)| *year)
    }

    fn status(&self, bucket: Bucket, start: i32, incomplete_from: i32) -> Status {
        let (year, ..) = civil(start);
        if self.years.binary_search_by_key(&year, |(y, _)| *y).is_err() {
            Status::NoData
        } else if bucket.next(start) > self.last_day.saturating_add(1) {
            Status::Unfinished
        } else if year >= incomplete_from {
            Status::IncompleteYear
        } else {
            Status::Complete
        }
    }
}

/// Every bucket from the first to the last, both included: `counts` are those that have something, in
/// order; the others are zero, or null in a year of which nothing is stored.
pub fn fill(
    bucket: Bucket,
    counts: &[Count],
    ends: (i32, i32),
    extent: &Extent,
    least: f64,
) -> Vec<Point> {
    let incomplete_from = extent.incomplete_from(least);
    let mut counts = counts.iter().peekable();
    let mut points = Vec::new();
    let mut start = bucket.start(ends.0);
    while start <= ends.1 {
        while counts.next_if(|count| count.start < start).is_some() {}
        let counted = counts.next_if(|count| count.start == start);
        let mut status = extent.status(bucket, start, incomplete_from);
        if status == Status::Complete && counted.is_some_and(|count| !count.is_known()) {
            status = Status::CountsMissing;
        }
        // An event whose count is unknown is no zero.
        let zero =
            (status != Status::NoData && counted.is_none_or(|c| c.missing == 0)).then_some(0);
        let value = counted.and_then(|count| count.value).or(zero);
        points.push(Point { start, value, status });
        let next = bucket.next(start);
        if next <= start {
            break;
        }
        start = next;
    }
    points
}

/// The points that models are fitted to: the latest run of complete ones.
pub fn usable(points: &[Point]) -> &[Point] {
    let complete = |p: &Point| p.status == Status::Complete;
    let end = points.iter().rposition(complete).map_or(0, |at| at + 1);
    let head = points.get(..end).unwrap_or_default();
    let start = head.iter().rposition(|p| !complete(p)).map_or(0, |at| at + 1);
    head.get(start..).unwrap_or_default()
}

/// Their values as numbers.
pub fn values(points: &[Point]) -> Vec<f64> {
    points.iter().map(|p| p.value.unwrap_or(0) as f64).collect()
}
