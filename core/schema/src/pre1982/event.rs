//! The event, its aircraft and its texts.

use super::codes::{self, today};
use super::{Cell, Known, Lookup, Put, code, filled, id, id_cell, place};
use crate::calendar;
use std::borrow::Cow;

pub const COLUMNS: &[&str] = &[
    "ev_id",
    "ev_type",
    "ev_date",
    "ev_dow",
    "ev_time",
    "ev_city",
    "ev_state",
    "ev_country",
    "apt_name",
    "ev_highest_injury",
    "inj_f_grnd",
    "inj_s_grnd",
    "inj_m_grnd",
    "inj_tot_f",
    "inj_tot_s",
    "inj_tot_m",
    "inj_tot_n",
    "inj_tot_t",
];

pub const AIRCRAFT_COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "regis_no", "acft_make", "acft_model", "damage", "num_eng"];

pub const NARRATIVE_COLUMNS: &[&str] = &["ev_id", "aircraft_key", "narr_accp", "narr_cause"];

pub fn rows<'a>(row: Lookup<'_, 'a>, _: &Known, put: Put<'_, 'a>) {
    let at = |column| filled(row, column).map(Cow::Borrowed);
    let mapped = |codes, column| filled(row, column).and_then(|c| today(codes, c)).and_then(code);
    let place = place::read(filled(row, "location"), filled(row, "locat_state_terr"));
    let (date, day) = date(filled(row, "date_occurrence"));
    put(&[
        id_cell(row),
        mapped(codes::EVENT_TYPE, "acc_inc_class"),
        date,
        day,
        at("time_occur"),
        place.city.map(Cow::Borrowed),
        place.state.and_then(code),
        place.country.and_then(code),
        at("airport_name"),
        mapped(codes::HIGHEST_INJURY, "injury_index"),
        at("other_grnd_fatal"),
        at("other_grnd_serious"),
        at("other_grnd_minor"),
        at("grand_total_fatal"),
        at("grand_total_serious"),
        at("grand_total_minor"),
        at("grand_total_none"),
        injured(row),
    ]);
}

/// The date in its century with its day of the week; as it stands where it cannot be read.
fn date(text: Option<&str>) -> (Cell<'_>, Cell<'static>) {
    let Some((year, month, day)) = text.and_then(id::day) else {
        return (text.map(Cow::Borrowed), None);
    };
    let name = calendar::date_to_days(year, month, day).map(calendar::day_of_week);
    (Some(Cow::Owned(format!("{year:04}-{month:02}-{day:02}"))), name.and_then(code))
}

/// Killed and injured together, as `inj_tot_t` counts in rows written before 2020. `GRAND_TOTAL_TOTALS`
/// counts the unhurt too.
fn injured(row: Lookup<'_, '_>) -> Cell<'static> {
    let counts = ["grand_total_fatal", "grand_total_serious", "grand_total_minor"];
    let mut sum = None;
    for text in counts.iter().filter_map(|column| filled(row, column)) {
        sum = Some(sum.unwrap_or(0u32).checked_add(text.parse().ok()?)?);
    }
    sum.map(|sum| Cow::Owned(sum.to_string()))
}

pub fn aircraft<'a>(row: Lookup<'_, 'a>, _: &Known, put: Put<'_, 'a>) {
    let at = |column| filled(row, column).map(Cow::Borrowed);
    let engines = filled(row, "no_engines").filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
    put(&[
        id_cell(row),
        code("1"),
        at("regist_no"),
        at("acft_make"),
        at("acft_model"),
        filled(row, "acft_adamg").and_then(|c| today(codes::DAMAGE, c)).and_then(code),
        engines.map(Cow::Borrowed),
    ]);
}

/// What the second half tells in words. It has no date, so the first half lends its ev_id.
pub fn narrative<'a>(row: Lookup<'_, 'a>, known: &Known, put: Put<'_, 'a>) {
    let at = |column| filled(row, column).map(Cow::Borrowed);
    let (remarks, cause) = (at("remarks"), at("cause"));
    if remarks.is_none() && cause.is_none() {
        return;
    }
    let number = filled(row, "recnum");
    let id = number.and_then(|n| known.ids.get(n)).map(|id| Cow::Owned(id.clone()));
    put(&[id.or(number.map(Cow::Borrowed)), code("1"), remarks, cause]);
}
