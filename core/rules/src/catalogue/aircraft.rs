//! Aircraft.

use super::forms::{is_aircraft_no, is_broken_us_mark};
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};
use ntsb_schema::calendar;

const T: &str = "aircraft";

/// 2000-01-02 stands for nothing known in rows before 2008.
const PLACEHOLDER: i32 = 10_958;

/// The usually filled columns.
const USUAL: &[&str] = &[
    "regis_no",
    "ntsb_no",
    "acft_make",
    "acft_model",
    "acft_category",
    "damage",
    "far_part",
    "num_eng",
    "type_fly",
    "homebuilt",
];

const SEATS: &[&str] = &["fc_seats", "cc_seats", "pax_seats", "total_seats"];

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::null("aircraft.engines_negative", Business, T).on("num_eng").below(0.0)
        .says("Fewer than no engines"),
    Rule::flag("aircraft.engines_many", Business, T).on("num_eng").above(8.0)
        .says("More engines than the threshold; true for some electric aircraft only"),
    Rule::flag("aircraft.glider_with_engines", Business, T).on("num_eng").limit(2.0)
        .fails(&["num_eng", "acft_category"], |c| matches!(c.text(1), Some("GLI" | "BALL")) && c.number(0).is_some_and(|n| n > c.limit))
        .says("A glider or balloon with more engines than the threshold"),
    Rule::null("aircraft.year_low", Business, T).on("acft_year").below(1900.0)
        .says("Built before the threshold, when nothing flew"),
    Rule::null("aircraft.year_in_future", Business, T).on("acft_year").limit(1.0)
        .fails(&["acft_year"], |c| c.number(0).is_some_and(|y| y > f64::from(calendar::civil(c.context.today).0) + c.limit))
        .says("Built more years ahead of today than the threshold (a model year may be ahead)"),
    Rule::flag("aircraft.built_after_event", Business, T).on("acft_year").limit(1.0)
        .fails(&["acft_year"], |c| match (c.number(0), c.context.ev_date) {
            (Some(year), Some(event)) => year > f64::from(calendar::civil(event).0) + c.limit,
            _ => false,
        })
        .says("Built more years after the event than the threshold"),
    Rule::null("aircraft.weight_negative", Business, T).on("cert_max_gr_wt").below(1.0)
        .says("Certificated weight of less than a pound"),
    Rule::flag("aircraft.weight_low", Business, T).on("cert_max_gr_wt").below(100.0)
        .says("Certificated weight below the threshold, in pounds: lighter than any aircraft with a person"),
    Rule::flag("aircraft.weight_high", Business, T).on("cert_max_gr_wt").above(1_420_000.0)
        .says("Certificated weight above the threshold, in pounds: heavier than the heaviest aircraft"),
    Rule::null("aircraft.seats_negative", Business, T).any_below(SEATS, 0.0)
        .says("Fewer than no seats"),
    Rule::flag("aircraft.seats_many", Business, T).any_above(SEATS, 900.0)
        .says("More seats than any aircraft has"),
    Rule::flag("aircraft.crew_seats_many", Business, T).on("fc_seats").above(12.0)
        .says("More seats for flight crew than the threshold"),
    Rule::flag("aircraft.cabin_seats_many", Business, T).on("cc_seats").above(40.0)
        .says("More seats for cabin crew than the threshold"),
    Rule::flag("aircraft.seats_over_total", Business, T).on("total_seats")
        .fails(SEATS, |c| c.number(3).is_some_and(|total| (0..3).any(|n| c.number(n).is_some_and(|s| s > total))))
        .says("More seats of one kind than in all"),
    Rule::null("aircraft.hours_negative", Business, T).any_below(&["afm_hrs", "afm_hrs_last_insp"], 0.0)
        .says("Airframe hours below 0"),
    Rule::null("aircraft.hours_high", Business, T).any_above(&["afm_hrs", "afm_hrs_last_insp"], 200_000.0)
        .says("Airframe hours above the threshold: no airframe has flown as many"),
    Rule::flag("aircraft.hours_since_inspection", Business, T).on("afm_hrs_last_insp").limit(0.0)
        .fails(&["afm_hrs_last_insp", "afm_hrs"], |c| c.exceeds(0, 1))
        .says("More hours since the last inspection than in all, by more than the threshold"),
    Rule::null("aircraft.inspection_placeholder", Business, T).on("date_last_insp")
        .fails(&["date_last_insp"], |c| c.date(0) == Some(PLACEHOLDER) && c.context.ev_date.is_none_or(|e| !(PLACEHOLDER..PLACEHOLDER + 730).contains(&e)))
        .says("2000-01-02 was written where the day of the last inspection was not known, unless the event was in the two years after"),
    Rule::flag("aircraft.inspection_after_event", Business, T).on("date_last_insp").limit(1.0)
        .fails(&["date_last_insp"], |c| c.days_after_event(0).is_some_and(|d| d > c.limit))
        .says("Inspected last more days after the event than the threshold"),
    Rule::flag("aircraft.inspection_long_ago", Statistics, T).on("date_last_insp").limit(18_262.0)
        .fails(&["date_last_insp"], |c| c.days_after_event(0).is_some_and(|d| d < -c.limit))
        .says("Inspected last more days before the event than the threshold (50 years)"),
    Rule::flag("aircraft.us_mark_form", Business, T).on("regis_no")
        .fails(&["regis_no"], |c| c.text(0).is_some_and(is_broken_us_mark))
        .says("A registration mark that begins as a US one (N and a digit) and is none: at most five digits, or four or three and one or two letters"),
    Rule::flag("aircraft.ntsb_no_form", Business, T).on("ntsb_no")
        .fails(&["ntsb_no"], |c| c.text(0).is_some_and(|t| !is_aircraft_no(t)))
        .says("Not the case number of an event with A, B, C behind it where several aircraft are involved"),
    Rule::flag("aircraft.damage_code", Business, T).on("damage").when(Check::NoneOf(&["DEST", "SUBS", "MINR", "NONE"]))
        .says("The damage is none of DEST, SUBS, MINR, NONE"),
    Rule::flag("aircraft.phase_era", Business, T).on("phase_flt_spec")
        .fails(&["phase_flt_spec"], |c| c.number(0).is_some_and(|n| !(500.0..620.0).contains(&n)))
        .says("Not a phase of flight in the codes before 2008 (500 to 619)"),
    Rule::flag("aircraft.runway_long", Business, T).on("rwy_len").above(20_000.0)
        .says("Runway longer than the threshold, in feet: there is none"),
    Rule::flag("aircraft.runway_wide", Business, T).on("rwy_width").above(1000.0)
        .says("Runway wider than the threshold, in feet"),
    Rule::flag("aircraft.runway_wider_than_long", Business, T).on("rwy_width").limit(0.0)
        .fails(&["rwy_width", "rwy_len"], |c| c.exceeds(0, 1))
        .says("Runway wider than long, by more feet than the threshold"),
    Rule::flag("aircraft.airline_homebuilt", Business, T).on("homebuilt")
        .fails(&["homebuilt", "far_part"], |c| c.text(0) == Some("Y") && c.text(1) == Some("121"))
        .says("An amateur-built aircraft in airline service (part 121)"),
    Rule::flag("aircraft.elt_not_installed", Business, T).on("elt_oper")
        .fails(&["elt_oper", "elt_install"], |c| c.text(0) == Some("Y") && c.text(1) == Some("N"))
        .says("An emergency transmitter went off that was not fitted"),
    Rule::flag("aircraft.sparse", Statistics, T).limit(0.3).when(Check::Sparse(USUAL))
        .says("More of the usually filled columns are null than the threshold, as a share"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_day_of_2000() {
        assert_eq!(calendar::days(2000, 1, 2), Some(PLACEHOLDER));
    }
}
