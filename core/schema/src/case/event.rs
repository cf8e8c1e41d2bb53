//! Converts the event.

use super::field::{
    Conversion::*, Field, columns as all_columns, date_part, field, format_time, text,
};
use super::{Case, Cell, ConversionNotes, EmitRow, meanings::*, weather};
use crate::calendar;
use serde_json::Value;
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id", "ntsb_no"];
const TAIL: &[&str] = &[
    "ev_date",
    "ev_dow",
    "ev_time",
    "ev_tmzn",
    "inj_tot_t",
    "mid_air",
    "on_ground_collision",
    "lchg_date",
];

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    field("ev_type", &["/cm_eventType", "/eventType"], Code(EVENT_TYPE)),
    field("ev_city", &["/cm_city", "/eventCity"], AsIs),
    field("ev_state", &["/cm_state", "/eventStateOrRegion"], AsIs),
    field("ev_country", &["/cm_country", "/eventCountry"], AsIs),
    field("ev_site_zipcode", &["/eventZipcode"], AsIs),
    field("dec_latitude", &["/cm_Latitude", "/eventLatitude"], AsIs),
    field("dec_longitude", &["/cm_Longitude", "/eventLongitude"], AsIs),
    field("latlong_acq", &["/eventLatLongEstimated"], Flag("EST", "MEAS")),
    field("apt_name", &["/airportName", "/aircrafts/0/airports/0/airportFacilityName"], AsIs),
    field("ev_nr_apt_id", &["/airportId", "/aircrafts/0/airports/0/airportLocationId"], AsIs),
    field("ev_nr_apt_loc", &["/aircrafts/0/airports/0/airportOnAirportAirstrip"], Code(ON_AIRPORT)),
    field("apt_elev", &["/aircrafts/0/airports/0/airportArpElevationFtMsl"], AsIs),
    field("apt_dist", &["/aircrafts/0/airports/0/airportArpDistanceNm"], StatuteMiles),
    field("apt_dir", &["/aircrafts/0/airports/0/airportArpDirectionDeg"], AsIs),
    field("ev_highest_injury", &["/cm_highestInjury", "/highestInjuryLevel"], Code(INJURY)),
    field("inj_f_grnd", &["/cm_injury_onground_Fatal", "/ongroundFatal"], AsIs),
    field("inj_s_grnd", &["/cm_injury_onground_Serious", "/ongroundSerious"], AsIs),
    field("inj_m_grnd", &["/cm_injury_onground_Minor", "/ongroundMinor"], AsIs),
    field("inj_tot_f", &[TOTALS[0], "/totalFatal"], AsIs),
    field("inj_tot_s", &[TOTALS[1], "/totalSerious"], AsIs),
    field("inj_tot_m", &[TOTALS[2], "/totalMinor"], AsIs),
    field("inj_tot_n", &[TOTALS[3], "/totalNone"], AsIs),
    field("invest_agy", &["/cm_agency", "/leadAgency"], Code(AGENCY)),
];

pub(super) const TOTALS: [&str; 4] =
    ["/cm_fatalInjuryCount", "/cm_seriousInjuryCount", "/cm_minorInjuryCount", "/cm_onboard_None"];

pub fn columns() -> Vec<&'static str> {
    [all_columns(HEAD, FIELDS, &[]), weather::weather_columns(), TAIL.to_vec()].concat()
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    let mut cells = vec![case.ev_id.clone(), case.ntsb_no.clone()];
    cells.extend(FIELDS.iter().map(|field| field.cell("events", case.value, notes)));
    cells.extend(weather::convert(case, notes));
    let (date, time, zone) = date_and_time(case.value);
    let day = date.as_deref().and_then(day_of_week).map(Cow::Borrowed);
    cells.extend([date, day, time, zone, total_people(case.value)]);
    cells.extend(collisions(case, notes));
    cells.push(case.changed.clone());
    emit(&cells);
}

/// mid_air and on_ground_collision. A word that is neither is counted.
fn collisions<'a>(case: &Case<'a>, notes: &mut ConversionNotes) -> [Cell<'a>; 2] {
    const COLLISIONS: Codes = &[
        ("None", "NN"),
        ("Midair", "YN"),
        ("In-flight", "YN"),
        ("In flight with other aircraft", "YN"),
        ("On ground", "NY"),
        ("Ground", "NY"),
    ];
    let Some(word) = text(case.value, &[COLLISION]) else { return [None, None] };
    match map_word(COLLISIONS, &word) {
        MappedWord::Code(codes) => [codes.get(..1), codes.get(1..)].map(|c| c.map(Cow::Borrowed)),
        MappedWord::Unknown => [None, None],
        MappedWord::Unmapped => {
            notes.add_unmapped("events", "mid_air", &word);
            [None, None]
        }
    }
}

pub(super) const COLLISION: &str = "/eventCollisionWithOtherAircraft";

/// The date, time and time zone. The richer form contains them in UTC, like Access files since 2020.
/// The other form contains a local time that is marked as UTC, so the zone is unknown, and midnight
/// means that the time is unknown.
fn date_and_time(case: &Value) -> (Cell<'_>, Cell<'_>, Cell<'_>) {
    if let Some(local) = text(case, &["/cm_eventDate"]) {
        let time = format_time(&local).filter(|time| time != "0000").map(Cow::Owned);
        return (Some(date_part(&local)), time, None);
    }
    let time = text(case, &["/eventTimeUtc"]).and_then(|time| format_time(&time)).map(Cow::Owned);
    let zone = time.is_some().then_some(Cow::Borrowed("UTC"));
    (text(case, &["/eventDate"]).map(|date| date_part(&date)), time, zone)
}

fn day_of_week(date: &str) -> Option<&'static str> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    calendar::date_to_days(i32::try_from(year).ok()?, month, day).map(calendar::day_of_week)
}

/// The total number of people including the uninjured, as in `inj_tot_t` of rows written since 2020.
fn total_people(case: &Value) -> Cell<'static> {
    let names = ["/totalFatal", "/totalSerious", "/totalMinor", "/totalNone"];
    let mut sum = None;
    for (tool, api) in TOTALS.iter().zip(names) {
        if let Some(count) = text(case, &[tool, api]) {
            sum = Some(sum.unwrap_or(0_u32).checked_add(count.parse().ok()?)?);
        }
    }
    sum.map(|sum| Cow::Owned(sum.to_string()))
}
