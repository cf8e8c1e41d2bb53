//! Fault injection: no failure may lose data or store a partial load (docs/faults.md).

mod cancelled_loads;
mod connection;
mod disk;
mod killed_loads;
mod load_series;
mod memory;
