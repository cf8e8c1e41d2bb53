//! Kernel density: events per square kilometre.

use super::SpatialError;
use super::grid::{Cell, Grid};
use super::point::{EARTH_RADIUS_KM, Point, UnitVector, squared_chord_to_km};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// A kernel, which says how the weight of an event decreases with the distance d.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// 3 / (π h²) (1 - d² / h²)² within the bandwidth h (Silverman 1986).
    Quartic,
    /// 1 / (2 π h²) exp(-d² / 2h²), cut off at four bandwidths.
    Gaussian,
}

impl Kernel {
    /// The kernel with that name.
    pub fn parse(name: &str) -> Result<Kernel, SpatialError> {
        match name {
            "quartic" => Ok(Kernel::Quartic),
            "gaussian" => Ok(Kernel::Gaussian),
            _ => Err(SpatialError::Kernel(name.to_owned())),
        }
    }

    /// Its radius, in bandwidths.
    fn reach(self) -> f64 {
        match self {
            Kernel::Quartic => 1.0,
            Kernel::Gaussian => 4.0,
        }
    }

    /// Its weight for a distance and a bandwidth in kilometres.
    fn weight(self, km: f64, bandwidth: f64) -> f64 {
        let square = (km / bandwidth) * (km / bandwidth);
        match self {
            Kernel::Quartic if square >= 1.0 => 0.0,
            Kernel::Quartic => 3.0 / (PI * bandwidth * bandwidth) * (1.0 - square) * (1.0 - square),
            Kernel::Gaussian => (-0.5 * square).exp() / (2.0 * PI * bandwidth * bandwidth),
        }
    }
}

/// Computes the events per square kilometre at the centre of each cell with a density above zero.
/// Returns `None` if there are more than `max_cells` of them.
pub fn kernel_density(
    points: &[Point],
    grid: &Grid,
    kernel: Kernel,
    bandwidth_km: f64,
    max_cells: usize,
    poll: &mut dyn FnMut(),
) -> Result<Option<BTreeMap<Cell, f64>>, SpatialError> {
    if !(0.001..=5000.0).contains(&bandwidth_km) {
        return Err(SpatialError::Bandwidth(bandwidth_km));
    }
    let mut density = DensityGrid { grid, kernel, bandwidth_km, cells: BTreeMap::new() };
    let is_complete = points.iter().all(|point| density.add_point(point, max_cells, poll));
    Ok(is_complete.then_some(density.cells))
}

struct DensityGrid<'g> {
    grid: &'g Grid,
    kernel: Kernel,
    bandwidth_km: f64,
    cells: BTreeMap<Cell, f64>,
}

impl DensityGrid<'_> {
    /// Adds the kernel of a point. Returns false as soon as there are more than `max_cells`.
    fn add_point(&mut self, point: &Point, max_cells: usize, poll: &mut dyn FnMut()) -> bool {
        let reach = (self.kernel.reach() * self.bandwidth_km / EARTH_RADIUS_KM).min(PI);
        let vector = point.unit_vector();
        let south = (point.lat - reach.to_degrees()).max(-90.0);
        let north = (point.lat + reach.to_degrees()).min(90.0);
        let row_at = |lat| self.grid.cell_at(&Point { lat, ..*point }).row;
        for row in row_at(south)..=row_at(north) {
            poll();
            let lat = self.grid.centre(Cell { row, column: 0 }).lat;
            match longitude_reach(point.lat, lat, reach) {
                Some(width) => self.add_columns(point, &vector, row, width),
                None => (0..self.grid.columns())
                    .for_each(|column| self.add_weight(&vector, row, column)),
            }
            if self.cells.len() > max_cells {
                return false;
            }
        }
        true
    }

    fn add_columns(&mut self, point: &Point, vector: &UnitVector, row: u32, width: f64) {
        let columns = self.grid.columns();
        let column_at = |lon: f64| self.grid.cell_at(&Point { lat: 0.0, lon }).column;
        let (west, east) = (column_at(point.lon - width), column_at(point.lon + width));
        let count = (east + columns - west) % columns;
        // The whole row, if both ends may be in the same cell.
        let count = if width >= 180.0 - 360.0 / f64::from(columns) { columns - 1 } else { count };
        for step in 0..=count {
            self.add_weight(vector, row, (west + step) % columns);
        }
    }

    fn add_weight(&mut self, vector: &UnitVector, row: u32, column: u32) {
        let cell = Cell { row, column };
        let km = squared_chord_to_km(self.grid.centre(cell).unit_vector().squared_chord(vector));
        if km <= self.kernel.reach() * self.bandwidth_km {
            let weight = self.kernel.weight(km, self.bandwidth_km);
            if weight > 0.0 {
                *self.cells.entry(cell).or_default() += weight;
            }
        }
    }
}

/// The difference of longitude, in degrees, that a distance `reach` (in radians) from a point at latitude
/// `from` covers at latitude `to`. `None` if it covers the whole parallel.
fn longitude_reach(from: f64, to: f64, reach: f64) -> Option<f64> {
    let (from, to) = (from.to_radians(), to.to_radians());
    let scale = from.cos() * to.cos();
    let cosine = (reach.cos() - from.sin() * to.sin()) / scale;
    if !cosine.is_finite() || cosine <= -1.0 {
        return None;
    }
    // Slightly too wide. The distance of each cell decides.
    Some(cosine.min(1.0).acos().to_degrees() + 1e-6)
}
