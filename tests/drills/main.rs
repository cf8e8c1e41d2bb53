//! Drills: what is lost and how long it takes when something breaks. `./dev drill NAME` runs one; they
//! are slow and no part of `./dev test`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod failover;
mod images;
mod installation;
mod lake;
mod replicas;
mod restore;
mod scale;
#[allow(dead_code)]
#[path = "../rest/service.rs"]
pub(crate) mod service;
mod shards;
