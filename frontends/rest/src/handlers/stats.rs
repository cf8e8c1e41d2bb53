//! Counts, from the aggregates that each load refreshes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::Given;
use super::search::rows;
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::cursor::{Kind, NEXT, read_cursor};
use crate::error::{ErrorBody, Problem};
use crate::schema::events::List;
use crate::schema::stats::{Cause, Model, Month, StateCount, Summary, Year};
use crate::state::App;

type Shared = State<Arc<App>>;

const SUMMARY: &str = "
    SELECT sum(events)::int8 AS events, sum(fatal_events)::int8 AS fatal_events,
           sum(serious_events)::int8 AS serious_events, sum(minor_events)::int8 AS minor_events,
           sum(uninjured_events)::int8 AS uninjured_events, sum(domestic_events)::int8 AS domestic_events,
           sum(fatalities)::int8 AS fatalities,
           sum(fatal_events_without_count)::int8 AS fatal_events_without_count, min(ev_year)::int4 AS first_year, max(ev_year)::int4 AS last_year,
           (SELECT max(ev_date) FROM ntsb.fact_accidents) AS last_date,
           (SELECT max(finished_at) FROM ntsb.batch) AS loaded_at
    FROM ntsb.mv_yearly_stats";

/// All that there is, in one line
#[utoipa::path(get, path = "/api/v1/stats/summary", tag = "stats", responses((status = 200, body = Summary)))]
pub async fn summary(State(app): Shared, caller: Caller) -> Result<Response, Problem> {
    app.one(&caller, Question::new(SUMMARY), || "nothing is loaded".into()).await
}

/// Which years
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Years {
    /// First year
    #[param(example = 2000)]
    pub from_year: Option<i32>,
    /// Last year
    pub to_year: Option<i32>,
}

const YEARLY: &str = "
    SELECT ev_year, events, fatal_events, serious_events, minor_events, uninjured_events, domestic_events,
           domestic_fatal_events, fatalities, fatal_events_without_count, serious, minor, uninjured, with_findings, final_reports,
           completeness::float8 AS completeness
    FROM ntsb.mv_yearly_stats
    WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767) ORDER BY ev_year";

/// Each year, with the share of it that NTSB has finished
#[utoipa::path(get, path = "/api/v1/stats/yearly", tag = "stats", params(Years),
    responses((status = 200, body = inline(List<Year>))))]
pub async fn yearly(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(y): Given<Years>,
) -> Result<Response, Problem> {
    let question = Question::new(YEARLY).int(y.from_year).int(y.to_year);
    app.list(&caller, &headers, question, Envelope::V1).await
}

const MONTHLY: &str = "
    SELECT ev_year, ev_month, events, fatal_events, domestic_events, fatalities, fatal_events_without_count
    FROM ntsb.mv_monthly_stats
    WHERE ev_year BETWEEN coalesce($1, -32768) AND coalesce($2, 32767) ORDER BY ev_year, ev_month";

/// Each month
#[utoipa::path(get, path = "/api/v1/stats/monthly", tag = "stats", params(Years),
    responses((status = 200, body = inline(List<Month>))))]
pub async fn monthly(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(y): Given<Years>,
) -> Result<Response, Problem> {
    let question = Question::new(MONTHLY).int(y.from_year).int(y.to_year);
    app.list(&caller, &headers, question, Envelope::V1).await
}

const BY_STATE: &str = "
    SELECT m.ev_state, ntsb_code_meaning('state', m.ev_state) AS state_name, m.events, m.fatal_events, m.fatalities,
           m.fatal_events_without_count, m.placed_events,
           m.first_year, m.last_year, ST_Y(m.centroid::geometry) AS lat, ST_X(m.centroid::geometry) AS lon
    FROM ntsb.mv_state_heatmap m ORDER BY m.events DESC, m.ev_state";

/// Each state, with the middle of its accidents
#[utoipa::path(get, path = "/api/v1/stats/by-state", tag = "stats",
    responses((status = 200, body = inline(List<StateCount>))))]
pub async fn by_state(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.list(&caller, &headers, Question::new(BY_STATE), Envelope::V1).await
}

