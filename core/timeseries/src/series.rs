//! Time series of counts per day, week, month, quarter or year, with gaps filled.

use ntsb_schema::calendar::{date_to_days, days_to_date};

/// The length of a time bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// A day.
    Day,
    /// A week, which begins on Monday (ISO 8601).
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

use Bucket::{Day, Month, Quarter, Week, Year};

/// All buckets with their names.
pub const BUCKETS: &[(&str, Bucket)] =
    &[("day", Day), ("week", Week), ("month", Month), ("quarter", Quarter), ("year", Year)];

impl Bucket {
    /// The bucket with that name.
    pub fn parse(name: &str) -> Option<Bucket> {
        BUCKETS.iter().find(|(n, _)| *n == name).map(|(_, bucket)| *bucket)
    }

    /// The first day of the bucket that contains a day. Days are counted from 1970-01-01.
    pub fn start_of(self, day: i32) -> i32 {
        let (year, month, _) = days_to_date(day);
        match self {
            Day => day,
            // 1970-01-01 was a Thursday.
            Week => day - (day + 3).rem_euclid(7),
            Month => date_to_days(year, month, 1).unwrap_or(day),
            Quarter => date_to_days(year, (month - 1) / 3 * 3 + 1, 1).unwrap_or(day),
            Year => date_to_days(year, 1, 1).unwrap_or(day),
        }
    }

    /// The first day after the bucket that begins on `start`.
    pub fn next_start(self, start: i32) -> i32 {
        // Long enough to leave the bucket, and short enough not to skip the next one.
        let step = match self {
            Day => 1,
            Week => 7,
            Month => 31,
            Quarter => 92,
            Year => 366,
        };
        self.start_of(start.saturating_add(step))
    }

    /// The number of buckets of a season, 1 for years, which have no season.
    pub fn season_length(self) -> usize {
        match self {
            Day => 7,
            Week => 52,
            Month => 12,
            Quarter => 4,
            Year => 1,
        }
    }

    /// The mean number of buckets in a year of the Gregorian calendar.
    pub fn buckets_per_year(self) -> f64 {
        match self {
            Day => 365.2425,
            Week => 365.2425 / 7.0,
            Month => 12.0,
            Quarter => 4.0,
            Year => 1.0,
        }
    }
}

/// The completeness of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The value is complete.
    Complete,
    /// The bucket ends after the last event.
    Unfinished,
    /// NTSB has not completed enough reports of the year.
    IncompleteYear,
    /// More than [`MAX_MISSING_SHARE`] of the fatal events have no count of people.
    CountsMissing,
    /// No event of the year is stored, so the value is unknown rather than zero.
    NoData,
}

/// Maximum share of the fatal events of a bucket without a count of people.
pub const MAX_MISSING_SHARE: f64 = 0.02;

impl Status {
    /// The name that users see.
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

/// A point of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesPoint {
    /// First day of the bucket, counted from 1970-01-01.
    pub start: i32,
    /// The value, or `None` if it is unknown.
    pub value: Option<i64>,
    /// The completeness of the value.
    pub status: Status,
}

/// The count of a bucket with events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketCount {
    /// First day of the bucket, counted from 1970-01-01.
    pub start: i32,
    /// The sum over its events, or `None` if no event has a count.
    pub value: Option<i64>,
    /// Number of fatal events without a count.
    pub missing: i64,
    /// Number of fatal events.
    pub fatal: i64,
}

impl BucketCount {
    /// Adds another count of the same bucket.
    pub fn add(&mut self, other: &BucketCount) {
        self.value = match (self.value, other.value) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.missing = self.missing.saturating_add(other.missing);
        self.fatal = self.fatal.saturating_add(other.fatal);
    }

    fn is_known(&self) -> bool {
        self.missing as f64 <= MAX_MISSING_SHARE * self.fatal as f64
    }
}

/// The period of the stored events, which decides between zero and unknown.
#[derive(Debug, Clone, Default)]
pub struct DataExtent {
    /// The last day with an event, counted from 1970-01-01.
    pub last_day: i32,
    /// The years with events, in order, with the share of reports that NTSB has completed.
    pub years: Vec<(i32, f64)>,
}

impl DataExtent {
    /// The first of the consecutive latest years with a completeness below `min_completeness`. Earlier
    /// years count as complete, because NTSB will not complete them any further.
    fn incomplete_from(&self, min_completeness: f64) -> i32 {
        let recent = self.years.iter().rev().take_while(|(_, share)| *share < min_completeness);
        recent.last().map_or(i32::MAX, |(year, _)| *year)
    }

    fn status(&self, bucket: Bucket, start: i32, incomplete_from: i32) -> Status {
        let (year, ..) = days_to_date(start);
        if self.years.binary_search_by_key(&year, |(y, _)| *y).is_err() {
            Status::NoData
        } else if bucket.next_start(start) > self.last_day.saturating_add(1) {
            Status::Unfinished
        } else if year >= incomplete_from {
            Status::IncompleteYear
        } else {
            Status::Complete
        }
    }
}

/// Returns a point for every bucket between the days `ends`, both inclusive. `counts` are the buckets with
/// events, in order. Other buckets are zero, or unknown in a year without events.
pub fn fill_gaps(
    bucket: Bucket,
    counts: &[BucketCount],
    ends: (i32, i32),
    extent: &DataExtent,
    min_completeness: f64,
) -> Vec<SeriesPoint> {
    let incomplete_from = extent.incomplete_from(min_completeness);
    let mut counts = counts.iter().peekable();
    let mut points = Vec::new();
    let mut start = bucket.start_of(ends.0);
    while start <= ends.1 {
        while counts.next_if(|count| count.start < start).is_some() {}
        let found = counts.next_if(|count| count.start == start);
        let mut status = extent.status(bucket, start, incomplete_from);
        if status == Status::Complete && found.is_some_and(|count| !count.is_known()) {
            status = Status::CountsMissing;
        }
        // The value is unknown rather than zero if an event has no count.
        let zero = (status != Status::NoData && found.is_none_or(|c| c.missing == 0)).then_some(0);
        let value = found.and_then(|count| count.value).or(zero);
        points.push(SeriesPoint { start, value, status });
        let next = bucket.next_start(start);
        if next <= start {
            break;
        }
        start = next;
    }
    points
}

/// The latest run of complete points, to which models are fitted.
pub fn usable_points(points: &[SeriesPoint]) -> &[SeriesPoint] {
    let is_complete = |p: &SeriesPoint| p.status == Status::Complete;
    let end = points.iter().rposition(is_complete).map_or(0, |last| last + 1);
    let head = points.get(..end).unwrap_or_default();
    let start = head.iter().rposition(|p| !is_complete(p)).map_or(0, |last| last + 1);
    head.get(start..).unwrap_or_default()
}

/// The values of points, with 0 for unknown ones.
pub fn point_values(points: &[SeriesPoint]) -> Vec<f64> {
    points.iter().map(|p| p.value.unwrap_or(0) as f64).collect()
}
