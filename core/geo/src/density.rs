//! Kernel density: how many events a square kilometre has about a place.

use super::SpatialError;
use super::grid::{Cell, Grid};
use super::place::{EARTH_KM, Place, Spot, km_of_chord2};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// How an event's weight falls off with the distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// 3 / (π h²) (1 - d² / h²)² within the bandwidth h (Silverman 1986).
    Quartic,
    /// 1 / (2 π h²) exp(-d² / 2h²), cut off at four bandwidths.
    Gaussian,
}

impl Kernel {
    pub fn find(name: &str) -> Result<Kernel, SpatialError> {
        match name {
            "quartic" => Ok(Kernel::Quartic),
            "gaussian" => Ok(Kernel::Gaussian),
            _ => Err(SpatialError::Kernel(name.to_owned())),
        }
    }

    /// How far it reaches, in bandwidths.
    fn reach(self) -> f64 {
        match self {
            Kernel::Quartic => 1.0,
            Kernel::Gaussian => 4.0,
        }
    }

    /// For a distance and a bandwidth in kilometres.
    fn weight(self, km: f64, bandwidth: f64) -> f64 {
        let square = (km / bandwidth) * (km / bandwidth);
        match self {
            Kernel::Quartic if square >= 1.0 => 0.0,
            Kernel::Quartic => 3.0 / (PI * bandwidth * bandwidth) * (1.0 - square) * (1.0 - square),
            Kernel::Gaussian => (-0.5 * square).exp() / (2.0 * PI * bandwidth * bandwidth),
        }
    }
}

/// Events per square kilometre at the centre of each cell that a kernel reaches, in the order of
/// the cells; `None` if there are more than `most` of them.
pub fn kernel_density(
    places: &[Place],
    grid: &Grid,
    kernel: Kernel,
    bandwidth_km: f64,
    most: usize,
    poll: &mut dyn FnMut(),
) -> Result<Option<BTreeMap<Cell, f64>>, SpatialError> {
    if !(0.001..=5000.0).contains(&bandwidth_km) {
        return Err(SpatialError::Bandwidth(bandwidth_km));
    }
    let mut spread = Spread { grid, kernel, bandwidth_km, cells: BTreeMap::new() };
    let fits = places.iter().all(|place| spread.add(place, most, poll));
    Ok(fits.then_some(spread.cells))
}

struct Spread<'g> {
    grid: &'g Grid,
    kernel: Kernel,
    bandwidth_km: f64,
    cells: BTreeMap<Cell, f64>,
}

impl Spread<'_> {
    /// False as soon as there are more than so many cells.
    fn add(&mut self, place: &Place, most: usize, poll: &mut dyn FnMut()) -> bool {
        let reach = (self.kernel.reach() * self.bandwidth_km / EARTH_KM).min(PI);
        let spot = place.spot();
        let low =
            self.grid.cell(&Place { lat: (place.lat - reach.to_degrees()).max(-90.0), ..*place });
        let high =
            self.grid.cell(&Place { lat: (place.lat + reach.to_degrees()).min(90.0), ..*place });
        for row in low.row..=high.row {
            poll();
            let lat = self.grid.centre(Cell { row, column: 0 }).lat;
            match half_width(place.lat, lat, reach) {
                Some(width) => self.add_part(place, &spot, row, width),
                None => (0..self.grid.columns()).for_each(|column| self.weigh(&spot, row, column)),
            }
            if self.cells.len() > most {
                return false;
            }
        }
        true
    }

    fn add_part(&mut self, place: &Place, spot: &Spot, row: u32, width: f64) {
        let columns = self.grid.columns();
        let at = |lon: f64| self.grid.cell(&Place { lat: 0.0, lon }).column;
        let (west, east) = (at(place.lon - width), at(place.lon + width));
        let count = (east + columns - west) % columns;
        // The whole row, where both ends fall into one cell from either side.
        let count = if width >= 180.0 - 360.0 / f64::from(columns) { columns - 1 } else { count };
        for step in 0..=count {
            self.weigh(spot, row, (west + step) % columns);
        }
    }

    fn weigh(&mut self, spot: &Spot, row: u32, column: u32) {
        let cell = Cell { row, column };
        let km = km_of_chord2(self.grid.centre(cell).spot().chord2(spot));
        if km <= self.kernel.reach() * self.bandwidth_km {
            let weight = self.kernel.weight(km, self.bandwidth_km);
            if weight > 0.0 {
                *self.cells.entry(cell).or_default() += weight;
            }
        }
    }
}

/// How many degrees of longitude to either side a distance (in radians) from a point of one latitude
/// reaches on another; `None` for all the way round.
fn half_width(from: f64, to: f64, reach: f64) -> Option<f64> {
    let (from, to) = (from.to_radians(), to.to_radians());
    let across = from.cos() * to.cos();
    let cosine = (reach.cos() - from.sin() * to.sin()) / across;
    if !cosine.is_finite() || cosine <= -1.0 {
        return None;
    }
    // A hair more than the formula says, which the distance then decides.
    Some(cosine.min(1.0).acos().to_degrees() + 1e-6)
}
