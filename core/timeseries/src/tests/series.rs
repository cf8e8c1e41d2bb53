//! Buckets, gaps and what is fit to be fitted to.

use crate::series::{BUCKETS, Bucket, Count, Extent, Point, Status, fill, usable};
use ntsb_schema::calendar::days;

fn day(year: i32, month: u32, day: u32) -> i32 {
    days(year, month, day).expect("a day")
}

fn extent(years: &[(i32, f64)], last_day: i32) -> Extent {
    Extent { last_day, years: years.to_vec() }
}

fn count(start: i32, value: Option<i64>, missing: i64, fatal: i64) -> Count {
    Count { start, value, missing, fatal }
}

#[test]
fn buckets_follow_one_another_without_gap_or_overlap() {
    for (name, bucket) in BUCKETS {
        let mut start = bucket.start(day(1961, 12, 31));
        for today in day(1962, 1, 1)..day(2036, 1, 1) {
            let of_today = bucket.start(today);
            assert_eq!(bucket.start(of_today), of_today, "{name}");
            assert!(of_today <= today && today < bucket.next(of_today), "{name}");
            if of_today != start {
                assert_eq!(of_today, bucket.next(start), "{name}");
                start = of_today;
            }
        }
    }
    assert_eq!(Bucket::Week.start(day(2025, 10, 30)), day(2025, 10, 27));
    assert_eq!(Bucket::Quarter.start(day(2024, 2, 29)), day(2024, 1, 1));
    assert_eq!(Bucket::find("decade"), None);
}

#[test]
fn gaps_are_zero_where_the_year_is_stored_and_null_where_it_is_not() {
    let stored = extent(&[(2007, 0.9), (2009, 0.9)], day(2009, 12, 31));
    let known = |month, value| count(month, Some(value), 0, 0);
    let counts = [known(day(2007, 11, 1), 5), known(day(2009, 2, 1), 3)];
    let ends = (day(2007, 11, 1), day(2009, 3, 31));
    let points = fill(Bucket::Month, &counts, ends, &stored, 0.5);
    assert_eq!(points.len(), 17);
    let value = |at: usize| points.get(at).and_then(|p| p.value);
    assert_eq!(
        (value(0), value(1), value(2), value(14), value(15)),
        (Some(5), Some(0), None, Some(0), Some(3))
    );
    // Only what comes after the hole is one series.
    assert_eq!(usable(&points).first().map(|p| p.start), Some(day(2009, 1, 1)));
    assert_eq!(usable(&points).len(), 3);
}

#[test]
fn unfinished_buckets_and_recent_incomplete_years_are_told_apart() {
    let years = [(2020, 0.2), (2021, 0.9), (2022, 0.8), (2023, 0.3), (2024, 0.1)];
    let stored = extent(&years, day(2024, 10, 30));
    let ends = (day(2020, 1, 1), day(2024, 10, 30));
    let points = fill(Bucket::Month, &[], ends, &stored, 0.5);
    let status = |y, m| points.iter().find(|p| p.start == day(y, m, 1)).map(|p| p.status);
    assert_eq!(status(2020, 5), Some(Status::Complete), "old years are as they are");
    assert_eq!(status(2022, 12), Some(Status::Complete));
    assert_eq!(status(2023, 1), Some(Status::IncompleteYear));
    assert_eq!(status(2024, 9), Some(Status::IncompleteYear));
    assert_eq!(status(2024, 10), Some(Status::Unfinished));
    assert_eq!(usable(&points).len(), 36);
    let all = fill(Bucket::Month, &[], ends, &stored, 0.0);
    assert_eq!(usable(&all).len(), 57);
    let years = fill(Bucket::Year, &[], ends, &extent(&years, day(2024, 12, 31)), 0.0);
    assert!(years.iter().all(|p: &Point| p.status == Status::Complete));
}

#[test]
fn a_bucket_whose_events_lack_counts_is_no_zero_and_not_fitted_to() {
    let stored = extent(&[(2023, 0.9)], day(2023, 12, 31));
    let counts = [
        count(day(2023, 1, 1), Some(40), 0, 20),
        count(day(2023, 2, 1), Some(100), 2, 100),
        count(day(2023, 3, 1), Some(100), 3, 100),
        count(day(2023, 4, 1), None, 20, 20),
    ];
    let points = fill(Bucket::Month, &counts, (day(2023, 1, 1), day(2023, 12, 31)), &stored, 0.5);
    let of = |month: usize| points.get(month - 1).map(|p| (p.value, p.status));
    assert_eq!(of(1), Some((Some(40), Status::Complete)));
    assert_eq!(of(2), Some((Some(100), Status::Complete)), "2 % may be missing");
    assert_eq!(of(3), Some((Some(100), Status::CountsMissing)));
    assert_eq!(of(4), Some((None, Status::CountsMissing)));
    assert_eq!(of(5), Some((Some(0), Status::Complete)));
    assert_eq!(usable(&points).first().map(|p| p.start), Some(day(2023, 5, 1)));
    let mut sum = count(0, None, 1, 2);
    sum.add(&count(0, Some(3), 0, 1));
    assert_eq!(sum, count(0, Some(3), 1, 3));
}

#[test]
fn nothing_makes_an_empty_series() {
    let points = fill(Bucket::Day, &[], (10, 9), &extent(&[], 0), 0.5);
    assert!(points.is_empty() && usable(&points).is_empty());
}
