//! Rules for `flight_crew` and `flight_time`.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const CREW: &str = "flight_crew";
const HOURS: &str = "flight_time";

/// Columns that are usually filled.
const USUALLY_FILLED: &[&str] = &[
    "crew_category",
    "crew_age",
    "crew_sex",
    "crew_inj_level",
    "med_certf",
    "date_lst_med",
    "crew_res_state",
];

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::flag("flight_crew.number_high", Schema, CREW).column("crew_no").above(60.0)
        .description("More crew members on one aircraft than the threshold"),
    Rule::null("flight_crew.age_low", Business, CREW).column("crew_age").below(14.0)
        .description("Crew member younger than the threshold, in years; nobody flies that young"),
    Rule::null("flight_crew.age_high", Business, CREW).column("crew_age").above(95.0)
        .description("Crew member older than the threshold, in years; hardly anybody flies that old"),
    Rule::flag("flight_crew.sex_code", Business, CREW).column("crew_sex").check(Check::NoneOf(&["M", "F"]))
        .description("The sex code is neither M nor F"),
    Rule::flag("flight_crew.injury_code", Business, CREW).column("crew_inj_level").check(Check::NoneOf(&["FATL", "SERS", "MINR", "NONE"]))
        .description("The injury level is not FATL, SERS, MINR or NONE"),
    Rule::flag("flight_crew.medical_after_event", Business, CREW).column("date_lst_med").threshold(0.0)
        .fails_if(&["date_lst_med"], |c| c.days_after_event(0).is_some_and(|d| d > c.threshold))
        .description("The last medical examination is more days after the event than the threshold"),
    Rule::flag("flight_crew.medical_in_childhood", Business, CREW).column("date_lst_med").threshold(10.0)
        .fails_if(&["date_lst_med", "crew_age"], |c| match (c.days_after_event(0), c.number(1)) {
            (Some(days), Some(age)) => age + days / 365.25 < c.threshold,
            _ => false,
        })
        .description("The crew member was younger than the threshold, in years, at the last medical examination (by age and event date): the age or the century of the date is wrong"),
    Rule::flag("flight_crew.review_after_event", Business, CREW).column("bfr_date").threshold(0.0)
        .fails_if(&["bfr_date"], |c| c.days_after_event(0).is_some_and(|d| d > c.threshold))
        .description("The last flight review is more days after the event than the threshold"),
    Rule::flag("flight_crew.date_in_future", Business, CREW).column("ft_as_of").threshold(1.0)
        .fails_if(&["ft_as_of"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.threshold))
        .description("The date of the recorded flight hours is more days in the future than the threshold"),
    Rule::flag("flight_crew.seat_row_high", Business, CREW).column("seat_occ_row").above(80.0)
        .description("Seat row above the threshold; no aircraft has that many rows"),
    Rule::flag("flight_crew.restraint_not_fitted", Business, CREW).column("infl_rest_depl")
        .fails_if(&["infl_rest_depl", "infl_rest_inst"], |c| c.text(0) == Some("Y") && c.text(1) == Some("N"))
        .description("An inflatable restraint deployed, but none was installed"),
    Rule::flag("flight_crew.age_unlikely", Statistics, CREW).column("crew_age").threshold(90.0)
        .fails_if(&["crew_age", "crew_category"], |c| matches!(c.text(1), Some("PLT" | "CPLT" | "FLTI")) && c.number(0).is_some_and(|n| n > c.threshold))
        .description("A pilot older than the threshold, in years"),
    Rule::flag("flight_crew.age_at_airline", Statistics, CREW).column("crew_age").threshold(70.0)
        .fails_if(&["crew_age", "crew_category"], |c| c.context.far_part == Some("121") && matches!(c.text(1), Some("PLT" | "CPLT")) && c.number(0).is_some_and(|n| n > c.threshold))
        .description("An airline pilot (part 121) older than the threshold, in years; airline pilots retire at 65"),
    Rule::flag("flight_crew.sparse", Statistics, CREW).threshold(0.3).check(Check::Sparse(USUALLY_FILLED))
        .description("The share of nulls among the usually filled columns is above the threshold"),

    Rule::null("flight_time.hours_negative", Business, HOURS).column("flight_hours").below(0.0)
        .description("Flight hours are negative"),
    Rule::flag("flight_time.hours_high", Business, HOURS).column("flight_hours").above(60_000.0)
        .description("More flight hours than the threshold; fewer than a handful of people have flown that many"),
    Rule::flag("flight_time.day_over_24", Business, HOURS).column("flight_hours").threshold(24.0)
        .fails_if(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L24H") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More flight hours in the last 24 hours than the threshold"),
    Rule::flag("flight_time.month_over_720", Business, HOURS).column("flight_hours").threshold(720.0)
        .fails_if(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L30D") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More flight hours in the last 30 days than the threshold; 30 days have 720 hours"),
    Rule::flag("flight_time.quarter_over_2160", Business, HOURS).column("flight_hours").threshold(2160.0)
        .fails_if(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L90D") && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More flight hours in the last 90 days than the threshold; 90 days have 2,160 hours"),
];
