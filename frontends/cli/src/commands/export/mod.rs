//! `ntsb export`: copies the rows of a table or view into a file, an object store or stdout.
//!
//! [`ntsb_archive`] defines the file formats. Rows are streamed, a few MiB at a time.

mod destination;
mod encoder;

use std::pin::pin;

use futures_util::StreamExt;
use ntsb_archive::{COLUMNS_QUERY, Column, Relation};
use ntsb_csv::is_text_type;
use serde_json::json;
use tokio_postgres::{Client, GenericClient, Row};

use crate::args::{ExportArgs, Format};
use crate::database::{ActiveSession, connect, run_until_signal};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
pub use destination::Destination;
use encoder::Encoder;

pub async fn run(args: &ExportArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    run_until_signal(&ActiveSession::default(), terminal, export(args, dsn, terminal)).await
}

async fn export(args: &ExportArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let output = args.output.as_deref();
    let mut destination = Destination::open(output, args.format, args.overwrite)?;
    let client = connect(dsn, terminal).await?;
    let (relation, is_text) = describe_relation(&client, &args.what).await?;
    let copy = copy_statement(&client, &relation, args).await?;
    let step = terminal.start_step(format!("exporting {}", relation.name));
    let encoder = Encoder::new(args, &relation, is_text)?;
    let result = stream_rows(&client, &copy, encoder, &mut destination).await;
    drop(step);
    let (rows, rest) = match result {
        Ok(rows_and_rest) => rows_and_rest,
        Err(failure) => {
            destination.abort().await;
            return Err(failure);
        }
    };
    let bytes = destination.finish(rest).await?;
    print_summary(args, rows, bytes, terminal)
}

/// Streams all rows. Returns their number and the bytes that are still to be written.
async fn stream_rows(
    client: &Client,
    copy: &str,
    mut encoder: Encoder,
    destination: &mut Destination,
) -> Result<(u64, Vec<u8>), Failure> {
    let mut rows = pin!(client.copy_out(copy).await?);
    let mut out = encoder.header();
    while let Some(bytes) = rows.next().await {
        encoder.push(&bytes?, &mut out)?;
        destination.write(&mut out).await?;
    }
    let rows = encoder.finish(&mut out)?;
    Ok((rows, out))
}

/// Describes a table or view. The list says of each column whether it contains text.
pub async fn describe_relation(
    client: &Client,
    name: &str,
) -> Result<(Relation, Vec<bool>), Failure> {
    let rows = client.query(COLUMNS_QUERY, &[&name]).await?;
    let columns = rows.iter().map(column_from_row).collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() {
        return Err(Failure::Usage(format!(
            "table or view ntsb.{name:?} not found\nhint: Give the name without the schema, such as \
             events or accidents; \\dtvm ntsb.* in psql lists them."
        )));
    }
    let mut key = Vec::new();
    for (row, column) in rows.iter().zip(&columns) {
        if let Some(position) = row.try_get::<_, Option<i32>>(4)? {
            key.push((position, column.name.clone()));
        }
    }
    key.sort_unstable();
    let key = key.into_iter().map(|(_, name)| name).collect();
    let kinds = rows.iter().map(|row| row.try_get::<_, &str>(1).map(is_text_type));
    let is_text = kinds.collect::<Result<_, _>>()?;
    Ok((Relation::new(name, columns, key).with_infinity_as_null(), is_text))
}

fn column_from_row(row: &Row) -> Result<Column, tokio_postgres::Error> {
    let (name, kind, sql_type): (&str, &str, &str) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
    Ok(Column::new(name, kind, row.try_get(2)?, sql_type))
}

/// The quoted schema of PostGIS; empty without PostGIS.
pub async fn find_postgis(client: &impl GenericClient) -> Result<String, Failure> {
    const FIND: &str = "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'";
    Ok(match client.query_opt(FIND, &[]).await? {
        Some(row) => row.try_get(0)?,
        None => String::new(),
    })
}

async fn copy_statement(
    client: &Client,
    relation: &Relation,
    args: &ExportArgs,
) -> Result<String, Failure> {
    let postgis = find_postgis(client).await?;
    let condition = match args.filter.as_deref().map(|text| relation.compile_filter(text)) {
        None => "true".to_owned(),
        Some(condition) => {
            condition.map_err(|error| Failure::Usage(format!("--filter: {error}")))?
        }
    };
    let query = match args.format {
        Format::Parquet => relation.select_columns(&postgis, &condition),
        Format::Csv => relation.select_text(&postgis, &condition),
        Format::Geojson => relation.select_geojson(&postgis, &condition).ok_or_else(|| {
            Failure::Usage(format!(
                "ntsb.{} has no coordinates, which GeoJSON needs\nhint: events, accidents and \
                 airport have coordinates.",
                relation.name
            ))
        })?,
    };
    Ok(format!("COPY ({query}) TO STDOUT (FORMAT binary)"))
}

fn print_summary(
    args: &ExportArgs,
    rows: u64,
    bytes: u64,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let Some(output) = &args.output else { return Ok(()) };
    if args.json {
        let summary = json!({ "what": args.what, "output": output, "rows": rows, "bytes": bytes });
        return terminal.print(&format!("{summary}\n"));
    }
    let format = |n: u64| group_digits(i64::try_from(n).unwrap_or(i64::MAX));
    terminal.print(&format!("{output}: {} rows, {} bytes\n", format(rows), format(bytes)))
}
