//! Events and lists.

use serde::Serialize;
use utoipa::ToSchema;

/// What is known of recent years
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Caveat {
    /// A sentence
    pub note: String,
    /// The last years, and what share of each NTSB has finished
    pub completeness: Vec<Completeness>,
}

/// A year
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    pub year: i64,
    pub events: i64,
    /// 0 to 1
    pub completeness: Option<f64>,
}

/// Rows, and what has to be said of them
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List<T> {
    pub data: Vec<T>,
    /// Rows in data
    pub count: i64,
    /// For page= of the next question; null: there are no more
    pub next_page: Option<String>,
    pub caveat: Caveat,
}

pub type EventList = List<EventRow>;

/// Rows in the envelope of version 2
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventListV2 {
    /// 2
    pub version: String,
    pub data: Vec<EventRow>,
    pub meta: Meta,
}

/// What has to be said of rows
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub count: i64,
    pub next_page: Option<String>,
    pub caveat: Caveat,
}

/// An event in a list
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    /// NTSB's identifier, 14 characters
    pub ev_id: String,
    pub ntsb_no: Option<String>,
    /// ACC accident, INC incident
    pub ev_type: Option<String>,
    pub ev_date: Option<String>,
    pub ev_year: i64,
    pub ev_city: Option<String>,
    pub ev_state: Option<String>,
    pub ev_country: Option<String>,
    pub is_domestic: Option<bool>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    pub severity_label: Option<String>,
    pub fatalities: Option<i64>,
    pub serious: Option<i64>,
    pub minor: Option<i64>,
    /// VMC or IMC
    pub wx_cond_basic: Option<String>,
    pub far_part: Option<String>,
    pub acft_make: Option<String>,
    pub acft_model: Option<String>,
    pub acft_category: Option<String>,
    pub regis_no: Option<String>,
    pub phase: Option<String>,
    pub cause_category: Option<String>,
    pub report_status: Option<String>,
    pub is_final: Option<bool>,
}

/// An event, decoded
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// NTSB's identifier, 14 characters
    pub ev_id: String,
    pub ntsb_no: Option<String>,
    /// ACC accident, INC incident
    pub ev_type: Option<String>,
    pub ev_date: Option<String>,
    pub ev_year: i64,
    pub ev_city: Option<String>,
    pub ev_state: Option<String>,
    pub ev_country: Option<String>,
    pub is_domestic: Option<bool>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    pub severity_label: Option<String>,
    pub fatalities: Option<i64>,
    pub serious: Option<i64>,
    pub minor: Option<i64>,
    /// VMC or IMC
    pub wx_cond_basic: Option<String>,
    pub far_part: Option<String>,
    pub acft_make: Option<String>,
    pub acft_model: Option<String>,
    pub acft_category: Option<String>,
    pub regis_no: Option<String>,
    pub phase: Option<String>,
    pub cause_category: Option<String>,
    pub report_status: Option<String>,
    pub is_final: Option<bool>,
    /// HHMM
    pub ev_time: Option<i64>,
    pub ev_tmzn: Option<String>,
    pub local_time: Option<String>,
    pub state_name: Option<String>,
    pub country_name: Option<String>,
    pub nearest_airport_id: Option<String>,
    pub nearest_airport_km: Option<f64>,
    pub uninjured: Option<i64>,
    pub weather: Option<String>,
    pub light_cond: Option<String>,
    pub light: Option<String>,
    pub far_part_meaning: Option<String>,
    pub type_fly: Option<String>,
    pub purpose: Option<String>,
    pub damage: Option<String>,
    pub damage_meaning: Option<String>,
    pub category: Option<String>,
    pub aircraft_count: Option<i64>,
    pub engine_count: Option<i64>,
    pub pilot_age: Option<i64>,
    pub pilot_total_hours: Option<f64>,
    pub pilot_certificate: Option<String>,
    pub pilot_certificate_meaning: Option<String>,
    pub phase_meaning: Option<String>,
    pub defining_event: Option<String>,
    pub defining_event_meaning: Option<String>,
    pub first_finding: Option<String>,
    pub first_finding_meaning: Option<String>,
    pub probable_cause: Option<String>,
    pub ntsb_docket: Option<i64>,
    /// Share of the year's events that NTSB has finished
    pub year_completeness: Option<f64>,
    pub updated_at: Option<String>,
}

/// An aircraft of an event
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Aircraft {
    pub aircraft_key: i64,
    pub regis_no: Option<String>,
    /// In one spelling
    pub acft_make: Option<String>,
    pub acft_model: Option<String>,
    pub make_as_filed: Option<String>,
    pub model_as_filed: Option<String>,
    pub acft_series: Option<String>,
    pub acft_serial_no: Option<String>,
    pub acft_year: Option<i64>,
    pub acft_category: Option<String>,
    pub category: Option<String>,
    pub homebuilt: Option<String>,
    pub far_part: Option<String>,
    pub damage: Option<String>,
    pub damage_meaning: Option<String>,
    pub acft_fire: Option<String>,
    pub acft_expl: Option<String>,
    pub num_eng: Option<i64>,
    pub total_seats: Option<i64>,
    /// Pounds
    pub cert_max_gr_wt: Option<i64>,
    /// Hours of the airframe
    pub afm_hrs: Option<f64>,
    pub type_fly: Option<String>,
    pub purpose: Option<String>,
    pub oper_name: Option<String>,
    pub dprt_apt_id: Option<String>,
    pub dest_apt_id: Option<String>,
}

/// A crew member of an event
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CrewMember {
    pub aircraft_key: i64,
    pub crew_no: i64,
    pub crew_category: Option<String>,
    pub crew_category_meaning: Option<String>,
    pub crew_age: Option<i64>,
    pub total_hours: Option<f64>,
    pub make_hours: Option<f64>,
    /// Hours
    pub last_90_days: Option<f64>,
}

/// A finding
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub aircraft_key: i64,
    pub finding_no: i64,
    /// 10 digits
    pub finding_code: Option<String>,
    pub finding_description: Option<String>,
    pub category: Option<String>,
    /// C cause, F factor; until 2020
    pub cause_factor: Option<String>,
    /// T: in the probable cause; since 2024
    pub cm_inpc: Option<String>,
}

/// The reports on an aircraft of an event
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Narrative {
    pub aircraft_key: i64,
    /// Preliminary or factual account
    pub narr_accp: Option<String>,
    /// Final account
    pub narr_accf: Option<String>,
    /// Probable cause
    pub narr_cause: Option<String>,
    /// Account of an incident
    pub narr_inc: Option<String>,
}

/// What a load changed
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub changed_at: String,
    pub batch_id: i64,
    pub source: Option<String>,
    pub as_of: Option<String>,
    pub table_name: String,
    pub row_key: String,
    /// insert, update, withdraw or return
    pub action: String,
    pub column_name: Option<String>,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
}

/// An event whose reports hold the words
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordHit {
    pub ev_id: String,
    pub ev_date: Option<String>,
    pub place: Option<String>,
    pub aircraft: Option<String>,
    pub severity: Option<String>,
    pub rank: f64,
    pub snippet: Option<String>,
}

/// An event for which the condition holds
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hit {
    pub ev_id: String,
    pub ev_date: Option<String>,
    pub place: Option<String>,
    pub aircraft: Option<String>,
    pub severity: Option<String>,
    pub fatalities: Option<i64>,
}
