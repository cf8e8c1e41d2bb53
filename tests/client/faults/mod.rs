//! Whatever breaks, nothing is lost and nothing is half there: docs/faults.md.

mod connection;
mod disk;
mod ended;
mod killed_loads;
mod memory;
mod series;
