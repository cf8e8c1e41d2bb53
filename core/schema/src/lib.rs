//! What NTSB's files hold, and how a raw value becomes a warehouse value.
//!
//! [`tables`] describes each table and column once; staging tables, COPY lists, warehouse types,
//! cleaning and hashing follow from it. [`clean`] normalises the values of a row, [`hash`] computes its
//! content hash, and [`chain`] links the entries of the change log. [`pre1982`] and [`case`] turn the two
//! other layouts, the file of 1962–1981 and the JSON cases of NTSB's API, into rows of these tables.
//!
//! Nothing here uses PostgreSQL, reads a file or starts a thread.
#![forbid(unsafe_code)]

pub mod calendar;
pub mod case;
pub mod chain;
pub mod clean;
pub mod hash;
pub mod pre1982;
pub mod tables;
