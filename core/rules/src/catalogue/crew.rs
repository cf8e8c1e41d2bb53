//! Crew and their hours.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const C: &str = "flight_crew";
const H: &str = "flight_time";

/// The usually filled columns.
const USUAL: &[&str] = &[
    "crew_category",
    "crew_age",
    "crew_sex",
    "crew_inj_level",
    "med_certf",
    "date_lst_med",
    "crew_res_state",
];

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::flag("flight_crew.number_high", Schema, C).on("crew_no").above(60.0)
        .says("More people of one aircraft's crew than the threshold"),
    Rule::null("flight_crew.age_low", Business, C).on("crew_age").below(14.0)
        .says("Younger than the threshold, in years, below which nobody flies"),
    Rule::null("flight_crew.age_high", Business, C).on("crew_age").above(95.0)
        .says("Older than the threshold, in years, above which hardly anybody flies"),
    Rule::flag("flight_crew.sex_code", Business, C).on("crew_sex").when(Check::NoneOf(&["M", "F"]))
        .says("Neither M nor F"),
    Rule::flag("flight_crew.injury_code", Business, C).on("crew_inj_level").when(Check::NoneOf(&["FATL", "SERS", "MINR", "NONE"]))
        .says("The injury is none of FATL, SERS, MINR, NONE"),
    Rule::flag("flight_crew.medical_after_event", Business, C).on("date_lst_med").limit(0.0)
        .fails(&["date_lst_med"], |c| c.days_after_event(0).is_some_and(|d| d > c.limit))
        .says("Examined last more days after the event than the threshold"),
    Rule::flag("flight_crew.medical_in_childhood", Business, C).on("date_lst_med").limit(10.0)
        .fails(&["date_lst_med", "crew_age"], |c| match (c.days_after_event(0), c.number(1)) {
            (Some(days), Some(age)) => age + days / 365.25 < c.limit,
            _ => false,
        })
        .says("Examined last when younger than the threshold, in years, by age and date of the event: the date's century is wrong, or the age"),
    Rule::flag("flight_crew.review_after_event", Business, C).on("bfr_date").limit(0.0)
        .fails(&["bfr_date"], |c| c.days_after_event(0).is_some_and(|d| d > c.limit))
        .says("Last flight review more days after the event than the threshold"),
    Rule::flag("flight_crew.date_in_future", Business, C).on("ft_as_of").limit(1.0)
        .fails(&["ft_as_of"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.limit))
        .says("Hours were recorded more days ahead of today than the threshold"),
    Rule::flag("flight_crew.seat_row_high", Business, C).on("seat_occ_row").above(80.0)
        .says("A row of seats that no aircraft has"),
    Rule::flag("flight_crew.restraint_not_fitted", Business, C).on("infl_rest_depl")
        .fails(&["infl_rest_depl", "infl_rest_inst"], |c| c.text(0) == Some("Y") && c.text(1) == Some("N"))
        .says("An inflatable restraint deployed that was not fitted"),
    Rule::flag("flight_crew.age_unlikely", Statistics, C).on("crew_age").limit(90.0)
        .fails(&["crew_age", "crew_category"], |c| matches!(c.text(1), Some("PLT" | "CPLT" | "FLTI")) && c.number(0).is_some_and(|n| n > c.limit))
        .says("A pilot older than the threshold, in years"),
    Rule::flag("flight_crew.age_at_airline", Statistics, C).on("crew_age").limit(70.0)
        .fails(&["crew_age", "crew_category"], |c| c.context.far_part == Some("121") && matches!(c.text(1), Some("PLT" | "CPLT")) && c.number(0).is_some_and(|n| n > c.limit))
        .says("An airline pilot (part 121) older than the threshold, in years; they retire at 65"),
    Rule::flag("flight_crew.sparse", Statistics, C).limit(0.3).when(Check::Sparse(USUAL))
        .says("More of the usually filled columns are null than the threshold, as a share"),

    Rule::null("flight_time.hours_negative", Business, H).on("flight_hours").below(0.0)
        .says("Hours below 0"),
    Rule::flag("flight_time.hours_high", Business, H).on("flight_hours").above(60_000.0)
        .says("More hours than the threshold; fewer than a handful of people ever flew as many"),
    Rule::flag("flight_time.day_over_24", Business, H).on("flight_hours").limit(24.0)
        .fails(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L24H") && c.number(0).is_some_and(|n| n > c.limit))
        .says("More hours in the last 24 than the threshold"),
    Rule::flag("flight_time.month_over_720", Business, H).on("flight_hours").limit(720.0)
        .fails(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L30D") && c.number(0).is_some_and(|n| n > c.limit))
        .says("More hours in the last 30 days than the threshold, which is all there are"),
    Rule::flag("flight_time.quarter_over_2160", Business, H).on("flight_hours").limit(2160.0)
        .fails(&["flight_hours", "flight_type"], |c| c.text(1) == Some("L90D") && c.number(0).is_some_and(|n| n > c.limit))
        .says("More hours in the last 90 days than the threshold, which is all there are"),
];
