//! Rules for `aircraft`.

use super::forms::{is_aircraft_no, is_broken_us_mark};
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};
use ntsb_schema::calendar;

const TABLE: &str = "aircraft";

/// 2000-01-02: written for an unknown date in rows before 2008.
const PLACEHOLDER: i32 = 10_958;

/// Columns that are usually filled.
const USUALLY_FILLED: &[&str] = &[
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

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::null("aircraft.engines_negative", Business, TABLE).column("num_eng").below(0.0)
        .description("The number of engines is negative"),
    Rule::flag("aircraft.engines_many", Business, TABLE).column("num_eng").above(8.0)
        .description("More engines than the threshold; only some electric aircraft have that many"),
    Rule::flag("aircraft.glider_with_engines", Business, TABLE).column("num_eng").threshold(2.0)
        .fails_if(&["num_eng", "acft_category"], |c| matches!(c.text(1), Some("GLI" | "BALL")) && c.number(0).is_some_and(|n| n > c.threshold))
        .description("A glider or balloon has more engines than the threshold"),
    Rule::null("aircraft.year_low", Business, TABLE).column("acft_year").below(1900.0)
        .description("The year of manufacture is before the threshold, when no aircraft flew"),
    Rule::null("aircraft.year_in_future", Business, TABLE).column("acft_year").threshold(1.0)
        .fails_if(&["acft_year"], |c| c.number(0).is_some_and(|y| y > f64::from(calendar::days_to_date(c.context.today).0) + c.threshold))
        .description("The year of manufacture is more years in the future than the threshold (a model year may be ahead)"),
    Rule::flag("aircraft.built_after_event", Business, TABLE).column("acft_year").threshold(1.0)
        .fails_if(&["acft_year"], |c| match (c.number(0), c.context.ev_date) {
            (Some(year), Some(event)) => year > f64::from(calendar::days_to_date(event).0) + c.threshold,
            _ => false,
        })
        .description("The year of manufacture is more years after the event than the threshold"),
    Rule::null("aircraft.weight_negative", Business, TABLE).column("cert_max_gr_wt").below(1.0)
        .description("Certificated gross weight below the threshold, in pounds: zero or negative"),
    Rule::flag("aircraft.weight_low", Business, TABLE).column("cert_max_gr_wt").below(100.0)
        .description("Certificated gross weight below the threshold, in pounds: lighter than any aircraft that carries a person"),
    Rule::flag("aircraft.weight_high", Business, TABLE).column("cert_max_gr_wt").above(1_420_000.0)
        .description("Certificated gross weight above the threshold, in pounds: heavier than the heaviest aircraft"),
    Rule::null("aircraft.seats_negative", Business, TABLE).any_below(SEATS, 0.0)
        .description("The number of seats is negative"),
    Rule::flag("aircraft.seats_many", Business, TABLE).any_above(SEATS, 900.0)
        .description("More seats than the threshold; no aircraft has that many"),
    Rule::flag("aircraft.crew_seats_many", Business, TABLE).column("fc_seats").above(12.0)
        .description("More flight crew seats than the threshold"),
    Rule::flag("aircraft.cabin_seats_many", Business, TABLE).column("cc_seats").above(40.0)
        .description("More cabin crew seats than the threshold"),
    Rule::flag("aircraft.seats_over_total", Business, TABLE).column("total_seats")
        .fails_if(SEATS, |c| c.number(3).is_some_and(|total| (0..3).any(|n| c.number(n).is_some_and(|s| s > total))))
        .description("More seats of one kind (flight crew, cabin crew or passenger) than in total"),
    Rule::null("aircraft.hours_negative", Business, TABLE).any_below(&["afm_hrs", "afm_hrs_last_insp"], 0.0)
        .description("Airframe hours are negative"),
    Rule::null("aircraft.hours_high", Business, TABLE).any_above(&["afm_hrs", "afm_hrs_last_insp"], 200_000.0)
        .description("Airframe hours above the threshold; no airframe has flown that many"),
    Rule::flag("aircraft.hours_since_inspection", Business, TABLE).column("afm_hrs_last_insp").threshold(0.0)
        .fails_if(&["afm_hrs_last_insp", "afm_hrs"], |c| c.exceeds(0, 1))
        .description("Hours since the last inspection exceed total airframe hours by more than the threshold"),
    Rule::null("aircraft.inspection_placeholder", Business, TABLE).column("date_last_insp")
        .fails_if(&["date_last_insp"], |c| c.date(0) == Some(PLACEHOLDER) && c.context.ev_date.is_none_or(|e| !(PLACEHOLDER..PLACEHOLDER + 730).contains(&e)))
        .description("The date of the last inspection is 2000-01-02, a placeholder for an unknown date (the date is accepted if the event was in the two years after it)"),
    Rule::flag("aircraft.inspection_after_event", Business, TABLE).column("date_last_insp").threshold(1.0)
        .fails_if(&["date_last_insp"], |c| c.days_after_event(0).is_some_and(|d| d > c.threshold))
        .description("The last inspection is more days after the event than the threshold"),
    Rule::flag("aircraft.inspection_long_ago", Statistics, TABLE).column("date_last_insp").threshold(18_262.0)
        .fails_if(&["date_last_insp"], |c| c.days_after_event(0).is_some_and(|d| d < -c.threshold))
        .description("The last inspection is more days before the event than the threshold (50 years)"),
    Rule::flag("aircraft.us_mark_form", Business, TABLE).column("regis_no")
        .fails_if(&["regis_no"], |c| c.text(0).is_some_and(is_broken_us_mark))
        .description("The registration starts like a US mark (N and a digit) but is not valid: a US mark has at most five digits, or at most four digits and one letter, or at most three digits and two letters"),
    Rule::flag("aircraft.ntsb_no_form", Business, TABLE).column("ntsb_no")
        .fails_if(&["ntsb_no"], |c| c.text(0).is_some_and(|t| !is_aircraft_no(t)))
        .description("Not a case number, with a letter (A, B, C) appended where several aircraft are involved"),
    Rule::flag("aircraft.damage_code", Business, TABLE).column("damage").check(Check::NoneOf(&["DEST", "SUBS", "MINR", "NONE"]))
        .description("The damage code is not DEST, SUBS, MINR or NONE"),
    Rule::flag("aircraft.phase_era", Business, TABLE).column("phase_flt_spec")
        .fails_if(&["phase_flt_spec"], |c| c.number(0).is_some_and(|n| !(500.0..620.0).contains(&n)))
        .description("Not a phase of flight in the pre-2008 codes (500 to 619)"),
    Rule::flag("aircraft.runway_long", Business, TABLE).column("rwy_len").above(20_000.0)
        .description("Runway longer than the threshold, in feet; no runway is that long"),
    Rule::flag("aircraft.runway_wide", Business, TABLE).column("rwy_width").above(1000.0)
        .description("Runway wider than the threshold, in feet"),
    Rule::flag("aircraft.runway_wider_than_long", Business, TABLE).column("rwy_width").threshold(0.0)
        .fails_if(&["rwy_width", "rwy_len"], |c| c.exceeds(0, 1))
        .description("Runway width exceeds runway length by more feet than the threshold"),
    Rule::flag("aircraft.airline_homebuilt", Business, TABLE).column("homebuilt")
        .fails_if(&["homebuilt", "far_part"], |c| c.text(0) == Some("Y") && c.text(1) == Some("121"))
        .description("An amateur-built aircraft in airline service (part 121)"),
    Rule::flag("aircraft.elt_not_installed", Business, TABLE).column("elt_oper")
        .fails_if(&["elt_oper", "elt_install"], |c| c.text(0) == Some("Y") && c.text(1) == Some("N"))
        .description("The emergency locator transmitter (ELT) operated, but none was installed"),
    Rule::flag("aircraft.sparse", Statistics, TABLE).threshold(0.3).check(Check::Sparse(USUALLY_FILLED))
        .description("The share of nulls among the usually filled columns is above the threshold"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholder_is_2000_01_02() {
        assert_eq!(calendar::date_to_days(2000, 1, 2), Some(PLACEHOLDER));
    }
}
