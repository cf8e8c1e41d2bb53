//! Events and what belongs to one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Given, Tail};
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::events::{
    Aircraft, Change, CrewMember, Event, EventList, EventListV2, Finding, List, Narrative,
};
use crate::select::{Filter, Selection};
use crate::state::App;

type Shared = State<Arc<App>>;

/// How a list is asked for
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// First year
    #[param(example = 2015)]
    pub from_year: Option<i32>,
    /// Last year
    #[param(example = 2025)]
    pub to_year: Option<i32>,
    /// Accidents (ACC), incidents (INC), or both, separated by commas
    #[param(example = "ACC")]
    pub ev_type: Option<String>,
    /// States, codes or names, separated by commas
    #[param(example = "AK,CA")]
    pub state: Option<String>,
    /// Severities, separated by commas: FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    /// Maker of the first aircraft, in any spelling
    pub make: Option<String>,
    /// Model of the first aircraft, in any spelling where the maker is given
    pub model: Option<String>,
    /// FAR parts, separated by commas, such as 091,135
    pub far_part: Option<String>,
    /// Weather: VMC or IMC
    pub weather: Option<String>,
    /// west,south,east,north in degrees; where west is greater than east, across the antimeridian
    pub bbox: Option<String>,
    /// In the territory of the United States, or not
    pub domestic: Option<bool>,
    /// -ev_date (the latest first), ev_date, -fatalities, fatalities, -ev_id or ev_id
    #[param(pattern = "^-?(ev_date|fatalities|ev_id)$")]
    pub sort: Option<String>,
    /// 1 to 1,000 rows; of NDJSON, 1 to 200,000
    #[param(example = 50, minimum = 1, maximum = 200_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

impl Wanted {
    fn selection(&self) -> Result<Selection, Problem> {
        let filter = Filter {
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
        Selection::new(&filter, self.sort.as_deref(), self.limit, self.page.as_deref())
    }
}

/// Accidents and incidents, page by page
///
/// One row is one event, with its first aircraft. As JSON, CSV, GeoJSON or NDJSON by the header Accept;
/// NDJSON is streamed and may be as long as 200,000 rows.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(Wanted),
    responses((status = 200, body = EventList), (status = 422, body = ErrorBody)))]
pub async fn list(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(wanted): Given<Wanted>,
) -> Result<Response, Problem> {
    let question = wanted.selection()?.question(crate::answer::form(&headers)?)?;
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// Accidents and incidents, in the envelope of version 2
#[utoipa::path(get, path = "/api/v2/events", tag = "events", params(Wanted),
    responses((status = 200, body = EventListV2), (status = 422, body = ErrorBody)))]
pub async fn list_v2(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Given(wanted): Given<Wanted>,
) -> Result<Response, Problem> {
    let question = wanted.selection()?.question(crate::answer::form(&headers)?)?;
    app.list(&caller, &headers, question, Envelope::V2).await
}

const EVENT: &str = "
    SELECT ev_id, ntsb_no, ev_type, ev_date, ev_year, ev_time, ev_tmzn, local_time, ev_city, ev_state,
           state_name, ev_country, country_name, is_domestic, lat, lon, nearest_airport_id,
           nearest_airport_km::float8 AS nearest_airport_km, severity, severity_label, fatalities,
           serious, minor, uninjured, wx_cond_basic, weather, light_cond, light, far_part,
           far_part_meaning, type_fly, purpose, damage, damage_meaning, acft_make, acft_model, regis_no,
           acft_category, category, aircraft_count, engine_count, pilot_age,
           pilot_total_hours::float8 AS pilot_total_hours, pilot_certificate,
           pilot_certificate_meaning, phase, phase_meaning, defining_event, defining_event_meaning,
           first_finding, first_finding_meaning, cause_category, probable_cause, report_status, is_final,
           ntsb_docket, year_completeness::float8 AS year_completeness, updated_at
    FROM ntsb.accidents WHERE ev_id = $1";

/// One event, decoded
#[utoipa::path(get, path = "/api/v1/events/{ev_id}", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = Event), (status = 404, body = ErrorBody)))]
pub async fn event(
    State(app): Shared,
    caller: Caller,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    let question = Question::new(EVENT).text(checked(&ev_id)?);
    app.one(&caller, question, || format!("there is no event {ev_id}")).await
}

