//! Clusters of accidents.

use super::memory::Need;
use super::points;
use crate::cancel::poll;
use crate::error::Error;
use ntsb_core::spatial::{dbscan, memory};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

#[pg_extern(stable, parallel_safe)]
fn ntsb_cluster_accidents(
    eps_km: Option<f64>,
    min_points: Option<i32>,
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (name!(ev_id, Option<String>), name!(cluster_id, Option<i32>), name!(is_core, bool)),
    >,
    ErrorReport,
> {
    let (Some(eps_km), Some(min_points)) = (eps_km, min_points) else {
        return Ok(TableIterator::empty());
    };
    let need = Need { per_point: memory::CLUSTERING, besides: 0 };
    // What cannot be clustered by is refused before anything is read.
    dbscan(&[], eps_km, min_points.into(), &mut poll).map_err(Error::from)?;
    let points = points::read(filter, "events", "clustering", need)?;
    let clusters =
        dbscan(&points.places, eps_km, min_points.into(), &mut poll).map_err(Error::from)?;
    Ok(TableIterator::new((0..points.len()).map(move |at| {
        let label = clusters.label(at).and_then(|label| i32::try_from(label).ok());
        (points.id(at), label, clusters.is_core(at))
    })))
}
