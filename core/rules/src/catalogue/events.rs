//! Events: when and where.

use super::forms::{entered, is_ntsb_no, is_us_zip};
use super::states;
use crate::cells::Cells;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};
use ntsb_schema::clean::DefectKind;

const T: &str = "events";

/// 1962-01-01: NTSB's files begin here.
const FIRST_DAY: i32 = -2922;

const WEEK: [&str; 7] = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// The usually filled columns. Foreign and preliminary events lack some, so that the threshold
/// leaves room for three of ten.
const USUAL: &[&str] = &[
    "ntsb_no",
    "ev_type",
    "ev_date",
    "ev_time",
    "ev_city",
    "ev_country",
    "light_cond",
    "wx_cond_basic",
    "ev_highest_injury",
    "inj_tot_t",
];

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::reject("events.date_in_future", Business, T).on("ev_date").limit(1.0)
        .fails(&["ev_date"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.limit))
        .says("The event is more days ahead of today than the threshold, so that it cannot have happened"),
    Rule::reject("events.date_before_1962", Business, T).on("ev_date")
        .fails(&["ev_date"], |c| c.date(0).is_some_and(|d| d < FIRST_DAY))
        .says("The event is before 1962, where NTSB's files begin"),
    Rule::flag("events.date_missing", Business, T).on("ev_date")
        .fails(&["ev_date"], |c| c.null(0))
        .says("The date of the event is null"),
    Rule::flag("events.entry_date", Business, T).on("ev_id")
        .fails(&["ev_id"], |c| c.text(0).is_some_and(|id| entered(id).is_none_or(|d| d < FIRST_DAY || d > c.context.today.saturating_add(1))))
        .says("The event identifier does not begin with a day of entry between 1962 and today"),
    Rule::flag("events.entered_before_event", Business, T).on("ev_date").limit(3.0)
        .fails(&["ev_date", "ev_id"], |c| match (possible(c, 0), c.text(1).and_then(entered)) {
            (Some(event), Some(entry)) => f64::from(event) - f64::from(entry) > c.limit,
            _ => false,
        })
        .says("The event is more days after its entry than the threshold; one of the two dates is wrong"),
    Rule::flag("events.day_of_week", Business, T).on("ev_dow")
        .fails(&["ev_dow", "ev_date"], |c| match (c.text(0), possible(c, 1)) {
            (Some(day), Some(date)) => ![date, date.saturating_sub(1)].map(day_of_week).contains(&Some(day)),
            _ => false,
        })
        .says("The day of the week is neither that of ev_date nor the one before (ev_date is UTC in newer rows)"),
    Rule::flag("events.changed_before_event", Business, T).on("lchg_date").limit(1.0)
        .fails(&["lchg_date", "ev_date"], |c| match (c.seconds(0), possible(c, 1)) {
            (Some(changed), Some(event)) => changed / 86_400.0 < f64::from(event) - c.limit,
            _ => false,
        })
        .says("Last changed more days before the event than the threshold"),
    Rule::flag("events.notified_before_event", Business, T).on("ntsb_notf_date").limit(1.0)
        .fails(&["ntsb_notf_date", "ev_date"], |c| match (c.date(0), possible(c, 1)) {
            (Some(told), Some(event)) => f64::from(event) - f64::from(told) > c.limit,
            _ => false,
        })
        .says("NTSB was told more days before the event than the threshold"),
    Rule::flag("events.ntsb_no_missing", Business, T).on("ntsb_no").fails(&["ntsb_no"], |c| c.null(0))
        .says("The event has no case number, by which people know it"),
    Rule::flag("events.ntsb_no_form", Business, T).on("ntsb_no")
        .fails(&["ntsb_no"], |c| c.text(0).is_some_and(|t| !is_ntsb_no(t)))
        .says("Not a case number: office (3 letters), year, class, mode and serial (CEN99LA173; # occurs)"),
    Rule::flag("events.state_form", Business, T).on("ev_state")
        .fails(&["ev_state"], |c| c.text(0).is_some_and(|t| t.len() != 2 || !t.bytes().all(|b| b.is_ascii_uppercase())))
        .says("Not a state of two letters"),
    Rule::flag("events.country_form", Business, T).on("ev_country")
        .fails(&["ev_country"], |c| c.text(0).is_some_and(|t| t != "USA" && (t.len() != 2 || !t.bytes().all(|b| b.is_ascii_uppercase()))))
        .says("Neither USA nor a country of two letters"),
    Rule::flag("events.country_unlisted", Business, T).on("ev_country").unlisted("country", "country_code")
        .says("A country that the table of countries does not list"),
    Rule::flag("events.zip_form", Business, T).on("ev_site_zipcode")
        .fails(&["ev_site_zipcode", "ev_country"], |c| c.text(1) == Some("USA") && c.text(0).is_some_and(|t| !is_us_zip(t)))
        .says("Not a US postal code of 5 or 9 digits, although the event was in the US"),
    Rule::null("events.latitude_range", Business, T).on("dec_latitude").when(Check::Dropped(&[DefectKind::OutOfRange]))
        .says("Latitude beyond 90 degrees"),
    Rule::null("events.longitude_range", Business, T).on("dec_longitude").when(Check::Dropped(&[DefectKind::OutOfRange]))
        .says("Longitude beyond 180 degrees"),
    Rule::flag("events.half_a_place", Business, T)
        .fails(&["dec_latitude", "dec_longitude", "lat"], |c| c.null(0) != c.null(1) && c.null(2))
        .says("Latitude without longitude, or longitude without latitude, and no text to make up for it"),
    Rule::flag("events.place_outside_state", Business, T).on("ev_state").limit(0.5)
        .fails(&["ev_state", "lat", "lon", "ev_country"], |c| match (c.text(0), c.number(1), c.number(2)) {
            (Some(state), Some(lat), Some(lon)) => matches!(c.text(3), None | Some("USA")) && states::outside(state, lat, lon, c.limit),
            _ => false,
        })
        .says("The place is more degrees outside the edges of its state than the threshold"),
    Rule::flag("events.airport_far", Business, T).on("apt_dist").above(500.0)
        .says("Further from the airport than the threshold, in statute miles"),
    Rule::null("events.elevation_low", Business, T).any_below(&["apt_elev", "wx_obs_elev"], -1300.0)
        .says("Airport or weather station below the threshold, in feet; the lowest on Earth are about there"),
    Rule::null("events.elevation_high", Business, T).any_above(&["apt_elev", "wx_obs_elev"], 15_000.0)
        .says("Airport or weather station above the threshold, in feet; the highest on Earth are below it"),
    Rule::null("events.direction_low", Business, T).any_below(&["apt_dir", "wx_obs_dir", "wind_dir_deg"], 0.0)
        .says("A direction below 0 degrees"),
    Rule::null("events.direction_high", Business, T).any_above(&["apt_dir", "wx_obs_dir", "wind_dir_deg"], 360.0)
        .says("A direction above 360 degrees"),
    Rule::flag("events.sparse", Statistics, T).limit(0.3).when(Check::Sparse(USUAL))
        .says("More of the usually filled columns are null than the threshold, as a share"),
    Rule::flag("events.monthly_jump", Statistics, T).limit(4.0).in_sql()
        .says("The month has so many more or fewer events than the same month of other years, in robust standard deviations, that the file may be incomplete or doubled"),
];

/// A date of the event that may be true; what follows from one that cannot is no news.
fn possible(cells: &Cells, n: usize) -> Option<i32> {
    let tomorrow = cells.context.today.saturating_add(1);
    cells.date(n).filter(|d| (FIRST_DAY..=tomorrow).contains(d))
}

/// The day of the week as NTSB writes it.
fn day_of_week(days: i32) -> Option<&'static str> {
    // 1970-01-01 was a Thursday.
    let at = (i64::from(days) + 4).rem_euclid(7);
    usize::try_from(at).ok().and_then(|at| WEEK.get(at).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ntsb_schema::calendar;

    #[test]
    fn the_first_day_of_1962() {
        assert_eq!(calendar::days(1962, 1, 1), Some(FIRST_DAY));
    }

    #[test]
    fn days_of_the_week() {
        assert_eq!(calendar::days(2000, 1, 1).and_then(day_of_week), Some("Sa"));
        assert_eq!(calendar::days(1962, 1, 1).and_then(day_of_week), Some("Mo"));
    }
}
