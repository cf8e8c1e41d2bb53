//! Errors of spatial functions.

use crate::error::{CommonError, ErrorContext, InvalidArgument, SqlError, area_error};
use crate::search::InvalidFilter;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    #[error(transparent)]
    Filter(#[from] InvalidFilter),
    #[error(transparent)]
    Spatial(#[from] ntsb_geo::SpatialError),
    #[error(
        "{operation} needs at least {}, ntsb.work_mem is {}",
        format_size(*needed),
        format_size(*limit)
    )]
    WorkMem { operation: &'static str, needed: u64, limit: u64 },
    #[error("tile {z}/{x}/{y} does not exist")]
    NoSuchTile { z: i32, x: i32, y: i32 },
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(GeoError);

impl SqlError for GeoError {
    fn context(&self) -> ErrorContext {
        use PgSqlErrorCode::*;
        match self {
            GeoError::Filter(error) => error.context(),
            GeoError::Spatial(_) => ErrorContext::new(ERRCODE_INVALID_PARAMETER_VALUE)
                .with_hint("\\df+ with the name of the function explains each argument."),
            GeoError::WorkMem { needed, .. } => {
                ErrorContext::new(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED).with_hint(format!(
                    "SET ntsb.work_mem = '{}', or pass a filter that selects fewer events.",
                    format_size(*needed)
                ))
            }
            GeoError::NoSuchTile { z, x, y } => ErrorContext::new(ERRCODE_INVALID_PARAMETER_VALUE)
                .with_detail(format!("z is {z}, x is {x}, y is {y}."))
                .with_hint(
                    "z must be between 0 and 22; x and y count from the north-west, 0 to 2^z - 1.",
                ),
            GeoError::Common(error) => error.context(),
        }
    }
}

/// Checks a coordinate or a distance.
pub fn check_range(
    name: &'static str,
    value: f64,
    (min, max): (f64, f64),
) -> Result<(), InvalidArgument> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    let allowed = match max {
        f64::MAX => format!("{min} or more"),
        _ => format!("between {min} and {max}"),
    };
    Err(InvalidArgument::new(name, allowed, value).with_hint(
        "Coordinates are in degrees (WGS 84), north and east positive; distances are in kilometres.",
    ))
}

/// Formats bytes as PostgreSQL's settings write them, rounded up.
fn format_size(bytes: u64) -> String {
    match bytes.div_ceil(1024) {
        kilobytes @ ..10_240 => format!("{kilobytes}kB"),
        kilobytes => format!("{}MB", kilobytes.div_ceil(1024)),
    }
}
