//! The sources beside NTSB's Access files, one module each.

mod api;
mod api_faults;
mod asrs;
mod metar;
mod recommendations;
mod state;