/// PostgreSQL's text holds no zero byte, and no identifier is longer.
fn checked(ev_id: &str) -> Result<String, Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric();
    if ev_id.len() == 14 && ev_id.bytes().all(plain) {
        return Ok(ev_id.to_owned());
    }
    Err(Problem::bad_input("an ev_id is 14 letters and digits").details(ev_id.to_owned()))
}

/// What belongs to an event; an event that there is not is 404, one without such rows an empty list.
async fn of_event(
    app: &Arc<App>,
    caller: &Caller,
    headers: &HeaderMap,
    ev_id: &str,
    sql: &'static str,
) -> Result<Response, Problem> {
    const KNOWN: &str = "SELECT FROM ntsb.event_key WHERE ev_id = $1";
    let known = app.rows(caller, Question::new(KNOWN).text(checked(ev_id)?)).await?;
    if known.is_empty() {
        return Err(Problem::not_found(format!("there is no event {ev_id}")));
    }
    let question = Question::new(sql).text(ev_id.to_owned());
    app.list(caller, headers, question, Envelope::V1).await
}

const AIRCRAFT: &str = "
    SELECT aircraft_key, regis_no, acft_make_std AS acft_make, acft_model_std AS acft_model, acft_make AS make_as_filed,
           acft_model AS model_as_filed, acft_series, acft_serial_no, acft_year, acft_category,
           ntsb_code_meaning('acft_category', acft_category) AS category, homebuilt,
           far_part, damage, ntsb_code_meaning('damage', damage) AS damage_meaning, acft_fire, acft_expl,
           num_eng, total_seats, cert_max_gr_wt, afm_hrs, type_fly, ntsb_code_meaning('type_fly', type_fly) AS purpose, oper_name, dprt_apt_id, dest_apt_id
    FROM ntsb.aircraft WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key";

/// The aircraft of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/aircraft", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Aircraft>)), (status = 404, body = ErrorBody)))]
pub async fn aircraft(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    of_event(&app, &caller, &headers, &ev_id, AIRCRAFT).await
}

const CREW: &str = "
    SELECT aircraft_key, crew_no, crew_category, category AS crew_category_meaning, crew_age, total_hours, make_hours, last_90_days
    FROM ntsb.crew_enriched WHERE ev_id = $1 ORDER BY aircraft_key, crew_no";

/// The crew of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/crew", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<CrewMember>)), (status = 404, body = ErrorBody)))]
pub async fn crew(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    of_event(&app, &caller, &headers, &ev_id, CREW).await
}

const FINDINGS: &str = "
    SELECT aircraft_key, finding_no, finding_code, finding_description,
           ntsb_cause_category('2008', finding_code) AS category, cause_factor, cm_inpc
    FROM ntsb.findings WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key, finding_no";

/// What the investigation found (since 2008)
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/findings", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Finding>)), (status = 404, body = ErrorBody)))]
pub async fn findings(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    of_event(&app, &caller, &headers, &ev_id, FINDINGS).await
}

const NARRATIVES: &str = "
    SELECT aircraft_key, narr_accp, narr_accf, narr_cause, narr_inc
    FROM ntsb.narratives WHERE ev_id = $1 AND withdrawn_batch IS NULL ORDER BY aircraft_key";

/// The reports on an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/narratives", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Narrative>)), (status = 404, body = ErrorBody)))]
pub async fn narratives(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    of_event(&app, &caller, &headers, &ev_id, NARRATIVES).await
}

const HISTORY: &str = "SELECT * FROM ntsb_event_history($1)";

/// What every load changed of an event
#[utoipa::path(get, path = "/api/v1/events/{ev_id}/history", tag = "events",
    params(("ev_id" = String, Path, description = "NTSB's identifier, 14 characters", pattern = "^[0-9A-Za-z]{14}$")),
    responses((status = 200, body = inline(List<Change>)), (status = 404, body = ErrorBody)))]
pub async fn history(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
    Tail(ev_id): Tail<String>,
) -> Result<Response, Problem> {
    of_event(&app, &caller, &headers, &ev_id, HISTORY).await
}
