//! The sources beside NTSB's Access files, one module each.

mod api;
mod api_faults;
mod registry;
mod state;
