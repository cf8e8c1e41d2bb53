//! `ntsb_search`: events by words.

use super::codes::{all_standard, standard};
use super::index::Loading;
use super::{condition, page_size, parameters};
use crate::cancel::poll;
use crate::error::Error;
use crate::spi::need;
use ntsb_filter::Rendered;
use ntsb_search::Cursor;
use ntsb_search::columns::SOURCE;
use ntsb_search::names;
use ntsb_search::query::Question;
use ntsb_search::rank::{Filters, Hit, find};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use std::collections::HashSet;

/// The order of results, for cursors.
const ORDER: &str = "rank";

/// Candidates of a phrase that are looked at in one go: the first and the later times.
const FIRST_LOOK: usize = 100;
const LATER_LOOK: usize = 1_000;

/// Years that a filter may span.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

type Row = (
    String,
    Option<Date>,
    Option<String>,
    Option<String>,
    Option<String>,
    f64,
    Option<String>,
    String,
);

#[pg_extern(stable, parallel_safe)]
#[allow(clippy::too_many_arguments)]
fn ntsb_search(
    query: Option<&str>,
    first_year: default!(Option<i32>, "NULL"),
    last_year: default!(Option<i32>, "NULL"),
    states: default!(Option<Vec<Option<String>>>, "NULL"),
    make: default!(Option<&str>, "NULL"),
    severity: default!(Option<Vec<Option<String>>>, "NULL"),
    domestic: default!(Option<bool>, "NULL"),
    max_rows: default!(Option<i32>, 20),
    page: default!(Option<&str>, "NULL"),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, String),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(rank, f64),
            name!(snippet, Option<String>),
            name!(next_page, String),
        ),
    >,
    ErrorReport,
> {
    let rows = page_size(max_rows.unwrap_or(20))? as usize;
    let start = page.map(decode).transpose()?;
    let mut filters = Filters::new();
    filters.extend(years(first_year, last_year));
    filters.extend(codes("state", "ev_state", states)?);
    let make = make.map(|make| standard("acft_make", make)).transpose()?;
    filters.extend(make.map(|make| vec![format!("make={make}")]));
    filters.extend(codes("severity", "severity", severity)?);
    filters.extend(domestic.map(|d| vec![format!("domestic={d}")]));
    let filter = filter.filter(|f| !f.trim().is_empty()).map(|f| condition(f, 1)).transpose()?;
    let found = Spi::connect(|client| {
        need(client, "ntsb.search_document")?;
        let allowed = filter.map(|filter| allowed(client, &filter)).transpose()?;
        let narrowed = Narrowed { filters, allowed };
        answer(client, query.unwrap_or(""), &narrowed, start, rows)
    });
    Ok(TableIterator::new(found?))
}

/// A query with names and characters as the index has them.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.search_rewrite(query text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.search_rewrite(text) IS
'A part of ntsb_search_query, which calls it: a query with the quotation marks, dashes and spaces of a keyboard, and names of types of aircraft as one word.';
"#
)]
fn ntsb_search_rewrite(query: &str) -> String {
    names::rewrite(query)
}

/// What names of types in a text are found by, beside its words.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.search_names(document text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.search_names(text) IS
'A part of ntsb_refresh_search, which calls it: names of types of aircraft in a text as one word each, PA-28-181 as pa28 and pa28181.';
"#
)]
fn ntsb_search_names(document: &str) -> String {
    names::joined(document)
}

fn years(first: Option<i32>, last: Option<i32>) -> Option<Vec<String>> {
    if first.is_none() && last.is_none() {
        return None;
    }
    let first = first.unwrap_or(*YEARS.start()).max(*YEARS.start());
    let last = last.unwrap_or(*YEARS.end()).min(*YEARS.end());
    Some((first..=last).map(|year| format!("year={year}")).collect())
}

fn codes(
    fact: &str,
    column: &str,
    values: Option<Vec<Option<String>>>,
) -> Result<Option<Vec<String>>, Error> {
    let Some(values) = values else { return Ok(None) };
    let codes = all_standard(column, values)?;
    Ok(Some(codes.into_iter().map(|code| format!("{fact}={code}")).collect()))
}

/// Where a page begins: rank to the bit, and event.
fn decode(page: &str) -> Result<(f64, String), Error> {
    let bad = || Error::BadCursor(page.to_owned());
    let cursor = Cursor::decode(page, ORDER).ok_or_else(bad)?;
    let bits = cursor.value.and_then(|v| u64::from_str_radix(&v, 16).ok()).ok_or_else(bad)?;
    Ok((f64::from_bits(bits), cursor.ev_id))
}

