//! Converts the event, its aircraft and its narrative.

use super::codes::{self, map_code};
use super::{Cell, EmitRow, FileIndex, Lookup, ev_id_cell, id, location, non_blank, text_cell};
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

pub fn convert<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    let cell = |column| non_blank(row, column).map(Cow::Borrowed);
    let mapped =
        |codes, column| non_blank(row, column).and_then(|c| map_code(codes, c)).and_then(text_cell);
    let number = non_blank(row, "locat_state_terr");
    let location = location::parse_location(non_blank(row, "location"), number);
    let (date, day_of_week) = convert_date(non_blank(row, "date_occurrence"));
    emit(&[
        ev_id_cell(row),
        mapped(codes::EVENT_TYPE, "acc_inc_class"),
        date,
        day_of_week,
        cell("time_occur"),
        location.city.map(Cow::Borrowed),
        location.state.and_then(text_cell),
        location.country.and_then(text_cell),
        cell("airport_name"),
        mapped(codes::HIGHEST_INJURY, "injury_index"),
        cell("other_grnd_fatal"),
        cell("other_grnd_serious"),
        cell("other_grnd_minor"),
        cell("grand_total_fatal"),
        cell("grand_total_serious"),
        cell("grand_total_minor"),
        cell("grand_total_none"),
        count_injured(row),
    ]);
}

/// Converts a date to ISO format, with its day of the week. Returns a malformed date unchanged.
fn convert_date(text: Option<&str>) -> (Cell<'_>, Cell<'static>) {
    let Some((year, month, day)) = text.and_then(id::parse_day) else {
        return (text.map(Cow::Borrowed), None);
    };
    let name = calendar::date_to_days(year, month, day).map(calendar::day_of_week);
    (Some(Cow::Owned(format!("{year:04}-{month:02}-{day:02}"))), name.and_then(text_cell))
}

/// The total of killed and injured, as in `inj_tot_t` of rows written before 2020. (`GRAND_TOTAL_TOTALS`
/// also counts the uninjured.)
fn count_injured(row: Lookup<'_, '_>) -> Cell<'static> {
    let counts = ["grand_total_fatal", "grand_total_serious", "grand_total_minor"];
    let mut sum = None;
    for text in counts.iter().filter_map(|column| non_blank(row, column)) {
        sum = Some(sum.unwrap_or(0u32).checked_add(text.parse().ok()?)?);
    }
    sum.map(|sum| Cow::Owned(sum.to_string()))
}

pub fn convert_aircraft<'a>(row: Lookup<'_, 'a>, _: &FileIndex, emit: EmitRow<'_, 'a>) {
    let cell = |column| non_blank(row, column).map(Cow::Borrowed);
    let engines = non_blank(row, "no_engines").filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
    emit(&[
        ev_id_cell(row),
        text_cell("1"),
        cell("regist_no"),
        cell("acft_make"),
        cell("acft_model"),
        non_blank(row, "acft_adamg").and_then(|c| map_code(codes::DAMAGE, c)).and_then(text_cell),
        engines.map(Cow::Borrowed),
    ]);
}

/// Converts the texts of the second half. It has no date, so its ev_id comes from the first half.
pub fn convert_narrative<'a>(row: Lookup<'_, 'a>, index: &FileIndex, emit: EmitRow<'_, 'a>) {
    let cell = |column| non_blank(row, column).map(Cow::Borrowed);
    let (remarks, cause) = (cell("remarks"), cell("cause"));
    if remarks.is_none() && cause.is_none() {
        return;
    }
    let number = non_blank(row, "recnum");
    let id = number.and_then(|n| index.ids.get(n)).map(|id| Cow::Owned(id.clone()));
    emit(&[id.or(number.map(Cow::Borrowed)), text_cell("1"), remarks, cause]);
}
