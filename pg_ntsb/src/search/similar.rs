//! `ntsb_similar_accidents`: events that are like one.

use super::index::Loading;
use super::page_size;
use crate::cancel::poll;
use crate::error::Error;
use crate::spi::need;
use ntsb_search::rank::Bm25;
use ntsb_search::similar::{Alike, Likeness, similar};
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
    let rows = page_size(max_rows)? as usize;
    let found = Spi::connect(|client| {
        need(client, "ntsb.search_document")?;
        let alike = alike(client, ev_id, rows)?;
        shown(client, alike)
    });
    Ok(TableIterator::new(found?))
}

fn alike(client: &SpiClient, ev_id: &str, rows: usize) -> Result<Vec<Alike>, Error> {
    let sql = "SELECT tsvectorsend(words), facts FROM ntsb.search_document WHERE ev_id = $1";
    let asked = client.select(sql, Some(1), &[ev_id.into()])?;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (words, facts) = asked.first().get_two::<Vec<u8>, Vec<String>>()?;
    let mut like = Likeness::new(&words.unwrap_or_default(), &facts.unwrap_or_default())
        .map_err(|e| Error::SearchIndex(format!("{ev_id}: {e}")))?;
    let mut loading = Loading::begin(client)?;
    let bm25 = Bm25::of(loading.index());
    let all: Vec<String> = like.words().map(str::to_owned).collect();
    like.keep_weightiest(&bm25, &loading.documents(client, &all)?);
    let words: Vec<String> = like.words().map(str::to_owned).collect();
    let facts: Vec<String> = like.facts().map(str::to_owned).collect();
    loading.take_terms(client, false, &words)?;
    loading.take_terms(client, true, &facts)?;
    Ok(similar(loading.index(), &bm25, ev_id, &like, rows, &poll))
}

fn shown(client: &SpiClient, alike: Vec<Alike>) -> Result<Vec<Row>, Error> {
    let ids: Vec<&str> = alike.iter().map(|a| a.ev_id.as_str()).collect();
    let sql = "SELECT d.ev_date, d.place, d.aircraft, d.severity
               FROM unnest($1::text[]) WITH ORDINALITY i (ev_id, place)
               LEFT JOIN ntsb.search_document d ON d.ev_id = i.ev_id ORDER BY i.place";
    let mut rows = Vec::with_capacity(alike.len());
    for (row, one) in client.select(sql, None, &[ids.into()])?.zip(alike.iter()) {
        rows.push((
            one.ev_id.clone(),
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            one.score,
            one.words.clone(),
            one.facts.clone(),
        ));
    }
    Ok(rows)
}
