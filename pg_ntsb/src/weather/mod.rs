//! Weather reports: `ntsb_parse_metar` and `ntsb_flight_category`.

use ntsb_weather::{Bound, Cloud, Report, Rvr, Visibility, flight_category, parse_reports};
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::{Map, Value, json};

use crate::error::InvalidArgument;

/// Longest text that is parsed. NTSB's longest text of reports has about 3,000 bytes.
const MAX_TEXT_BYTES: usize = 100_000;

/// Parses the METAR and SPECI reports in a text, one row each.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_parse_metar(
    report: &str,
) -> Result<
    TableIterator<
        'static,
        (
            name!(kind, Option<&'static str>),
            name!(station, Option<String>),
            name!(day, Option<i32>),
            name!(hour, Option<i32>),
            name!(minute, Option<i32>),
            name!(is_auto, bool),
            name!(is_corrected, bool),
            name!(is_missing, bool),
            name!(wind_dir_deg, Option<i32>),
            name!(is_wind_variable, Option<bool>),
            name!(wind_from_deg, Option<i32>),
            name!(wind_to_deg, Option<i32>),
            name!(wind_kt, Option<f64>),
            name!(gust_kt, Option<f64>),
            name!(visibility_sm, Option<f64>),
            name!(visibility_bound, Option<&'static str>),
            name!(is_cavok, bool),
            name!(rvr, Option<JsonB>),
            name!(weather, Option<Vec<String>>),
            name!(clouds, Option<JsonB>),
            name!(vertical_visibility_ft, Option<i32>),
            name!(has_ceiling, Option<bool>),
            name!(ceiling_ft, Option<i32>),
            name!(temp_c, Option<f64>),
            name!(dew_point_c, Option<f64>),
            name!(altimeter_inhg, Option<f64>),
            name!(altimeter_hpa, Option<f64>),
            name!(flight_category, Option<&'static str>),
            name!(remarks, Option<String>),
            name!(unparsed, Option<Vec<String>>),
            name!(raw, String),
        ),
    >,
    ErrorReport,
> {
    if report.len() > MAX_TEXT_BYTES {
        let length = report.len();
        return Err(InvalidArgument::new("report", "at most 100,000 bytes long", length).into());
    }
    Ok(TableIterator::new(parse_reports(report).into_iter().map(|r| {
        let wind = r.wind.clone().unwrap_or_default();
        let (from, to) = wind.range.unzip();
        (
            r.kind.map(|kind| kind.name()),
            r.station.clone(),
            r.time.map(|time| time.day.into()),
            r.time.map(|time| time.hour.into()),
            r.time.map(|time| time.minute.into()),
            r.is_auto,
            r.is_corrected,
            r.is_nil,
            wind.direction.map(i32::from),
            r.wind.as_ref().map(|wind| wind.is_variable),
            from.map(i32::from),
            to.map(i32::from),
            wind.speed,
            wind.gust,
            r.visibility.map(|visibility| visibility.miles),
            r.visibility.and_then(|visibility| visibility.bound).map(Bound::name),
            r.is_cavok,
            json_list(&r.rvr, rvr_to_json),
            (!r.weather.is_empty()).then(|| r.weather.clone()),
            clouds_to_json(&r),
            r.vertical_visibility.and_then(|feet| i32::try_from(feet).ok()),
            r.has_ceiling(),
            r.ceiling().and_then(|feet| i32::try_from(feet).ok()),
            r.temperature,
            r.dew_point,
            r.inches_of_mercury(),
            r.hectopascals(),
            r.flight_category().map(|category| category.name()),
            r.remarks.clone(),
            (!r.unparsed.is_empty()).then(|| r.unparsed.clone()),
            r.raw,
        )
    })))
}

fn json_list<T>(items: &[T], to_json: impl Fn(&T) -> Value) -> Option<JsonB> {
    let list: Vec<Value> = items.iter().map(to_json).collect();
    (!list.is_empty()).then_some(JsonB(Value::Array(list)))
}

fn rvr_to_json(rvr: &Rvr) -> Value {
    without_nulls(json!({
        "runway": rvr.runway,
        "ft": rvr.feet,
        "bound": rvr.bound.map(Bound::name),
        "max_ft": rvr.max_feet,
        "max_bound": rvr.max_bound.map(Bound::name),
        "trend": rvr.trend.map(|trend| trend.name()),
    }))
}

/// The layers, or the code of a clear sky.
fn clouds_to_json(report: &Report) -> Option<JsonB> {
    let layer = |cloud: &Cloud| {
        without_nulls(json!({
            "cover": cloud.cover.map(|cover| cover.code()),
            "ft": cloud.height,
            "type": cloud.kind.map(|kind| kind.code()),
        }))
    };
    let clear = report.clear_sky.map(|code| JsonB(json!([{ "cover": code }])));
    json_list(&report.clouds, layer).or(clear)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known: Map<_, _> = fields.into_iter().filter(|(_, v)| !v.is_null()).collect();
            Value::Object(known)
        }
        other => other,
    }
}

/// Returns the FAA's flight category of a ceiling and a visibility.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_flight_category(
    ceiling_ft: Option<f64>,
    visibility_sm: Option<f64>,
) -> Result<Option<String>, ErrorReport> {
    for (name, value) in [("ceiling_ft", ceiling_ft), ("visibility_sm", visibility_sm)] {
        if let Some(value) = value.filter(|value| *value < 0.0) {
            return Err(InvalidArgument::new(name, "0 or more, or null", value).into());
        }
    }
    let visibility = visibility_sm.map(|miles| Visibility { miles, bound: None });
    Ok(flight_category(ceiling_ft, visibility).map(|category| category.name().to_owned()))
}
