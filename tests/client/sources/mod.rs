//! The sources beside NTSB's Access files, one module each.

mod airports;
mod api;
mod api_faults;
mod asrs;
mod exposure;
mod metar;
mod recommendations;
mod registry;
mod registry_faults;
mod runways;
mod state;
