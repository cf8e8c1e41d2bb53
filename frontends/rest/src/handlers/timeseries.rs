//! Time series, forecasts and correlations.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::QueryParams;
use crate::auth::Caller;
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::response::{Envelope, Responder};
use crate::schema::lists::List;
use crate::schema::timeseries::{Correlation, Forecast, Point};

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
