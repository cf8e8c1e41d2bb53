//! The index of words between its tables and the core.

use crate::error::Error;
use ntsb_search::build::{Builder, List};
use ntsb_search::index::{Index, Segment};
use ntsb_search::postings::Reader;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiTupleTable};
use std::collections::HashMap;

/// Documents read, and lists written, in one go.
const READ: i64 = 500;
const WRITE: usize = 5_000;

/// Writes the lists of one segment from its documents.
#[pg_extern(strict, schema = "ntsb_internal", name = "search_index")]
fn ntsb_search_index(segment: i32) -> Result<i64, ErrorReport> {
    Ok(Spi::connect_mut(|client| {
        let builder = collect(client, segment)?;
        let docs = i64::from(builder.docs());
        client.update(
            "INSERT INTO ntsb.search_segment (segment, docs, lengths, ids, dead)
             VALUES ($1, $2, $3, $4, $5)",
            None,
            &[
                segment.into(),
                i32::try_from(docs).unwrap_or(i32::MAX).into(),
                builder.lengths().into(),
                builder.ids().into(),
                vec![0_u8; builder.docs().div_ceil(8) as usize].into(),
            ],
        )?;
        for lists in builder.into_lists().chunks(WRITE) {
            check_for_interrupts!();
            write(client, segment, lists)?;
        }
        Ok::<_, Error>(docs)
    })?)
}

fn collect(client: &SpiClient, segment: i32) -> Result<Builder, Error> {
    let mut builder = Builder::default();
    let mut cursor = client.open_cursor(
        "SELECT ev_id, tsvectorsend(words), facts FROM ntsb.search_document
         WHERE segment = $1 ORDER BY doc",
        &[segment.into()],
    );
    loop {
        check_for_interrupts!();
        let rows = cursor.fetch(READ)?;
        if rows.is_empty() {
            return Ok(builder);
        }
        for row in rows {
            let ev_id: String = row.get(1)?.unwrap_or_default();
            let words: Vec<u8> = row.get(2)?.unwrap_or_default();
            let facts: Vec<String> = row.get(3)?.unwrap_or_default();
            builder
                .add(&ev_id, &words, facts.iter().map(String::as_str))
                .map_err(|e| Error::SearchIndex(format!("{ev_id}: {e}")))?;
        }
    }
}

fn write(client: &mut SpiClient, segment: i32, lists: &[List]) -> Result<(), Error> {
    let facts: Vec<bool> = lists.iter().map(|l| l.fact).collect();
    let terms: Vec<&str> = lists.iter().map(|l| &*l.term).collect();
    let docs: Vec<i32> = lists.iter().map(|l| i32::try_from(l.docs).unwrap_or(i32::MAX)).collect();
    let bytes: Vec<&[u8]> = lists.iter().map(|l| &*l.bytes).collect();
    client.update(
        "INSERT INTO ntsb.search_posting (fact, term, segment, docs, postings)
         SELECT fact, term, $1, docs, postings
         FROM unnest($2::boolean[], $3::text[], $4::integer[], $5::bytea[])
             AS l (fact, term, docs, postings)",
        None,
        &[segment.into(), facts.into(), terms.into(), docs.into(), bytes.into()],
    )?;
    Ok(())
}

/// The segments, as yet without lists.
pub struct Loading {
    index: Index,
    places: HashMap<i32, usize>,
}

impl Loading {
    pub fn begin(client: &SpiClient) -> Result<Loading, Error> {
        let mut loading = Loading { index: Index::default(), places: HashMap::new() };
        let sql = "SELECT segment, docs, lengths, ids, dead FROM ntsb.search_segment";
        for row in client.select(sql, None, &[])? {
            let segment = Segment::new(
                count(row.get(2)?),
                row.get(3)?.unwrap_or_default(),
                row.get(4)?.unwrap_or_default(),
                row.get(5)?.unwrap_or_default(),
            );
            loading.places.insert(row.get(1)?.unwrap_or(0), loading.index.segments.len());
            loading.index.segments.push(segment);
        }
        Ok(loading)
    }

    /// Takes up rows of `fact, term, segment, docs, postings`.
    pub fn take(&mut self, rows: SpiTupleTable) -> Result<(), Error> {
        for row in rows {
            let place = row.get::<i32>(3)?.and_then(|segment| self.places.get(&segment));
            let Some(segment) = place.and_then(|at| self.index.segments.get_mut(*at)) else {
                continue;
            };
            segment.add_list(
                row.get(1)?.unwrap_or(false),
                row.get(2)?.unwrap_or_default(),
                count(row.get(4)?),
                row.get(5)?.unwrap_or_default(),
            );
        }
        Ok(())
    }

    /// The lists of words or facts.
    pub fn take_terms(
        &mut self,
        client: &SpiClient,
        fact: bool,
        terms: &[String],
    ) -> Result<(), Error> {
        let sql = "SELECT fact, term, segment, docs, postings FROM ntsb.search_posting
                   WHERE fact = $1 AND term = ANY ($2)";
        self.take(client.select(sql, None, &[fact.into(), terms.to_vec().into()])?)
    }

    /// In how many events that stand each word is. Only where events of a segment are dead are its
    /// lists read.
    pub fn documents(
        &self,
        client: &SpiClient,
        words: &[String],
    ) -> Result<HashMap<String, u64>, Error> {
        let worn: Vec<i32> = self
            .places
            .iter()
            .filter(|(_, at)| self.index.segments.get(**at).is_some_and(Segment::has_dead))
            .map(|(segment, _)| *segment)
            .collect();
        let sql = "SELECT term, segment, docs, CASE WHEN segment = ANY ($2) THEN postings END
                   FROM ntsb.search_posting WHERE NOT fact AND term = ANY ($1)";
        let mut documents: HashMap<String, u64> = HashMap::new();
        for row in client.select(sql, None, &[words.to_vec().into(), worn.into()])? {
            let place = row.get::<i32>(2)?.and_then(|segment| self.places.get(&segment));
            let segment = place.and_then(|at| self.index.segments.get(*at));
            let docs = match (row.get::<Vec<u8>>(4)?, segment) {
                (Some(list), Some(segment)) => segment.live_in(Reader::new(&list)),
                _ => count(row.get(3)?),
            };
            *documents.entry(row.get(1)?.unwrap_or_default()).or_default() += u64::from(docs);
        }
        Ok(documents)
    }

    pub fn index(&self) -> &Index {
        &self.index
    }
}

fn count(stored: Option<i32>) -> u32 {
    stored.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}
