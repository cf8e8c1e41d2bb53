//! `ntsb_search_advanced`: accidents for which a condition holds.

use super::{condition, page_size, parameters};
use crate::error::Error;
use crate::spi::need;
use ntsb_filter::{Literal, Rendered};
use ntsb_search::Cursor;
use ntsb_search::columns::{COLUMNS, Column, SOURCE};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

type Found =
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
    let filter = filter.filter(|f| !f.trim().is_empty()).unwrap_or("TRUE");
    let mut question = condition(filter, 1)?;
    let start = page.map(|text| {
        Cursor::decode(text, &order.name()).ok_or_else(|| Error::BadCursor(text.to_owned()))
    });
    let sql =
        order.statement(&mut question, start.transpose()?, page_size(max_rows.unwrap_or(100))?);
    Ok(TableIterator::new(found(&sql, &question.values, &order)?))
}

fn found(sql: &str, values: &[Literal], order: &Order) -> Result<Vec<Found>, Error> {
    Spi::connect(|client| {
        need(client, "ntsb.fact_accidents")?;
        let mut rows = Vec::new();
        for row in client.select(sql, None, &parameters(values))? {
            let ev_id: String = row.get(1)?.unwrap_or_default();
            let cursor = Cursor { order: order.name(), value: row.get(7)?, ev_id: ev_id.clone() };
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

/// The order of results: a column and ev_id, one way; null comes last.
struct Order {
    column: &'static Column,
    descending: bool,
}

impl Order {
    fn parse(text: &str) -> Result<Order, Error> {
        let refused = || Error::NoSuchOrder(text.to_owned());
        let lower = text.to_lowercase();
        let mut words = lower.split_whitespace();
        let (_, column) = words.next().and_then(Column::find).ok_or_else(refused)?;
        let descending = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(refused()),
        };
        Ok(Order { column, descending })
    }

    fn name(&self) -> String {
        format!("{} {}", self.column.name, self.way())
    }

    fn way(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }

    /// The whole question; adds the parameters of the place to begin after.
    fn statement(&self, question: &mut Rendered, start: Option<Cursor>, rows: i64) -> String {
        let (kind, way) = (self.column.sql_type(), self.way());
        let condition = std::mem::take(&mut question.sql);
        let after = start.map_or("TRUE".to_owned(), |s| self.after(question, s));
        question.values.push(Literal::Int(rows));
        format!(
            "SELECT x.ev_id, x.ev_date, x.place, x.aircraft, x.severity, x.fatalities,
                    to_jsonb(x.sort) #>> '{{}}'
             FROM (SELECT e.ev_id, e.ev_date, e.place, e.aircraft, e.severity, e.fatalities,
                          {}::{kind} {} AS sort
                   FROM {SOURCE} WHERE {condition}) x
             WHERE {after}
             ORDER BY x.sort {way} NULLS LAST, x.ev_id COLLATE \"C\" {way} LIMIT ${}",
            self.column.sql,
            if kind == "text" { "COLLATE \"C\"" } else { "" },
            question.values.len(),
        )
    }

    fn after(&self, question: &mut Rendered, start: Cursor) -> String {
        let than = if self.descending { "<" } else { ">" };
        question.values.push(Literal::Text(start.ev_id));
        let id = question.values.len();
        let Some(value) = start.value else {
            return format!("x.sort IS NULL AND x.ev_id COLLATE \"C\" {than} ${id}");
        };
        question.values.push(Literal::Text(value));
        let value = format!("${}::{}", id + 1, self.column.sql_type());
        format!(
            "(x.sort {than} {value} OR x.sort IS NULL
              OR x.sort = {value} AND x.ev_id COLLATE \"C\" {than} ${id})"
        )
    }
}

/// The columns that a condition may name.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_search_columns()
-> TableIterator<'static, (name!(column_name, String), name!(data_type, String))> {
    let row = |c: &Column| (c.name.to_owned(), c.sql_type().to_owned());
    TableIterator::new(COLUMNS.iter().map(row).collect::<Vec<_>>())
}
