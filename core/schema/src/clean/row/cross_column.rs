//! Rules for columns that depend on each other.

use super::{CleanRow, Context};
use crate::calendar;
use crate::clean::coordinate::{self, PositionColumns};
use crate::clean::number::round_double;
use crate::clean::temperature::{self, Weather};
use crate::clean::{DefectKind, DefectKinds, Value, name};
use crate::tables::Table;
use std::borrow::Cow;

/// A rule with the positions of its columns among the values of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum CrossColumnRule {
    Calendar { date: usize, year: usize, month: usize },
    AirportDistance { distance: usize, location: usize },
    WeatherZeros { temp: usize, dew_pt: usize, altimeter: usize },
    Position(PositionRule),
    Temperature(TemperatureRule),
    Aircraft { make: usize, model: usize, make_std: usize, model_std: usize },
    Engine { maker: usize, maker_std: usize },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PositionRule {
    ev_id: usize,
    lchg_date: usize,
    country: usize,
    state: usize,
    lat_text: usize,
    lon_text: usize,
    dec_lat: usize,
    dec_lon: usize,
    lat: usize,
    lon: usize,
    source: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TemperatureRule {
    ev_id: usize,
    country: usize,
    temp: usize,
    dew_pt: usize,
    metar: usize,
    temp_c: usize,
    dew_pt_c: usize,
}

/// 2020-01-01 00:00:00. Rows written since may contain joined coordinate text.
const JOINED_SINCE: i64 = 1_577_836_800;

impl CrossColumnRule {
    /// The rules of a table, in the order in which they must be applied.
    pub fn for_table(table: &Table) -> Vec<CrossColumnRule> {
        let all = table.columns.iter().chain(table.derived);
        let names: Vec<&str> = all.map(|c| c.name).collect();
        let at = |name: &str| names.iter().position(|n| *n == name);
        let rules = match table.name {
            "events" => vec![
                calendar_rule(at),
                airport_rule(at),
                weather_zeros_rule(at),
                position_rule(at),
                temperature_rule(at),
            ],
            "aircraft" => vec![aircraft_rule(at)],
            "engines" => vec![engine_rule(at)],
            _ => Vec::new(),
        };
        rules.into_iter().flatten().collect()
    }

    pub fn apply<'a>(
        &self,
        raw: &[Option<&'a str>],
        context: &Context<'a>,
        out: &mut CleanRow<'a>,
    ) {
        match *self {
            CrossColumnRule::Calendar { date, year, month } => {
                fill_calendar(date, year, month, raw, out)
            }
            CrossColumnRule::AirportDistance { distance, location } => {
                if !matches!(out.text(location), Some("ONAP" | "ONAS")) {
                    zero_to_null(distance, raw, out);
                }
            }
            CrossColumnRule::WeatherZeros { temp, dew_pt, altimeter } => {
                weather_zeros_to_null(temp, dew_pt, altimeter, raw, out)
            }
            CrossColumnRule::Position(rule) => rule.fill(raw, out),
            CrossColumnRule::Temperature(rule) => rule.fill(context, out),
            CrossColumnRule::Aircraft { make, model, make_std, model_std } => {
                let maker = out.text(make).and_then(name::standardize_make);
                let standardize =
                    |m: &str| name::standardize_model(maker.as_deref().unwrap_or(""), m);
                let model = out.text(model).and_then(standardize);
                out.set(make_std, text_or_null(maker));
                out.set(model_std, text_or_null(model.map(Cow::Owned)));
            }
            CrossColumnRule::Engine { maker, maker_std } => {
                let standardized = out.text(maker).and_then(name::standardize_engine_maker);
                out.set(maker_std, text_or_null(standardized));
            }
        }
    }
}

fn calendar_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    let (date, year, month) = (at("ev_date")?, at("ev_year")?, at("ev_month")?);
    Some(CrossColumnRule::Calendar { date, year, month })
}

fn airport_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    Some(CrossColumnRule::AirportDistance {
        distance: at("apt_dist")?,
        location: at("ev_nr_apt_loc")?,
    })
}

fn weather_zeros_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    let (temp, dew_pt) = (at("wx_temp")?, at("wx_dew_pt")?);
    Some(CrossColumnRule::WeatherZeros { temp, dew_pt, altimeter: at("altimeter")? })
}

fn position_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    Some(CrossColumnRule::Position(PositionRule {
        ev_id: at("ev_id")?,
        lchg_date: at("lchg_date")?,
        country: at("ev_country")?,
        state: at("ev_state")?,
        lat_text: at("latitude")?,
        lon_text: at("longitude")?,
        dec_lat: at("dec_latitude")?,
        dec_lon: at("dec_longitude")?,
        lat: at("lat")?,
        lon: at("lon")?,
        source: at("coord_source")?,
    }))
}

fn temperature_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    Some(CrossColumnRule::Temperature(TemperatureRule {
        ev_id: at("ev_id")?,
        country: at("ev_country")?,
        temp: at("wx_temp")?,
        dew_pt: at("wx_dew_pt")?,
        metar: at("metar")?,
        temp_c: at("wx_temp_c")?,
        dew_pt_c: at("wx_dew_pt_c")?,
    }))
}

