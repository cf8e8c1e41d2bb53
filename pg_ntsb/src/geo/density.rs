//! How many accidents there are where.

use super::memory::{Need, allowed};
use super::points::{self, Points};
use crate::cancel::poll;
use crate::error::Error;
use ntsb_geo::{Cell, Grid, Kernel, kernel_density, memory};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, Default)]
struct Held {
    events: i32,
    fatal: i32,
    density: Option<f64>,
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_density(
    cell_deg: default!(Option<f64>, 1.0),
    bandwidth_km: default!(Option<f64>, "NULL"),
    kernel: default!(Option<&str>, "'quartic'"),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(lat, f64),
            name!(lon, f64),
            name!(events, i32),
            name!(fatal_events, i32),
            name!(area_km2, f64),
            name!(events_per_1000_km2, f64),
            name!(density_per_1000_km2, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let grid = Grid::new(cell_deg.unwrap_or(1.0)).map_err(Error::from)?;
    let kernel = Kernel::find(kernel.unwrap_or("quartic")).map_err(Error::from)?;
    let smooth = bandwidth_km.map(|km| (kernel, km));
    let points = points::read(filter, "fatal", "density", need(0))?;
    let cells = held(&points, &grid, smooth)?;
    Ok(TableIterator::new(cells.into_iter().map(move |(cell, held)| {
        let (centre, area) = (grid.centre(cell), grid.area(cell));
        let per_1000 = 1000.0 * f64::from(held.events) / area;
        let density = held.density.map(|d| 1000.0 * d);
        (centre.lat, centre.lon, held.events, held.fatal, area, per_1000, density)
    })))
}

fn need(cells: u64) -> Need {
    // A point may have a cell of its own.
    Need { per_point: memory::POINT + memory::CELL, besides: cells * memory::CELL }
}

fn held(
    points: &Points,
    grid: &Grid,
    smooth: Option<(Kernel, f64)>,
) -> Result<BTreeMap<Cell, Held>, Error> {
    let mut cells: BTreeMap<Cell, Held> = BTreeMap::new();
    for (place, fatal) in points.places.iter().zip(&points.values) {
        let held = cells.entry(grid.cell(place)).or_default();
        held.events += 1;
        held.fatal += i32::from(*fatal > 0.0);
    }
    let Some((kernel, bandwidth_km)) = smooth else { return Ok(cells) };
    cells.values_mut().for_each(|held| held.density = Some(0.0));
    // Twice a cell: with the counts, too.
    let most = allowed() / (2 * memory::CELL);
    let spread =
        kernel_density(&points.places, grid, kernel, bandwidth_km, most as usize, &mut poll)?;
    let spread = spread.ok_or_else(|| need(2 * most + 2).refuse("density", 0))?;
    for (cell, density) in spread {
        cells.entry(cell).or_default().density = Some(density);
    }
    Ok(cells)
}
