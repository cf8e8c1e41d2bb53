//! The groups of a report, one module per subject. Each function parses one group and returns `None`
//! if it is another one.

pub mod clouds;
pub mod phenomena;
pub mod pressure;
pub mod rvr;
pub mod temperature;
pub mod visibility;
pub mod wind;
