//! Whether like lies beside like, and where.

use super::memory::Need;
use super::points::{self, Points};
use crate::cancel::poll;
use crate::error::Error;
use ntsb_geo::{Cell, Grid, HotSpot, Neighbours, Place, getis_ord, local_moran, memory, moran};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::collections::BTreeMap;

/// Below this false discovery rate something is called a discovery.
const DISCOVERY: f64 = 0.05;

/// What the three statistics are asked for.
struct Asked {
    neighbours: i64,
    permutations: i64,
    seed: u64,
}

impl Asked {
    fn new(neighbours: Option<i32>, permutations: Option<i32>, seed: Option<i64>) -> Asked {
        Asked {
            neighbours: neighbours.unwrap_or(8).into(),
            permutations: permutations.unwrap_or(0).into(),
            seed: seed.unwrap_or(1).cast_unsigned(),
        }
    }

    fn read(&self, filter: Option<&str>, measure: Option<&str>) -> Result<Points, Error> {
        // What cannot be asked is refused before anything is read.
        Neighbours::nearest(&[], self.neighbours, &mut poll)?;
        getis_ord(&[], &Neighbours::listed(Vec::new()), self.permutations, 0, &mut poll)?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let need = Need {
            per_point: memory::association(count(self.neighbours)),
            besides: memory::permutations(count(self.neighbours), count(self.permutations)),
        };
        points::read(filter, measure.unwrap_or("fatal"), "spatial association", need)
    }

    fn about(&self, places: &[Place]) -> Result<Neighbours, Error> {
        Ok(Neighbours::nearest(places, self.neighbours, &mut poll)?)
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
    let asked = Asked::new(neighbours, permutations, seed);
    let points = asked.read(filter, measure)?;
    let about = asked.about(&points.places)?;
    let found = moran(&points.values, &about, asked.permutations, asked.seed, &mut poll)
        .map_err(Error::from)?;
    let count = points.len() as i32;
    Ok(TableIterator::new(
        found
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
    let asked = Asked::new(neighbours, permutations, seed);
    let points = asked.read(filter, measure)?;
    let about = asked.about(&points.places)?;
    let found = local_moran(&points.values, &about, asked.permutations, asked.seed, &mut poll)
        .map_err(Error::from)?;
    Ok(TableIterator::new(found.into_iter().enumerate().filter_map(move |(at, local)| {
        let (local, place) = (local?, points.places.get(at)?);
        let (value, quadrant) = (*points.values.get(at)?, local.quadrant.as_str());
        let id = points.id(at);
        Some((id, place.lat, place.lon, value, local.lag, local.i, quadrant, local.p_sim, local.q))
    })))
}

type Spot = (
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
    let asked = Asked::new(neighbours, permutations, seed);
    let grid = cell_deg.map(Grid::new).transpose().map_err(Error::from)?;
    let points = asked.read(filter, measure)?;
    let rows = match grid {
        Some(grid) => by_cell(&points, &grid, &asked)?,
        None => by_point(points, &asked)?,
    };
    Ok(TableIterator::new(rows))
}

fn by_point(points: Points, asked: &Asked) -> Result<Vec<Spot>, Error> {
    let about = asked.about(&points.places)?;
    let found = getis_ord(&points.values, &about, asked.permutations, asked.seed, &mut poll)?;
    let rows = points.places.iter().zip(&points.values).zip(&found).enumerate();
    Ok(rows
        .map(|(at, ((place, value), spot))| row(points.id(at), place, 1, *value, spot.as_ref()))
        .collect())
}

/// Cells that hold events, each with the sum of what is measured; its neighbours touch it.
fn by_cell(points: &Points, grid: &Grid, asked: &Asked) -> Result<Vec<Spot>, Error> {
    let mut sums: BTreeMap<Cell, (i32, f64)> = BTreeMap::new();
    for (place, value) in points.places.iter().zip(&points.values) {
        let sum = sums.entry(grid.cell(place)).or_default();
        *sum = (sum.0 + 1, sum.1 + value);
    }
    let cells: Vec<Cell> = sums.keys().copied().collect();
    let values: Vec<f64> = sums.values().map(|(_, sum)| *sum).collect();
    let about = Neighbours::listed(grid.touching(&cells));
    let found = getis_ord(&values, &about, asked.permutations, asked.seed, &mut poll)?;
    let rows = sums.iter().zip(&found);
    Ok(rows
        .map(|((cell, (events, sum)), spot)| {
            row(None, &grid.centre(*cell), *events, *sum, spot.as_ref())
        })
        .collect())
}

fn row(id: Option<String>, place: &Place, events: i32, value: f64, spot: Option<&HotSpot>) -> Spot {
    let discovery = spot.filter(|s| s.q.is_some_and(|q| q <= DISCOVERY));
    let kind = discovery.map(|s| if s.z > 0.0 { "hot" } else { "cold" });
    let (z, p) = (spot.map(|s| s.z), spot.map(|s| s.p));
    let (q, p_sim) = (spot.and_then(|s| s.q), spot.and_then(|s| s.p_sim));
    (id, place.lat, place.lon, events, value, z, p, q, p_sim, kind)
}
