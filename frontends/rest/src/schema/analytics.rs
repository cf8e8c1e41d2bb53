//! Analyses.

use serde::Serialize;
use utoipa::ToSchema;

row_type! {
    /// Value of one time bucket
    Point {
        bucket_start: String,
        value: Option<i64>,
        /// complete, unfinished, incomplete year or no data
        status: String,
    }
}

row_type! {
    /// Forecast of one time bucket, with its prediction interval
    Forecast {
        bucket_start: String,
        forecast: f64,
        lower: f64,
        upper: f64,
        fitted_from: String,
        fitted_to: String,
        fitted_buckets: i64,
    }
}

row_type! {
    /// Gi* statistic of an event or a cell
    HotSpot {
        ev_id: Option<String>,
        lat: f64,
        lon: f64,
        events: i64,
        value: f64,
        z: Option<f64>,
        p: Option<f64>,
        q: Option<f64>,
        p_sim: Option<f64>,
        /// hot or cold
        kind: Option<String>,
    }
}

row_type! {
    /// Accident density of one cell
    DensityCell {
        lat: f64,
        lon: f64,
        events: i64,
        fatal_events: i64,
        area_km2: f64,
        events_per_1000_km2: f64,
        density_per_1000_km2: Option<f64>,
    }
}

row_type! {
    /// Correlation of two columns
    Correlation {
        column_a: String,
        column_b: String,
        /// pearson, spearman, cramers_v or eta
        method: String,
        coefficient: Option<f64>,
        p_value: Option<f64>,
        events: i64,
    }
}

row_type! {
    /// An accident near a location
    Near {
        ev_id: Option<String>,
        ev_date: Option<String>,
        place: Option<String>,
        aircraft: Option<String>,
        severity: Option<String>,
        fatalities: Option<i64>,
        lat: f64,
        lon: f64,
        /// Distance in kilometres
        km: Option<f64>,
    }
}

/// A GeoJSON FeatureCollection (RFC 7946)
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only a description of what PostgreSQL returns")]
pub struct Features {
    /// FeatureCollection
    pub r#type: String,
    #[schema(value_type = Vec<Object>)]
    pub features: Vec<serde_json::Value>,
}
