//! The description of an NTSB file, for asking.

use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::{Error, elements, required};

/// Columns of an NTSB file in file order, with the type and treatment each gets in the warehouse.
/// `derived` columns are added by cleaning; the file does not hold them.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_source_columns() -> TableIterator<
    'static,
    (
        name!(table_name, &'static str),
        name!(position, i32),
        name!(column_name, &'static str),
        name!(sql_type, &'static str),
        name!(cleaning, String),
        name!(in_key, bool),
        name!(derived, bool),
        name!(reference, bool),
        name!(description, &'static str),
    ),
> {
    TableIterator::new(TABLES.iter().flat_map(|t| {
        let all = t.columns.iter().map(|c| (c, false)).chain(t.derived.iter().map(|c| (c, true)));
        (1..).zip(all).map(move |(position, (c, derived))| {
            let cleaning = format!("{:?}", c.clean);
            let in_key = t.key.contains(&c.name);
            let reference = t.kind == Kind::Reference;
            (
                t.name,
                position,
                c.name,
                c.sql_type(),
                cleaning,
                in_key,
                derived,
                reference,
                c.comment,
            )
        })
    }))
}

/// The psql command that copies `folder/FILE` into staging, for a CSV file as mdb-export writes
/// it. `columns` are those of the file's header; all of the table where null.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_copy_command(
    table_name: Option<&str>,
    file: Option<&str>,
    columns: default!(Option<Vec<Option<String>>>, "NULL"),
) -> Result<String, ErrorReport> {
    let (table_name, file) = (required(table_name, "table_name")?, required(file, "file")?);
    let columns = columns.map(|columns| elements(columns, "columns")).transpose()?;
    let table = Table::find(table_name).ok_or_else(|| Error::NoSuchTable(table_name.into()))?;
    let names = columns
        .unwrap_or_else(|| table.columns.iter().map(|c| c.name.to_owned()).collect())
        .iter()
        .map(|c| pgrx::spi::quote_identifier(ntsb_schema::tables::normal_name(c)))
        .collect::<Vec<_>>()
        .join(", ");
    let file = pgrx::spi::quote_literal(file);
    Ok(format!(
        "\\copy ntsb_staging.{} ({names}) FROM {file} WITH (FORMAT csv, HEADER)",
        table.name
    ))
}
