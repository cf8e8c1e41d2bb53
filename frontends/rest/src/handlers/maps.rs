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
use crate::cursor::{Kind, read_cursor};
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
    #[param(example = 100.0, minimum = 0)]
    pub km: f64,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

/// The most that ntsb_accidents_near gives, the nearest first. Where it may have left some out, the last page
/// has a next one, which says so.
const NEAREST: i32 = 10_000;

const NEAR: &str = "
    WITH found AS MATERIALIZED (SELECT * FROM ntsb_accidents_near($2, $3, $4, $5, $6)), page AS MATERIALIZED (
        SELECT f.*, row_number() OVER (ORDER BY f.km, f.ev_id COLLATE \"C\") AS n FROM found f
        WHERE $7 IS NULL OR (f.km, f.ev_id COLLATE \"C\") > ($7::float8, $8)
        ORDER BY f.km, f.ev_id COLLATE \"C\" LIMIT $1 + 1)
    SELECT p.ev_id, p.ev_date, p.place, p.aircraft, p.severity, p.fatalities, p.lat, p.lon, p.km,
           CASE WHEN p.n = least($1, (SELECT count(*) FROM page))
                 AND ((SELECT count(*) FROM page) > $1 OR (SELECT count(*) FROM found) = $5) THEN
               translate(encode(convert_to(jsonb_build_array(p.km::text, p.ev_id)::text, 'UTF8'), 'base64'),
                         E'+/=\\n', '-_') END AS next_page
    FROM page p WHERE p.n <= $1 ORDER BY p.n";

const NEAR_CURSOR: [Kind; 2] = [Kind::Double, Kind::Text];

fn check_distance(km: f64) -> Result<f64, Problem> {
    if km >= 0.0 && km.is_finite() {
        return Ok(km);
    }
    Err(Problem::bad_input(format!("km must be 0 or more, got {km}"))
        .hint("20,016 km reach every place on Earth."))
}

/// Accidents near a place, the nearest first
#[utoipa::path(get, path = "/api/v1/analytics/near", tag = "analytics", params(Around),
    responses((status = 200, body = inline(List<Near>)), (status = 422, body = ErrorBody)))]
pub async fn near(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Given(a): Given<Around>,
) -> Result<Response, Problem> {
    let cursor = read_cursor(a.page.as_deref(), &NEAR_CURSOR)?;
    let limit = rows(a.limit, 100)?;
    // Of the first page it is known how many are enough.
    let most = if a.page.is_none() { limit + 1 } else { NEAREST };
    let question = Question::new(NEAR).int(limit).float(a.lat).float(a.lon);
    let question = question.float(check_distance(a.km)?).int(most).text(a.filter).all(cursor);
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
