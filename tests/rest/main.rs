//! Tests of the REST service against a real PostgreSQL. Responses are compared with the results of SQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cached_response;
mod csv;
mod environment;
mod exports;
mod faults;
mod filters;
mod generated_clients;
mod idle_connections;
mod live_updates;
mod metrics;
mod notifications;
mod openapi;
mod pagination;
mod pgbouncer;
mod predictions;
mod rate_limits;
mod raw_tcp;
mod recommendations;
mod replicas;
mod request_bodies;
mod request_limits;
mod responses;
mod role_permissions;
mod schema_change;
mod service;
mod tokens;
mod websocket_auth;
