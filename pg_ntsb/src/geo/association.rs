//! Spatial autocorrelation: Moran's I, local Moran's I and hot spots (Getis-Ord).

use super::error::GeoError;
use super::memory::MemoryNeed;
use super::points::{Points, read_points};
use crate::cancel::poll;
use ntsb_geo::{Cell, Grid, HotSpot, Neighbours, Point, getis_ord, local_moran, memory, morans_i};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::collections::BTreeMap;

/// Maximum false discovery rate of a hot or cold spot.
const MAX_FALSE_DISCOVERY_RATE: f64 = 0.05;

/// Parameters of the three statistics.
struct AssociationParams {
    neighbours: i64,
    permutations: i64,
    seed: u64,
}

impl AssociationParams {
    fn new(neighbours: Option<i32>, permutations: Option<i32>, seed: Option<i64>) -> Self {
        AssociationParams {
            neighbours: neighbours.unwrap_or(8).into(),
            permutations: permutations.unwrap_or(0).into(),
            seed: seed.unwrap_or(1).cast_unsigned(),
        }
    }

    /// Checks the parameters before it reads anything.
    fn read_points(&self, filter: Option<&str>, measure: Option<&str>) -> Result<Points, GeoError> {
        Neighbours::find_nearest(&[], self.neighbours, &mut poll)?;
        getis_ord(&[], &Neighbours::from_lists(Vec::new()), self.permutations, 0, &mut poll)?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let need = MemoryNeed {
            per_point: memory::association_bytes(count(self.neighbours)),
            fixed: memory::permutation_bytes(count(self.neighbours), count(self.permutations)),
        };
        read_points(filter, measure.unwrap_or("fatal"), "spatial association", need)
    }

    fn find_neighbours(&self, places: &[Point]) -> Result<Neighbours, GeoError> {
        Ok(Neighbours::find_nearest(places, self.neighbours, &mut poll)?)
    }
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_morans_i(
    measure: default!(Option<&str>, "'fatal'"),
    neighbours: default!(Option<i32>, 8),
    permutations: default!(Option<i32>, 999),
    seed: default!(Option<i64>, 1),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(points, i32),
            name!(morans_i, f64),
            name!(expected, f64),
            name!(variance, f64),
            name!(z, f64),
            name!(p, f64),
            name!(p_sim, Option<f64>),
            name!(z_sim, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let params = AssociationParams::new(neighbours, permutations, seed);
    let points = params.read_points(filter, measure)?;
    let neighbours = params.find_neighbours(&points.places)?;
    let result = morans_i(&points.values, &neighbours, params.permutations, params.seed, &mut poll)
        .map_err(GeoError::from)?;
    let count = points.len() as i32;
    Ok(TableIterator::new(
        result
            .into_iter()
            .map(move |m| (count, m.i, m.expected, m.variance, m.z, m.p, m.p_sim, m.z_sim)),
    ))
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_local_morans_i(
    measure: default!(Option<&str>, "'fatal'"),
    neighbours: default!(Option<i32>, 8),
    permutations: default!(Option<i32>, 999),
    seed: default!(Option<i64>, 1),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, Option<String>),
            name!(lat, f64),
            name!(lon, f64),
            name!(value, f64),
            name!(neighbours_mean, f64),
            name!(local_i, f64),
            name!(quadrant, &'static str),
            name!(p_sim, Option<f64>),
            name!(q, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let params = AssociationParams::new(neighbours, permutations, seed);
    let points = params.read_points(filter, measure)?;
    let neighbours = params.find_neighbours(&points.places)?;
    let results =
        local_moran(&points.values, &neighbours, params.permutations, params.seed, &mut poll)
            .map_err(GeoError::from)?;
    Ok(TableIterator::new(results.into_iter().enumerate().filter_map(move |(index, local)| {
        let (local, place) = (local?, points.places.get(index)?);
        let (value, quadrant) = (*points.values.get(index)?, local.quadrant.as_str());
        let id = points.id(index);
        Some((id, place.lat, place.lon, value, local.lag, local.i, quadrant, local.p_sim, local.q))
    })))
}

type HotSpotRow = (
    Option<String>,
    f64,
    f64,
    i32,
    f64,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<&'static str>,
);

#[pg_extern(stable, parallel_safe)]
fn ntsb_hotspots(
    measure: default!(Option<&str>, "'fatal'"),
    cell_deg: default!(Option<f64>, "NULL"),
    neighbours: default!(Option<i32>, 8),
    permutations: default!(Option<i32>, 0),
    seed: default!(Option<i64>, 1),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, Option<String>),
            name!(lat, f64),
            name!(lon, f64),
            name!(events, i32),
            name!(value, f64),
            name!(z, Option<f64>),
            name!(p, Option<f64>),
            name!(q, Option<f64>),
            name!(p_sim, Option<f64>),
            name!(kind, Option<&'static str>),
        ),
    >,
    ErrorReport,
> {
    let params = AssociationParams::new(neighbours, permutations, seed);
    let grid = cell_deg.map(Grid::new).transpose().map_err(GeoError::from)?;
    let points = params.read_points(filter, measure)?;
    let rows = match grid {
        Some(grid) => find_hot_cells(&points, &grid, &params)?,
        None => find_hot_points(&points, &params)?,
    };
    Ok(TableIterator::new(rows))
}

fn find_hot_points(
    points: &Points,
    params: &AssociationParams,
) -> Result<Vec<HotSpotRow>, GeoError> {
    let neighbours = params.find_neighbours(&points.places)?;
    let spots =
        getis_ord(&points.values, &neighbours, params.permutations, params.seed, &mut poll)?;
    let rows = points.places.iter().zip(&points.values).zip(&spots).enumerate();
    Ok(rows
        .map(|(index, ((place, value), spot))| {
            build_row(points.id(index), place, 1, *value, spot.as_ref())
        })
        .collect())
}

/// Sums the measure over each cell that contains events. The neighbours of a cell are the cells around it.
fn find_hot_cells(
    points: &Points,
    grid: &Grid,
    params: &AssociationParams,
) -> Result<Vec<HotSpotRow>, GeoError> {
    let mut sums: BTreeMap<Cell, (i32, f64)> = BTreeMap::new();
    for (place, value) in points.places.iter().zip(&points.values) {
        let sum = sums.entry(grid.cell_at(place)).or_default();
        *sum = (sum.0 + 1, sum.1 + value);
    }
    let cells: Vec<Cell> = sums.keys().copied().collect();
    let values: Vec<f64> = sums.values().map(|(_, sum)| *sum).collect();
    let neighbours = Neighbours::from_lists(grid.adjacent_cells(&cells));
    let spots = getis_ord(&values, &neighbours, params.permutations, params.seed, &mut poll)?;
    let rows = sums.iter().zip(&spots);
    Ok(rows
        .map(|((cell, (events, sum)), spot)| {
            build_row(None, &grid.centre(*cell), *events, *sum, spot.as_ref())
        })
        .collect())
}

fn build_row(
    id: Option<String>,
    place: &Point,
    events: i32,
    value: f64,
    spot: Option<&HotSpot>,
) -> HotSpotRow {
    let significant = spot.filter(|s| s.q.is_some_and(|q| q <= MAX_FALSE_DISCOVERY_RATE));
    let kind = significant.map(|s| if s.z > 0.0 { "hot" } else { "cold" });
    let (z, p) = (spot.map(|s| s.z), spot.map(|s| s.p));
    let (q, p_sim) = (spot.and_then(|s| s.q), spot.and_then(|s| s.p_sim));
    (id, place.lat, place.lon, events, value, z, p, q, p_sim, kind)
}
