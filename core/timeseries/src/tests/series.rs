//! Tests of buckets, gaps and usable points.

use crate::series::{
    BUCKETS, Bucket, BucketCount, DataExtent, SeriesPoint, Status, fill_gaps, usable_points,
};
use ntsb_schema::calendar::date_to_days;

fn day(year: i32, month: u32, day: u32) -> i32 {
    date_to_days(year, month, day).expect("a day")
}

fn extent(years: &[(i32, f64)], last_day: i32) -> DataExtent {
    DataExtent { last_day, years: years.to_vec() }
}

fn count(start: i32, value: Option<i64>, missing: i64, fatal: i64) -> BucketCount {
    BucketCount { start, value, missing, fatal }
}

#[test]
fn buckets_have_no_gaps_or_overlaps() {
    for (name, bucket) in BUCKETS {
        let mut start = bucket.start_of(day(1961, 12, 31));
        for today in day(1962, 1, 1)..day(2036, 1, 1) {
            let current = bucket.start_of(today);
            assert_eq!(bucket.start_of(current), current, "{name}");
            assert!(current <= today && today < bucket.next_start(current), "{name}");
            if current != start {
                assert_eq!(current, bucket.next_start(start), "{name}");
                start = current;
            }
        }
    }
    assert_eq!(Bucket::Week.start_of(day(2025, 10, 30)), day(2025, 10, 27));
    assert_eq!(Bucket::Quarter.start_of(day(2024, 2, 29)), day(2024, 1, 1));
    assert_eq!(Bucket::parse("decade"), None);
}

#[test]
fn gaps_are_zero_in_years_with_events_and_unknown_in_others() {
    let stored = extent(&[(2007, 0.9), (2009, 0.9)], day(2009, 12, 31));
    let known = |month, value| count(month, Some(value), 0, 0);
    let counts = [known(day(2007, 11, 1), 5), known(day(2009, 2, 1), 3)];
    let ends = (day(2007, 11, 1), day(2009, 3, 31));
    let points = fill_gaps(Bucket::Month, &counts, ends, &stored, 0.5);
    assert_eq!(points.len(), 17);
    let value = |at: usize| points.get(at).and_then(|p| p.value);
    assert_eq!(
        (value(0), value(1), value(2), value(14), value(15)),
        (Some(5), Some(0), None, Some(0), Some(3))
    );
    // Only the points after the gap are usable.
    assert_eq!(usable_points(&points).first().map(|p| p.start), Some(day(2009, 1, 1)));
    assert_eq!(usable_points(&points).len(), 3);
}

#[test]
fn unfinished_buckets_and_recent_incomplete_years_are_distinguished() {
    let years = [(2020, 0.2), (2021, 0.9), (2022, 0.8), (2023, 0.3), (2024, 0.1)];
    let stored = extent(&years, day(2024, 10, 30));
    let ends = (day(2020, 1, 1), day(2024, 10, 30));
    let points = fill_gaps(Bucket::Month, &[], ends, &stored, 0.5);
    let status = |y, m| points.iter().find(|p| p.start == day(y, m, 1)).map(|p| p.status);
    assert_eq!(status(2020, 5), Some(Status::Complete), "old years count as complete");
    assert_eq!(status(2022, 12), Some(Status::Complete));
    assert_eq!(status(2023, 1), Some(Status::IncompleteYear));
    assert_eq!(status(2024, 9), Some(Status::IncompleteYear));
    assert_eq!(status(2024, 10), Some(Status::Unfinished));
    assert_eq!(usable_points(&points).len(), 36);
    let all = fill_gaps(Bucket::Month, &[], ends, &stored, 0.0);
    assert_eq!(usable_points(&all).len(), 57);
    let years = fill_gaps(Bucket::Year, &[], ends, &extent(&years, day(2024, 12, 31)), 0.0);
    assert!(years.iter().all(|p: &SeriesPoint| p.status == Status::Complete));
}

#[test]
fn a_bucket_with_missing_counts_is_unknown_and_not_usable() {
    let stored = extent(&[(2023, 0.9)], day(2023, 12, 31));
    let counts = [
        count(day(2023, 1, 1), Some(40), 0, 20),
        count(day(2023, 2, 1), Some(100), 2, 100),
        count(day(2023, 3, 1), Some(100), 3, 100),
        count(day(2023, 4, 1), None, 20, 20),
    ];
    let points =
        fill_gaps(Bucket::Month, &counts, (day(2023, 1, 1), day(2023, 12, 31)), &stored, 0.5);
    let point = |month: usize| points.get(month - 1).map(|p| (p.value, p.status));
    assert_eq!(point(1), Some((Some(40), Status::Complete)));
    assert_eq!(point(2), Some((Some(100), Status::Complete)), "2 % may be missing");
    assert_eq!(point(3), Some((Some(100), Status::CountsMissing)));
    assert_eq!(point(4), Some((None, Status::CountsMissing)));
    assert_eq!(point(5), Some((Some(0), Status::Complete)));
    assert_eq!(usable_points(&points).first().map(|p| p.start), Some(day(2023, 5, 1)));
    let mut sum = count(0, None, 1, 2);
    sum.add(&count(0, Some(3), 0, 1));
    assert_eq!(sum, count(0, Some(3), 1, 3));
}

#[test]
fn an_empty_period_gives_an_empty_series() {
    let points = fill_gaps(Bucket::Day, &[], (10, 9), &extent(&[], 0), 0.5);
    assert!(points.is_empty() && usable_points(&points).is_empty());
}
