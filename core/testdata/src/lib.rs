//! Generates synthetic NTSB data: any number of events, with a configurable share of every kind of defect.
//!
//! Tests and benchmarks need files of any size with known defects. Event k depends only on the seed and
//! on k, so a smaller set is a prefix of a larger one. Defects are drawn from another stream than facts.
//! With the same seed, a set with defects therefore differs from a clean set only where defects were
//! injected. The values follow the distributions of the real database. No text and no row is copied
//! from it.
//!
//! [`Generator`] fills an [`EventData`], the rows of one event as text cells. It does no I/O.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod defects;
mod event_time;
mod facts;
mod fleet;
mod identity;
pub mod manifest;
mod narrative;
pub mod ntsb_names;
mod people;
mod place;
mod reference;
mod rng;
mod rows;
mod sequence;
mod severity;
mod weather;
mod write;

#[cfg(test)]
mod tests;

pub use event_time::YEARS;
pub use identity::MAX_EVENTS;
pub use rng::MILLION;
pub use rows::Rows;

use defects::{DefectShares, Injection};
use event_time::YearDistribution;
use facts::Facts;
use ntsb_schema::tables::{TABLES, Table};
use rng::Rng;

/// What to generate.
#[derive(Debug, Clone)]
pub struct GeneratorConfig {
    /// The random seed.
    pub seed: u64,
    /// The first year of the events.
    pub first_year: i32,
    /// The last year of the events, inclusive.
    pub last_year: i32,
    /// The share of each defect.
    pub defects: DefectShares,
    /// The median number of words per narrative. 0 omits narratives.
    pub narrative_words: u32,
}

impl GeneratorConfig {
    /// The years of avall and Pre2008, with as many defects as the real files.
    pub fn new(seed: u64) -> GeneratorConfig {
        GeneratorConfig {
            seed,
            first_year: 1982,
            last_year: *YEARS.end(),
            defects: DefectShares::realistic(),
            narrative_words: 256,
        }
    }
}

/// Why a configuration is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages describe the variants")]
pub enum ConfigError {
    #[error(
        "years must be between {} and {}, first year first, got {first_year} to {last_year}",
        YEARS.start(),
        YEARS.end()
    )]
    YearRange { first_year: i32, last_year: i32 },
}

/// The tables of avall.mdb. In [`TABLES`] they precede those that only other sources fill.
pub fn tables() -> &'static [Table] {
    const FIRST_OTHER: TableIndex = TableIndex::new("case_record");
    &TABLES[..FIRST_OTHER.0]
}

/// The rows of one event, or of the reference tables, and the defects in them.
#[derive(Debug, Clone)]
pub struct EventData {
    tables: Vec<Rows>,
    injections: Vec<Injection>,
}

impl Default for EventData {
    fn default() -> EventData {
        EventData::new()
    }
}

impl EventData {
    /// Creates an empty set of tables.
    /// Creates an empty set of tables.
    pub fn new() -> EventData {
        EventData { tables: tables().iter().map(Rows::new).collect(), injections: Vec::new() }
    }

    /// The rows by table, in the order of [`tables`].
    pub fn tables(&self) -> &[Rows] {
        &self.tables
    }

    /// The injected defects.
    pub fn injections(&self) -> &[Injection] {
        &self.injections
    }

    fn clear(&mut self) {
        self.tables.iter_mut().for_each(Rows::clear);
        self.injections.clear();
    }

    /// The rows of a table.
    fn rows(&mut self, table: TableIndex) -> &mut Rows {
        &mut self.tables[table.0]
    }
}

/// The index of a table in [`TABLES`], looked up at compile time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TableIndex(usize);

impl TableIndex {
    #[allow(clippy::panic)]
    const fn new(name: &str) -> TableIndex {
        let mut at = 0;
        while at < TABLES.len() {
            if str_eq(TABLES[at].name, name) {
                return TableIndex(at);
            }
            at += 1;
        }
        // Only evaluated by the compiler, for constants.
        panic!("no such table")
    }
}

const fn str_eq(a: &str, b: &str) -> bool {
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

/// Generates events by number.
#[derive(Debug, Clone)]
pub struct Generator {
    years: YearDistribution,
    rng: Rng,
    defects: DefectShares,
    narrative_words: u32,
}

impl Generator {
    /// Creates a generator. Fails if the years are out of range.
    pub fn new(config: &GeneratorConfig) -> Result<Generator, ConfigError> {
        let (first_year, last_year) = (config.first_year, config.last_year);
        if first_year > last_year || !YEARS.contains(&first_year) || !YEARS.contains(&last_year) {
            return Err(ConfigError::YearRange { first_year, last_year });
        }
        Ok(Generator {
            years: YearDistribution::new(first_year, last_year, config.seed),
            rng: Rng::new(config.seed),
            defects: config.defects.clone(),
            narrative_words: config.narrative_words,
        })
    }

    /// Fills `out` with the code tables and the data dictionary, which contain every code that the
    /// events use.
    pub fn write_reference(&self, out: &mut EventData) {
        out.clear();
        reference::write(out);
    }

    /// Fills `out` with all rows of an event. Identifiers are unique for numbers below [`MAX_EVENTS`].
    pub fn write_event(&mut self, number: u64, out: &mut EventData) {
        out.clear();
        self.rng.seek_stream(number * 2);
        let facts = Facts::draw(number, self.years.slot(number), &mut self.rng);
        write::write_event(out, &facts, self.narrative_words, &mut self.rng);
        self.rng.seek_stream(number * 2 + 1);
        defects::inject(out, &facts, &self.defects, &mut self.rng);
    }
}
