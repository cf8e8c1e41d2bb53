//! Rules for the date, place and identifiers of `events`.

use super::forms::{is_ntsb_no, is_us_zip, parse_entry_date};
use super::states;
use crate::cells::Cells;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};
use ntsb_schema::clean::DefectKind;

const TABLE: &str = "events";

/// 1962-01-01, the first day of NTSB's files.
const FIRST_DAY: i32 = -2922;

const WEEKDAYS: [&str; 7] = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// Columns that are usually filled. Foreign and preliminary events lack some of them, so the
/// threshold allows three of ten to be null.
const USUALLY_FILLED: &[&str] = &[
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

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::reject("events.date_in_future", Business, TABLE).column("ev_date").threshold(1.0)
        .fails_if(&["ev_date"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.threshold))
        .description("The event date is more days in the future than the threshold, so the event cannot have happened yet"),
    Rule::reject("events.date_before_1962", Business, TABLE).column("ev_date")
        .fails_if(&["ev_date"], |c| c.date(0).is_some_and(|d| d < FIRST_DAY))
        .description("The event date is before 1962, the first year of NTSB's files"),
    Rule::flag("events.date_missing", Business, TABLE).column("ev_date")
        .fails_if(&["ev_date"], |c| c.is_null(0))
        .description("The event date is null"),
    Rule::flag("events.entry_date", Business, TABLE).column("ev_id")
        .fails_if(&["ev_id"], |c| c.text(0).is_some_and(|id| parse_entry_date(id).is_none_or(|d| d < FIRST_DAY || d > c.context.today.saturating_add(1))))
        .description("The event identifier does not start with an entry date between 1962 and today"),
    Rule::flag("events.entered_before_event", Business, TABLE).column("ev_date").threshold(3.0)
        .fails_if(&["ev_date", "ev_id"], |c| match (plausible_date(c, 0), c.text(1).and_then(parse_entry_date)) {
            (Some(event), Some(entry)) => f64::from(event) - f64::from(entry) > c.threshold,
            _ => false,
        })
        .description("The event date is more days after the entry date than the threshold; one of the two is wrong"),
    Rule::flag("events.day_of_week", Business, TABLE).column("ev_dow")
        .fails_if(&["ev_dow", "ev_date"], |c| match (c.text(0), plausible_date(c, 1)) {
            (Some(day), Some(date)) => ![date, date.saturating_sub(1)].map(day_of_week).contains(&Some(day)),
            _ => false,
        })
        .description("The day of the week matches neither ev_date nor the day before it (ev_date is UTC in newer rows)"),
    Rule::flag("events.changed_before_event", Business, TABLE).column("lchg_date").threshold(1.0)
        .fails_if(&["lchg_date", "ev_date"], |c| match (c.seconds(0), plausible_date(c, 1)) {
            (Some(changed), Some(event)) => changed / 86_400.0 < f64::from(event) - c.threshold,
            _ => false,
        })
        .description("The row was last changed more days before the event than the threshold"),
    Rule::flag("events.notified_before_event", Business, TABLE).column("ntsb_notf_date").threshold(1.0)
        .fails_if(&["ntsb_notf_date", "ev_date"], |c| match (c.date(0), plausible_date(c, 1)) {
            (Some(notified), Some(event)) => f64::from(event) - f64::from(notified) > c.threshold,
            _ => false,
        })
        .description("NTSB was notified more days before the event than the threshold"),
    Rule::flag("events.ntsb_no_missing", Business, TABLE).column("ntsb_no").fails_if(&["ntsb_no"], |c| c.is_null(0))
        .description("The event has no case number, the identifier that people use"),
    Rule::flag("events.ntsb_no_form", Business, TABLE).column("ntsb_no")
        .fails_if(&["ntsb_no"], |c| c.text(0).is_some_and(|t| !is_ntsb_no(t)))
        .description("Not a case number: office (3 letters), year, class, mode and serial, such as CEN99LA173 (some contain #)"),
    Rule::flag("events.state_form", Business, TABLE).column("ev_state")
        .fails_if(&["ev_state"], |c| c.text(0).is_some_and(|t| t.len() != 2 || !t.bytes().all(|b| b.is_ascii_uppercase())))
        .description("The state is not a two-letter code"),
    Rule::flag("events.country_form", Business, TABLE).column("ev_country")
        .fails_if(&["ev_country"], |c| c.text(0).is_some_and(|t| t != "USA" && (t.len() != 2 || !t.bytes().all(|b| b.is_ascii_uppercase()))))
        .description("The country is neither USA nor a two-letter code"),
    Rule::flag("events.country_unlisted", Business, TABLE).column("ev_country").unlisted(("country", "country_code"))
        .description("The country is not in the table of countries"),
    Rule::flag("events.zip_form", Business, TABLE).column("ev_site_zipcode")
        .fails_if(&["ev_site_zipcode", "ev_country"], |c| c.text(1) == Some("USA") && c.text(0).is_some_and(|t| !is_us_zip(t)))
        .description("The event was in the US, but its postal code does not have 5 or 9 digits"),
    Rule::null("events.latitude_range", Business, TABLE).column("dec_latitude").check(Check::Dropped(&[DefectKind::OutOfRange]))
        .description("Latitude outside -90 to 90 degrees"),
    Rule::null("events.longitude_range", Business, TABLE).column("dec_longitude").check(Check::Dropped(&[DefectKind::OutOfRange]))
        .description("Longitude outside -180 to 180 degrees"),
    Rule::flag("events.half_a_place", Business, TABLE)
        .fails_if(&["dec_latitude", "dec_longitude", "lat"], |c| c.is_null(0) != c.is_null(1) && c.is_null(2))
        .description("Latitude without longitude or longitude without latitude, and no text coordinates to use instead"),
    Rule::flag("events.place_outside_state", Business, TABLE).column("ev_state").threshold(0.5)
        .fails_if(&["ev_state", "lat", "lon", "ev_country"], |c| match (c.text(0), c.number(1), c.number(2)) {
            (Some(state), Some(lat), Some(lon)) => matches!(c.text(3), None | Some("USA")) && states::is_outside(state, lat, lon, c.threshold),
            _ => false,
        })
        .description("The coordinates are outside the bounds of the state by more degrees than the threshold"),
    Rule::flag("events.airport_far", Business, TABLE).column("apt_dist").above(500.0)
        .description("The airport is farther away than the threshold, in statute miles"),
    Rule::null("events.elevation_low", Business, TABLE).any_below(&["apt_elev", "wx_obs_elev"], -1300.0)
        .description("Elevation of the airport or weather station below the threshold, in feet; the lowest on Earth are about that low"),
    Rule::null("events.elevation_high", Business, TABLE).any_above(&["apt_elev", "wx_obs_elev"], 15_000.0)
        .description("Elevation of the airport or weather station above the threshold, in feet; the highest on Earth are below it"),
    Rule::null("events.direction_low", Business, TABLE).any_below(&["apt_dir", "wx_obs_dir", "wind_dir_deg"], 0.0)
        .description("Direction below 0 degrees"),
    Rule::null("events.direction_high", Business, TABLE).any_above(&["apt_dir", "wx_obs_dir", "wind_dir_deg"], 360.0)
        .description("Direction above 360 degrees"),
    Rule::flag("events.sparse", Statistics, TABLE).threshold(0.3).check(Check::Sparse(USUALLY_FILLED))
        .description("The share of nulls among the usually filled columns is above the threshold"),
    Rule::flag("events.monthly_jump", Statistics, TABLE).threshold(4.0).checked_in_sql()
        .description("The number of events in the month differs from the same month of other years by more than the threshold, in robust standard deviations: the file may be incomplete or contain events twice"),
];

/// The event date if it is between 1962 and tomorrow. A date outside that range breaks its own
/// rule, so rules that compare with it need not fail as well.
fn plausible_date(cells: &Cells, n: usize) -> Option<i32> {
    let tomorrow = cells.context.today.saturating_add(1);
    cells.date(n).filter(|d| (FIRST_DAY..=tomorrow).contains(d))
}

/// The day of the week as NTSB writes it.
fn day_of_week(days: i32) -> Option<&'static str> {
    // 1970-01-01 was a Thursday.
    let index = (i64::from(days) + 4).rem_euclid(7);
    usize::try_from(index).ok().and_then(|index| WEEKDAYS.get(index).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ntsb_schema::calendar;

    #[test]
    fn first_day_is_1962_01_01() {
        assert_eq!(calendar::date_to_days(1962, 1, 1), Some(FIRST_DAY));
    }

    #[test]
    fn day_of_week_matches_the_calendar() {
        assert_eq!(calendar::date_to_days(2000, 1, 1).and_then(day_of_week), Some("Sa"));
        assert_eq!(calendar::date_to_days(1962, 1, 1).and_then(day_of_week), Some("Mo"));
    }
}
