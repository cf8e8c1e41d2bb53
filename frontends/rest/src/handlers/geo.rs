//! Accidents near a location, clusters, hot spots, density and map tiles.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::limits::page_limit;
use super::{PathParams, QueryParams};
use crate::auth::Caller;
use crate::cursor::{CursorValue, decode_cursor};
use crate::database::{Database, Query};
use crate::error::{ErrorBody, Problem};
use crate::response::{Envelope, Responder};
use crate::schema::geo::{DensityCell, Features, HotSpot, Near};
use crate::schema::lists::List;

/// Location, radius and filter
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NearParams {
    /// Latitude in degrees
    #[param(example = 39.7, minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Longitude in degrees
    #[param(example = -105.0, minimum = -180, maximum = 180)]
    pub lon: f64,
    /// Radius in kilometres
    #[param(example = 100.0, minimum = 0)]
    pub km: f64,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

/// The maximum of ntsb_accidents_near. If it may have left out some accidents, the last page still has a next_page,
/// which leads to an empty page.
const MAX_NEAR: i32 = 10_000;

static NEAR: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH found AS MATERIALIZED (SELECT * FROM ntsb_accidents_near($2, $3, $4, $5, $6)), page AS MATERIALIZED (
             SELECT f.*, row_number() OVER (ORDER BY f.km, f.ev_id COLLATE \"C\") AS n FROM found f
             WHERE $7 IS NULL OR (f.km, f.ev_id COLLATE \"C\") > ($7::float8, $8)
             ORDER BY f.km, f.ev_id COLLATE \"C\" LIMIT $1 + 1)
         SELECT {},
                CASE WHEN p.n = least($1, (SELECT count(*) FROM page))
                      AND ((SELECT count(*) FROM page) > $1 OR (SELECT count(*) FROM found) = $5) THEN
                    translate(encode(convert_to(jsonb_build_array(p.km::text, p.ev_id)::text, 'UTF8'), 'base64'),
                              E'+/=\\n', '-_') END AS next_page
         FROM page p WHERE p.n <= $1 ORDER BY p.n",
        Near::select_list()
    )
});

const NEAR_CURSOR: [CursorValue; 2] = [CursorValue::Float, CursorValue::Text];

fn check_distance(km: f64) -> Result<f64, Problem> {
    if km >= 0.0 && km.is_finite() {
        return Ok(km);
    }
    Err(Problem::bad_input(format!("km must be 0 or more, got {km}"))
        .hint("20,016 km cover the whole Earth."))
}

/// Accidents near a location, nearest first
#[utoipa::path(get, path = "/api/v1/analytics/near", tag = "analytics", params(NearParams),
    responses((status = 200, body = inline(List<Near>)), (status = 422, body = ErrorBody)))]
pub async fn near(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<NearParams>,
) -> Result<Response, Problem> {
    let cursor = decode_cursor(params.page.as_deref(), &NEAR_CURSOR)?;
    let limit = page_limit(params.limit, 100)?;
    // The first page needs no more rows than its own and one more.
    let max_rows = if params.page.is_none() { limit + 1 } else { MAX_NEAR };
    let query = Query::new(NEAR.as_str()).int(limit).float(params.lat).float(params.lon);
    let query = query.float(check_distance(params.km)?).int(max_rows).text(params.filter);
    responder.list(&caller, &headers, query.text_each(cursor), Envelope::V1).await
}

const TILE: &str = "SELECT ntsb_tile($1, $2, $3)";

/// Map tile as Mapbox Vector Tile (layer accidents)
#[utoipa::path(get, path = "/api/v1/tiles/{z}/{x}/{y}", tag = "analytics",
    params(("z" = i32, Path, description = "Zoom level", minimum = 0, maximum = 22), ("x" = i32, Path, description = "Tile column", minimum = 0),
        ("y" = String, Path, description = "Tile row, with .mvt", example = "0.mvt")),
    responses((status = 200, body = [u8], content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "An empty tile"), (status = 422, body = ErrorBody)))]
pub async fn tile(
    State(database): State<Arc<Database>>,
    caller: Caller,
    PathParams((z, x, y)): PathParams<(i32, i32, String)>,
) -> Result<Response, Problem> {
    let tile_row = y.strip_suffix(".mvt").and_then(|y| y.parse::<i32>().ok());
    let tile_row = tile_row.ok_or_else(|| {
        Problem::bad_input(format!("y must be a tile row with .mvt, got {y:?}"))
            .hint("/tiles/{z}/{x}/{y}.mvt")
    })?;
    let query = Query::new(TILE).int(z).int(x).int(tile_row);
    let rows = database.rows(&caller, &query).await?;
    let tile = rows.first().map(|row| row.try_get::<_, Option<Vec<u8>>>(0)).transpose()?;
    let tile = tile.flatten().unwrap_or_default();
    if tile.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let media_type = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
    Ok(([(header::CONTENT_TYPE, media_type)], tile).into_response())
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
