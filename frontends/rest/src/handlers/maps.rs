//! Accidents near a location, and map tiles.

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
use crate::schema::analytics::Near;
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
