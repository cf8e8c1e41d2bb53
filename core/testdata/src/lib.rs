//! Made-up NTSB data: any number of events, with any share of every kind of dirt.
//!
//! Tests and benchmarks need files of any size whose faults are known. Event k depends on the seed
//! and on k alone, so that a smaller set is the beginning of a larger one, and its dirt is drawn
//! from another stream than its facts: with the same seed, a dirty set differs from a clean one
//! only where dirt was planted. What is drawn follows the distributions of the real database; no
//! text and no row of it is copied.
//!
//! [`Generator`] fills a [`Case`], the rows of one event as text cells, without I/O.

pub mod defects;
mod facts;
mod fleet;
mod identity;
pub mod manifest;
mod narrative;
mod people;
mod place;
mod reference;
mod rng;
mod rows;
mod sequence;
mod severity;
pub mod spelling;
mod weather;
mod when;
mod write;

#[cfg(test)]
mod tests;

pub use identity::MOST_EVENTS;
pub use rng::MILLION;
pub use rows::Rows;
pub use when::YEARS;

use defects::{Plant, Shares};
use facts::Facts;
use ntsb_schema::tables::{TABLES, Table};
use rng::Dice;
use when::Years;

/// What to make up.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    /// Years of the events, both included.
    pub from: i32,
    pub to: i32,
    pub dirt: Shares,
    /// Words that half of the narratives do not reach.
    pub words: u32,
}

impl Plan {
    /// The years of avall and Pre2008, as dirty as the real files.
    pub fn new(seed: u64) -> Plan {
        Plan { seed, from: 1982, to: *YEARS.end(), dirt: Shares::usual(), words: 256 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("years {from} to {to}: data can be made up for {} to {}, in this order", YEARS.start(), YEARS.end())]
    Years { from: i32, to: i32 },
}

/// The tables of avall.mdb. Those that only PRE1982.MDB fills come behind them in [`TABLES`].
pub fn tables() -> &'static [Table] {
    const OTHERS: Named = Named::new("legacy_event");
    &TABLES[..OTHERS.0]
}

/// The rows of one event, or of the code tables, and the dirt in them.
#[derive(Debug, Clone)]
pub struct Case {
    tables: Vec<Rows>,
    plants: Vec<Plant>,
}

impl Default for Case {
    fn default() -> Case {
        Case::new()
    }
}

impl Case {
    pub fn new() -> Case {
        Case { tables: tables().iter().map(Rows::new).collect(), plants: Vec::new() }
    }

    /// Rows by table, in the order of [`tables`].
    pub fn tables(&self) -> &[Rows] {
        &self.tables
    }

    pub fn plants(&self) -> &[Plant] {
        &self.plants
    }

    fn clear(&mut self) {
        self.tables.iter_mut().for_each(Rows::clear);
        self.plants.clear();
    }

    /// Rows of a table that this module knows by name.
    fn rows(&mut self, table: Named) -> &mut Rows {
        &mut self.tables[table.0]
    }
}

/// The place of a table among all tables, looked up when this is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named(usize);

impl Named {
    const fn new(name: &str) -> Named {
        let mut at = 0;
        while at < TABLES.len() {
            if same(TABLES[at].name, name) {
                return Named(at);
            }
            at += 1;
        }
        panic!("no such table")
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Makes up events by their number.
#[derive(Debug, Clone)]
pub struct Generator {
    years: Years,
    dice: Dice,
    dirt: Shares,
    words: u32,
}

impl Generator {
    pub fn new(plan: &Plan) -> Result<Generator, PlanError> {
        let (from, to) = (plan.from, plan.to);
        if from > to || !YEARS.contains(&from) || !YEARS.contains(&to) {
            return Err(PlanError::Years { from, to });
        }
        Ok(Generator {
            years: Years::new(from, to, plan.seed),
            dice: Dice::new(plan.seed),
            dirt: plan.dirt.clone(),
            words: plan.words,
        })
    }

    /// Fills `out` with the code tables and the data dictionary, which hold every code that the
    /// events use.
    pub fn reference(&self, out: &mut Case) {
        out.clear();
        reference::write(out);
    }

    /// Fills `out` with all rows of an event. Numbers up to [`MOST_EVENTS`] give identifiers of
    /// their own.
    pub fn event(&mut self, number: u64, out: &mut Case) {
        out.clear();
        self.dice.take_up(number * 2);
        let facts = Facts::draw(number, self.years.slot(number), &mut self.dice);
        write::case(out, &facts, self.words, &mut self.dice);
        self.dice.take_up(number * 2 + 1);
        defects::plant(out, &facts, &self.dirt, &mut self.dice);
    }
}
