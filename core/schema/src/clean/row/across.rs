//! Rules that look across the columns of a row.

use super::{CleanRow, Context};
use crate::calendar;
use crate::clean::coordinate::{self, Position};
use crate::clean::number::canonical;
use crate::clean::temperature::{self, Weather};
use crate::clean::{DefectKind, DefectKinds, Value, name};
use crate::tables::Table;
use std::borrow::Cow;

/// A rule with the positions of its columns among the values of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Across {
    Calendar { date: usize, year: usize, month: usize },
    AirportDistance { distance: usize, location: usize },
    Zeros { temp: usize, dew_pt: usize, altimeter: usize },
    Place(Place),
    Temperature(Temperature),
    Aircraft { make: usize, model: usize, make_std: usize, model_std: usize },
    Engine { maker: usize, maker_std: usize },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
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
pub(super) struct Temperature {
    ev_id: usize,
    country: usize,
    temp: usize,
    dew_pt: usize,
    metar: usize,
    temp_c: usize,
    dew_pt_c: usize,
}

/// 2020-01-01 00:00:00: rows written since may hold joined coordinate text.
const JOINED_SINCE: i64 = 1_577_836_800;

impl Across {
    /// The rules whose columns the table has, in the order in which they build on each other.
    pub fn of(table: &Table) -> Vec<Across> {
        let all = table.columns.iter().chain(table.derived);
        let names: Vec<&str> = all.map(|c| c.name).collect();
        let at = |name: &str| names.iter().position(|n| *n == name);
        let rules = match table.name {
            "events" => vec![calendar(at), airport(at), zeros(at), place(at), temperature(at)],
            "aircraft" => vec![aircraft(at)],
            "engines" => vec![engine(at)],
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
            Across::Calendar { date, year, month } => fill_calendar(date, year, month, raw, out),
            Across::AirportDistance { distance, location } => {
                if !matches!(out.text(location), Some("ONAP" | "ONAS")) {
                    null_zero(distance, raw, out);
                }
            }
            Across::Zeros { temp, dew_pt, altimeter } => {
                null_zeros(temp, dew_pt, altimeter, raw, out)
            }
            Across::Place(place) => place.fill(raw, out),
            Across::Temperature(rule) => rule.fill(context, out),
            Across::Aircraft { make, model, make_std, model_std } => {
                let maker = out.text(make).and_then(name::standard_make);
                let standard = |m: &str| name::standard_model(maker.as_deref().unwrap_or(""), m);
                let model = out.text(model).and_then(standard);
                out.set(make_std, text_or_null(maker));
                out.set(model_std, text_or_null(model.map(Cow::Owned)));
            }
            Across::Engine { maker, maker_std } => {
                let standard = out.text(maker).and_then(name::standard_engine_maker);
                out.set(maker_std, text_or_null(standard));
            }
        }
    }
}

fn calendar(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    let (date, year, month) = (at("ev_date")?, at("ev_year")?, at("ev_month")?);
    Some(Across::Calendar { date, year, month })
}

fn airport(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    Some(Across::AirportDistance { distance: at("apt_dist")?, location: at("ev_nr_apt_loc")? })
}

fn zeros(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    let (temp, dew_pt) = (at("wx_temp")?, at("wx_dew_pt")?);
    Some(Across::Zeros { temp, dew_pt, altimeter: at("altimeter")? })
}

