//! Reads the events for training and evaluation with a single SELECT.

use super::error::ModelsError;
use super::features::{FactReader, build_select_list};
use ntsb_models::features::Facts;
use ntsb_models::split::SplitDates;
use ntsb_models::target::Target;
use ntsb_schema::calendar;
use pgrx::spi::{SpiClient, SpiHeapTupleData};
use sha2::{Digest, Sha256};

/// Rows per fetch.
const FETCH_SIZE: i64 = 2_000;

/// An event with its label.
pub struct Event {
    pub day: i32,
    pub label: String,
    pub domestic: Option<bool>,
    pub facts: Facts,
}

impl Event {
    pub fn year(&self) -> i32 {
        calendar::days_to_date(self.day).0
    }
}

pub struct Events {
    pub events: Vec<Event>,
    /// SHA-256 of everything that was read.
    pub digest: Vec<u8>,
}

/// Which events, as SQL over the view `a` and the fact `f`.
fn source(target: Target, dates: SplitDates) -> String {
    let from = dates
        .train_from
        .map_or(String::new(), |d| format!("AND f.ev_date >= date '1970-01-01' + {d}"));
    let to = dates
        .test_to
        .map_or(String::new(), |d| format!("AND f.ev_date <= date '1970-01-01' + {d}"));
    format!(
        "FROM ntsb.accident_features a JOIN ntsb.fact_accidents f USING (ev_id)
         WHERE ({}) IS NOT NULL AND f.ev_date IS NOT NULL {from} {to}",
        target.label_sql()
    )
}

/// Counts the events before they are read.
pub fn count_events(client: &SpiClient, dates: SplitDates) -> Result<usize, ModelsError> {
    let from = dates
        .train_from
        .map_or(String::new(), |d| format!("AND ev_date >= date '1970-01-01' + {d}"));
    let to =
        dates.test_to.map_or(String::new(), |d| format!("AND ev_date <= date '1970-01-01' + {d}"));
    let sql =
        format!("SELECT count(*) FROM ntsb.fact_accidents WHERE ev_date IS NOT NULL {from} {to}");
    let found = crate::spi::select_value::<i64>(client, &sql)?.unwrap_or(0);
    Ok(usize::try_from(found).unwrap_or(0))
}

/// Reads the events in chronological order.
pub fn read_events(
    client: &SpiClient,
    target: Target,
    dates: SplitDates,
) -> Result<Events, ModelsError> {
    let sql = format!(
        "SELECT f.ev_id, f.ev_date - date '1970-01-01', ({}), f.is_domestic, {} {}
         ORDER BY f.ev_date, f.ev_id",
        target.label_sql(),
        build_select_list(),
        source(target, dates)
    );
    let (mut events, mut digest, mut reader) = (Vec::new(), Sha256::new(), FactReader::default());
    let mut cursor = client.open_cursor(&sql, &[]);
    let mut encoded = Vec::new();
    loop {
        crate::cancel::poll();
        let rows = cursor.fetch(FETCH_SIZE)?;
        if rows.is_empty() {
            return Ok(Events { events, digest: digest.finalize().to_vec() });
        }
        for row in rows {
            if let Some((ev_id, event)) = read_event(&row, &mut reader)? {
                event.encode(&ev_id, &mut encoded);
                digest.update(&encoded);
                events.push(event);
            }
        }
    }
}

impl Event {
    /// Replaces `out` by the event in a defined form: texts end with a zero byte.
    fn encode(&self, ev_id: &str, out: &mut Vec<u8>) {
        out.clear();
        for text in [ev_id, &self.label] {
            out.extend_from_slice(text.as_bytes());
            out.push(0);
        }
        out.push(self.domestic.map_or(b'?', |domestic| if domestic { b'y' } else { b'n' }));
        self.facts.encode(out);
    }
}

fn read_event(
    row: &SpiHeapTupleData,
    reader: &mut FactReader,
) -> Result<Option<(String, Event)>, ModelsError> {
    let (ev_id, day, label) = (row.get::<String>(1)?, row.get::<i32>(2)?, row.get::<String>(3)?);
    let (Some(ev_id), Some(day), Some(label)) = (ev_id, day, label) else { return Ok(None) };
    let domestic = row.get::<bool>(4)?;
    let facts = reader.read_facts(row, 5)?;
    Ok(Some((ev_id, Event { day, label, domestic, facts })))
}
