//! Runway designators.

use ntsb_geo::runway::{opposite_designator, standard_designator};
use pgrx::prelude::*;

/// Returns the standard form of a runway designator: 07 for 7 and RWY 07.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_runway(raw: &str) -> Option<String> {
    standard_designator(raw)
}

/// Returns the designator of the opposite end of a runway: 25R for 07L.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_opposite_runway(raw: &str) -> Option<String> {
    opposite_designator(raw)
}