fn place(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    Some(Across::Place(Place {
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

fn temperature(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    Some(Across::Temperature(Temperature {
        ev_id: at("ev_id")?,
        country: at("ev_country")?,
        temp: at("wx_temp")?,
        dew_pt: at("wx_dew_pt")?,
        metar: at("metar")?,
        temp_c: at("wx_temp_c")?,
        dew_pt_c: at("wx_dew_pt_c")?,
    }))
}

fn aircraft(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    Some(Across::Aircraft {
        make: at("acft_make")?,
        model: at("acft_model")?,
        make_std: at("acft_make_std")?,
        model_std: at("acft_model_std")?,
    })
}

fn engine(at: impl Fn(&str) -> Option<usize>) -> Option<Across> {
    Some(Across::Engine { maker: at("eng_mfgr")?, maker_std: at("eng_mfgr_std")? })
}

fn text_or_null(text: Option<Cow<'static, str>>) -> Value<'static> {
    text.map_or(Value::Null, Value::text)
}

/// Year and month follow the date; a difference is reported, a gap only filled.
fn fill_calendar<'a>(
    date: usize,
    year: usize,
    month: usize,
    raw: &[Option<&'a str>],
    out: &mut CleanRow<'a>,
) {
    let Some(Value::Date(days)) = out.values.get(date) else { return };
    let (true_year, true_month, _) = calendar::civil(*days);
    for (at, truth) in [(year, true_year), (month, i32::try_from(true_month).unwrap_or(0))] {
        let written = out.int(at);
        if written == Some(truth) {
            continue;
        }
        if written.is_some() {
            report(DefectKind::YearCorrected, at, raw, out);
        }
        out.set(at, Value::Int(truth));
    }
}

fn report<'a>(defect_kind: DefectKind, at: usize, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
    let mut defect_kinds = DefectKinds::default();
    defect_kinds.add(defect_kind);
    out.report(at, raw, defect_kinds);
}

fn null_zero<'a>(at: usize, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
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

/// A temperature of 0 is one if anything else of the observation is known.
fn null_zeros<'a>(
    temp: usize,
    dew_pt: usize,
    altimeter: usize,
    raw: &[Option<&'a str>],
    out: &mut CleanRow<'a>,
) {
    let nothing = |at: usize| out.int(at).unwrap_or(0) == 0;
    if nothing(temp) && nothing(dew_pt) && out.is_null(altimeter) {
        null_zero(temp, raw, out);
        null_zero(dew_pt, raw, out);
    }
}

impl Place {
    fn fill<'a>(&self, raw: &[Option<&'a str>], out: &mut CleanRow<'a>) {
        let place = coordinate::resolve(&self.position(out));
        let defect_kinds = place.defect_kinds;
        out.report(self.lat_text, raw, defect_kinds.lat_text);
        out.report(self.lon_text, raw, defect_kinds.lon_text);
        out.report(self.dec_lat, raw, defect_kinds.dec_lat);
        out.report(self.dec_lon, raw, defect_kinds.dec_lon);
        let double = |x: Option<f64>| x.map_or(Value::Null, |x| Value::Double(canonical(x)));
        if !defect_kinds.dec_lat.is_empty() || !defect_kinds.dec_lon.is_empty() {
            out.set(self.dec_lat, double(place.dec_lat));
            out.set(self.dec_lon, double(place.dec_lon));
        }
        out.set(self.lat, place.point.map_or(Value::Null, |p| Value::Double(p.0)));
        out.set(self.lon, place.point.map_or(Value::Null, |p| Value::Double(p.1)));
        out.set(self.source, Value::Text(Cow::Borrowed(place.source.as_str())));
    }

    fn position<'r>(&self, row: &'r CleanRow) -> Position<'r> {
        Position {
            lat_text: row.text(self.lat_text),
            lon_text: row.text(self.lon_text),
            dec_lat: row.double(self.dec_lat),
            dec_lon: row.double(self.dec_lon),
            domestic: coordinate::is_domestic(row.text(self.country), row.text(self.state)),
            joined: self.may_be_joined(row),
        }
    }

    /// Written since 2020: by the date of the last change, or entered since by its identifier.
    fn may_be_joined(&self, row: &CleanRow) -> bool {
        match row.values.get(self.lchg_date) {
            Some(Value::Timestamp(seconds)) => *seconds >= JOINED_SINCE,
            _ => row.text(self.ev_id).is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit())),
        }
    }
}

impl Temperature {
    fn fill(&self, context: &Context, out: &mut CleanRow) {
        let (temp, dew_pt) = (out.int(self.temp), out.int(self.dew_pt));
        if temp.is_none() && dew_pt.is_none() {
            return;
        }
        let Some(unit) = temperature::unit(&Weather {
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
