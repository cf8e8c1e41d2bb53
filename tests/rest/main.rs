//! The service against a real PostgreSQL: every answer beside what SQL says.

#![allow(clippy::unwrap_used)]

mod access;
mod answers;
mod bodies;
mod browser;
mod cached_response;
mod clients;
mod csv;
mod document;
mod exports;
mod facts;
mod faults;
mod forms;
mod guards;
mod hints;
mod limits;
mod live;
mod metrics;
mod pooler;
mod predictions;
mod replicas;
mod schema_change;
mod service;
mod silence;
mod sockets;
mod tokens;
mod whole;
