//! Where accidents gather: the points are read by one query, given to the core, and answered.

pub mod association;
pub mod cluster;
pub mod density;
pub mod geojson;
mod memory;
pub mod near;
mod points;
pub mod tile;

pub use memory::define_setting;

/// The longest page of a map: GeoJSON of more is slower to draw than tiles.
const MOST_FEATURES: i32 = 100_000;

/// A condition, or all.
fn wanted(filter: Option<&str>) -> &str {
    filter.filter(|f| !f.trim().is_empty()).unwrap_or("TRUE")
}