fn aircraft_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    Some(CrossColumnRule::Aircraft {
        make: at("acft_make")?,
        model: at("acft_model")?,
        make_std: at("acft_make_std")?,
        model_std: at("acft_model_std")?,
    })
}

fn engine_rule(at: impl Fn(&str) -> Option<usize>) -> Option<CrossColumnRule> {
    Some(CrossColumnRule::Engine { maker: at("eng_mfgr")?, maker_std: at("eng_mfgr_std")? })
}

fn text_or_null(text: Option<Cow<'static, str>>) -> Value<'static> {
    text.map_or(Value::Null, Value::from_text)
}

/// Sets year and month by the date. Reports a difference, but not a missing value.
fn fill_calendar<'a>(
    date: usize,
    year: usize,
    month: usize,
    raw: &[Option<&'a str>],
    out: &mut CleanRow<'a>,
) {
    let Some(Value::Date(days)) = out.values.get(date) else { return };
    let (date_year, date_month, _) = calendar::days_to_date(*days);
    for (at, expected) in [(year, date_year), (month, i32::try_from(date_month).unwrap_or(0))] {
        let found = out.int(at);
        if found == Some(expected) {
            continue;
        }
        if found.is_some() {
            report(DefectKind::YearCorrected, at, raw, out);
        }
        out.set(at, Value::Int(expected));
    }
}

fn report<'a>(kind: DefectKind, at: usize, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
    let mut defects = DefectKinds::default();
    defects.add(kind);
    out.report(at, raw, defects);
}

fn zero_to_null<'a>(at: usize, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
    let is_zero = match out.values.get(at) {
        Some(Value::Int(n)) => *n == 0,
        Some(Value::Real(x)) => *x == 0.0,
        _ => false,
    };
    if is_zero {
        report(DefectKind::ZeroForNull, at, raw, out);
        out.set(at, Value::Null);
    }
}

/// Replaces temperatures of 0 by null, unless another value of the observation is known.
fn weather_zeros_to_null<'a>(
    temp: usize,
    dew_pt: usize,
    altimeter: usize,
    raw: &[Option<&'a str>],
    out: &mut CleanRow<'a>,
) {
    let is_unknown = |at: usize| out.int(at).unwrap_or(0) == 0;
    if is_unknown(temp) && is_unknown(dew_pt) && out.is_null(altimeter) {
        zero_to_null(temp, raw, out);
        zero_to_null(dew_pt, raw, out);
    }
}

impl PositionRule {
    fn fill<'a>(&self, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
        let resolved = coordinate::resolve_position(&self.columns(out));
        let defects = resolved.defects;
        out.report(self.lat_text, raw, defects.lat_text);
        out.report(self.lon_text, raw, defects.lon_text);
        out.report(self.dec_lat, raw, defects.dec_lat);
        out.report(self.dec_lon, raw, defects.dec_lon);
        let double = |x: Option<f64>| x.map_or(Value::Null, |x| Value::Double(round_double(x)));
        if !defects.dec_lat.is_empty() || !defects.dec_lon.is_empty() {
            out.set(self.dec_lat, double(resolved.dec_lat));
            out.set(self.dec_lon, double(resolved.dec_lon));
        }
        out.set(self.lat, resolved.point.map_or(Value::Null, |p| Value::Double(p.0)));
        out.set(self.lon, resolved.point.map_or(Value::Null, |p| Value::Double(p.1)));
        out.set(self.source, Value::Text(Cow::Borrowed(resolved.source.as_str())));
    }

    fn columns<'r>(&self, row: &'r CleanRow) -> PositionColumns<'r> {
        PositionColumns {
            lat_text: row.text(self.lat_text),
            lon_text: row.text(self.lon_text),
            dec_lat: row.double(self.dec_lat),
            dec_lon: row.double(self.dec_lon),
            is_domestic: coordinate::is_domestic(row.text(self.country), row.text(self.state)),
            may_be_joined: self.may_be_joined(row),
        }
    }

    /// Whether the row was written since 2020, by the date of its last change or by its identifier.
    fn may_be_joined(&self, row: &CleanRow) -> bool {
        match row.values.get(self.lchg_date) {
            Some(Value::Timestamp(seconds)) => *seconds >= JOINED_SINCE,
            _ => row.text(self.ev_id).is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit())),
        }
    }
}

impl TemperatureRule {
    fn fill(&self, context: &Context, out: &mut CleanRow) {
        let (temp, dew_pt) = (out.int(self.temp), out.int(self.dew_pt));
        if temp.is_none() && dew_pt.is_none() {
            return;
        }
        let Some(unit) = temperature::infer_unit(&Weather {
            temp,
            dew_pt,
            metar: out.text(self.metar),
            ev_id: out.text(self.ev_id),
            country: out.text(self.country),
            far_part: context.far_part,
        }) else {
            return;
        };
        let celsius = |v: Option<i32>| v.map_or(Value::Null, |v| Value::Real(unit.to_celsius(v)));
        out.set(self.temp_c, celsius(temp));
        out.set(self.dew_pt_c, celsius(dew_pt));
    }
}
