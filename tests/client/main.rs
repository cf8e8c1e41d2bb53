//! The command line tool and the warehouse together, against a real PostgreSQL.

#![allow(clippy::unwrap_used)]

mod airports;
mod answers;
mod archive;
mod asking;
mod closed_pipe;
mod company;
mod conditions;
mod csv;
mod derived;
mod documents;
mod extension_schema;
mod faults;
mod foreign_models;
mod hashes;
mod increments;
mod killed;
mod legacy;
mod loading;
mod modelling;
mod models;
mod moves;
mod notifying;
mod odd;
mod places;
mod planted;
mod predictions;
mod quarantine;
mod reference;
mod registry;
mod schedules;
mod search;
mod security;
mod sources;
mod spellings;
mod standby;
mod star;
mod star_series;
mod syncing;
mod time;
mod tls;
mod verifying;
mod watching;
