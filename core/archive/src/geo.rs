//! The GeoParquet 1.1 metadata of a file.

use serde_json::{Map, Value as Json, json};

use super::{Column, Value, ValueType};

/// Collects the metadata of the geometry columns while rows are written.
pub(super) struct GeoMetadata(Vec<GeometryColumn>);

struct GeometryColumn {
    index: usize,
    name: String,
    spherical: bool,
    /// West, south, east, north. `None` before the first point.
    bounds: Option<[f64; 4]>,
    /// Whether a value is not a 2D point. The metadata then has neither type nor bounds.
    has_non_points: bool,
}

impl GeoMetadata {
    pub fn new(columns: &[Column]) -> GeoMetadata {
        let geometry_column = |(index, column): (usize, &Column)| match column.value_type {
            ValueType::Geometry { spherical } => Some(GeometryColumn {
                index,
                name: column.name.clone(),
                spherical,
                bounds: None,
                has_non_points: false,
            }),
            _ => None,
        };
        GeoMetadata(columns.iter().enumerate().filter_map(geometry_column).collect())
    }

    pub fn add_row(&mut self, row: &[Value]) {
        for column in &mut self.0 {
            if let Some(wkb) = row.get(column.index).copied().flatten() {
                column.add_value(wkb);
            }
        }
    }

    /// The JSON for the file's metadata key `geo`. `None` if the file has no geometry column.
    pub fn to_json(&self) -> Option<String> {
        let first = self.0.first()?;
        let columns: Map<String, Json> =
            self.0.iter().map(|column| (column.name.clone(), column.to_json())).collect();
        let geo = json!({ "version": "1.1.0", "primary_column": first.name, "columns": columns });
        Some(geo.to_string())
    }
}

impl GeometryColumn {
    fn add_value(&mut self, wkb: &[u8]) {
        let Some([x, y]) = parse_point(wkb) else {
            self.has_non_points = true;
            return;
        };
        let [west, south, east, north] = self.bounds.unwrap_or([x, y, x, y]);
        self.bounds = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
    }

    /// Omits `crs`, whose default is longitude and latitude on WGS 84.
    fn to_json(&self) -> Json {
        let types: &[&str] = if self.has_non_points { &[] } else { &["Point"] };
        let mut column = json!({ "encoding": "WKB", "geometry_types": types });
        if self.spherical {
            column["edges"] = json!("spherical");
        }
        if let (Some(bounds), false) = (self.bounds, self.has_non_points) {
            column["bbox"] = json!(bounds);
        }
        column
    }
}

/// Parses a WKB point that is not empty: longitude and latitude.
fn parse_point(wkb: &[u8]) -> Option<[f64; 2]> {
    let (head, rest) = wkb.split_first_chunk::<5>()?;
    let [byte_order, geometry_type @ ..] = *head;
    let (x, rest) = rest.split_first_chunk::<8>()?;
    let (y, rest) = rest.split_first_chunk::<8>()?;
    let (geometry_type, x, y) = match byte_order {
        1 => (u32::from_le_bytes(geometry_type), f64::from_le_bytes(*x), f64::from_le_bytes(*y)),
        _ => (u32::from_be_bytes(geometry_type), f64::from_be_bytes(*x), f64::from_be_bytes(*y)),
    };
    (geometry_type == 1 && rest.is_empty() && x.is_finite() && y.is_finite()).then_some([x, y])
}
