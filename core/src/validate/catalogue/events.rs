//! Events: when, where, weather, injuries.

use crate::validate::checks::Check;
use crate::validate::rule::{Gate::*, Rule};

const T: &str = "events";

/// Rows before 1962 are in no file of NTSB's.
const fn since_1962() -> i32 {
    -2922
}

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::reject("events.date_in_future", Business, T).on("ev_date").limit(1.0)
        .fails(&["ev_date"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.limit))
        .says("The event is more days ahead of today than the threshold, so that it has not happened"),
    Rule::reject("events.date_before_1962", Business, T).on("ev_date")
        .fails(&["ev_date"], |c| c.date(0).is_some_and(|d| d < since_1962()))
        .says("The event is before 1962, where NTSB's files begin"),
    Rule::flag("events.date_missing", Business, T).on("ev_date")
        .fails(&["ev_date"], |c| c.null(0))
        .says("The date of the event is null"),
    Rule::flag("events.injury_code", Business, T).on("ev_highest_injury").when(Check::NoneOf(&["FATL", "SERS", "MINR", "NONE"]))
        .says("The worst injury is none of FATL, SERS, MINR, NONE"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;

    #[test]
    fn the_first_day_of_1962() {
        assert_eq!(calendar::days(1962, 1, 1), Some(since_1962()));
    }
}
