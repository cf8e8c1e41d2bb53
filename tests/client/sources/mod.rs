//! The sources beside NTSB's Access files, one module each.

mod airports;
mod api;
mod api_faults;
mod asrs;
mod exposure;
mod recommendations;
mod runways;
mod registry;
mod state;
