//! The handlers of the routes. Each reads its parameters, runs one query and returns the result.

pub mod admin;
pub mod auth;
pub mod changes;
pub mod events;
mod extract;
pub mod geo;
pub mod health;
mod limits;
pub mod live;
pub mod models;
pub mod predictions;
pub mod search;
pub mod stats;
pub mod timeseries;

pub use extract::{JsonBody, PathParams, QueryParams};
