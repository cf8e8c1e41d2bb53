//! `ntsb_search_advanced`: accidents that match a filter.

use super::error::SearchError;
use super::{check_max_rows, compile_filter, filter_or_true, to_arguments};
use crate::spi::require_table;
use ntsb_filter::{Literal, SqlCondition};
use ntsb_search::PageCursor;
use ntsb_search::columns::{COLUMNS, Column, SOURCE};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

type FoundRow =
    (String, Option<Date>, Option<String>, Option<String>, Option<String>, Option<i32>, String);

#[pg_extern(stable, parallel_safe)]
fn ntsb_search_advanced(
    filter: default!(Option<&str>, "NULL"),
    order_by: default!(Option<&str>, "'ev_date DESC'"),
    max_rows: default!(Option<i32>, 100),
    page: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, String),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(fatalities, Option<i32>),
            name!(next_page, String),
        ),
    >,
    ErrorReport,
> {
    let order = Order::parse(order_by.unwrap_or("ev_date DESC"))?;
    let mut condition = compile_filter(filter_or_true(filter), 1)?;
    let start = page.map(|text| {
        PageCursor::decode(text, &order.name())
            .ok_or_else(|| SearchError::InvalidCursor(text.to_owned()))
    });
    let max_rows = check_max_rows(max_rows.unwrap_or(100))?;
    let sql = order.build_query(&mut condition, start.transpose()?, max_rows);
    Ok(TableIterator::new(select_rows(&sql, &condition.values, &order)?))
}

fn select_rows(sql: &str, values: &[Literal], order: &Order) -> Result<Vec<FoundRow>, SearchError> {
    Spi::connect(|client| {
        require_table(client, "ntsb.fact_accidents")?;
        let mut rows = Vec::new();
        for row in client.select(sql, None, &to_arguments(values))? {
            let ev_id: String = row.get(1)?.unwrap_or_default();
            let cursor =
                PageCursor { order: order.name(), value: row.get(7)?, ev_id: ev_id.clone() };
            rows.push((
                ev_id,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                cursor.encode(),
            ));
        }
        Ok(rows)
    })
}

/// Orders rows by a column and then by ev_id, both in one direction, with nulls last.
struct Order {
    column: &'static Column,
    descending: bool,
}

impl Order {
    fn parse(text: &str) -> Result<Order, SearchError> {
        let invalid = || SearchError::NoSuchOrder(text.to_owned());
        let lower = text.to_lowercase();
        let mut words = lower.split_whitespace();
        let (_, column) = words.next().and_then(Column::find).ok_or_else(invalid)?;
        let descending = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(invalid()),
        };
        Ok(Order { column, descending })
    }

    fn name(&self) -> String {
        format!("{} {}", self.column.name, self.direction())
    }

    fn direction(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }

    /// Builds the query of one page, and adds the parameters of its start and length to `condition`.
    fn build_query(
        &self,
        condition: &mut SqlCondition,
        start: Option<PageCursor>,
        max_rows: i64,
    ) -> String {
        let (sql_type, direction) = (self.column.sql_type(), self.direction());
        let filter = std::mem::take(&mut condition.sql);
        let after = start.map_or("TRUE".to_owned(), |s| self.build_start_condition(condition, s));
        condition.values.push(Literal::Int(max_rows));
        format!(
            "SELECT x.ev_id, x.ev_date, x.place, x.aircraft, x.severity, x.fatalities,
                    to_jsonb(x.sort) #>> '{{}}'
             FROM (SELECT e.ev_id, e.ev_date, e.place, e.aircraft, e.severity, e.fatalities,
                          {}::{sql_type} {} AS sort
                   FROM {SOURCE} WHERE {filter}) x
             WHERE {after}
             ORDER BY x.sort {direction} NULLS LAST, x.ev_id COLLATE \"C\" {direction} LIMIT ${}",
            self.column.sql,
            if sql_type == "text" { "COLLATE \"C\"" } else { "" },
            condition.values.len(),
        )
    }

    /// Builds the condition of the rows after a page cursor.
    fn build_start_condition(&self, condition: &mut SqlCondition, start: PageCursor) -> String {
        let operator = if self.descending { "<" } else { ">" };
        condition.values.push(Literal::Text(start.ev_id));
        let id = condition.values.len();
        let Some(value) = start.value else {
            return format!("x.sort IS NULL AND x.ev_id COLLATE \"C\" {operator} ${id}");
        };
        condition.values.push(Literal::Text(value));
        let value = format!("${}::{}", id + 1, self.column.sql_type());
        format!(
            "(x.sort {operator} {value} OR x.sort IS NULL
              OR x.sort = {value} AND x.ev_id COLLATE \"C\" {operator} ${id})"
        )
    }
}

/// Lists the columns that filters can use.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_search_columns()
-> TableIterator<'static, (name!(column_name, String), name!(data_type, String))> {
    let row = |c: &Column| (c.name.to_owned(), c.sql_type().to_owned());
    TableIterator::new(COLUMNS.iter().map(row).collect::<Vec<_>>())
}
