//! Parses a report: its header, then the groups of its body in any order, then trend and remarks.

use crate::groups::pressure::{Pressure, parse_pressure};
use crate::groups::{clouds, phenomena, rvr, temperature, visibility, wind};
use crate::header::{is_correction, is_station, parse_kind, parse_time};
use crate::report::Report;
use crate::split::{split_reports, tokenize};

/// Parses all reports in a text, in their order. A text without a report gives none.
pub fn parse_reports(text: &str) -> Vec<Report> {
    let tokens = tokenize(text);
    split_reports(&tokens).iter().map(|groups| parse_groups(groups)).collect()
}

/// Parses the first report in a text.
pub fn parse_report(text: &str) -> Option<Report> {
    let tokens = tokenize(text);
    split_reports(&tokens).first().map(|groups| parse_groups(groups))
}

fn parse_groups(groups: &[&str]) -> Report {
    let mut report = Report { raw: groups.join(" "), ..Report::default() };
    let mut rest = parse_header(groups, &mut report);
    while let Some((group, after)) = rest.split_first() {
        if matches!(*group, "RMK" | "RMKS") {
            let remarks = after.join(" ");
            add_tenths(after, &mut report);
            report.remarks = Some(remarks).filter(|text| !text.is_empty());
            break;
        }
        if is_trend(group) {
            let end =
                after.iter().position(|g| matches!(*g, "RMK" | "RMKS")).unwrap_or(after.len());
            let (trend, remarks) = rest.split_at(end + 1);
            report.trend = Some(trend.join(" "));
            rest = remarks;
            continue;
        }
        rest = &rest[parse_next(rest, &mut report)..];
    }
    report
}

fn parse_header<'g, 't>(groups: &'g [&'t str], report: &mut Report) -> &'g [&'t str] {
    let mut count = 0;
    for group in groups {
        if let Some(kind) = parse_kind(group) {
            report.kind = Some(kind);
        } else if is_correction(group) {
            report.is_corrected = true;
        } else if report.station.is_none() && report.time.is_none() && is_station(group) {
            report.station = Some((*group).to_owned());
        } else if let (None, Some(time)) = (report.time, parse_time(group)) {
            report.time = Some(time);
        } else {
            break;
        }
        count += 1;
    }
    groups.get(count..).unwrap_or_default()
}

fn is_trend(group: &str) -> bool {
    matches!(group, "NOSIG" | "BECMG" | "TEMPO")
}

/// Parses the group or groups at the start of `rest`. Returns their number, at least 1.
fn parse_next(rest: &[&str], report: &mut Report) -> usize {
    let group = |at: usize| rest.get(at).copied().unwrap_or("");
    let is_understood = match group(0) {
        "AUTO" => set(&mut report.is_auto),
        "NIL" => set(&mut report.is_nil),
        // $: the station needs maintenance. RTD: the report is late.
        "$" | "RTD" | "RVRNO" | "//" | "////" | "////SM" => true,
        text if is_correction(text) => set(&mut report.is_corrected),
        "CAVOK" => {
            report.visibility = report.visibility.or(Some(visibility::cavok()));
            set(&mut report.is_cavok)
        }
        "WS" => return parse_wind_shear(rest, report),
        _ => return parse_measurement(rest, report),
    };
    if !is_understood {
        report.unparsed.push(group(0).to_owned());
    }
    1
}

fn set(flag: &mut bool) -> bool {
    *flag = true;
    true
}

fn parse_measurement(rest: &[&str], report: &mut Report) -> usize {
    let group = rest.first().copied().unwrap_or("");
    let next = rest.get(1).copied().unwrap_or("");
    let split_wind = format!("{group}{next}");
    if report.wind.is_none()
        && matches!(next, "KT" | "MPS")
        && wind::parse_wind(&split_wind).is_some()
    {
        report.wind = wind::parse_wind(&split_wind);
        return 2;
    }
    if visibility::is_whole_miles(group) && report.visibility.is_none() {
        // `1 1/2SM`, `10 SM` and `1 1/2 SM`.
        let after_next = rest.get(2).copied().unwrap_or("");
        let (found, count) = match (next, after_next) {
            ("SM", _) => (visibility::parse_miles(None, &format!("{group}SM")), 2),
            (_, "SM") => (visibility::parse_miles(Some(group), &format!("{next}SM")), 3),
            _ => (visibility::parse_miles(Some(group), next), 2),
        };
        if found.is_some() {
            report.visibility = found;
            return count;
        }
    }
    let is_parsed = parse_wind_or_visibility(group, report)
        || parse_weather_or_sky(group, report)
        || parse_temperature_or_pressure(group, report)
        || parse_supplement(group, report);
    if !is_parsed {
        report.unparsed.push(group.to_owned());
    }
    1
}

