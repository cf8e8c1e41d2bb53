//! Spatial functions: read points with one query and pass them to `ntsb_geo`.

pub mod association;
pub mod cluster;
pub mod density;
mod error;
pub mod geojson;
mod memory;
pub mod near;
mod points;
pub mod runway;
pub mod tile;

pub use memory::define_settings;

/// Features of one GeoJSON document. Larger ones are slower to draw than tiles.
const MAX_FEATURES: i32 = 100_000;
