//! Writes the facts of an event as rows.

mod aircraft;
mod crew;
mod details;
mod events;
mod injury;
mod outcome;

use super::facts::{Aircraft, Facts};
use super::rng::Rng;
use super::rows::Row;
use super::{EventData, TableIndex};

pub const EVENTS: TableIndex = TableIndex::new("events");
pub const ADMIN: TableIndex = TableIndex::new("ntsb_admin");
pub const DT_EVENTS: TableIndex = TableIndex::new("dt_events");
pub const AIRCRAFT: TableIndex = TableIndex::new("aircraft");
pub const DT_AIRCRAFT: TableIndex = TableIndex::new("dt_aircraft");
pub const ENGINES: TableIndex = TableIndex::new("engines");
pub const INJURY: TableIndex = TableIndex::new("injury");
pub const OCCURRENCES: TableIndex = TableIndex::new("occurrences");
pub const OLD_FINDINGS: TableIndex = TableIndex::new("seq_of_events");
pub const SEQUENCE: TableIndex = TableIndex::new("events_sequence");
pub const FINDINGS: TableIndex = TableIndex::new("findings");
pub const NARRATIVES: TableIndex = TableIndex::new("narratives");
pub const CREW: TableIndex = TableIndex::new("flight_crew");
pub const FLIGHT_TIME: TableIndex = TableIndex::new("flight_time");
pub const DT_CREW: TableIndex = TableIndex::new("dt_flight_crew");

/// Writes all rows of an event. `words` is the median length of narratives.
pub fn write_event(out: &mut EventData, facts: &Facts, words: u32, rng: &mut Rng) {
    events::write(out, facts, rng);
    details::write_event_details(out, facts, rng);
    events::write_admin(out, facts, rng);
    for (key, aircraft) in (1..).zip(&facts.aircraft) {
        let ctx = AircraftContext { facts, aircraft, key };
        aircraft::write(out, &ctx, rng);
        aircraft::write_engines(out, &ctx, rng);
        details::write_aircraft_details(out, &ctx, rng);
        injury::write(out, &ctx);
        outcome::write(out, &ctx, rng);
        crew::write(out, &ctx, rng);
        outcome::write_narrative(out, &ctx, words, rng);
    }
}

/// One aircraft of an event, with its key.
struct AircraftContext<'f> {
    facts: &'f Facts,
    aircraft: &'f Aircraft,
    key: i32,
}

impl AircraftContext<'_> {
    /// Adds a row to a child table of `aircraft`, with its key.
    fn add_row<'o>(&self, out: &'o mut EventData, table: TableIndex) -> Row<'o> {
        let mut row = out.rows(table).add_row();
        row.text("ev_id", &self.facts.ev_id).number("aircraft_key", self.key);
        row
    }
}

/// Writes when and by whom the row was last changed.
fn set_last_change<'r, 'o>(row: &'r mut Row<'o>, facts: &Facts) -> &'r mut Row<'o> {
    row.text("lchg_date", &facts.last_change_text).text("lchg_userid", facts.user)
}
