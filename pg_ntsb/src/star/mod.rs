//! Functions over single values that the star schema needs.

use ntsb_schema::case::parse_mkey;
use ntsb_star::bands::{SCALES, Scale};
use ntsb_star::configuration::{is_continuation, merge_reported};
use ntsb_star::{codes, local_time};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::epoch::seconds_since_1970;
use crate::error::InvalidArgument;

/// Returns the band of a number on a scale, such as `100-249` for 120 on `total_hours`.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_band(scale: &str, value: f64) -> Result<Option<String>, ErrorReport> {
    let found = Scale::find(scale).ok_or_else(|| unknown_scale(scale))?;
    Ok(found.label(value).map(str::to_owned))
}

fn unknown_scale(name: &str) -> InvalidArgument {
    let names: Vec<_> = SCALES.iter().map(|s| s.name).collect();
    InvalidArgument::new("scale", format!("one of {}", names.join(", ")), name)
}

/// Lists the bands of all scales, in order.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_bands() -> TableIterator<
    'static,
    (
        name!(scale, &'static str),
        name!(position, i32),
        name!(label, &'static str),
        name!(from_value, f64),
        name!(to_value, f64),
    ),
> {
    TableIterator::new(SCALES.iter().flat_map(|scale| {
        let numbered = (1..).zip(scale.bands());
        numbered.map(|(number, band)| (scale.name, number, band.label, band.from, band.to))
    }))
}

/// Returns the phase group of a phase code; `era` selects the code system.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_phase_group(era: &str, code: &str) -> Option<&'static str> {
    codes::phase_group(era, code)
}

/// Returns the category of a finding code; `era` selects the code system.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_cause_category(era: &str, code: &str) -> Option<&'static str> {
    codes::cause_category(era, code)
}

/// Returns the IANA name of the time zone at a location.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_time_zone(lat: f64, lon: f64) -> Option<&'static str> {
    local_time::find_time_zone(lat, lon)
}

/// Returns the elevation of the sun above the horizon at a location, in degrees.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_sun_elevation(moment: TimestampWithTimeZone, lat: f64, lon: f64) -> Option<f64> {
    local_time::sun_elevation(seconds_since_1970(moment), lat, lon)
}

/// Returns Day, Civil twilight or Night for an elevation of the sun in degrees.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_daylight(elevation: f64) -> Option<&'static str> {
    (!elevation.is_nan()).then(|| local_time::classify_daylight(elevation))
}

/// Returns NTSB's case key (mKey) that an ev_id contains.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_case_key(ev_id: &str) -> Option<i32> {
    parse_mkey(ev_id).and_then(|key| i32::try_from(key).ok())
}

/// Returns the aircraft configuration after an event: the known one, updated with what the event states.
#[pg_extern(immutable, parallel_safe, schema = "ntsb_internal", name = "merge_configuration_step")]
fn ntsb_merge_configuration_step(
    known: Option<Vec<Option<String>>>,
    stated: Option<Vec<Option<String>>>,
) -> Option<Vec<Option<String>>> {
    match (known, stated) {
        (Some(known), Some(stated)) => Some(merge_reported(known, stated)),
        (known, stated) => stated.or(known),
    }
}

/// Returns true if a configuration does not contradict the previous one.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    schema = "ntsb_internal",
    name = "continues_configuration"
)]
fn ntsb_continues_configuration(before: Vec<Option<String>>, state: Vec<Option<String>>) -> bool {
    is_continuation(&before, &state)
}

extension_sql!(
    r#"
CREATE AGGREGATE ntsb_internal.merge_configuration(text[])
    (SFUNC = ntsb_internal.merge_configuration_step, STYPE = text[], PARALLEL = UNSAFE);
"#,
    name = "merge_configuration",
    requires = [ntsb_merge_configuration_step]
);
