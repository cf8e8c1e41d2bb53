//! Faults of numbers and dates.

use super::Bed;
use crate::facts::RELEASE;
use crate::rows::moment;
use crate::write::{CREW, ENGINES, EVENTS};

pub fn point_lost(bed: &mut Bed) -> bool {
    let Some(hundredths) = bed.facts.weather.as_ref().map(|w| w.altimeter) else { return false };
    bed.spoil(EVENTS, 0, &["altimeter"], Some(&hundredths.to_string()))
}

pub fn altimeter_zero(bed: &mut Bed) -> bool {
    let unknown = bed.facts.weather.is_none() && bed.facts.migrated();
    unknown && bed.spoil(EVENTS, 0, &["altimeter"], Some("0"))
}

pub fn midnight(bed: &mut Bed) -> bool {
    bed.spoil(EVENTS, 0, &["ev_time"], Some("2400"))
}

pub fn no_time(bed: &mut Bed) -> bool {
    bed.spoil(EVENTS, 0, &["ev_time"], Some("9999"))
}

pub fn year(bed: &mut Bed) -> bool {
    let year = bed.facts.when.year + if bed.dice.percent(50) { 1 } else { -1 };
    bed.spoil(EVENTS, 0, &["ev_year"], Some(&year.to_string()))
}

/// More than everyone, so that it is wrong with the uninjured and without.
pub fn injury_sum(bed: &mut Bed) -> bool {
    let people: u32 = bed.facts.injured().iter().sum();
    let total = people as i32 + bed.dice.between(1, 3);
    bed.spoil(EVENTS, 0, &["inj_tot_t"], Some(&total.to_string()))
}

pub fn wind(bed: &mut Bed) -> bool {
    if bed.facts.weather.is_none() {
        return false;
    }
    let degrees = bed.dice.between(361, 998);
    bed.spoil(EVENTS, 0, &["wind_dir_deg"], Some(&degrees.to_string()))
}

pub fn age(bed: &mut Bed) -> bool {
    if bed.count(CREW) == 0 {
        return false;
    }
    let age =
        if bed.dice.percent(80) { bed.dice.between(1, 13) } else { bed.dice.between(96, 215) };
    bed.spoil(CREW, 0, &["crew_age"], Some(&age.to_string()))
}

/// Still before the day of the file, so that nothing else is wrong with the date.
pub fn medical(bed: &mut Bed) -> bool {
    let day = bed.facts.when.day + bed.dice.between(20, 400);
    if day >= RELEASE || bed.cell(CREW, 0, "date_lst_med").is_none() {
        return false;
    }
    bed.spoil(CREW, 0, &["date_lst_med"], Some(&moment(day, 0)))
}

pub fn engine_zero(bed: &mut Bed) -> bool {
    const HOURS: &[&str] = &["eng_time_total", "eng_time_last_insp", "eng_time_overhaul"];
    let mut planted = false;
    for row in 0..bed.count(ENGINES) {
        if bed.cell(ENGINES, row, "eng_time_total").is_none() {
            planted = bed.spoil(ENGINES, row, HOURS, Some("0"));
        }
    }
    planted
}
