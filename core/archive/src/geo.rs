//! What GeoParquet 1.1 asks a file to say of its places.

use serde_json::{Map, Value as Json, json};

use super::{Column, Kind, Value};

/// The places of a file, as far as they were seen.
pub(super) struct Places(Vec<Place>);

struct Place {
    at: usize,
    name: String,
    spherical: bool,
    /// West, south, east, north; none before the first point.
    bounds: Option<[f64; 4]>,
    /// Not all are points on a plane: then neither type nor bounds are told.
    others: bool,
}

impl Places {
    pub fn new(columns: &[Column]) -> Places {
        let place = |(at, column): (usize, &Column)| match column.kind {
            Kind::Place { spherical } => Some(Place {
                at,
                name: column.name.clone(),
                spherical,
                bounds: None,
                others: false,
            }),
            _ => None,
        };
        Places(columns.iter().enumerate().filter_map(place).collect())
    }

    pub fn see(&mut self, row: &[Value]) {
        for place in &mut self.0 {
            if let Some(wkb) = row.get(place.at).copied().flatten() {
                place.see(wkb);
            }
        }
    }

    /// JSON for the key `geo` of the file; none where it holds no places.
    pub fn metadata(&self) -> Option<String> {
        let first = self.0.first()?;
        let columns: Map<String, Json> =
            self.0.iter().map(|place| (place.name.clone(), place.described())).collect();
        let geo = json!({ "version": "1.1.0", "primary_column": first.name, "columns": columns });
        Some(geo.to_string())
    }
}

impl Place {
    fn see(&mut self, wkb: &[u8]) {
        let Some([x, y]) = point(wkb) else {
            self.others = true;
            return;
        };
        let [west, south, east, north] = self.bounds.unwrap_or([x, y, x, y]);
        self.bounds = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
    }

    /// Without a `crs`, as these are longitude and latitude on WGS 84, its default.
    fn described(&self) -> Json {
        let types: &[&str] = if self.others { &[] } else { &["Point"] };
        let mut column = json!({ "encoding": "WKB", "geometry_types": types });
        if self.spherical {
            column["edges"] = json!("spherical");
        }
        if let (Some(bounds), false) = (self.bounds, self.others) {
            column["bbox"] = json!(bounds);
        }
        column
    }
}

/// Longitude and latitude of a point that is not empty.
fn point(wkb: &[u8]) -> Option<[f64; 2]> {
    let (head, rest) = wkb.split_first_chunk::<5>()?;
    let [order, kind @ ..] = *head;
    let (x, rest) = rest.split_first_chunk::<8>()?;
    let (y, rest) = rest.split_first_chunk::<8>()?;
    let (kind, x, y) = match order {
        1 => (u32::from_le_bytes(kind), f64::from_le_bytes(*x), f64::from_le_bytes(*y)),
        _ => (u32::from_be_bytes(kind), f64::from_be_bytes(*x), f64::from_be_bytes(*y)),
    };
    (kind == 1 && rest.is_empty() && x.is_finite() && y.is_finite()).then_some([x, y])
}
