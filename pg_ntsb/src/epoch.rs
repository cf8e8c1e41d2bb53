//! Conversion between the core crates' times, counted from 1970-01-01, and PostgreSQL's, counted from
//! 2000-01-01.

use pgrx::datum::{Date, Timestamp, TimestampWithTimeZone};

/// From 1970-01-01 to 2000-01-01.
pub const OFFSET_DAYS: i32 = ntsb_schema::calendar::POSTGRES_EPOCH_DAYS;
pub const OFFSET_SECONDS: i64 = OFFSET_DAYS as i64 * 86_400;
pub const OFFSET_MICROSECONDS: i64 = OFFSET_SECONDS * 1_000_000;

/// Converts days since 1970-01-01.
pub fn date_from_days(days: i32) -> Date {
    Date::saturating_from_raw(days.saturating_sub(OFFSET_DAYS))
}

/// Converts seconds since 1970-01-01 00:00.
pub fn timestamp_from_seconds(seconds: i64) -> Timestamp {
    Timestamp::saturating_from_raw(seconds.saturating_sub(OFFSET_SECONDS).saturating_mul(1_000_000))
}

/// Returns seconds since 1970-01-01 00:00 UTC. Those of an infinite time are larger or smaller than all
/// others.
pub fn seconds_since_1970(time: TimestampWithTimeZone) -> f64 {
    i64::from(time) as f64 / 1e6 + OFFSET_SECONDS as f64
}
