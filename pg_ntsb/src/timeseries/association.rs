//! `ntsb_association_rules`: findings and occurrences that often occur together.

use super::error::TimeSeriesError;
use super::forecast::check_count;
use super::series::Filter;
use crate::cancel::poll;
use crate::error::InvalidArgument;
use crate::search::to_arguments;
use crate::spi::require_table;
use ntsb_filter::Literal;
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::association::{MAX_ITEMS, Rule, RuleParams, find_rules};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

pub const ERAS: [&str; 3] = ["2008", "1982", "1962"];
pub const KINDS: [&str; 2] = ["finding", "occurrence"];

/// Selects the codes of an era and of some kinds, numbered in order. A code can have several rows in
/// ntsb.dim_causes, which differ in whether NTSB cited it in the probable cause.
const ITEMS: &str = "SELECT d.cause_id, d.code, d.description,
           dense_rank() OVER (ORDER BY d.kind, d.code COLLATE \"C\")::integer AS item
    FROM ntsb.dim_causes d WHERE d.era = $1 AND d.kind = ANY (string_to_array($2, ','))";

#[pg_extern(stable, parallel_safe)]
fn ntsb_association_rules(
    min_support: default!(Option<f64>, 0.01),
    min_confidence: default!(Option<f64>, 0.3),
    max_items: default!(Option<i32>, 3),
    filter: default!(Option<&str>, "NULL"),
    era: default!(Option<&str>, "'2008'"),
    kinds: default!(Option<Vec<Option<String>>>, "'{finding,occurrence}'"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(antecedent, Vec<String>),
            name!(consequent, Vec<String>),
            name!(events, i64),
            name!(support, f64),
            name!(confidence, f64),
            name!(lift, f64),
            name!(leverage, f64),
            name!(antecedent_codes, Vec<String>),
            name!(consequent_codes, Vec<String>),
        ),
    >,
    ErrorReport,
> {
    let params = RuleParams {
        min_support: min_support.unwrap_or(0.01),
        min_confidence: min_confidence.unwrap_or(0.3),
        max_items: check_count("max_items", max_items.unwrap_or(3), MAX_ITEMS)?,
    };
    let filter = Filter::with_first_parameter(filter, 3)?;
    let events = CodedEvents::read(era.unwrap_or("2008"), kinds, &filter)?;
    let found = find_rules(&events.events, &params, &poll).map_err(TimeSeriesError::from)?;
    let row = |r: Rule| {
        let (antecedent, antecedent_codes) = events.meanings_and_codes(&r.antecedent);
        let (consequent, consequent_codes) = events.meanings_and_codes(&r.consequent);
        let count = i64::try_from(r.count).unwrap_or(i64::MAX);
        (
            antecedent,
            consequent,
            count,
            r.support,
            r.confidence,
            r.lift,
            r.leverage,
            antecedent_codes,
            consequent_codes,
        )
    };
    Ok(TableIterator::new(found.into_iter().map(row).collect::<Vec<_>>()))
}

/// Events as lists of item numbers, which start at 1, and the meaning and code of each item.
struct CodedEvents {
    events: Vec<Vec<u32>>,
    items: Vec<(String, String)>,
}

impl CodedEvents {
    fn read(
        era: &str,
        kinds: Option<Vec<Option<String>>>,
        filter: &Filter,
    ) -> Result<CodedEvents, TimeSeriesError> {
        let kinds = kinds.unwrap_or_default();
        let kinds: Vec<&str> = kinds.iter().map(|k| k.as_deref().unwrap_or("NULL")).collect();
        let kinds: &[&str] = if kinds.is_empty() { &KINDS } else { &kinds };
        if let Some(unknown) = kinds.iter().find(|k| !KINDS.contains(k)) {
            let allowed = format!("one or more of {}", KINDS.join(", "));
            return Err(InvalidArgument::new("kinds", allowed, unknown).into());
        }
        if !ERAS.contains(&era) {
            let allowed = format!("one of {}", ERAS.join(", "));
            return Err(InvalidArgument::new("era", allowed, era).into());
        }
        let mut values = vec![Literal::Text(era.to_owned()), Literal::Text(kinds.join(","))];
        Spi::connect(|client| {
            require_table(client, "ntsb.bridge_event_cause")?;
            let items = select_items(client, &values)?;
            values.extend_from_slice(filter.values());
            Ok(CodedEvents { events: select_events(client, filter, &values)?, items })
        })
    }

    fn meanings_and_codes(&self, items: &[u32]) -> (Vec<String>, Vec<String>) {
        let find = |item: &u32| self.items.get((*item as usize).wrapping_sub(1)).cloned();
        items.iter().map(|i| find(i).unwrap_or_default()).unzip()
    }
}

fn select_items(
    client: &SpiClient,
    values: &[Literal],
) -> Result<Vec<(String, String)>, TimeSeriesError> {
    let sql = format!(
        "SELECT min(i.code), min(coalesce(i.description, i.code) COLLATE \"C\") FROM ({ITEMS}) i
         GROUP BY i.item ORDER BY i.item"
    );
    let mut items = Vec::new();
    for row in client.select(&sql, None, &to_arguments(values))? {
        let (code, meaning): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        items.push((meaning.unwrap_or_default(), code.unwrap_or_default()));
    }
    Ok(items)
}

fn select_events(
    client: &SpiClient,
    filter: &Filter,
    values: &[Literal],
) -> Result<Vec<Vec<u32>>, TimeSeriesError> {
    let sql = format!(
        "SELECT array_agg(i.item) FROM {SOURCE}
         JOIN ntsb.bridge_event_cause b USING (accident_id) JOIN ({ITEMS}) i USING (cause_id)
         WHERE ({}) GROUP BY e.accident_id",
        filter.sql()
    );
    let mut events = Vec::new();
    for row in client.select(&sql, None, &to_arguments(values))? {
        let items: Vec<i32> = row.get(1)?.unwrap_or_default();
        events.push(items.into_iter().filter_map(|i| u32::try_from(i).ok()).collect());
    }
    Ok(events)
}
