//! Time series, forecasts, clusters, hot spots, density and correlations.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::QueryParams;
use crate::auth::Caller;
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::response::{Envelope, Responder};
use crate::schema::analytics::{Correlation, DensityCell, Features, Forecast, HotSpot, Point};
use crate::schema::lists::List;

/// Time series parameters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesParams {
    /// One of ntsb_time_measures(); default events
    #[param(example = "events")]
    pub measure: Option<String>,
    /// day, week, month, quarter or year; default month
    #[param(example = "quarter", pattern = "^(day|week|month|quarter|year)$")]
    pub bucket: Option<String>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
}

static SERIES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_time_series(coalesce($1, 'events'), coalesce($2, 'month'), $3)",
        Point::select_list()
    )
});

/// Time series with gaps filled
#[utoipa::path(get, path = "/api/v1/analytics/time-series", tag = "analytics", params(SeriesParams),
    responses((status = 200, body = inline(List<Point>)), (status = 422, body = ErrorBody)))]
pub async fn time_series(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<SeriesParams>,
) -> Result<Response, Problem> {
    let query = Query::new(SERIES.as_str()).text(params.measure).text(params.bucket);
    let query = query.text(params.filter);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Forecast parameters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ForecastParams {
    /// One of ntsb_time_measures(); default events
    #[param(example = "events")]
    pub measure: Option<String>,
    /// day, week, month, quarter or year; default month
    #[param(example = "quarter", pattern = "^(day|week|month|quarter|year)$")]
    pub bucket: Option<String>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
    /// Number of buckets to forecast; default 12
    #[param(minimum = 1, maximum = 1_000)]
    pub horizon: Option<i32>,
    /// Probability of the prediction interval; default 0.95
    #[param(exclusive_minimum = 0, exclusive_maximum = 1)]
    pub level: Option<f64>,
}

static FORECAST: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_forecast(coalesce($1, 'events'), coalesce($2, 'month'), coalesce($4, 12),
                                      coalesce($5, 0.95), $3)",
        Forecast::select_list()
    )
});

/// Forecast with prediction intervals
#[utoipa::path(get, path = "/api/v1/analytics/forecast", tag = "analytics", params(ForecastParams),
    responses((status = 200, body = inline(List<Forecast>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn forecast(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<ForecastParams>,
) -> Result<Response, Problem> {
    let query = Query::new(FORECAST.as_str()).text(params.measure).text(params.bucket);
    let query = query.text(params.filter).int(params.horizon).float(params.level);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Clustering parameters (DBSCAN)
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClusterParams {
    /// Neighbourhood radius in kilometres; default 10
    #[param(example = 50.0)]
    pub eps_km: Option<f64>,
    /// Minimum number of events within the radius of a core event; default 10
    #[param(example = 5, minimum = 1)]
    pub min_points: Option<i32>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
}

/// RFC 7946 requires counterclockwise outer rings.
const CLUSTERS: &str = "
    SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(
        json_build_object('type', 'Feature', 'id', c.cluster_id, 'geometry', ST_AsGeoJSON(ST_ForcePolygonCCW(c.hull))::json,
            'properties', to_jsonb(c) - 'hull') ORDER BY c.cluster_id), '[]'))::text
    FROM ntsb_cluster_summary(coalesce($1, 10), coalesce($2, 10), $3) c";

/// Clusters of accidents, as GeoJSON
#[utoipa::path(get, path = "/api/v1/analytics/geospatial", tag = "analytics", params(ClusterParams),
    responses((status = 200, body = Features, content_type = "application/geo+json"),
        (status = 422, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn geospatial(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    QueryParams(params): QueryParams<ClusterParams>,
) -> Result<Response, Problem> {
    let query = Query::new(CLUSTERS).float(params.eps_km).int(params.min_points);
    let mut response = responder.json_value(&caller, &query.text(params.filter)).await?;
    let media_type = HeaderValue::from_static("application/geo+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    Ok(response)
}

/// Hot-spot parameters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HotSpotParams {
    /// fatal, events, a numeric column or a filter expression; default fatal
    pub measure: Option<String>,
    /// Cell size in degrees; without it, each event is tested
    #[param(example = 2.0)]
    pub cell_deg: Option<f64>,
    /// Number of nearest neighbours of an event; default 8
    #[param(minimum = 1, maximum = 1_000)]
    pub neighbours: Option<i32>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
    /// Return only significant hot and cold spots (default: true)
    pub significant: Option<bool>,
}

static HOTSPOTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_hotspots(coalesce($1, 'fatal'), $2, coalesce($3, 8), filter => $4)
         WHERE kind IS NOT NULL OR NOT coalesce($5, true)",
        HotSpot::select_list()
    )
});

/// Hot and cold spots (Getis-Ord Gi*)
#[utoipa::path(get, path = "/api/v1/analytics/hotspots", tag = "analytics", params(HotSpotParams),
    responses((status = 200, body = inline(List<HotSpot>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn hotspots(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<HotSpotParams>,
) -> Result<Response, Problem> {
    let query = Query::new(HOTSPOTS.as_str()).text(params.measure).float(params.cell_deg);
    let query = query.int(params.neighbours).text(params.filter).boolean(params.significant);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Density parameters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DensityParams {
    /// Cell size in degrees; default 1
    #[param(example = 5.0)]
    pub cell_deg: Option<f64>,
    /// Kernel radius in kilometres
    #[param(minimum = 0.001, maximum = 5_000)]
    pub bandwidth_km: Option<f64>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
}

static DENSITY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_density(coalesce($1, 1), $2, filter => $3)",
        DensityCell::select_list()
    )
});

/// Accident density per grid cell
#[utoipa::path(get, path = "/api/v1/analytics/density", tag = "analytics", params(DensityParams),
    responses((status = 200, body = inline(List<DensityCell>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn density(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<DensityParams>,
) -> Result<Response, Problem> {
    let query = Query::new(DENSITY.as_str()).float(params.cell_deg).float(params.bandwidth_km);
    responder.list(&caller, &headers, query.text(params.filter), Envelope::V1).await
}

/// Correlation parameters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CorrelationParams {
    /// Two or more of ntsb_correlation_columns(), separated by commas
    #[param(example = "fatalities,pilot_age")]
    pub columns: String,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
}

static CORRELATIONS: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {} FROM ntsb_correlations($1, $2)", Correlation::select_list())
});

/// Correlations between columns
#[utoipa::path(get, path = "/api/v1/analytics/correlations", tag = "analytics", params(CorrelationParams),
    responses((status = 200, body = inline(List<Correlation>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn correlations(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<CorrelationParams>,
) -> Result<Response, Problem> {
    let columns: Vec<String> =
        params.columns.split(',').map(|name| name.trim().to_owned()).collect();
    let query = Query::new(CORRELATIONS.as_str()).text_array(columns).text(params.filter);
    responder.list(&caller, &headers, query, Envelope::V1).await
}
