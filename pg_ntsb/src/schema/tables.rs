//! The description of NTSB files, for use in users' SQL.

use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::error::unknown_table;
use crate::error::{require_argument, require_elements};

/// Lists the columns of NTSB files in file order, with their types and cleaning in the warehouse. Derived
/// columns are added by cleaning; files do not contain them.
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

/// Returns the psql command that copies a CSV file, as mdb-export writes it, into its staging table.
/// `columns`: the file's header; null for all columns of the table.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_copy_command(
    table_name: Option<&str>,
    file: Option<&str>,
    columns: default!(Option<Vec<Option<String>>>, "NULL"),
) -> Result<String, ErrorReport> {
    let (table_name, file) =
        (require_argument(table_name, "table_name")?, require_argument(file, "file")?);
    let columns = columns.map(|columns| require_elements(columns, "columns")).transpose()?;
    let table = Table::find(table_name).ok_or_else(|| unknown_table("table_name", table_name))?;
    let names = columns
        .unwrap_or_else(|| table.columns.iter().map(|c| c.name.to_owned()).collect())
        .iter()
        .map(|c| pgrx::spi::quote_identifier(ntsb_schema::tables::normalize_name(c)))
        .collect::<Vec<_>>()
        .join(", ");
    let file = pgrx::spi::quote_literal(file);
    Ok(format!(
        "\\copy ntsb_staging.{} ({names}) FROM {file} WITH (FORMAT csv, HEADER)",
        table.name
    ))
}
