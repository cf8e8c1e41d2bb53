//! The tables of NTSB's files, and how raw values become warehouse values.
//!
//! [`tables`] describes each table and column once. Staging tables, COPY lists, warehouse types,
//! cleaning and hashing follow from that description. [`clean`] normalizes the values of a row,
//! [`hash`] computes its content hash, and [`chain`] links the entries of the change log. [`pre1982`]
//! and [`case`] convert the two other layouts, the file of 1962–1981 and the JSON cases of NTSB's API,
//! to rows of these tables. [`asrs`] converts NASA's voluntary reports to rows of schema `asrs`.
//!
//! [`yearly`] reads the tables of yearly statistics that NTSB and BTS publish.
//!
//! Nothing here uses PostgreSQL, reads a file or starts a thread.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod asrs;
pub mod calendar;
pub mod case;
pub mod chain;
pub mod clean;
pub mod hash;
pub mod pre1982;
pub mod recommendation;
pub mod tables;
pub mod yearly;
