//! Clusters, spatial association and kernel density on the sphere, and runway designators.
//!
//! Distances are great-circle distances on a sphere with radius [`EARTH_RADIUS_KM`]. Points are compared
//! as unit vectors. The straight distance between them, the chord, increases with the great-circle
//! distance, so no formula has a special case at the antimeridian or a pole. A point is identified by
//! its index, never by distance, because hundreds of events share the coordinates of an airport.
//!
//! Nothing here starts a thread. Long loops call `poll`, through which the caller may cancel by
//! unwinding.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod cubes;
mod dbscan;
mod density;
mod false_discovery;
mod getis_ord;
mod grid;
mod kd_tree;
mod local_moran;
pub mod memory;
mod moran;
mod neighbours;
mod normal;
mod permutation;
mod point;
pub mod runway;

pub use dbscan::{Clusters, dbscan};
pub use density::{Kernel, kernel_density};
pub use getis_ord::{HotSpot, getis_ord};
pub use grid::{Cell, Grid};
pub use local_moran::{LocalMoran, Quadrant, local_moran};
pub use moran::{MoransI, morans_i};
pub use neighbours::Neighbours;
pub use point::{EARTH_RADIUS_KM, Point, haversine_km};

/// The maximum great-circle distance, half the circumference of the Earth.
pub const MAX_DISTANCE_KM: f64 = std::f64::consts::PI * EARTH_RADIUS_KM;

/// Maximum number of neighbours of a point.
pub const MAX_NEIGHBOURS: usize = 1000;
/// Maximum number of permutations of a statistic.
pub const MAX_PERMUTATIONS: usize = 99_999;

/// An invalid argument.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpatialError {
    /// The neighbourhood radius of DBSCAN, in kilometres.
    #[error("eps_km must be between 0.00001 and 20015, got {0}")]
    Eps(f64),
    /// The minimum number of points around a core of DBSCAN.
    #[error("min_points must be at least 1, got {0}")]
    MinPoints(i64),
    /// The number of neighbours.
    #[error("neighbours must be between 1 and {MAX_NEIGHBOURS}, got {0}")]
    Neighbours(i64),
    /// The number of permutations.
    #[error("permutations must be between 0 and {MAX_PERMUTATIONS}, got {0}")]
    Permutations(i64),
    /// The size of a grid cell, in degrees.
    #[error("cell_deg must be between 0.001 and 90, got {0}")]
    CellSize(f64),
    /// The bandwidth of a kernel, in kilometres.
    #[error("bandwidth_km must be between 0.001 and 5000, got {0}")]
    Bandwidth(f64),
    /// The name of a kernel.
    #[error("kernel must be quartic or gaussian, got {0:?}")]
    Kernel(String),
}

/// True if the values are not all equal.
fn has_variation(values: &[f64]) -> bool {
    values.iter().zip(values.iter().skip(1)).any(|(a, b)| a != b)
}

#[cfg(test)]
mod tests;
