//! `ntsb_similar_accidents`: events that are similar to a given event.

use super::check_max_rows;
use super::error::SearchError;
use super::index::IndexLoader;
use crate::cancel::poll;
use crate::spi::require_table;
use ntsb_search::rank::Bm25;
use ntsb_search::similar::{EventProfile, SimilarEvent, find_similar};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

type Row = (
    String,
    Option<Date>,
    Option<String>,
    Option<String>,
    Option<String>,
    f64,
    Vec<String>,
    Vec<String>,
);

#[pg_extern(stable, strict, parallel_safe)]
fn ntsb_similar_accidents(
    ev_id: &str,
    max_rows: default!(i32, 10),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, String),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(score, f64),
            name!(shared_words, Vec<String>),
            name!(shared_facts, Vec<String>),
        ),
    >,
    ErrorReport,
> {
    let max_rows = check_max_rows(max_rows)? as usize;
    let rows = Spi::connect(|client| {
        require_table(client, "ntsb.search_document")?;
        let events = find_similar_events(client, ev_id, max_rows)?;
        add_details(client, &events)
    });
    Ok(TableIterator::new(rows?))
}

fn find_similar_events(
    client: &SpiClient,
    ev_id: &str,
    max_rows: usize,
) -> Result<Vec<SimilarEvent>, SearchError> {
    let sql = "SELECT tsvectorsend(words), facts FROM ntsb.search_document WHERE ev_id = $1";
    let document = client.select(sql, Some(1), &[ev_id.into()])?;
    if document.is_empty() {
        return Ok(Vec::new());
    }
    let (words, facts) = document.first().get_two::<Vec<u8>, Vec<String>>()?;
    let mut profile = EventProfile::new(&words.unwrap_or_default(), &facts.unwrap_or_default())
        .map_err(|e| SearchError::DamagedIndex(format!("{ev_id}: {e}")))?;
    let mut loader = IndexLoader::new(client)?;
    let bm25 = Bm25::new(loader.index());
    let all_words: Vec<String> = profile.words().map(str::to_owned).collect();
    profile.keep_top_words(&bm25, &loader.count_documents(client, &all_words)?);
    let words: Vec<String> = profile.words().map(str::to_owned).collect();
    let facts: Vec<String> = profile.facts().map(str::to_owned).collect();
    loader.load_terms(client, false, &words)?;
    loader.load_terms(client, true, &facts)?;
    Ok(find_similar(loader.index(), &bm25, ev_id, &profile, max_rows, &poll))
}

fn add_details(client: &SpiClient, events: &[SimilarEvent]) -> Result<Vec<Row>, SearchError> {
    let ids: Vec<&str> = events.iter().map(|e| e.ev_id.as_str()).collect();
    let sql = "SELECT d.ev_date, d.place, d.aircraft, d.severity
               FROM unnest($1::text[]) WITH ORDINALITY i (ev_id, place)
               LEFT JOIN ntsb.search_document d ON d.ev_id = i.ev_id ORDER BY i.place";
    let mut rows = Vec::with_capacity(events.len());
    for (row, event) in client.select(sql, None, &[ids.into()])?.zip(events) {
        rows.push((
            event.ev_id.clone(),
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            event.score,
            event.words.clone(),
            event.facts.clone(),
        ));
    }
    Ok(rows)
}
