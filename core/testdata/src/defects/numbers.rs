//! Defects of numbers and dates.

use super::Injector;
use crate::facts::RELEASE_DAY;
use crate::rows::format_timestamp;
use crate::write::{CREW, ENGINES, EVENTS};

pub fn drop_altimeter_point(injector: &mut Injector) -> bool {
    let Some(hundredths) = injector.facts.weather.as_ref().map(|w| w.altimeter) else {
        return false;
    };
    injector.replace(EVENTS, 0, &["altimeter"], Some(&hundredths.to_string()))
}

pub fn zero_altimeter(injector: &mut Injector) -> bool {
    let unknown = injector.facts.weather.is_none() && injector.facts.is_migrated();
    unknown && injector.replace(EVENTS, 0, &["altimeter"], Some("0"))
}

pub fn set_midnight(injector: &mut Injector) -> bool {
    injector.replace(EVENTS, 0, &["ev_time"], Some("2400"))
}

pub fn set_invalid_time(injector: &mut Injector) -> bool {
    injector.replace(EVENTS, 0, &["ev_time"], Some("9999"))
}

pub fn change_year(injector: &mut Injector) -> bool {
    let year = injector.facts.time.year + if injector.rng.chance_percent(50) { 1 } else { -1 };
    injector.replace(EVENTS, 0, &["ev_year"], Some(&year.to_string()))
}

/// A total above the number of people is wrong with and without the uninjured.
pub fn change_injury_total(injector: &mut Injector) -> bool {
    let people: u32 = injector.facts.injury_counts().iter().sum();
    let total = people as i32 + injector.rng.next_between(1, 3);
    injector.replace(EVENTS, 0, &["inj_tot_t"], Some(&total.to_string()))
}

pub fn set_invalid_wind(injector: &mut Injector) -> bool {
    if injector.facts.weather.is_none() {
        return false;
    }
    let degrees = injector.rng.next_between(361, 998);
    injector.replace(EVENTS, 0, &["wind_dir_deg"], Some(&degrees.to_string()))
}

pub fn set_invalid_age(injector: &mut Injector) -> bool {
    if injector.count(CREW) == 0 {
        return false;
    }
    let age = if injector.rng.chance_percent(80) {
        injector.rng.next_between(1, 13)
    } else {
        injector.rng.next_between(96, 215)
    };
    injector.replace(CREW, 0, &["crew_age"], Some(&age.to_string()))
}

/// The date stays before the date of the file, so that it has no other defect.
pub fn move_medical_after_event(injector: &mut Injector) -> bool {
    let day = injector.facts.time.day + injector.rng.next_between(20, 400);
    if day >= RELEASE_DAY || injector.cell(CREW, 0, "date_lst_med").is_none() {
        return false;
    }
    injector.replace(CREW, 0, &["date_lst_med"], Some(&format_timestamp(day, 0)))
}

pub fn zero_engine_hours(injector: &mut Injector) -> bool {
    const HOURS: &[&str] = &["eng_time_total", "eng_time_last_insp", "eng_time_overhaul"];
    let mut is_injected = false;
    for row in 0..injector.count(ENGINES) {
        if injector.cell(ENGINES, row, "eng_time_total").is_none() {
            is_injected = injector.replace(ENGINES, row, HOURS, Some("0"));
        }
    }
    is_injected
}
