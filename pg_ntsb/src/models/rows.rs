//! The events that a model learns from and is judged by, read by one SELECT.

use super::error::Error;
use super::features::{Reader, select_list};
use ntsb_models::features::Facts;
use ntsb_models::split::Wanted;
use ntsb_models::target::Target;
use ntsb_schema::calendar;
use pgrx::spi::{SpiClient, SpiHeapTupleData};
use sha2::{Digest, Sha256};

/// Rows read in one go.
const READ: i64 = 2_000;

/// An event with what the model is to tell of it.
pub struct Event {
    pub day: i32,
    pub label: String,
    pub domestic: Option<bool>,
    pub facts: Facts,
}

impl Event {
    pub fn year(&self) -> i32 {
        calendar::civil(self.day).0
    }
}

pub struct Events {
    pub events: Vec<Event>,
    /// SHA-256 over all that was read.
    pub digest: Vec<u8>,
}

/// Which events, as SQL over the view `a` and the fact `f`.
fn source(target: Target, wanted: Wanted) -> String {
    let from = wanted
        .train_from
        .map_or(String::new(), |d| format!("AND f.ev_date >= date '1970-01-01' + {d}"));
    let to = wanted
        .test_to
        .map_or(String::new(), |d| format!("AND f.ev_date <= date '1970-01-01' + {d}"));
    format!(
        "FROM ntsb.accident_features a JOIN ntsb.fact_accidents f USING (ev_id)
         WHERE ({}) IS NOT NULL AND f.ev_date IS NOT NULL {from} {to}",
        target.sql()
    )
}

/// How many there are, before they are read.
pub fn count(client: &SpiClient, wanted: Wanted) -> Result<usize, Error> {
    let from = wanted
        .train_from
        .map_or(String::new(), |d| format!("AND ev_date >= date '1970-01-01' + {d}"));
    let to =
        wanted.test_to.map_or(String::new(), |d| format!("AND ev_date <= date '1970-01-01' + {d}"));
    let sql =
        format!("SELECT count(*) FROM ntsb.fact_accidents WHERE ev_date IS NOT NULL {from} {to}");
    let found = crate::spi::one::<i64>(client, &sql)?.unwrap_or(0);
    Ok(usize::try_from(found).unwrap_or(0))
}

/// Reads the events in order of time.
pub fn read(client: &SpiClient, target: Target, wanted: Wanted) -> Result<Events, Error> {
    let sql = format!(
        "SELECT f.ev_id, f.ev_date - date '1970-01-01', ({}), f.is_domestic, {} {}
         ORDER BY f.ev_date, f.ev_id",
        target.sql(),
        select_list(),
        source(target, wanted)
    );
    let (mut events, mut digest, mut reader) = (Vec::new(), Sha256::new(), Reader::default());
    let mut cursor = client.open_cursor(&sql, &[]);
    loop {
        crate::cancel::poll();
        let rows = cursor.fetch(READ)?;
        if rows.is_empty() {
            return Ok(Events { events, digest: digest.finalize().to_vec() });
        }
        for row in rows {
            if let Some((ev_id, event)) = event(&row, &mut reader)? {
                digest.update(ev_id);
                digest.update(&event.label);
                digest.update(format!("{:?}{:?}", event.domestic, event.facts));
                events.push(event);
            }
        }
    }
}

fn event(row: &SpiHeapTupleData, reader: &mut Reader) -> Result<Option<(String, Event)>, Error> {
    let (ev_id, day, label) = (row.get::<String>(1)?, row.get::<i32>(2)?, row.get::<String>(3)?);
    let (Some(ev_id), Some(day), Some(label)) = (ev_id, day, label) else { return Ok(None) };
    let domestic = row.get::<bool>(4)?;
    let facts = reader.facts(row, 5)?;
    Ok(Some((ev_id, Event { day, label, domestic, facts })))
}
