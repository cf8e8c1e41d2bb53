//! Converts the event.

use super::field::{Conversion::*, Field, columns as all_columns, field, format_time, text};
use super::{Case, Cell, ConversionNotes, EmitRow, meanings::*};
use crate::calendar;
use serde_json::Value;
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id", "ntsb_no"];
const TAIL: &[&str] = &["ev_date", "ev_dow", "ev_time", "ev_tmzn", "inj_tot_t", "lchg_date"];

#[rustfmt::skip] // one column per line
const FIELDS: &[Field] = &[
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
    field("light_cond", &["/weatherConditions/0/daylightCondition"], Code(LIGHT)),
    field("wx_cond_basic", &["/accidentSiteCondition", "/weatherConditions/0/accidentSiteCondition"], Code(WEATHER)),
    field("vis_sm", &["/weatherConditions/0/visibilitySm"], AsIs),
    field("wind_dir_deg", &["/weatherConditions/0/windDirectionDeg"], AsIs),
    field("wind_vel_kts", &["/weatherConditions/0/windSpeedKts"], AsIs),
    field("gust_kts", &["/weatherConditions/0/windGustKts"], AsIs),
    // In inches of mercury, despite the name.
    field("altimeter", &["/weatherConditions/0/barometricSettingMmHg"], AsIs),
    field("metar", &["/weatherConditions/0/metar"], AsIs),
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

const TOTALS: [&str; 4] =
    ["/cm_fatalInjuryCount", "/cm_seriousInjuryCount", "/cm_minorInjuryCount", "/cm_onboard_None"];

pub fn columns() -> Vec<&'static str> {
    all_columns(HEAD, FIELDS, TAIL)
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    let mut cells = vec![case.ev_id.clone(), case.ntsb_no.clone()];
    cells.extend(FIELDS.iter().map(|field| field.cell("events", case.value, notes)));
    let (date, time, zone) = date_and_time(case.value);
    let day = date.as_deref().and_then(day_of_week).map(Cow::Borrowed);
    cells.extend([date, day, time, zone, total_people(case.value), case.changed.clone()]);
    emit(&cells);
}

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

/// The date part of an ISO timestamp. Other text is returned unchanged, and the gates will reject it.
fn date_part(timestamp: &str) -> Cow<'static, str> {
    Cow::Owned(timestamp.split('T').next().unwrap_or(timestamp).to_owned())
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
