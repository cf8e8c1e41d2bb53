//! Writes the facts of an event down as rows, table by table.

mod aircraft;
mod crew;
mod details;
mod events;
mod injury;
mod outcome;

use super::facts::{Aircraft, Facts};
use super::rng::Dice;
use super::rows::Row;
use super::{Case, Named};

pub const EVENTS: Named = Named::new("events");
pub const ADMIN: Named = Named::new("ntsb_admin");
pub const DT_EVENTS: Named = Named::new("dt_events");
pub const AIRCRAFT: Named = Named::new("aircraft");
pub const DT_AIRCRAFT: Named = Named::new("dt_aircraft");
pub const ENGINES: Named = Named::new("engines");
pub const INJURY: Named = Named::new("injury");
pub const OCCURRENCES: Named = Named::new("occurrences");
pub const OLD_FINDINGS: Named = Named::new("seq_of_events");
pub const SEQUENCE: Named = Named::new("events_sequence");
pub const FINDINGS: Named = Named::new("findings");
pub const NARRATIVES: Named = Named::new("narratives");
pub const CREW: Named = Named::new("flight_crew");
pub const FLIGHT_TIME: Named = Named::new("flight_time");
pub const DT_CREW: Named = Named::new("dt_flight_crew");

/// All rows of an event; `words` is the median length of its narrative.
pub fn case(out: &mut Case, facts: &Facts, words: u32, dice: &mut Dice) {
    events::write(out, facts, dice);
    details::of_event(out, facts, dice);
    events::write_admin(out, facts, dice);
    for (key, aircraft) in (1..).zip(&facts.aircraft) {
        let one = One { facts, aircraft, key };
        aircraft::write(out, &one, dice);
        aircraft::write_engines(out, &one, dice);
        details::of_aircraft(out, &one, dice);
        injury::write(out, &one);
        outcome::write(out, &one, dice);
        crew::write(out, &one, dice);
        outcome::write_narrative(out, &one, words, dice);
    }
}

/// One aircraft of an event, with its key.
struct One<'f> {
    facts: &'f Facts,
    aircraft: &'f Aircraft,
    key: i32,
}

impl One<'_> {
    /// Begins a row of a table under `aircraft`.
    fn begin<'o>(&self, out: &'o mut Case, table: Named) -> Row<'o> {
        let mut row = out.rows(table).begin();
        row.text("ev_id", &self.facts.ev_id).number("aircraft_key", self.key);
        row
    }
}

/// Who changed a row, and when.
fn sign<'r, 'o>(row: &'r mut Row<'o>, facts: &Facts) -> &'r mut Row<'o> {
    row.text("lchg_date", &facts.changed_text).text("lchg_userid", facts.user)
}
