//! `ntsb_correlations`: correlations between columns of accidents.

use super::columns::{COLUMNS, Column, Kind};
use super::error::TimeSeriesError;
use super::finite_or_null;
use super::series::Filter;
use crate::cancel::poll;
use crate::search::to_arguments;
use crate::spi::require_table;
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::correlation::{self, Correlation, MISSING, compute_correlations};
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
    let columns = names.iter().map(|name| Column::find(name.as_deref().unwrap_or("NULL")));
    let columns: Vec<&Column> = columns.collect::<Result<_, _>>()?;
    let names: HashSet<&str> = columns.iter().map(|c| c.name).collect();
    if columns.len() < 2 || names.len() < columns.len() {
        return Err(TimeSeriesError::ColumnCount(columns.len()).into());
    }
    let found = compute_correlations(&select_columns(&columns, &Filter::new(filter)?)?, &poll);
    let name = |index: usize| columns.get(index).map_or("", |c| c.name);
    let row = |c: Correlation| {
        let events = i64::try_from(c.rows).unwrap_or(i64::MAX);
        let (first, second) = (name(c.first), name(c.second));
        (first, second, c.method, finite_or_null(c.coefficient), finite_or_null(c.p_value), events)
    };
    Ok(TableIterator::new(found.into_iter().map(row).collect::<Vec<_>>()))
}

/// Lists the columns that can be correlated.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_correlation_columns()
-> TableIterator<'static, (name!(column_name, &'static str), name!(kind, &'static str))> {
    TableIterator::new(COLUMNS.iter().map(|c| match c.kind {
        Kind::Number => (c.name, "number"),
        Kind::Category => (c.name, "category"),
    }))
}

/// Selects each column as one array, because SPI is slow at returning a row per event.
fn select_columns(
    columns: &[&Column],
    filter: &Filter,
) -> Result<Vec<correlation::Column>, TimeSeriesError> {
    let arrays: Vec<String> = columns.iter().map(|c| format!("array_agg({})", c.sql)).collect();
    let sql = format!("SELECT {} FROM {SOURCE} WHERE {}", arrays.join(", "), filter.sql());
    Spi::connect(|client| {
        require_table(client, "ntsb.fact_accidents")?;
        let row = client.select(&sql, Some(1), &to_arguments(filter.values()))?.first();
        let column = |(position, column): (usize, &&Column)| {
            poll();
            read_column(&row, position, column.kind)
        };
        (1..).zip(columns).map(column).collect()
    })
}

fn read_column(
    row: &SpiTupleTable,
    position: usize,
    kind: Kind,
) -> Result<correlation::Column, TimeSeriesError> {
    Ok(match kind {
        Kind::Number => {
            let values = row.get::<Array<f64>>(position)?;
            let numbers = values.iter().flat_map(Array::iter).map(|v| v.unwrap_or(f64::NAN));
            correlation::Column::Number(numbers.collect())
        }
        Kind::Category => {
            let values = row.get::<Array<&str>>(position)?;
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
