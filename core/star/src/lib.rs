//! What the star schema makes of single values: bands of numbers ([`bands`]), coarse phases of
//! flight and categories of findings over all eras of coding ([`codes`]), and the configuration of
//! an aircraft as its events show it ([`configuration`]).

pub mod bands;
pub mod codes;
pub mod configuration;
pub mod place_time;
