//! The sources beside NTSB's Access files, one module each.

mod state;
