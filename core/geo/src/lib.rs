//! Where accidents gather: clusters, spatial association and density, on the sphere.
//!
//! Distances are great-circle ones on a sphere of radius [`EARTH_KM`]. Points are compared as unit
//! vectors, whose straight distance (the chord) grows with the great-circle one: no formula has a
//! seam at the antimeridian or a pole. A point is told from its neighbours by its place in the list,
//! never by distance, since hundreds of events share an airport's coordinates.
//!
//! Nothing here starts a thread. Long loops call `poll`, through which the caller may end them by
//! unwinding.

mod cells;
mod dbscan;
mod density;
mod extent;
mod fdr;
mod getis;
mod grid;

mod local;
pub mod memory;
mod moran;
mod normal;
mod permute;
mod place;
mod tree;
mod weights;

pub use dbscan::{Clusters, dbscan};
pub use density::{Kernel, kernel_density};
pub use extent::{Extent, extent};
pub use fdr::false_discovery;
pub use getis::{HotSpot, getis_ord};
pub use grid::{Cell, Grid};
pub use local::{LocalMoran, Quadrant, local_moran};
pub use moran::{Moran, moran};
pub use normal::two_sided;
pub use place::{EARTH_KM, Place, haversine_km};
pub use weights::Neighbours;

/// The longest great-circle distance: half way round.
pub const HALF_ROUND_KM: f64 = std::f64::consts::PI * EARTH_KM;

/// The most neighbours of a point, and the most permutations, that a statistic takes.
pub const MOST_NEIGHBOURS: usize = 1000;
pub const MOST_PERMUTATIONS: usize = 99_999;

/// What an algorithm cannot work with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpatialError {
    #[error("eps_km must be between 0.00001 and 20015, got {0}")]
    Eps(f64),
    #[error("min_points is {0}, not 1 or more")]
    MinPoints(i64),
    #[error("neighbours must be between 1 and {MOST_NEIGHBOURS}, got {0}")]
    Neighbours(i64),
    #[error("permutations must be between 0 and {MOST_PERMUTATIONS}, got {0}")]
    Permutations(i64),
    #[error("cell_deg must be between 0.001 and 90, got {0}")]
    CellSize(f64),
    #[error("bandwidth_km must be between 0.001 and 5000, got {0}")]
    Bandwidth(f64),
    #[error("there is no kernel {0:?}, only quartic and gaussian")]
    Kernel(String),
}

/// Whether the values are not all the same.
fn varies(values: &[f64]) -> bool {
    values.iter().zip(values.iter().skip(1)).any(|(a, b)| a != b)
}

#[cfg(test)]
mod tests;
