//! What the star schema asks of single values.

use ntsb_schema::case::key_in;
use ntsb_star::bands::{SCALES, Scale};
use ntsb_star::configuration::{continues, follow};
use ntsb_star::{codes, place_time};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::epoch::seconds;
use crate::error::Error;

/// The band of a number on a scale, such as `100-249` for 120 of `total_hours`.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_band(scale: &str, value: f64) -> Result<Option<String>, ErrorReport> {
    let found = Scale::find(scale).ok_or_else(|| Error::NoSuchScale(scale.into()))?;
    Ok(found.label(value).map(str::to_owned))
}

/// All bands of all scales, in order.
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

/// The coarse phase of flight of a code of an era.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_phase_group(era: &str, code: &str) -> Option<&'static str> {
    codes::phase_group(era, code)
}

/// The category of a finding of an era.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_cause_category(era: &str, code: &str) -> Option<&'static str> {
    codes::cause_category(era, code)
}

/// The time zone of a place, by its IANA name.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_time_zone(lat: f64, lon: f64) -> Option<&'static str> {
    place_time::time_zone(lat, lon)
}

/// Degrees of the sun above the horizon of a place.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_sun_elevation(moment: TimestampWithTimeZone, lat: f64, lon: f64) -> Option<f64> {
    place_time::sun_elevation(seconds(moment), lat, lon)
}

/// Day, Civil twilight or Night, by the elevation of the sun.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_daylight(elevation: f64) -> Option<&'static str> {
    (!elevation.is_nan()).then(|| place_time::daylight(elevation))
}

/// The key of NTSB's case (mKey) that an ev_id holds.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_case_key(ev_id: &str) -> Option<i32> {
    key_in(ev_id).and_then(|key| i32::try_from(key).ok())
}

/// The configuration known after an event, from the one before and what the event states.
#[pg_extern(immutable, parallel_safe, schema = "ntsb_internal", name = "configuration_step")]
fn ntsb_configuration_step(
    known: Option<Vec<Option<String>>>,
    stated: Option<Vec<Option<String>>>,
) -> Option<Vec<Option<String>>> {
    match (known, stated) {
        (Some(known), Some(stated)) => Some(follow(known, stated)),
        (known, stated) => stated.or(known),
    }
}

/// Whether a configuration goes on from the one before.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    schema = "ntsb_internal",
    name = "configuration_continues"
)]
fn ntsb_configuration_continues(before: Vec<Option<String>>, state: Vec<Option<String>>) -> bool {
    continues(&before, &state)
}

extension_sql!(
    r#"
CREATE AGGREGATE ntsb_internal.configuration(text[])
    (SFUNC = ntsb_internal.configuration_step, STYPE = text[], PARALLEL = UNSAFE);
"#,
    name = "configuration",
    requires = [ntsb_configuration_step]
);
