//! The handlers of the routes. Each reads its parameters, runs one query and returns the result.

pub mod admin;
pub mod analytics;
pub mod auth;
pub mod changes;
pub mod events;
mod extract;
pub mod health;
mod limits;
pub mod live;
pub mod maps;
pub mod models;
pub mod predictions;
pub mod search;
pub mod stats;

pub use extract::{JsonBody, PathParams, QueryParams};
