//! Totals, from the materialized views that each load refreshes.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::QueryParams;
use super::limits::{check_years, page_limit};
use crate::auth::Caller;
use crate::cursor::{CursorValue, NEXT_PAGE_COLUMN, decode_cursor};
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::response::{Envelope, Responder};
use crate::schema::lists::List;
use crate::schema::stats::{
    AccidentRate, AnnualStatistics, CauseTotals, ModelTotals, MonthTotals, StateCount, Summary,
    YearTotals,
};

static SUMMARY: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM ntsb.mv_yearly_stats", Summary::select_list()));

/// Overall totals
#[utoipa::path(get, path = "/api/v1/stats/summary", tag = "stats", responses((status = 200, body = Summary)))]
pub async fn summary(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query = Query::new(SUMMARY.as_str());
    responder.one_row(&caller, &query, || "no data is loaded yet".into()).await
}

/// Range of years
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearParams {
    /// First year
    #[param(example = 2000)]
    pub from_year: Option<i32>,
    /// Last year
    pub to_year: Option<i32>,
}

impl YearParams {
    /// A query whose parameters are the first and the last year.
    fn bind(&self, sql: &'static str) -> Result<Query, Problem> {
        check_years(self.from_year, self.to_year)?;
        Ok(Query::new(sql).int(self.from_year).int(self.to_year))
    }
}

static YEARLY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.mv_yearly_stats
         WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767) ORDER BY ev_year",
        YearTotals::select_list()
    )
});

/// Yearly totals, with completeness
#[utoipa::path(get, path = "/api/v1/stats/yearly", tag = "stats", params(YearParams),
    responses((status = 200, body = inline(List<YearTotals>))))]
pub async fn yearly(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<YearParams>,
) -> Result<Response, Problem> {
    let query = params.bind(&YEARLY)?;
    responder.list(&caller, &headers, query, Envelope::V1).await
}

static MONTHLY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.mv_monthly_stats
         WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767) ORDER BY ev_year, ev_month",
        MonthTotals::select_list()
    )
});

/// Monthly totals
#[utoipa::path(get, path = "/api/v1/stats/monthly", tag = "stats", params(YearParams),
    responses((status = 200, body = inline(List<MonthTotals>))))]
pub async fn monthly(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<YearParams>,
) -> Result<Response, Problem> {
    let query = params.bind(&MONTHLY)?;
    responder.list(&caller, &headers, query, Envelope::V1).await
}

static ANNUAL: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_annual_statistics()
         WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767) ORDER BY ev_year",
        AnnualStatistics::select_list()
    )
});

/// NTSB's yearly table for general aviation, beside the published figures
#[utoipa::path(get, path = "/api/v1/stats/annual", tag = "stats", params(YearParams),
    responses((status = 200, body = inline(List<AnnualStatistics>))))]
pub async fn annual(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<YearParams>,
) -> Result<Response, Problem> {
    let query = params.bind(&ANNUAL)?;
    responder.list(&caller, &headers, query, Envelope::V1).await
}

static RATES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.accident_rates
         WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767)
         ORDER BY ev_year, operations, acft_category NULLS FIRST",
        AccidentRate::select_list()
    )
});

/// Accident rates per 100,000 flight hours
#[utoipa::path(get, path = "/api/v1/stats/rates", tag = "stats", params(YearParams),
    responses((status = 200, body = inline(List<AccidentRate>))))]
pub async fn rates(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<YearParams>,
) -> Result<Response, Problem> {
    let query = params.bind(&RATES)?;
    responder.list(&caller, &headers, query, Envelope::V1).await
}

static BY_STATE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.mv_state_heatmap m ORDER BY m.events DESC, m.ev_state",
        StateCount::select_list()
    )
});

/// Totals by state, with centroid
#[utoipa::path(get, path = "/api/v1/stats/by-state", tag = "stats",
    responses((status = 200, body = inline(List<StateCount>))))]
pub async fn by_state(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    responder.list(&caller, &headers, Query::new(BY_STATE.as_str()), Envelope::V1).await
}

