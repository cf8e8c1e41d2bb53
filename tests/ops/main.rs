//! Tests of deploy/: each configuration in the program that reads it. `./dev test ops` runs them.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod airflow;
mod backup;
mod containerfiles;
mod containers;
mod firewall;
mod helm;
mod lake;
mod monitoring;
mod nginx;
mod packaging;