/// Which aircraft
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Makes {
    /// Maker, in any spelling
    #[param(example = "CESSNA")]
    pub make: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

const BY_AIRCRAFT: &str = "
    WITH page AS MATERIALIZED (
        SELECT s.*, row_number() OVER (ORDER BY -s.events, s.make, s.model) AS n,
               jsonb_build_array((-s.events)::text, s.make, s.model) AS cursor
        FROM (SELECT m.*, coalesce(m.acft_make, '') AS make, coalesce(m.acft_model, '') AS model
              FROM ntsb.mv_aircraft_stats m) s
        WHERE ($2 IS NULL OR s.acft_make = ntsb_standard_make($2))
          AND ($3 IS NULL OR (-s.events, s.make, s.model) > ($3::bigint, $4, $5))
        ORDER BY -s.events, s.make, s.model LIMIT $1 + 1)
    SELECT p.acft_make, p.acft_model, p.events, p.fatal_events, p.fatalities, p.fatal_events_without_count, p.first_year, p.last_year,";

const AIRCRAFT_CURSOR: [Kind; 3] = [Kind::Whole, Kind::Text, Kind::Text];

/// Each make and model, the most frequent first
#[utoipa::path(get, path = "/api/v1/stats/by-aircraft-type", tag = "stats", params(Makes),
    responses((status = 200, body = inline(List<Model>)), (status = 422, body = ErrorBody)))]
pub async fn by_aircraft(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(m): Given<Makes>,
) -> Result<Response, Problem> {
    let question = paged(BY_AIRCRAFT).int(rows(m.limit, 100)?).text(m.make);
    let question = question.all(read_cursor(m.page.as_deref(), &AIRCRAFT_CURSOR)?);
    app.list(&caller, &headers, question, Envelope::V1).await
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

/// Which causes
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Causes {
    /// First year of the coding
    #[param(inline, example = "2008")]
    pub era: Option<Era>,
    /// Why it happened, or what happened
    #[param(inline)]
    pub kind: Option<CauseKind>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

const CAUSES: &str = "
    WITH page AS MATERIALIZED (
        SELECT s.*, row_number() OVER (ORDER BY -s.events, s.era, s.kind, s.code, s.probable) AS n,
               jsonb_build_array((-s.events)::text, s.era, s.kind, s.code, s.probable) AS cursor
        FROM (SELECT m.*, coalesce(m.in_probable_cause::text, 'unknown') AS probable
              FROM ntsb.mv_cause_stats m) s
        WHERE ($2 IS NULL OR s.era = $2) AND ($3 IS NULL OR s.kind = $3)
          AND ($4 IS NULL OR (-s.events, s.era, s.kind, s.code, s.probable) > ($4::bigint, $5, $6, $7, $8))
        ORDER BY -s.events, s.era, s.kind, s.code, s.probable LIMIT $1 + 1)
    SELECT p.era, p.kind, p.code, p.description, p.category, p.in_probable_cause, p.events, p.fatal_events,
           p.fatalities, p.fatal_events_without_count,";

const CAUSE_CURSOR: [Kind; 5] = [Kind::Whole, Kind::Text, Kind::Text, Kind::Text, Kind::Text];

/// The rows of a page, and whether there is another.
fn paged(rows: &str) -> Question {
    Question::new(format!("{rows}{NEXT} FROM page p WHERE p.n <= $1 ORDER BY p.n"))
}

/// Each finding and occurrence, the most frequent first
#[utoipa::path(get, path = "/api/v1/stats/causes", tag = "stats", params(Causes),
    responses((status = 200, body = inline(List<Cause>)), (status = 422, body = ErrorBody)))]
pub async fn causes(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(c): Given<Causes>,
) -> Result<Response, Problem> {
    let question = paged(CAUSES).int(rows(c.limit, 100)?);
    let question = question.text(c.era.map(|era| era.name().to_owned()));
    let question = question.text(c.kind.map(|kind| kind.name().to_owned()));
    let question = question.all(read_cursor(c.page.as_deref(), &CAUSE_CURSOR)?);
    app.list(&caller, &headers, question, Envelope::V1).await
}
