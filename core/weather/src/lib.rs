//! Weather observations: splits a text into METAR and SPECI reports ([`parse_reports`]), parses one
//! ([`parse_report`]) and derives ceiling and flight category ([`category`]).
//!
//! The rules are those of FMH-1 (Federal Meteorological Handbook No. 1) for the United States and of
//! WMO No. 306 FM 15 for the rest of the world. A group that follows neither is kept in
//! [`Report::unparsed`]; no value is guessed from it.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod category;
mod groups;
mod header;
mod parse;
mod report;
mod split;

pub use category::{FlightCategory, flight_category};
pub use parse::{parse_report, parse_reports};
pub use report::{
    Bound, Cloud, CloudType, Cover, Kind, Report, Rvr, RvrTrend, Time, Visibility, Wind,
};
