//! Series, forecasts, clusters, hot spots, density and correlations.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Given;
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::analytics::{Correlation, DensityCell, Features, Forecast, HotSpot, Point};
use crate::schema::events::List;
use crate::state::App;

type Shared = State<Arc<App>>;

/// What is counted, and by which time
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Series {
    /// One of ntsb_time_measures(); default events
    #[param(example = "events")]
    pub measure: Option<String>,
    /// day, week, month, quarter or year; default month
    #[param(example = "quarter", pattern = "^(day|week|month|quarter|year)$")]
    pub bucket: Option<String>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
}

const SERIES: &str =
    "SELECT * FROM ntsb_time_series(coalesce($1, 'events'), coalesce($2, 'month'), $3)";

/// A measure for each stretch of time, with nothing left out in between
#[utoipa::path(get, path = "/api/v1/analytics/time-series", tag = "analytics", params(Series),
    responses((status = 200, body = inline(List<Point>)), (status = 422, body = ErrorBody)))]
pub async fn time_series(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(s): Given<Series>,
) -> Result<Response, Problem> {
    let question = Question::new(SERIES).text(s.measure).text(s.bucket).text(s.filter);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// What is counted, by which time, and how far ahead
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ahead {
    /// One of ntsb_time_measures(); default events
    #[param(example = "events")]
    pub measure: Option<String>,
    /// day, week, month, quarter or year; default month
    #[param(example = "quarter", pattern = "^(day|week|month|quarter|year)$")]
    pub bucket: Option<String>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
    /// How many buckets; default 12
    #[param(minimum = 1, maximum = 1_000)]
    pub horizon: Option<i32>,
    /// Probability of the bounds; default 0.95
    #[param(exclusive_minimum = 0, exclusive_maximum = 1)]
    pub level: Option<f64>,
}

const FORECAST: &str = "
    SELECT * FROM ntsb_forecast(coalesce($1, 'events'), coalesce($2, 'month'), coalesce($4, 12),
                                coalesce($5, 0.95), $3)";

/// What is to be expected next, within bounds
#[utoipa::path(get, path = "/api/v1/analytics/forecast", tag = "analytics", params(Ahead),
    responses((status = 200, body = inline(List<Forecast>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn forecast(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(s): Given<Ahead>,
) -> Result<Response, Problem> {
    let question = Question::new(FORECAST).text(s.measure).text(s.bucket).text(s.filter);
    let question = question.int(s.horizon).float(s.level);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// How accidents are clustered
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Clustering {
    /// Radius of the neighbourhood in kilometres; default 10
    #[param(example = 50.0)]
    pub eps_km: Option<f64>,
    /// Events that make a core; default 10
    #[param(example = 5, minimum = 1)]
    pub min_points: Option<i32>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
}

/// RFC 7946 wants outer rings counterclockwise.
const CLUSTERS: &str = "
    SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(
        json_build_object('type', 'Feature', 'id', c.cluster_id, 'geometry', ST_AsGeoJSON(ST_ForcePolygonCCW(c.hull))::json,
            'properties', to_jsonb(c) - 'hull') ORDER BY c.cluster_id), '[]'))::text
    FROM ntsb_cluster_summary(coalesce($1, 10), coalesce($2, 10), $3) c";

/// Where accidents gather: clusters as GeoJSON
#[utoipa::path(get, path = "/api/v1/analytics/geospatial", tag = "analytics", params(Clustering),
    responses((status = 200, body = Features, content_type = "application/geo+json"),
        (status = 422, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn geospatial(
    State(app): Shared,
    caller: Caller,
    Given(c): Given<Clustering>,
) -> Result<Response, Problem> {
    let question = Question::new(CLUSTERS).float(c.eps_km).int(c.min_points).text(c.filter);
    let mut response = app.value(&caller, question).await?;
    let media = axum::http::HeaderValue::from_static("application/geo+json");
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, media);
    Ok(response)
}

/// Where which measure is high or low
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Spots {
    /// fatal, events, a numeric column or a condition; default fatal
    pub measure: Option<String>,
    /// Cells of so many degrees; without it each event by itself
    #[param(example = 2.0)]
    pub cell_deg: Option<f64>,
    /// Nearest neighbours of an event; default 8
    #[param(minimum = 1, maximum = 1_000)]
    pub neighbours: Option<i32>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
    /// Only what is hot or cold
    pub significant: Option<bool>,
}

const SPOTS: &str = "
    SELECT * FROM ntsb_hotspots(coalesce($1, 'fatal'), $2, coalesce($3, 8), filter => $4)
    WHERE kind IS NOT NULL OR NOT coalesce($5, true)";

/// Hot and cold spots (Getis-Ord Gi*)
#[utoipa::path(get, path = "/api/v1/analytics/hotspots", tag = "analytics", params(Spots),
    responses((status = 200, body = inline(List<HotSpot>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn hotspots(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(s): Given<Spots>,
) -> Result<Response, Problem> {
    let question = Question::new(SPOTS).text(s.measure).float(s.cell_deg).int(s.neighbours);
    let question = question.text(s.filter).flag(s.significant);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// How densely
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Cells {
    /// Cells of so many degrees; default 1
    #[param(example = 5.0)]
    pub cell_deg: Option<f64>,
    /// Radius of the kernel in kilometres
    #[param(minimum = 0.001, maximum = 5_000)]
    pub bandwidth_km: Option<f64>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
}

const DENSITY: &str = "SELECT * FROM ntsb_density(coalesce($1, 1), $2, filter => $3)";

/// How many accidents there are where
#[utoipa::path(get, path = "/api/v1/analytics/density", tag = "analytics", params(Cells),
    responses((status = 200, body = inline(List<DensityCell>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn density(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(c): Given<Cells>,
) -> Result<Response, Problem> {
    let question = Question::new(DENSITY).float(c.cell_deg).float(c.bandwidth_km).text(c.filter);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// Which columns
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Columns {
    /// Two or more of ntsb_correlation_columns(), separated by commas
    #[param(example = "fatalities,pilot_age")]
    pub columns: String,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
}

const CORRELATIONS: &str = "SELECT * FROM ntsb_correlations($1, $2)";

/// How far columns go together, pair by pair
#[utoipa::path(get, path = "/api/v1/analytics/correlations", tag = "analytics", params(Columns),
    responses((status = 200, body = inline(List<Correlation>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn correlations(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(c): Given<Columns>,
) -> Result<Response, Problem> {
    let columns: Vec<String> = c.columns.split(',').map(|name| name.trim().to_owned()).collect();
    let question = Question::new(CORRELATIONS).texts(columns).text(c.filter);
    app.list(&caller, &headers, question, Envelope::V1).await
}
