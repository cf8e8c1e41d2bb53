//! Counts.

use serde::Serialize;
use utoipa::ToSchema;

/// All that there is
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    pub events: Option<i64>,
    pub fatal_events: Option<i64>,
    pub serious_events: Option<i64>,
    pub minor_events: Option<i64>,
    pub uninjured_events: Option<i64>,
    pub domestic_events: Option<i64>,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
    pub first_year: Option<i64>,
    pub last_year: Option<i64>,
    pub last_date: Option<String>,
    /// When the last file was loaded
    pub loaded_at: Option<String>,
}

/// A year
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Year {
    pub ev_year: i64,
    pub events: i64,
    pub fatal_events: i64,
    pub serious_events: i64,
    pub minor_events: i64,
    pub uninjured_events: i64,
    pub domestic_events: i64,
    pub domestic_fatal_events: i64,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
    pub serious: Option<i64>,
    pub minor: Option<i64>,
    pub uninjured: Option<i64>,
    pub with_findings: i64,
    pub final_reports: i64,
    /// Share that NTSB has finished
    pub completeness: Option<f64>,
}

/// A month
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Month {
    pub ev_year: i64,
    pub ev_month: Option<i64>,
    pub events: i64,
    pub fatal_events: i64,
    pub domestic_events: i64,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
}

/// A state
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateCount {
    pub ev_state: Option<String>,
    pub state_name: Option<String>,
    pub events: i64,
    pub fatal_events: i64,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
    pub placed_events: i64,
    pub first_year: Option<i64>,
    pub last_year: Option<i64>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// A make and model
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub acft_make: Option<String>,
    pub acft_model: Option<String>,
    pub events: i64,
    pub fatal_events: i64,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
    pub first_year: Option<i64>,
    pub last_year: Option<i64>,
}

/// A finding or occurrence
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub era: Option<String>,
    pub kind: Option<String>,
    pub code: Option<String>,
    pub description: Option<String>,
    pub category: Option<String>,
    pub in_probable_cause: Option<bool>,
    pub events: i64,
    pub fatal_events: i64,
    /// People killed, of the events that have a count
    pub fatalities: Option<i64>,
    /// Fatal events of which NTSB's file does not say how many people were killed
    pub fatal_events_without_count: Option<i64>,
}
