//! `ntsb_association_rules`: which findings and occurrences come together.

use super::forecast::whole;
use super::series::Filter;
use crate::cancel::poll;
use crate::error::Error;
use crate::search::parameters;
use crate::spi::need;
use ntsb_filter::Literal;
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::association::{LONGEST, Rule, Wanted, rules};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

pub const ERAS: [&str; 3] = ["2008", "1982", "1962"];
pub const KINDS: [&str; 2] = ["finding", "occurrence"];

/// Codes of an era and of some kinds, numbered in their order. One code may be several members of
/// ntsb.dim_causes, which differ in whether NTSB named it in the probable cause.
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
    let wanted = Wanted {
        support: min_support.unwrap_or(0.01),
        confidence: min_confidence.unwrap_or(0.3),
        longest: whole("max_items", max_items.unwrap_or(3), LONGEST)?,
    };
    let coded = Coded::read(era.unwrap_or("2008"), kinds, &Filter::after(filter, 3)?)?;
    let found = rules(&coded.events, &wanted, &poll).map_err(Error::from)?;
    let row = |r: Rule| {
        let ((a, a_codes), (c, c_codes)) = (coded.names(&r.antecedent), coded.names(&r.consequent));
        let events = i64::try_from(r.count).unwrap_or(i64::MAX);
        (a, c, events, r.support, r.confidence, r.lift, r.leverage, a_codes, c_codes)
    };
    Ok(TableIterator::new(found.into_iter().map(row).collect::<Vec<_>>()))
}

/// Events as numbers of codes, and the codes with their meanings by number, from 1.
struct Coded {
    events: Vec<Vec<u32>>,
    items: Vec<(String, String)>,
}

impl Coded {
    fn read(
        era: &str,
        kinds: Option<Vec<Option<String>>>,
        filter: &Filter,
    ) -> Result<Coded, Error> {
        let kinds = kinds.unwrap_or_default();
        let asked: Vec<&str> = kinds.iter().map(|k| k.as_deref().unwrap_or("NULL")).collect();
        let all: &[&str] = if asked.is_empty() { &KINDS } else { &asked };
        let unknown = all.iter().find(|k| !KINDS.contains(k));
        if let Some(name) = unknown.or(Some(&era).filter(|e| !ERAS.contains(e))) {
            return Err(Error::NotCoded((*name).to_owned()));
        }
        let mut values = vec![Literal::Text(era.to_owned()), Literal::Text(all.join(","))];
        Spi::connect(|client| {
            need(client, "ntsb.bridge_event_cause")?;
            let items = items(client, &values)?;
            values.extend_from_slice(filter.values());
            Ok(Coded { events: events(client, filter, &values)?, items })
        })
    }

    fn names(&self, items: &[u32]) -> (Vec<String>, Vec<String>) {
        let at = |item: &u32| self.items.get((*item as usize).wrapping_sub(1)).cloned();
        items.iter().map(|i| at(i).unwrap_or_default()).unzip()
    }
}

fn items(client: &SpiClient, values: &[Literal]) -> Result<Vec<(String, String)>, Error> {
    let sql = format!(
        "SELECT min(i.code), min(coalesce(i.description, i.code) COLLATE \"C\") FROM ({ITEMS}) i
         GROUP BY i.item ORDER BY i.item"
    );
    let mut items = Vec::new();
    for row in client.select(&sql, None, &parameters(values))? {
        let (code, meaning): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
        items.push((meaning.unwrap_or_default(), code.unwrap_or_default()));
    }
    Ok(items)
}

fn events(client: &SpiClient, filter: &Filter, values: &[Literal]) -> Result<Vec<Vec<u32>>, Error> {
    let sql = format!(
        "SELECT array_agg(i.item) FROM {SOURCE}
         JOIN ntsb.bridge_event_cause b USING (accident_id) JOIN ({ITEMS}) i USING (cause_id)
         WHERE ({}) GROUP BY e.accident_id",
        filter.sql()
    );
    let mut events = Vec::new();
    for row in client.select(&sql, None, &parameters(values))? {
        let items: Vec<i32> = row.get(1)?.unwrap_or_default();
        events.push(items.into_iter().filter_map(|i| u32::try_from(i).ok()).collect());
    }
    Ok(events)
}
