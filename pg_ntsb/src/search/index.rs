//! Stores the full-text index in its tables and loads it from them.

use super::error::SearchError;
use ntsb_search::build::{PostingList, SegmentBuilder};
use ntsb_search::index::{Index, Segment};
use ntsb_search::postings::Reader;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiTupleTable};
use std::collections::HashMap;

/// Documents per fetch, and posting lists per INSERT.
const FETCH_SIZE: i64 = 500;
const INSERT_SIZE: usize = 5_000;

/// Builds the posting lists of one segment from its documents.
#[pg_extern(strict, schema = "ntsb_internal", name = "build_search_segment")]
fn ntsb_build_search_segment(segment: i32) -> Result<i64, ErrorReport> {
    Ok(Spi::connect_mut(|client| {
        let builder = read_documents(client, segment)?;
        let docs = i64::from(builder.doc_count());
        client.update(
            "INSERT INTO ntsb.search_segment (segment, docs, lengths, ids, dead)
             VALUES ($1, $2, $3, $4, $5)",
            None,
            &[
                segment.into(),
                i32::try_from(docs).unwrap_or(i32::MAX).into(),
                builder.lengths().into(),
                builder.ids().into(),
                vec![0_u8; builder.doc_count().div_ceil(8) as usize].into(),
            ],
        )?;
        for lists in builder.into_lists().chunks(INSERT_SIZE) {
            check_for_interrupts!();
            insert_lists(client, segment, lists)?;
        }
        Ok::<_, SearchError>(docs)
    })?)
}

fn read_documents(client: &SpiClient, segment: i32) -> Result<SegmentBuilder, SearchError> {
    let mut builder = SegmentBuilder::default();
    let mut cursor = client.open_cursor(
        "SELECT ev_id, tsvectorsend(words), facts FROM ntsb.search_document
         WHERE segment = $1 ORDER BY doc",
        &[segment.into()],
    );
    loop {
        check_for_interrupts!();
        let rows = cursor.fetch(FETCH_SIZE)?;
        if rows.is_empty() {
            return Ok(builder);
        }
        for row in rows {
            let ev_id: String = row.get(1)?.unwrap_or_default();
            let words: Vec<u8> = row.get(2)?.unwrap_or_default();
            let facts: Vec<String> = row.get(3)?.unwrap_or_default();
            builder
                .add_document(&ev_id, &words, facts.iter().map(String::as_str))
                .map_err(|e| SearchError::DamagedIndex(format!("{ev_id}: {e}")))?;
        }
    }
}

fn insert_lists(
    client: &mut SpiClient,
    segment: i32,
    lists: &[PostingList],
) -> Result<(), SearchError> {
    let facts: Vec<bool> = lists.iter().map(|l| l.is_fact).collect();
    let terms: Vec<&str> = lists.iter().map(|l| &*l.term).collect();
    let docs: Vec<i32> =
        lists.iter().map(|l| i32::try_from(l.doc_count).unwrap_or(i32::MAX)).collect();
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

/// Loads the segments, and posting lists as they are needed.
pub struct IndexLoader {
    index: Index,
    /// Position in `index.segments` by segment number.
    positions: HashMap<i32, usize>,
}

impl IndexLoader {
    /// Loads the segments without posting lists.
    pub fn new(client: &SpiClient) -> Result<IndexLoader, SearchError> {
        let mut loader = IndexLoader { index: Index::default(), positions: HashMap::new() };
        let sql = "SELECT segment, docs, lengths, ids, dead FROM ntsb.search_segment";
        for row in client.select(sql, None, &[])? {
            let segment = Segment::new(
                to_count(row.get(2)?),
                row.get(3)?.unwrap_or_default(),
                row.get(4)?.unwrap_or_default(),
                row.get(5)?.unwrap_or_default(),
            );
            loader.positions.insert(row.get(1)?.unwrap_or(0), loader.index.segments.len());
            loader.index.segments.push(segment);
        }
        Ok(loader)
    }

    /// Adds rows of `fact, term, segment, docs, postings`.
    fn add_lists(&mut self, rows: SpiTupleTable) -> Result<(), SearchError> {
        for row in rows {
            let position = row.get::<i32>(3)?.and_then(|segment| self.positions.get(&segment));
            let Some(segment) = position.and_then(|p| self.index.segments.get_mut(*p)) else {
                continue;
            };
            segment.add_list(
                row.get(1)?.unwrap_or(false),
                row.get(2)?.unwrap_or_default(),
                to_count(row.get(4)?),
                row.get(5)?.unwrap_or_default(),
            );
        }
        Ok(())
    }

    /// Loads the posting lists of words or facts.
    pub fn load_terms(
        &mut self,
        client: &SpiClient,
        is_fact: bool,
        terms: &[String],
    ) -> Result<(), SearchError> {
        let sql = "SELECT fact, term, segment, docs, postings FROM ntsb.search_posting
                   WHERE fact = $1 AND term = ANY ($2)";
        self.add_lists(client.select(sql, None, &[is_fact.into(), terms.to_vec().into()])?)
    }

    /// Counts the live events that contain each word. Reads posting lists only of segments with dead
    /// events.
    pub fn count_documents(
        &self,
        client: &SpiClient,
        words: &[String],
    ) -> Result<HashMap<String, u64>, SearchError> {
        let with_dead: Vec<i32> = self
            .positions
            .iter()
            .filter(|(_, p)| self.index.segments.get(**p).is_some_and(Segment::has_dead))
            .map(|(segment, _)| *segment)
            .collect();
        let sql = "SELECT term, segment, docs, CASE WHEN segment = ANY ($2) THEN postings END
                   FROM ntsb.search_posting WHERE NOT fact AND term = ANY ($1)";
        let mut counts: HashMap<String, u64> = HashMap::new();
        for row in client.select(sql, None, &[words.to_vec().into(), with_dead.into()])? {
            let position = row.get::<i32>(2)?.and_then(|segment| self.positions.get(&segment));
            let segment = position.and_then(|p| self.index.segments.get(*p));
            let docs = match (row.get::<Vec<u8>>(4)?, segment) {
                (Some(list), Some(segment)) => segment.count_live(Reader::new(&list)),
                _ => to_count(row.get(3)?),
            };
            *counts.entry(row.get(1)?.unwrap_or_default()).or_default() += u64::from(docs);
        }
        Ok(counts)
    }

    pub fn index(&self) -> &Index {
        &self.index
    }
}

fn to_count(stored: Option<i32>) -> u32 {
    stored.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}
