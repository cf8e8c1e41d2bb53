//! The command line tool and the warehouse together, against a real PostgreSQL.

#![allow(clippy::unwrap_used)]

mod airports;
mod answers;
mod archive;
mod asking;
mod company;
mod conditions;
mod derived;
mod documents;
mod faults;
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
mod oversized;
mod places;
mod planted;
mod predictions;
mod quarantine;
mod reference;
mod registry;
mod schedules;
mod search;
mod sources;
mod spreadsheets;
mod standby;
mod star;
mod star_series;
mod syncing;
mod time;
mod watching;
mod withdrawals;
