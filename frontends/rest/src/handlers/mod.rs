//! What each route does: reads what was asked, asks the database, passes on what it says.

pub mod admin;
pub mod analytics;
pub mod auth;
pub mod changes;
pub mod events;
pub mod health;
pub mod live;
pub mod maps;
pub mod models;
mod path_params;
pub mod predictions;
pub mod search;
pub mod stats;

pub use path_params::{Given, Sent, Tail};
