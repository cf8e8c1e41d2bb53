//! The envelope of a list. It is written as text around the encoded rows.

#![allow(dead_code, reason = "only a description of the envelope")]

use serde::Serialize;
use utoipa::ToSchema;

use super::events::EventRow;
use crate::response::Caveat;

/// Rows with their caveat
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List<T> {
    pub data: Vec<T>,
    /// Number of rows in data
    pub count: i64,
    /// Value of `page` for the next page; null on the last page
    pub next_page: Option<String>,
    pub caveat: Caveat,
}

pub type EventList = List<EventRow>;

/// A list of events in the envelope of version 2
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventListV2 {
    /// 2
    pub version: String,
    pub data: Vec<EventRow>,
    pub meta: Meta,
}

/// Facts about a list
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub count: i64,
    pub next_page: Option<String>,
    pub caveat: Caveat,
}
