//! Derives values of the star schema: number bands ([`bands`]), phase groups and cause categories of all
//! code systems ([`codes`]), aircraft configurations ([`configuration`]), and time zones and daylight
//! ([`local_time`]).

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod bands;
pub mod codes;
pub mod configuration;
pub mod local_time;