fn encode(hit: &Hit) -> String {
    let value = Some(format!("{:016x}", hit.rank.to_bits()));
    Cursor { order: ORDER.to_owned(), value, ev_id: hit.ev_id.to_owned() }.encode()
}

/// What hits must be beside their words.
struct Narrowed {
    filters: Filters,
    /// The events for which a condition holds.
    allowed: Option<HashSet<String>>,
}

impl Narrowed {
    fn allows(&self, hit: &Hit) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(hit.ev_id))
    }
}

/// The events for which a condition holds; as one text, since SPI makes a row of values for each row.
fn allowed(client: &SpiClient, filter: &Rendered) -> Result<HashSet<String>, Error> {
    let sql = format!("SELECT string_agg(e.ev_id, ' ') FROM {SOURCE} WHERE {}", filter.sql);
    let row = client.select(&sql, Some(1), &parameters(&filter.values))?.first();
    let ids = row.get::<&str>(1)?.unwrap_or_default();
    Ok(ids.split(' ').map(str::to_owned).collect())
}

fn answer(
    client: &SpiClient,
    query: &str,
    narrowed: &Narrowed,
    start: Option<(f64, String)>,
    rows: usize,
) -> Result<Vec<Row>, Error> {
    let sql = "SELECT @schema@.ntsb_search_query($1)::text";
    let schema = crate::spi::extension_schema(client, "pg_ntsb")?;
    let sql = sql.replace("@schema@", &pgrx::spi::quote_identifier(schema));
    let read = client.select(&sql, Some(1), &[query.into()])?.first().get_one::<String>()?;
    let read = read.unwrap_or_default();
    let question = Question::parse(&read).map_err(|e| Error::SearchIndex(e.to_string()))?;
    if question.query.is_none() {
        notice!("the query holds no word to look for");
        return Ok(Vec::new());
    }
    let mut loading = Loading::begin(client)?;
    if loading.index().segments.is_empty() {
        notice!("search knows no event yet; CALL ntsb_refresh_search() takes them up");
    }
    loading.take_terms(client, false, &question.terms)?;
    let facts: Vec<String> = narrowed.filters.iter().flatten().cloned().collect();
    if !facts.is_empty() {
        loading.take_terms(client, true, &facts)?;
    }
    let start = start.as_ref().map(|(rank, ev_id)| Hit { rank: *rank, ev_id });
    let found = find(loading.index(), &question, &narrowed.filters, start, &poll);
    let found = found.filter(|hit| narrowed.allows(hit));
    let hits = if question.is_exact() {
        found.take(rows).collect()
    } else {
        verified(client, found, &read, rows)?
    };
    shown(client, &hits, &read)
}

/// The best candidates in which the words stand as they must.
fn verified<'i>(
    client: &SpiClient,
    mut found: impl Iterator<Item = Hit<'i>>,
    query: &str,
    rows: usize,
) -> Result<Vec<Hit<'i>>, Error> {
    let sql = "SELECT ev_id FROM ntsb.search_document
               WHERE ev_id = ANY ($1) AND words @@ $2::tsquery";
    let (mut hits, mut look) = (Vec::new(), FIRST_LOOK.max(2 * rows));
    while hits.len() < rows {
        check_for_interrupts!();
        let batch: Vec<Hit> = found.by_ref().take(look).collect();
        if batch.is_empty() {
            break;
        }
        let ids: Vec<&str> = batch.iter().map(|h| h.ev_id).collect();
        let mut right = HashSet::new();
        for row in client.select(sql, None, &[ids.into(), query.into()])? {
            right.extend(row.get::<String>(1)?);
        }
        hits.extend(batch.into_iter().filter(|h| right.contains(h.ev_id)));
        look = LATER_LOOK;
    }
    hits.truncate(rows);
    Ok(hits)
}

/// What is shown of hits, in their order.
fn shown(client: &SpiClient, hits: &[Hit], query: &str) -> Result<Vec<Row>, Error> {
    let ids: Vec<&str> = hits.iter().map(|h| h.ev_id).collect();
    let mut rows = Vec::with_capacity(hits.len());
    let query = names::as_written(query);
    let asked = client.select(include_str!("shown.sql"), None, &[ids.into(), query.into()])?;
    for (row, hit) in asked.zip(hits) {
        rows.push((
            row.get(1)?.unwrap_or_default(),
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            hit.rank,
            row.get(6)?,
            encode(hit),
        ));
    }
    Ok(rows)
}
