//! `ntsb_correlations`: which columns of accidents go together.

use super::columns::{COLUMNS, Column, Kind};
use super::known;
use super::series::Filter;
use crate::cancel::poll;
use crate::error::Error;
use crate::search::parameters;
use crate::spi::need;
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::correlation::{self, Correlation, MISSING, correlations};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiTupleTable;
use std::collections::{HashMap, HashSet};

#[pg_extern(stable, parallel_safe)]
fn ntsb_correlations(
    columns: Option<Vec<Option<String>>>,
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(column_a, &'static str),
            name!(column_b, &'static str),
            name!(method, &'static str),
            name!(coefficient, Option<f64>),
            name!(p_value, Option<f64>),
            name!(events, i64),
        ),
    >,
    ErrorReport,
> {
    let names = columns.unwrap_or_default();
    let asked = names.iter().map(|name| Column::find(name.as_deref().unwrap_or("NULL")));
    let asked: Vec<&Column> = asked.collect::<Result<_, _>>()?;
    let names: HashSet<&str> = asked.iter().map(|c| c.name).collect();
    if asked.len() < 2 || names.len() < asked.len() {
        return Err(Error::ColumnCount(asked.len()).into());
    }
    let found = correlations(&read(&asked, &Filter::new(filter)?)?, &poll);
    let name = |at: usize| asked.get(at).map_or("", |c| c.name);
    let row = |c: Correlation| {
        let events = i64::try_from(c.rows).unwrap_or(i64::MAX);
        let (first, second) = (name(c.first), name(c.second));
        (first, second, c.method, known(c.coefficient), known(c.p_value), events)
    };
    Ok(TableIterator::new(found.into_iter().map(row).collect::<Vec<_>>()))
}

/// Columns that can be correlated.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_correlation_columns()
-> TableIterator<'static, (name!(column_name, &'static str), name!(kind, &'static str))> {
    TableIterator::new(COLUMNS.iter().map(|c| match c.kind {
        Kind::Number => (c.name, "number"),
        Kind::Category => (c.name, "category"),
    }))
}

/// The columns as arrays of one row: SPI makes a row of values for each row that it returns, and
/// there would be as many as events.
fn read(asked: &[&Column], filter: &Filter) -> Result<Vec<correlation::Column>, Error> {
    let arrays: Vec<String> = asked.iter().map(|c| format!("array_agg({})", c.sql)).collect();
    let sql = format!("SELECT {} FROM {SOURCE} WHERE {}", arrays.join(", "), filter.sql());
    Spi::connect(|client| {
        need(client, "ntsb.fact_accidents")?;
        let row = client.select(&sql, Some(1), &parameters(filter.values()))?.first();
        let column = |(at, column): (usize, &&Column)| {
            poll();
            take(&row, at, column.kind)
        };
        (1..).zip(asked).map(column).collect()
    })
}

fn take(row: &SpiTupleTable, at: usize, kind: Kind) -> Result<correlation::Column, Error> {
    Ok(match kind {
        Kind::Number => {
            let values = row.get::<Array<f64>>(at)?;
            let numbers = values.iter().flat_map(Array::iter).map(|v| v.unwrap_or(f64::NAN));
            correlation::Column::Number(numbers.collect())
        }
        Kind::Category => {
            let values = row.get::<Array<&str>>(at)?;
            let mut levels = HashMap::new();
            let mut codes = Vec::new();
            for value in values.iter().flat_map(Array::iter) {
                let next = u32::try_from(levels.len()).unwrap_or(MISSING);
                codes.push(value.map_or(MISSING, |v: &str| *levels.entry(v).or_insert(next)));
            }
            let levels = u32::try_from(levels.len()).unwrap_or(MISSING);
            correlation::Column::Category { codes, levels }
        }
    })
}