/// Parameters of totals by aircraft model
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AircraftParams {
    /// Aircraft make, in any spelling
    #[param(example = "CESSNA")]
    pub make: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

const AIRCRAFT_PAGE: &str = "
    SELECT s.*, row_number() OVER (ORDER BY -s.events, s.make, s.model) AS n,
           jsonb_build_array((-s.events)::text, s.make, s.model) AS cursor
    FROM (SELECT m.*, coalesce(m.acft_make, '') AS make, coalesce(m.acft_model, '') AS model
          FROM ntsb.mv_aircraft_stats m) s
    WHERE ($2 IS NULL OR s.acft_make = ntsb_standard_make($2))
      AND ($3 IS NULL OR (-s.events, s.make, s.model) > ($3::bigint, $4, $5))
    ORDER BY -s.events, s.make, s.model LIMIT $1 + 1";

const AIRCRAFT_CURSOR: [CursorValue; 3] =
    [CursorValue::Integer, CursorValue::Text, CursorValue::Text];

/// Totals by aircraft make and model, most events first
#[utoipa::path(get, path = "/api/v1/stats/by-aircraft-type", tag = "stats", params(AircraftParams),
    responses((status = 200, body = inline(List<ModelTotals>)), (status = 422, body = ErrorBody)))]
pub async fn by_aircraft(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<AircraftParams>,
) -> Result<Response, Problem> {
    let query = page_query(AIRCRAFT_PAGE, &ModelTotals::select_list());
    let query = query.int(page_limit(params.limit, 100)?).text(params.make);
    let query = query.text_each(decode_cursor(params.page.as_deref(), &AIRCRAFT_CURSOR)?);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum Era {
    #[serde(rename = "2008")]
    Since2008,
    #[serde(rename = "1982")]
    Since1982,
    #[serde(rename = "1962")]
    Since1962,
}

impl Era {
    fn name(self) -> &'static str {
        match self {
            Era::Since2008 => "2008",
            Era::Since1982 => "1982",
            Era::Since1962 => "1962",
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CauseKind {
    Finding,
    Occurrence,
}

impl CauseKind {
    fn name(self) -> &'static str {
        match self {
            CauseKind::Finding => "finding",
            CauseKind::Occurrence => "occurrence",
        }
    }
}

/// Parameters of totals by cause
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CauseParams {
    /// Coding scheme, by its first year
    #[param(inline, example = "2008")]
    pub era: Option<Era>,
    /// finding (why it happened) or occurrence (what happened)
    #[param(inline)]
    pub kind: Option<CauseKind>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

const CAUSE_PAGE: &str = "
    SELECT s.*, row_number() OVER (ORDER BY -s.events, s.era, s.kind, s.code, s.probable) AS n,
           jsonb_build_array((-s.events)::text, s.era, s.kind, s.code, s.probable) AS cursor
    FROM (SELECT m.*, coalesce(m.in_probable_cause::text, 'unknown') AS probable
          FROM ntsb.mv_cause_stats m) s
    WHERE ($2 IS NULL OR s.era = $2) AND ($3 IS NULL OR s.kind = $3)
      AND ($4 IS NULL OR (-s.events, s.era, s.kind, s.code, s.probable) > ($4::bigint, $5, $6, $7, $8))
    ORDER BY -s.events, s.era, s.kind, s.code, s.probable LIMIT $1 + 1";

const CAUSE_CURSOR: [CursorValue; 5] = [
    CursorValue::Integer,
    CursorValue::Text,
    CursorValue::Text,
    CursorValue::Text,
    CursorValue::Text,
];

/// Totals by finding and occurrence, most events first
#[utoipa::path(get, path = "/api/v1/stats/causes", tag = "stats", params(CauseParams),
    responses((status = 200, body = inline(List<CauseTotals>)), (status = 422, body = ErrorBody)))]
pub async fn causes(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<CauseParams>,
) -> Result<Response, Problem> {
    let query = page_query(CAUSE_PAGE, &CauseTotals::select_list());
    let query = query.int(page_limit(params.limit, 100)?);
    let query = query.text(params.era.map(|era| era.name().to_owned()));
    let query = query.text(params.kind.map(|kind| kind.name().to_owned()));
    let query = query.text_each(decode_cursor(params.page.as_deref(), &CAUSE_CURSOR)?);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Selects `$1` rows and the cursor of the next page from a query that returns one row more.
fn page_query(page: &str, columns: &str) -> Query {
    Query::new(format!(
        "WITH page AS MATERIALIZED ({page})
         SELECT {columns}, {NEXT_PAGE_COLUMN} FROM page p WHERE p.n <= $1 ORDER BY p.n"
    ))
}
