//! Crew and their hours.

use crate::validate::rule::{Gate::*, Rule};

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::null("flight_crew.age_low", Business, "flight_crew").on("crew_age").below(14.0)
        .says("Younger than the threshold, in years, below which nobody flies"),
    Rule::null("flight_crew.age_high", Business, "flight_crew").on("crew_age").above(95.0)
        .says("Older than the threshold, in years, above which nobody flies"),
];
