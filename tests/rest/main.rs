//! The service against a real PostgreSQL: every answer beside what SQL says.

#![allow(clippy::unwrap_used)]

mod access;
mod answers;
mod clients;
mod document;
mod faults;
mod guards;
mod kept;
mod limits;
mod live;
mod metrics;
mod predictions;
mod replicas;
mod service;
mod tokens;
