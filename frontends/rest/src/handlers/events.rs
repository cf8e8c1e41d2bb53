//! Events and their parts.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::limits::check_years;
use super::{PathParams, QueryParams};
use crate::auth::Caller;
use crate::database::{Database, Query};
use crate::error::{ErrorBody, Problem};
use crate::event_query::{EventFilter, EventQuery};
use crate::response::{Envelope, Format, Responder};
use crate::schema::events::{Aircraft, Change, CrewMember, Event, Finding, Narrative};
use crate::schema::lists::{EventList, EventListV2, List};

/// Query parameters of a list
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// First year
    #[param(example = 2015)]
    pub from_year: Option<i32>,
    /// Last year
    #[param(example = 2025)]
    pub to_year: Option<i32>,
    /// Accidents (ACC), incidents (INC), or both, separated by commas
    #[param(example = "ACC")]
    pub ev_type: Option<String>,
    /// States, as codes or names, separated by commas
    #[param(example = "AK,CA")]
    pub state: Option<String>,
    /// Severities, separated by commas: FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    /// Make of the first aircraft, in any spelling
    pub make: Option<String>,
    /// Model of the first aircraft, in any spelling if make is given
    pub model: Option<String>,
    /// FAR parts, separated by commas, such as 091,135
    pub far_part: Option<String>,
    /// Weather: VMC or IMC
    pub weather: Option<String>,
    /// west,south,east,north in degrees; crosses the antimeridian if west is greater than east
    pub bbox: Option<String>,
    /// true: only inside the territory of the United States; false: only outside
    pub domestic: Option<bool>,
    /// -ev_date (latest first), ev_date, -fatalities, fatalities, -ev_id or ev_id
    #[param(pattern = "^-?(ev_date|fatalities|ev_id)$")]
    pub sort: Option<String>,
    /// 1 to 1,000 rows; for NDJSON 1 to 200,000
    #[param(example = 50, minimum = 1, maximum = 200_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

impl ListParams {
    fn query(&self, format: Format) -> Result<Query, Problem> {
        check_years(self.from_year, self.to_year)?;
        let filter = EventFilter {
            years: (self.from_year, self.to_year),
            types: self.ev_type.as_deref(),
            states: self.state.as_deref(),
            severities: self.severity.as_deref(),
            make: self.make.as_deref(),
            model: self.model.as_deref(),
            far_parts: self.far_part.as_deref(),
            weather: self.weather.as_deref(),
            bbox: self.bbox.as_deref(),
            domestic: self.domestic,
        };
        let (sort, page) = (self.sort.as_deref(), self.page.as_deref());
        EventQuery::new(&filter, sort, self.limit, page)?.build(format)
    }
}

/// Accidents and incidents, page by page
///
/// Each row is one event with its first aircraft. The header Accept selects JSON, CSV, GeoJSON or NDJSON. NDJSON is
/// streamed and may have up to 200,000 rows.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(ListParams),
    responses((status = 200, body = EventList), (status = 422, body = ErrorBody)))]
pub async fn list(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<ListParams>,
) -> Result<Response, Problem> {
    let query = params.query(Format::negotiate(&headers)?)?;
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Accidents and incidents, in the envelope of version 2
#[utoipa::path(get, path = "/api/v2/events", tag = "events", params(ListParams),
    responses((status = 200, body = EventListV2), (status = 422, body = ErrorBody)))]
pub async fn list_v2(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<ListParams>,
) -> Result<Response, Problem> {
    let query = params.query(Format::negotiate(&headers)?)?;
    responder.list(&caller, &headers, query, Envelope::V2).await
}

static EVENT: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {} FROM ntsb.accidents WHERE ev_id = $1", Event::select_list())
});

/// One event, with decoded values
#[utoipa::path(get, path = "/api/v1/events/{ev_id}", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = Event), (status = 404, body = ErrorBody)))]
pub async fn event(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    check_ev_id(&ev_id)?;
    let query = Query::new(EVENT.as_str()).text(ev_id.clone());
    responder.one_row(&caller, &query, || format!("event {ev_id} does not exist")).await
}

/// Rejects NUL bytes and over-long identifiers.
fn check_ev_id(ev_id: &str) -> Result<(), Problem> {
    if ev_id.len() == 14 && ev_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Problem::bad_input("ev_id must be 14 letters and digits").details(ev_id.to_owned()))
}

/// Lists the parts of an event. Without such parts the list is empty. An unknown event is 404.
async fn list_parts(
    responder: &Responder,
    database: &Database,
    caller: &Caller,
    headers: &HeaderMap,
    ev_id: &str,
    sql: &'static str,
) -> Result<Response, Problem> {
    const EXISTS: &str = "SELECT FROM ntsb.event_key WHERE ev_id = $1";
    check_ev_id(ev_id)?;
    let found = database.rows(caller, &Query::new(EXISTS).text(ev_id.to_owned())).await?;
    if found.is_empty() {
        return Err(Problem::not_found(format!("event {ev_id} does not exist")));
    }
    let query = Query::new(sql).text(ev_id.to_owned());
    responder.list(caller, headers, query, Envelope::V1).await
}

static AIRCRAFT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.aircraft
         WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key",
        Aircraft::select_list()
    )
});

/// Aircraft of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/aircraft", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Aircraft>)), (status = 404, body = ErrorBody)))]
pub async fn aircraft(
    State(responder): State<Arc<Responder>>,
    State(database): State<Arc<Database>>,
    caller: Caller,
    headers: HeaderMap,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    list_parts(&responder, &database, &caller, &headers, &ev_id, AIRCRAFT.as_str()).await
}

static CREW: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.crew_enriched WHERE ev_id = $1 ORDER BY aircraft_key, crew_no",
        CrewMember::select_list()
    )
});

/// Crew of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/crew", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<CrewMember>)), (status = 404, body = ErrorBody)))]
pub async fn crew(
    State(responder): State<Arc<Responder>>,
    State(database): State<Arc<Database>>,
    caller: Caller,
    headers: HeaderMap,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    list_parts(&responder, &database, &caller, &headers, &ev_id, CREW.as_str()).await
}

static FINDINGS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.findings
         WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key, finding_no",
        Finding::select_list()
    )
});

/// Findings of the investigation (since 2008)
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/findings", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Finding>)), (status = 404, body = ErrorBody)))]
pub async fn findings(
    State(responder): State<Arc<Responder>>,
    State(database): State<Arc<Database>>,
    caller: Caller,
    headers: HeaderMap,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    list_parts(&responder, &database, &caller, &headers, &ev_id, FINDINGS.as_str()).await
}

static NARRATIVES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb.narratives
         WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key",
        Narrative::select_list()
    )
});

/// Narratives of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/narratives", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Narrative>)), (status = 404, body = ErrorBody)))]
pub async fn narratives(
    State(responder): State<Arc<Responder>>,
    State(database): State<Arc<Database>>,
    caller: Caller,
    headers: HeaderMap,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    list_parts(&responder, &database, &caller, &headers, &ev_id, NARRATIVES.as_str()).await
}

static HISTORY: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM ntsb_event_history($1)", Change::select_list()));

/// Change history of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/history", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Change>)), (status = 404, body = ErrorBody)))]
pub async fn history(
    State(responder): State<Arc<Responder>>,
    State(database): State<Arc<Database>>,
    caller: Caller,
    headers: HeaderMap,
    PathParams(ev_id): PathParams<String>,
) -> Result<Response, Problem> {
    list_parts(&responder, &database, &caller, &headers, &ev_id, HISTORY.as_str()).await
}
