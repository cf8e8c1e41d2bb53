//! Converts the weather at the site, which only the richer form describes.
//!
//! Temperatures are in °F and observation times in UTC. Access files do not state the unit of a temperature
//! and hold local observation times, so both are converted to what the Access file of the same case would
//! hold (`clean::temperature` infers the unit back).

use super::field::{Conversion::*, Field, boolean, columns, field, format_time, number, text};
use super::{Case, Cell, ConversionNotes, answer_codes::*, meanings::*};
use crate::clean::temperature::{Unit, Weather, infer_unit};
use serde_json::Value;
use std::borrow::Cow;

const COMPUTED: &[&str] =
    &["wx_temp", "wx_dew_pt", "wx_obs_time", "wind_dir_ind", "wind_vel_ind", "gust_ind"];

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    field("wx_src_iic", &["/weatherConditions/0/investigationWeatherSource"], Code(WEATHER_SOURCE)),
    field("wx_obs_fac_id", &["/weatherConditions/0/observationFacilityId"], AsIs),
    field("wx_obs_dir", &["/weatherConditions/0/observationFacilityDirectionDeg"], AsIs),
    field("wx_obs_elev", &["/weatherConditions/0/observationFacilityElevationFt"], AsIs),
    field("wx_obs_dist", &["/weatherConditions/0/observationFacilityDistanceNm"], Rounded),
    field("light_cond", &["/weatherConditions/0/daylightCondition"], Code(LIGHT)),
    field("sky_cond_nonceil", &["/weatherConditions/0/cloudCondition"], Code(CLOUDS)),
    field("sky_nonceil_ht", &["/weatherConditions/0/lowestCloudConditionFtAgl"], AsIs),
    field("sky_cond_ceil", &["/weatherConditions/0/lowestCeiling"], Code(CEILING)),
    field("sky_ceil_ht", &["/weatherConditions/0/lowestCeilingFtAgl"], AsIs),
    field("vis_rvr", &["/weatherConditions/0/runwayVisualRangeFt"], AsIs),
    field("vis_sm", &["/weatherConditions/0/visibilitySm"], AsIs),
    field("wx_cond_basic", &["/accidentSiteCondition", "/weatherConditions/0/accidentSiteCondition"], Code(WEATHER)),
    field("wind_dir_deg", &["/weatherConditions/0/windDirectionDeg"], AsIs),
    field("wind_vel_kts", &["/weatherConditions/0/windSpeedKts"], AsIs),
    field("gust_kts", &["/weatherConditions/0/windGustKts"], AsIs),
    // In inches of mercury, despite the name.
    field("altimeter", &["/weatherConditions/0/barometricSettingMmHg"], AsIs),
    field("metar", &["/weatherConditions/0/metar"], AsIs),
];

/// The members that the computed columns read.
pub(super) const COMPUTED_POINTERS: &[&str] = &[
    TEMPERATURE,
    DEW_POINT,
    OBSERVED_AT,
    OBSERVATION_OFFSET,
    "/weatherConditions/0/windCalm",
    "/weatherConditions/0/windSpeedVariable",
    "/weatherConditions/0/windDirectionVariable",
    "/weatherConditions/0/windGustsAbsent",
];

const TEMPERATURE: &str = "/weatherConditions/0/temperatureF";
const DEW_POINT: &str = "/weatherConditions/0/dewPointF";
const OBSERVED_AT: &str = "/weatherConditions/0/observationTimeUtc";
const OBSERVATION_OFFSET: &str = "/weatherConditions/0/observationUtcOffsetHours";

pub(super) fn weather_columns() -> Vec<&'static str> {
    columns(&[], FIELDS, COMPUTED)
}

pub(super) fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes) -> Vec<Cell<'a>> {
    let mut cells: Vec<Cell<'a>> =
        FIELDS.iter().map(|field| field.cell("events", case.value, notes)).collect();
    let [temperature, dew_point] = temperatures(case);
    cells.extend([temperature, dew_point, observation_time(case.value)]);
    cells.extend(wind_indicators(case.value).map(|code| code.map(Cow::Borrowed)));
    cells
}

/// Air temperature and dew point in the unit that an Access file of this case would use.
fn temperatures(case: &Case<'_>) -> [Cell<'static>; 2] {
    let fahrenheit = [TEMPERATURE, DEW_POINT].map(|pointer| number(case.value, &[pointer]));
    let whole = fahrenheit.map(|degrees| degrees.map(|d| d.round() as i32));
    let country = text(case.value, &["/eventCountry"]);
    let far_part =
        text(case.value, &["/aircrafts/0/ownerOperators/0/regulationFlightConductedUnder"]);
    let metar = text(case.value, &["/weatherConditions/0/metar"]);
    let unit = infer_unit(&Weather {
        temp: whole[0],
        dew_pt: whole[1],
        metar: metar.as_deref(),
        ev_id: case.ev_id.as_deref(),
        country: country.as_deref(),
        far_part: far_part.as_deref(),
    });
    fahrenheit.map(|degrees| {
        let degrees = match unit {
            Some(Unit::Celsius) => (degrees? - 32.0) / 1.8,
            _ => degrees?,
        };
        Some(Cow::Owned((degrees.round() as i32).to_string()))
    })
}

/// The local time of the observation, HHMM: UTC plus the offset. None without an offset.
fn observation_time(case: &Value) -> Cell<'static> {
    let utc = text(case, &[OBSERVED_AT]).and_then(|time| format_time(&time))?;
    let (hour, minute) = (utc.get(..2)?.parse::<i32>().ok()?, utc.get(2..)?.parse::<i32>().ok()?);
    let offset = number(case, &[OBSERVATION_OFFSET]).filter(|hours| hours.abs() <= 14.0)?;
    let local = (hour * 60 + minute + (offset * 60.0).round() as i32).rem_euclid(24 * 60);
    Some(Cow::Owned(format!("{:02}{:02}", local / 60, local % 60)))
}

/// wind_dir_ind, wind_vel_ind and gust_ind.
fn wind_indicators(case: &Value) -> [Option<&'static str>; 3] {
    let is = |name: &str| boolean(case, &[&format!("/weatherConditions/0/{name}")]);
    let positive = |name: &str| {
        number(case, &[&format!("/weatherConditions/0/{name}")]).is_some_and(|value| value > 0.0)
    };
    let direction = match is("windDirectionVariable") {
        Some(true) => Some("V"),
        _ if positive("windDirectionDeg") => Some("Y"),
        _ => None,
    };
    let speed = match (is("windCalm"), is("windSpeedVariable")) {
        (Some(true), _) => Some("CALM"),
        (_, Some(true)) => Some("LVAR"),
        _ if positive("windSpeedKts") => Some("SPEC"),
        _ => None,
    };
    let gusts = match is("windGustsAbsent") {
        _ if positive("windGustKts") => Some("Y"),
        Some(true) => Some("N"),
        _ => None,
    };
    [direction, speed, gusts]
}
