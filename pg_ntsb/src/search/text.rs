//! `ntsb_search`: full-text search for events.

use super::codes::{standardize_code, standardize_codes};
use super::error::SearchError;
use super::index::IndexLoader;
use super::{check_max_rows, compile_filter, to_arguments};
use crate::cancel::poll;
use crate::error::InvalidArgument;
use crate::spi::{extension_schema, require_table};
use ntsb_filter::SqlCondition;
use ntsb_search::PageCursor;
use ntsb_search::columns::SOURCE;
use ntsb_search::names;
use ntsb_search::query::SearchQuery;
use ntsb_search::rank::{FactFilters, Hit, find_hits};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use std::collections::HashSet;

/// The order of results in page cursors.
const ORDER: &str = "rank";

/// Candidates of a phrase that are checked in the first and in later batches.
const FIRST_BATCH: usize = 100;
const LATER_BATCH: usize = 1_000;

/// Range of years that a search can filter by.
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
    let max_rows = check_max_rows(max_rows.unwrap_or(20))? as usize;
    let start = page.map(decode_cursor).transpose()?;
    let mut facts = FactFilters::new();
    facts.extend(year_filter(first_year, last_year)?);
    facts.extend(code_filter("state", "ev_state", states)?);
    let make = make.map(|make| standardize_code("acft_make", make)).transpose()?;
    facts.extend(make.map(|make| vec![format!("make={make}")]));
    facts.extend(code_filter("severity", "severity", severity)?);
    facts.extend(domestic.map(|d| vec![format!("domestic={d}")]));
    let filter = filter.filter(|f| !f.trim().is_empty());
    let condition = filter.map(|f| compile_filter(f, 1)).transpose()?;
    let rows = Spi::connect(|client| {
        require_table(client, "ntsb.search_document")?;
        let ev_ids = condition.map(|c| select_matching_events(client, &c)).transpose()?;
        let filters = SearchFilters { facts, ev_ids };
        search(client, query.unwrap_or(""), &filters, start, max_rows)
    });
    Ok(TableIterator::new(rows?))
}

/// Rewrites names and characters of a query to the form that the index uses.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.rewrite_search_query(query text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.rewrite_search_query(text) IS
'Internal: called by ntsb_search_query. Rewrites a search query with plain quotation marks, dashes and spaces, and with names of aircraft types as single words.';
"#
)]
fn ntsb_rewrite_search_query(query: &str) -> String {
    names::rewrite_query(query)
}

/// Returns the words that the index adds to a text for the names of aircraft types in it.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.extract_type_names(document text) RETURNS text
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.extract_type_names(text) IS
'Internal: called by ntsb_refresh_search. Returns the names of aircraft types in a text as single words: pa28 and pa28181 for PA-28-181.';
"#
)]
fn ntsb_extract_type_names(document: &str) -> String {
    names::extract_names(document)
}

/// One condition for each year of the range. Fails if the first year is after the last.
fn year_filter(
    first: Option<i32>,
    last: Option<i32>,
) -> Result<Option<Vec<String>>, InvalidArgument> {
    let years = match (first, last) {
        (None, None) => return Ok(None),
        (Some(first), Some(last)) if first > last => {
            let allowed = format!("at most last_year, {last}");
            return Err(InvalidArgument::new("first_year", allowed, first)
                .with_hint("Both years are included; null means no limit."));
        }
        (first, last) => {
            let first = first.unwrap_or(*YEARS.start()).max(*YEARS.start());
            first..=last.unwrap_or(*YEARS.end()).min(*YEARS.end())
        }
    };
    Ok(Some(years.map(|year| format!("year={year}")).collect()))
}

fn code_filter(
    fact: &str,
    column: &str,
    values: Option<Vec<Option<String>>>,
) -> Result<Option<Vec<String>>, SearchError> {
    let Some(values) = values else { return Ok(None) };
    let codes = standardize_codes(column, values)?;
    Ok(Some(codes.into_iter().map(|code| format!("{fact}={code}")).collect()))
}

/// Returns the rank (as exact bits in the cursor) and the event after which a page starts.
fn decode_cursor(page: &str) -> Result<(f64, String), SearchError> {
    let invalid = || SearchError::InvalidCursor(page.to_owned());
    let cursor = PageCursor::decode(page, ORDER).ok_or_else(invalid)?;
    let bits = cursor.value.and_then(|v| u64::from_str_radix(&v, 16).ok()).ok_or_else(invalid)?;
    Ok((f64::from_bits(bits), cursor.ev_id))
}

fn encode_cursor(hit: &Hit) -> String {
    let value = Some(format!("{:016x}", hit.rank.to_bits()));
    PageCursor { order: ORDER.to_owned(), value, ev_id: hit.ev_id.to_owned() }.encode()
}

