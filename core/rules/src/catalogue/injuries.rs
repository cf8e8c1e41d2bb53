//! Who was hurt.

use crate::cells::Cells;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const T: &str = "events";
const I: &str = "injury";

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

const KNOWN: &[&str] = &["FATL", "SERS", "MINR", "NONE"];

/// The worst injury and what the counts are compared with.
const WORST: &[&str] =
    &["ev_highest_injury", "inj_tot_f", "inj_tot_s", "inj_tot_m", "inj_f_grnd", "inj_tot_t"];

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::flag("events.injury_code", Business, T).on("ev_highest_injury").when(Check::NoneOf(KNOWN))
        .says("The worst injury is none of FATL, SERS, MINR, NONE"),
    Rule::null("events.people_negative", Business, T).any_below(COUNTS, 0.0)
        .says("Fewer than no people"),
    Rule::flag("events.people_many", Business, T).any_above(COUNTS, 1000.0)
        .says("More people than were ever in one event"),
    Rule::flag("events.injury_sum", Business, T).on("inj_tot_t").fails(COUNTS, sum_is_wrong)
        .says("The total is neither killed + serious + minor nor these and the unhurt, with or without people on the ground"),
    Rule::flag("events.ground_over_total", Business, T).on("inj_f_grnd")
        .fails(&["inj_f_grnd", "inj_tot_f", "inj_tot_t"], |c| count(c, 0) > count(c, 1).max(count(c, 2)))
        .says("More people were killed on the ground than in all"),
    Rule::flag("events.deaths_not_fatal", Business, T).on("ev_highest_injury")
        .fails(WORST, |c| killed(c) > 0.0 && c.text(0).is_none_or(|t| t != "FATL" && KNOWN.contains(&t)))
        .says("People were killed, but the worst injury is not FATL"),
    Rule::flag("events.fatal_without_deaths", Business, T).on("ev_highest_injury")
        .fails(WORST, |c| c.text(0) == Some("FATL") && killed(c) == 0.0 && !c.null(5))
        .says("The worst injury is FATL, but nobody was killed"),
    Rule::flag("events.injury_understated", Business, T).on("ev_highest_injury")
        .fails(WORST, |c| match c.text(0) {
            Some("NONE") => killed(c) == 0.0 && count(c, 2) + count(c, 3) > 0.0,
            Some("MINR") => killed(c) == 0.0 && count(c, 2) > 0.0,
            _ => false,
        })
        .says("People were hurt worse than the worst injury says"),
    Rule::flag("events.injury_overstated", Business, T).on("ev_highest_injury")
        .fails(WORST, |c| match c.text(0) {
            Some("SERS") => count(c, 2) == 0.0 && !c.null(5),
            Some("MINR") => count(c, 2) + count(c, 3) == 0.0 && !c.null(5),
            _ => false,
        })
        .says("Nobody was hurt as badly as the worst injury says"),
    Rule::flag("injury.level_code", Business, I).on("injury_level").when(Check::NoneOf(&["FATL", "SERS", "MINR", "NONE", "TOTL"]))
        .says("The injury is none of FATL, SERS, MINR, NONE and the subtotal TOTL"),
    Rule::null("injury.people_negative", Business, I).on("inj_person_count").below(0.0)
        .says("Fewer than no people"),
    Rule::flag("injury.people_many", Business, I).on("inj_person_count").above(1000.0)
        .says("More people than were ever in one aircraft"),
    Rule::flag("injury.many_pilots", Statistics, I).on("inj_person_count").limit(4.0)
        .fails(&["inj_person_count", "inj_person_category"], |c| matches!(c.text(1), Some("PLT" | "CPLT" | "FENG")) && c.number(0).is_some_and(|n| n > c.limit))
        .says("More pilots, copilots or flight engineers in one aircraft than the threshold"),
];

/// A count of people; null stands for zero.
fn count(cells: &Cells, n: usize) -> f64 {
    cells.number(n).unwrap_or(0.0)
}

/// Killed, aboard or on the ground, of [`WORST`].
fn killed(cells: &Cells) -> f64 {
    count(cells, 1).max(count(cells, 4))
}

/// The total has had two meanings (DOMAIN 7), and newer rows count people on the ground apart.
fn sum_is_wrong(cells: &Cells) -> bool {
    let Some(total) = cells.number(4) else { return false };
    let hurt: f64 = (0..3).map(|n| count(cells, n)).sum();
    let (all, ground) = (hurt + count(cells, 3), (5..8).map(|n| count(cells, n)).sum::<f64>());
    ![hurt, all, hurt + ground, all + ground].contains(&total)
}
