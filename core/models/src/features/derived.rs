//! Derived features. Each is null if one of its facts is null, unless its comment says otherwise.

use super::Facts;
use ntsb_schema::calendar;
use std::f64::consts::TAU;

/// Day of the year as an angle that is zero in midwinter, in either hemisphere. An unknown latitude
/// counts as northern.
fn season_angle(facts: &Facts) -> Option<f64> {
    let date = facts.date("ev_date")?;
    let (year, ..) = calendar::days_to_date(date);
    let day = f64::from(date - calendar::date_to_days(year, 1, 1)?);
    let half_a_year = if facts.number("lat").unwrap_or(0.0) < 0.0 { 0.5 } else { 0.0 };
    // The northern winter solstice is about ten days before the end of the year.
    Some(((day + 10.0) / 365.25 + half_a_year) * TAU)
}

pub fn season_cos(facts: &Facts) -> Option<f64> {
    season_angle(facts).map(f64::cos)
}

pub fn season_sin(facts: &Facts) -> Option<f64> {
    season_angle(facts).map(f64::sin)
}

pub fn day_of_week(facts: &Facts) -> Option<f64> {
    // 1970-01-01 was a Thursday.
    Some(f64::from((facts.date("ev_date")? + 3).rem_euclid(7) + 1))
}

pub fn local_hour(facts: &Facts) -> Option<f64> {
    let time = facts.number("ev_time")?;
    let (hour, minute) = ((time / 100.0).floor(), time % 100.0);
    ((0.0..24.0).contains(&hour) && (0.0..60.0).contains(&minute)).then_some(hour + minute / 60.0)
}

/// Elevation of the sun in degrees: declination by Cooper (1969), hour angle from the clock time.
pub fn sun_elevation(facts: &Facts) -> Option<f64> {
    let date = facts.date("ev_date")?;
    let (year, ..) = calendar::days_to_date(date);
    let day = f64::from(date - calendar::date_to_days(year, 1, 1)? + 1);
    let declination = 23.45_f64.to_radians() * (TAU * (284.0 + day) / 365.0).sin();
    let latitude = facts.number("lat")?.to_radians();
    let hour_angle = ((local_hour(facts)? - 12.0) * 15.0).to_radians();
    let sine =
        latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos();
    Some(sine.clamp(-1.0, 1.0).asin().to_degrees())
}

pub fn hp_per_lb(facts: &Facts) -> Option<f64> {
    ratio(facts.number("total_hp")?, facts.number("cert_max_gr_wt")?)
}

pub fn acft_age(facts: &Facts) -> Option<f64> {
    let (year, ..) = calendar::days_to_date(facts.date("ev_date")?);
    let age = f64::from(year) - facts.number("acft_year")?;
    (0.0..=120.0).contains(&age).then_some(age)
}

pub fn dew_point_spread(facts: &Facts) -> Option<f64> {
    Some(facts.number("wx_temp_c")? - facts.number("wx_dew_pt_c")?)
}

pub fn days_since_medical(facts: &Facts) -> Option<f64> {
    let days = facts.date("ev_date")?.checked_sub(facts.date("medical_date")?)?;
    (days >= 0).then_some(f64::from(days))
}

pub fn make_hours_share(facts: &Facts) -> Option<f64> {
    ratio(facts.number("pilot_make_hours")?, facts.number("pilot_total_hours")?)
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then_some(part / whole)
}
