//! Statistics of events.

pub mod drift;
