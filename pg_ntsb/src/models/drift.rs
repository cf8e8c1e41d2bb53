//! Statistics of `ntsb_detect_drift`, which compares two periods of events.

use crate::error::require_elements;
use ntsb_timeseries::drift::{Drift, Limits, find_drifted};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

type DriftRow = (String, f64, f64, f64, f64);

#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    cost = 1000,
    schema = "ntsb_internal",
    name = "measure_number_drift"
)]
fn ntsb_measure_number_drift(
    reference: Vec<Option<f64>>,
    current: Vec<Option<f64>>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(test, String),
            name!(statistic, f64),
            name!(p_value, f64),
            name!(psi, f64),
            name!(jensen_shannon, f64),
        ),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(to_row(Drift::between_numbers(&reference, &current))))
}

#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    cost = 1000,
    schema = "ntsb_internal",
    name = "measure_code_drift"
)]
fn ntsb_measure_code_drift(
    reference: Vec<Option<String>>,
    current: Vec<Option<String>>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(test, String),
            name!(statistic, f64),
            name!(p_value, f64),
            name!(psi, f64),
            name!(jensen_shannon, f64),
        ),
    >,
    ErrorReport,
> {
    Ok(TableIterator::new(to_row(Drift::between_codes(&reference, &current))))
}

fn to_row(drift: Option<Drift>) -> Option<DriftRow> {
    drift.map(|d| (d.test.name().to_owned(), d.statistic, d.p_value, d.psi, d.jensen_shannon))
}

#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    schema = "ntsb_internal",
    name = "flag_drifted_features"
)]
fn ntsb_flag_drifted_features(
    p_values: Vec<Option<f64>>,
    psis: Vec<Option<f64>>,
    alarm_rate: f64,
    min_psi: f64,
) -> Result<Vec<bool>, ErrorReport> {
    let (p_values, psis) =
        (require_elements(p_values, "p_values")?, require_elements(psis, "psis")?);
    let pairs: Vec<(f64, f64)> = p_values.into_iter().zip(psis).collect();
    Ok(find_drifted(&pairs, Limits { alarm_rate, min_psi }))
}
