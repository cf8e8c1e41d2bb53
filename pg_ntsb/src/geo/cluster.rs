//! `ntsb_cluster_accidents`: density-based clusters of accidents (DBSCAN).

use super::error::GeoError;
use super::memory::MemoryNeed;
use super::points::read_points;
use crate::cancel::poll;
use crate::search::{compile_filter, filter_or_true};
use ntsb_geo::{dbscan, memory};
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
    let need = MemoryNeed { per_point: memory::CLUSTERING_POINT_BYTES, fixed: 0 };
    check_arguments(eps_km, min_points, filter)?;
    let points = read_points(filter, "events", "clustering", need)?;
    let clusters =
        dbscan(&points.places, eps_km, min_points.into(), &mut poll).map_err(GeoError::from)?;
    Ok(TableIterator::new((0..points.len()).map(move |index| {
        let label = clusters.label(index).and_then(|label| i32::try_from(label).ok());
        (points.id(index), label, clusters.is_core(index))
    })))
}

/// Checks the arguments before anything is read.
fn check_arguments(eps_km: f64, min_points: i32, filter: Option<&str>) -> Result<(), GeoError> {
    dbscan(&[], eps_km, min_points.into(), &mut poll)?;
    compile_filter(filter_or_true(filter), 1)?;
    Ok(())
}

/// Called from PL/pgSQL as an expression: the error context of a failing query would show its SQL.
#[pg_extern(
    stable,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.check_clustering(eps_km double precision, min_points integer, filter text) RETURNS boolean
STABLE PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.check_clustering(double precision, integer, text) IS
'Internal: called by ntsb_cluster_summary and ntsb_refresh_clusters. Checks the arguments of ntsb_cluster_accidents before anything is read. Returns false if eps_km or min_points is null, otherwise true. Fails if an argument is invalid.';
"#
)]
fn ntsb_check_clustering(
    eps_km: Option<f64>,
    min_points: Option<i32>,
    filter: Option<&str>,
) -> Result<bool, ErrorReport> {
    let (Some(eps_km), Some(min_points)) = (eps_km, min_points) else { return Ok(false) };
    check_arguments(eps_km, min_points, filter)?;
    Ok(true)
}
