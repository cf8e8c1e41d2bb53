//! What lies near a place, and tiles of a map.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::search::rows;
use super::{Given, Tail};
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::analytics::Near;
use crate::schema::events::List;
use crate::state::App;

/// A place, and how far around it
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Around {
    /// Degrees north
    #[param(example = 39.7, minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Degrees east
    #[param(example = -105.0, minimum = -180, maximum = 180)]
    pub lon: f64,
    /// Kilometres
    #[param(example = 100.0)]
    pub km: f64,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
}

const NEAR: &str = "SELECT * FROM ntsb_accidents_near($1, $2, $3, $4, $5)";

/// Accidents near a place, the nearest first
#[utoipa::path(get, path = "/api/v1/analytics/near", tag = "analytics", params(Around),
    responses((status = 200, body = inline(List<Near>)), (status = 422, body = ErrorBody)))]
pub async fn near(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Given(a): Given<Around>,
) -> Result<Response, Problem> {
    let question = Question::new(NEAR).float(a.lat).float(a.lon).float(a.km);
    let question = question.int(rows(a.limit, 100)?).text(a.filter);
    app.list(&caller, &headers, question, Envelope::V1).await
}

const TILE: &str = "SELECT ntsb_tile($1, $2, $3)";

/// A tile of the map, as Mapbox Vector Tile (layer accidents)
#[utoipa::path(get, path = "/api/v1/tiles/{z}/{x}/{y}", tag = "analytics",
    params(("z" = i32, Path, description = "Zoom", minimum = 0, maximum = 22), ("x" = i32, Path, description = "Column", minimum = 0),
        ("y" = String, Path, description = "Row, and .mvt", example = "0.mvt")),
    responses((status = 200, body = [u8], content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "An empty tile"), (status = 422, body = ErrorBody)))]
pub async fn tile(
    State(app): State<Arc<App>>,
    caller: Caller,
    Tail((z, x, y)): Tail<(i32, i32, String)>,
) -> Result<Response, Problem> {
    let row = y.strip_suffix(".mvt").and_then(|y| y.parse::<i32>().ok());
    let row = row.ok_or_else(|| {
        Problem::bad_input("this is no tile").details(y.clone()).hint("/tiles/{z}/{x}/{y}.mvt")
    })?;
    let found = app.rows(&caller, Question::new(TILE).int(z).int(x).int(row)).await?;
    let bytes = found.first().map(|row| row.try_get::<_, Option<Vec<u8>>>(0)).transpose()?;
    let bytes = bytes.flatten().unwrap_or_default();
    if bytes.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let media = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
    Ok(([(header::CONTENT_TYPE, media)], bytes).into_response())
}
