//! Rules for injury counts in `events` and `injury`.

use crate::cells::Cells;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const EVENTS: &str = "events";
const INJURY: &str = "injury";

const COUNTS: &[&str] = &[
    "inj_tot_f",
    "inj_tot_s",
    "inj_tot_m",
    "inj_tot_n",
    "inj_tot_t",
    "inj_f_grnd",
    "inj_s_grnd",
    "inj_m_grnd",
];

const LEVELS: &[&str] = &["FATL", "SERS", "MINR", "NONE"];

/// The highest injury level and the counts that it is compared with.
const HIGHEST_LEVEL: &[&str] =
    &["ev_highest_injury", "inj_tot_f", "inj_tot_s", "inj_tot_m", "inj_f_grnd", "inj_tot_t"];

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::flag("events.injury_code", Business, EVENTS).column("ev_highest_injury").check(Check::NoneOf(LEVELS))
        .description("The highest injury level is not FATL, SERS, MINR or NONE"),
    Rule::null("events.people_negative", Business, EVENTS).any_below(COUNTS, 0.0)
        .description("The number of people is negative"),
    Rule::flag("events.people_many", Business, EVENTS).any_above(COUNTS, 1000.0)
        .description("More people than the threshold; no event has involved that many"),
    Rule::flag("events.injury_sum", Business, EVENTS).column("inj_tot_t").fails_if(COUNTS, is_sum_wrong)
        .description("The total is neither fatal + serious + minor nor fatal + serious + minor + uninjured, with or without people on the ground"),
    Rule::flag("events.ground_over_total", Business, EVENTS).column("inj_f_grnd")
        .fails_if(&["inj_f_grnd", "inj_tot_f", "inj_tot_t"], |c| count(c, 0) > count(c, 1).max(count(c, 2)))
        .description("More people were killed on the ground than in total"),
    Rule::flag("events.deaths_not_fatal", Business, EVENTS).column("ev_highest_injury")
        .fails_if(HIGHEST_LEVEL, |c| killed(c) > 0.0 && c.text(0).is_none_or(|t| t != "FATL" && LEVELS.contains(&t)))
        .description("People were killed, but the highest injury level is not FATL"),
    Rule::flag("events.fatal_without_deaths", Business, EVENTS).column("ev_highest_injury")
        .fails_if(HIGHEST_LEVEL, |c| c.text(0) == Some("FATL") && killed(c) == 0.0 && !c.is_null(5))
        .description("The highest injury level is FATL, but nobody was killed"),
    Rule::flag("events.injury_understated", Business, EVENTS).column("ev_highest_injury")
        .fails_if(HIGHEST_LEVEL, |c| match c.text(0) {
            Some("NONE") => killed(c) == 0.0 && count(c, 2) + count(c, 3) > 0.0,
            Some("MINR") => killed(c) == 0.0 && count(c, 2) > 0.0,
            _ => false,
        })
        .description("People were injured more severely than the highest injury level says"),
    Rule::flag("events.injury_overstated", Business, EVENTS).column("ev_highest_injury")
        .fails_if(HIGHEST_LEVEL, |c| match c.text(0) {
            Some("SERS") => count(c, 2) == 0.0 && !c.is_null(5),
            Some("MINR") => count(c, 2) + count(c, 3) == 0.0 && !c.is_null(5),
            _ => false,
        })
        .description("Nobody was injured as severely as the highest injury level says"),
    Rule::flag("injury.level_code", Business, INJURY).column("injury_level").check(Check::NoneOf(&["FATL", "SERS", "MINR", "NONE", "TOTL"]))
        .description("The injury level is not FATL, SERS, MINR, NONE or the subtotal TOTL"),
    Rule::null("injury.people_negative", Business, INJURY).column("inj_person_count").below(0.0)
        .description("The number of people is negative"),
    Rule::flag("injury.people_many", Business, INJURY).column("inj_person_count").above(1000.0)
        .description("More people than the threshold; no aircraft has carried that many"),
    Rule::flag("injury.many_pilots", Statistics, INJURY).column("inj_person_count").threshold(4.0)
        .fails_if(&["inj_person_count", "inj_person_category"], |c| matches!(c.text(1), Some("PLT" | "CPLT" | "FENG")) && c.number(0).is_some_and(|n| n > c.threshold))
        .description("More pilots, copilots or flight engineers on one aircraft than the threshold"),
];

/// A count of people. Null counts as zero.
fn count(cells: &Cells, n: usize) -> f64 {
    cells.number(n).unwrap_or(0.0)
}

/// People killed, aboard or on the ground, by the columns of [`HIGHEST_LEVEL`].
fn killed(cells: &Cells) -> f64 {
    count(cells, 1).max(count(cells, 4))
}

/// The total excludes uninjured people in rows before 2020 and includes them since. Newer rows
/// count people on the ground separately.
fn is_sum_wrong(cells: &Cells) -> bool {
    let Some(total) = cells.number(4) else { return false };
    let injured: f64 = (0..3).map(|n| count(cells, n)).sum();
    let all = injured + count(cells, 3);
    let ground: f64 = (5..8).map(|n| count(cells, n)).sum();
    ![injured, all, injured + ground, all + ground].contains(&total)
}
