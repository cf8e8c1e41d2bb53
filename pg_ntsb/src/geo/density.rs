//! `ntsb_density`: accident density per grid cell.

use super::error::GeoError;
use super::memory::{MemoryNeed, work_mem};
use super::points::{Points, read_points};
use crate::cancel::poll;
use ntsb_geo::{Cell, Grid, Kernel, kernel_density, memory};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, Default)]
struct CellCounts {
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
    let grid = Grid::new(cell_deg.unwrap_or(1.0)).map_err(GeoError::from)?;
    let kernel = Kernel::parse(kernel.unwrap_or("quartic")).map_err(GeoError::from)?;
    let smoothing = bandwidth_km.map(|km| (kernel, km));
    let points = read_points(filter, "fatal", "density", memory_need(0))?;
    let cells = count_cells(&points, &grid, smoothing)?;
    Ok(TableIterator::new(cells.into_iter().map(move |(cell, counts)| {
        let (centre, area) = (grid.centre(cell), grid.area_km2(cell));
        let per_1000 = 1000.0 * f64::from(counts.events) / area;
        let density = counts.density.map(|d| 1000.0 * d);
        (centre.lat, centre.lon, counts.events, counts.fatal, area, per_1000, density)
    })))
}

fn memory_need(cells: u64) -> MemoryNeed {
    // In the worst case each point is in a separate cell.
    MemoryNeed {
        per_point: memory::DENSITY_POINT_BYTES + memory::DENSITY_CELL_BYTES,
        fixed: cells * memory::DENSITY_CELL_BYTES,
    }
}

fn count_cells(
    points: &Points,
    grid: &Grid,
    smoothing: Option<(Kernel, f64)>,
) -> Result<BTreeMap<Cell, CellCounts>, GeoError> {
    let mut cells: BTreeMap<Cell, CellCounts> = BTreeMap::new();
    for (place, fatal) in points.places.iter().zip(&points.values) {
        let counts = cells.entry(grid.cell_at(place)).or_default();
        counts.events += 1;
        counts.fatal += i32::from(*fatal > 0.0);
    }
    let Some((kernel, bandwidth_km)) = smoothing else { return Ok(cells) };
    cells.values_mut().for_each(|counts| counts.density = Some(0.0));
    // Each cell is stored twice, with its density and with its counts.
    let max_cells = work_mem() / (2 * memory::DENSITY_CELL_BYTES);
    let densities =
        kernel_density(&points.places, grid, kernel, bandwidth_km, max_cells as usize, &mut poll)?;
    let densities =
        densities.ok_or_else(|| memory_need(2 * max_cells + 2).exceeded("density", 0))?;
    for (cell, density) in densities {
        cells.entry(cell).or_default().density = Some(density);
    }
    Ok(cells)
}