/// The first group of a kind counts. A second one is kept as unparsed.
fn parse_wind_or_visibility(group: &str, report: &mut Report) -> bool {
    if report.wind.is_none()
        && let Some(wind) = wind::parse_wind(group)
    {
        report.wind = Some(wind);
        return true;
    }
    if let (Some(wind), Some(range)) = (&mut report.wind, wind::parse_range(group)) {
        wind.range = wind.range.or(Some(range));
        return true;
    }
    if let Some((visibility, direction)) = visibility::parse_metres(group) {
        match direction {
            Some(direction) => {
                report.directional_visibility.push((visibility.miles, direction.to_owned()));
            }
            None if report.visibility.is_none() => report.visibility = Some(visibility),
            // WMO: the lowest visibility without a direction, after the prevailing one.
            None => report.directional_visibility.push((visibility.miles, String::new())),
        }
        return true;
    }
    let miles =
        visibility::parse_miles(None, group).or_else(|| visibility::parse_kilometres(group));
    let is_new = report.visibility.is_none() && miles.is_some();
    if is_new {
        report.visibility = miles;
    }
    is_new
}

fn parse_weather_or_sky(group: &str, report: &mut Report) -> bool {
    if let Some(rvr) = rvr::parse_rvr(group).filter(|_| !rvr::is_runway_state(group)) {
        report.rvr.push(rvr);
    } else if phenomena::is_weather(group) {
        report.weather.push(group.to_owned());
    } else if let Some(layer) = clouds::parse_layer(group) {
        report.clouds.push(layer);
    } else if let Some(height) = clouds::parse_vertical_visibility(group) {
        report.is_obscured = true;
        report.vertical_visibility = report.vertical_visibility.or(height);
    } else if let Some(code) = clouds::parse_clear_sky(group) {
        report.clear_sky = Some(code);
    } else {
        return false;
    }
    true
}

fn parse_temperature_or_pressure(group: &str, report: &mut Report) -> bool {
    if let Some((temperature, dew_point)) = temperature::parse_temperatures(group) {
        let is_new = report.temperature.is_none() && report.dew_point.is_none();
        if is_new {
            (report.temperature, report.dew_point) = (temperature, dew_point);
        }
        return is_new;
    }
    match parse_pressure(group) {
        Some(Pressure::Inches(value)) => report.altimeter_inhg = report.altimeter_inhg.or(value),
        Some(Pressure::Hectopascals(value)) => report.qnh_hpa = report.qnh_hpa.or(value),
        None => return false,
    }
    true
}

/// Recent weather, state of a runway, and state of the sea (`W15/S3`, `W15/H12`).
fn parse_supplement(group: &str, report: &mut Report) -> bool {
    let is_sea = |text: &str| {
        let state = text.strip_prefix('W').and_then(|text| text.split_once('/'));
        state.is_some_and(|(water, waves)| {
            (2..=3).contains(&water.len())
                && (2..=4).contains(&waves.len())
                && waves.starts_with(['S', 'H'])
        })
    };
    let is_known =
        phenomena::is_recent_weather(group) || rvr::is_runway_state(group) || is_sea(group);
    if is_known {
        report.supplement.push(group.to_owned());
    }
    is_known
}

/// `WS R24`, `WS RWY24`, `WS TKOF RWY24` or `WS ALL RWY`.
fn parse_wind_shear(rest: &[&str], report: &mut Report) -> usize {
    let group = |at: usize| rest.get(at).copied().unwrap_or("");
    let is_runway =
        |text: &str| text.starts_with('R') && !text.starts_with("RMK") && text.len() <= 6;
    let count = match (group(1), group(2)) {
        ("ALL", "RWY") => 3,
        ("TKOF" | "LDG", runway) if is_runway(runway) => 3,
        (runway, _) if is_runway(runway) => 2,
        _ => 1,
    };
    report.supplement.push(rest.iter().take(count).copied().collect::<Vec<_>>().join(" "));
    count
}

/// Takes tenths from the T group of the remarks. A group that is more than a degree from the body
/// belongs to something else.
fn add_tenths(remarks: &[&str], report: &mut Report) {
    const MAX_DIFFERENCE: f64 = 1.0;
    let Some(tenths) = remarks.iter().find_map(|group| temperature::parse_tenths(group)) else {
        return;
    };
    let agrees = |body: Option<f64>, value: Option<f64>| match (body, value) {
        (Some(body), Some(value)) => (body - value).abs() <= MAX_DIFFERENCE,
        _ => true,
    };
    if agrees(report.temperature, tenths.0) && agrees(report.dew_point, tenths.1) {
        report.temperature = tenths.0.or(report.temperature);
        report.dew_point = tenths.1.or(report.dew_point);
    }
}