/// What hits must match besides the query.
struct SearchFilters {
    facts: FactFilters,
    /// The events that match the filter, if there is one.
    ev_ids: Option<HashSet<String>>,
}

impl SearchFilters {
    fn matches(&self, hit: &Hit) -> bool {
        self.ev_ids.as_ref().is_none_or(|ev_ids| ev_ids.contains(hit.ev_id))
    }
}

/// Selects one text with all ev_ids, because SPI is slow at returning many rows.
fn select_matching_events(
    client: &SpiClient,
    condition: &SqlCondition,
) -> Result<HashSet<String>, SearchError> {
    let sql = format!("SELECT string_agg(e.ev_id, ' ') FROM {SOURCE} WHERE {}", condition.sql);
    let row = client.select(&sql, Some(1), &to_arguments(&condition.values))?.first();
    let ids = row.get::<&str>(1)?.unwrap_or_default();
    Ok(ids.split(' ').map(str::to_owned).collect())
}

fn search(
    client: &SpiClient,
    query: &str,
    filters: &SearchFilters,
    start: Option<(f64, String)>,
    max_rows: usize,
) -> Result<Vec<Row>, SearchError> {
    let tsquery = to_tsquery(client, query)?;
    let parsed =
        SearchQuery::parse(&tsquery).map_err(|e| SearchError::DamagedIndex(e.to_string()))?;
    if parsed.root.is_none() {
        notice!("the query contains no words to search for");
        return Ok(Vec::new());
    }
    let mut loader = IndexLoader::new(client)?;
    if loader.index().segments.is_empty() {
        notice!("the search index is empty; CALL ntsb_refresh_search() fills it");
    }
    loader.load_terms(client, false, &parsed.terms)?;
    let facts: Vec<String> = filters.facts.iter().flatten().cloned().collect();
    if !facts.is_empty() {
        loader.load_terms(client, true, &facts)?;
    }
    let start = start.as_ref().map(|(rank, ev_id)| Hit { rank: *rank, ev_id });
    let found = find_hits(loader.index(), &parsed, &filters.facts, start, &poll);
    let found = found.filter(|hit| filters.matches(hit));
    let hits = if parsed.is_exact() {
        found.take(max_rows).collect()
    } else {
        keep_matching_hits(client, found, &tsquery, max_rows)?
    };
    add_details(client, &hits, &tsquery)
}

fn to_tsquery(client: &SpiClient, query: &str) -> Result<String, SearchError> {
    let schema = pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?);
    let sql = format!("SELECT {schema}.ntsb_search_query($1)::text");
    let tsquery = client.select(&sql, Some(1), &[query.into()])?.first().get_one::<String>()?;
    Ok(tsquery.unwrap_or_default())
}

/// Returns the best candidates that match the query including word positions, which the index does not
/// contain.
fn keep_matching_hits<'i>(
    client: &SpiClient,
    mut candidates: impl Iterator<Item = Hit<'i>>,
    tsquery: &str,
    max_rows: usize,
) -> Result<Vec<Hit<'i>>, SearchError> {
    let sql = "SELECT ev_id FROM ntsb.search_document
               WHERE ev_id = ANY ($1) AND words @@ $2::tsquery";
    let (mut hits, mut batch_size) = (Vec::new(), FIRST_BATCH.max(2 * max_rows));
    while hits.len() < max_rows {
        check_for_interrupts!();
        let batch: Vec<Hit> = candidates.by_ref().take(batch_size).collect();
        if batch.is_empty() {
            break;
        }
        let ids: Vec<&str> = batch.iter().map(|h| h.ev_id).collect();
        let mut matching = HashSet::new();
        for row in client.select(sql, None, &[ids.into(), tsquery.into()])? {
            matching.extend(row.get::<String>(1)?);
        }
        hits.extend(batch.into_iter().filter(|h| matching.contains(h.ev_id)));
        batch_size = LATER_BATCH;
    }
    hits.truncate(max_rows);
    Ok(hits)
}

/// Adds the facts and snippets of hits, in their order.
fn add_details(client: &SpiClient, hits: &[Hit], tsquery: &str) -> Result<Vec<Row>, SearchError> {
    let ids: Vec<&str> = hits.iter().map(|h| h.ev_id).collect();
    let mut rows = Vec::with_capacity(hits.len());
    let sql = include_str!("hit_details.sql");
    let details = client.select(sql, None, &[ids.into(), names::expand_names(tsquery).into()])?;
    for (row, hit) in details.zip(hits) {
        rows.push((
            row.get(1)?.unwrap_or_default(),
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            hit.rank,
            row.get(6)?,
            encode_cursor(hit),
        ));
    }
    Ok(rows)
}
