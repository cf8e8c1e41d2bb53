//! Clusters of accidents.

use super::memory::Need;
use super::{points, wanted};
use crate::cancel::poll;
use crate::error::Error;
use crate::search::condition;
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
    let need = Need { per_point: memory::CLUSTERING, besides: 0 };
    check(eps_km, min_points, filter)?;
    let points = points::read(filter, "events", "clustering", need)?;
    let clusters =
        dbscan(&points.places, eps_km, min_points.into(), &mut poll).map_err(Error::from)?;
    Ok(TableIterator::new((0..points.len()).map(move |at| {
        let label = clusters.label(at).and_then(|label| i32::try_from(label).ok());
        (points.id(at), label, clusters.is_core(at))
    })))
}

/// What cannot be clustered by is refused before anything is read.
fn check(eps_km: f64, min_points: i32, filter: Option<&str>) -> Result<(), Error> {
    dbscan(&[], eps_km, min_points.into(), &mut poll)?;
    condition(wanted(filter), 1)?;
    Ok(())
}

/// For PL/pgSQL, which prints the SQL about a function that fails, but not about a plain expression.
#[pg_extern(
    stable,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.check_clustering(eps_km double precision, min_points integer, filter text) RETURNS boolean
STABLE PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.check_clustering(double precision, integer, text) IS
'A part of ntsb_cluster_summary and ntsb_refresh_clusters: refuses what ntsb_cluster_accidents would refuse, before anything is read. True; false where nothing is asked for.';
"#
)]
fn ntsb_check_clustering(
    eps_km: Option<f64>,
    min_points: Option<i32>,
    filter: Option<&str>,
) -> Result<bool, ErrorReport> {
    let (Some(eps_km), Some(min_points)) = (eps_km, min_points) else { return Ok(false) };
    check(eps_km, min_points, filter)?;
    Ok(true)
}
