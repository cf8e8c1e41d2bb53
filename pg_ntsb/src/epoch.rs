//! Times of the core, which counts from 1970, as PostgreSQL has them, which counts from 2000.

use pgrx::datum::{Date, Timestamp, TimestampWithTimeZone};

/// From 1970-01-01 to 2000-01-01.
pub const DAYS: i32 = ntsb_schema::calendar::YEAR_2000;
pub const SECONDS: i64 = DAYS as i64 * 86_400;
pub const MICROSECONDS: i64 = SECONDS * 1_000_000;

/// A number of days.
pub fn date(days: i32) -> Date {
    Date::saturating_from_raw(days.saturating_sub(DAYS))
}

/// A number of seconds.
pub fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::saturating_from_raw(seconds.saturating_sub(SECONDS).saturating_mul(1_000_000))
}

/// Seconds since 1970-01-01 00:00 UTC; those of an infinite moment are beyond all others.
pub fn seconds(moment: TimestampWithTimeZone) -> f64 {
    i64::from(moment) as f64 / 1e6 + SECONDS as f64
}
