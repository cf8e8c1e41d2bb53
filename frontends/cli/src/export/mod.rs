//! `ntsb export`: rows of a table or view, out of a COPY, into a file, a store or stdout.
//!
//! What a row becomes is [`ntsb_archive`]'s to say; here it passes through, a few MiB at a time.

mod destination;
mod encoder;

use std::pin::pin;

use futures_util::StreamExt;
use ntsb_archive::{COLUMNS_OF, Column, Relation};
use ntsb_csv::is_text_type;
use serde_json::json;
use tokio_postgres::{Client, Row};

use crate::args::{ExportArgs, Format};
use crate::connect::connect;
use crate::failure::Failure;
use crate::interrupt::{Session, heeding};
use crate::report::grouped;
use crate::terminal::Terminal;
pub use destination::Destination;
use encoder::Encoder;

pub async fn run(args: &ExportArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    heeding(&Session::default(), terminal, export(args, dsn, terminal)).await
}

async fn export(args: &ExportArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let output = args.output.as_deref();
    let mut destination = Destination::open(output, args.format, args.overwrite)?;
    let client = connect(dsn, terminal).await?;
    let (relation, is_text) = relation(&client, &args.what).await?;
    let copy = statement(&client, &relation, args).await?;
    let step = terminal.step(format!("exporting {}", relation.name));
    let encoder = Encoder::new(args, &relation, is_text)?;
    let done = stream(&client, &copy, encoder, &mut destination).await;
    drop(step);
    let (rows, rest) = match done {
        Ok(done) => done,
        Err(failure) => {
            destination.abort().await;
            return Err(failure);
        }
    };
    let bytes = destination.finish(rest).await?;
    tell(args, rows, bytes, terminal)
}

/// Passes all rows on; returns how many, and what is still to be written.
async fn stream(
    client: &Client,
    copy: &str,
    mut encoder: Encoder,
    destination: &mut Destination,
) -> Result<(u64, Vec<u8>), Failure> {
    let mut rows = pin!(client.copy_out(copy).await?);
    let mut out = encoder.head();
    while let Some(bytes) = rows.next().await {
        encoder.push(&bytes?, &mut out)?;
        destination.write(&mut out).await?;
    }
    let rows = encoder.finish(&mut out)?;
    Ok((rows, out))
}

/// What is exported, and of each of its columns whether it holds text.
async fn relation(client: &Client, name: &str) -> Result<(Relation, Vec<bool>), Failure> {
    let rows = client.query(COLUMNS_OF, &[&name]).await?;
    let columns = rows.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() {
        return Err(Failure::Usage(format!(
            "there is no table or view ntsb.{name:?}\nhint: Name one without its schema, such as \
             events or accidents; \\dtvm ntsb.* in psql lists them."
        )));
    }
    let mut key = Vec::new();
    for (row, column) in rows.iter().zip(&columns) {
        if let Some(place) = row.try_get::<_, Option<i32>>(4)? {
            key.push((place, column.name.clone()));
        }
    }
    key.sort_unstable();
    let key = key.into_iter().map(|(_, name)| name).collect();
    let kinds = rows.iter().map(|row| row.try_get::<_, &str>(1).map(is_text_type));
    let is_text = kinds.collect::<Result<_, _>>()?;
    Ok((Relation::new(name, columns, key).with_open_ends(), is_text))
}

fn column(row: &Row) -> Result<Column, tokio_postgres::Error> {
    let (name, kind, sql_type): (&str, &str, &str) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
    Ok(Column::of(name, kind, row.try_get(2)?, sql_type))
}

async fn statement(
    client: &Client,
    relation: &Relation,
    args: &ExportArgs,
) -> Result<String, Failure> {
    let found = "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e
                 JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'";
    let postgis: String = match client.query_opt(found, &[]).await? {
        Some(row) => row.try_get(0)?,
        None => String::new(),
    };
    let condition = match args.filter.as_deref().map(|text| relation.condition(text)) {
        None => "true".to_owned(),
        Some(condition) => {
            condition.map_err(|refusal| Failure::Usage(format!("--filter: {refusal}")))?
        }
    };
    let query = match args.format {
        Format::Parquet => relation.all(&postgis, &condition),
        Format::Csv => relation.texts(&postgis, &condition),
        Format::Geojson => relation.features(&postgis, &condition).ok_or_else(|| {
            Failure::Usage(format!(
                "ntsb.{} has no places\nhint: events, accidents and airport have.",
                relation.name
            ))
        })?,
    };
    Ok(format!("COPY ({query}) TO STDOUT (FORMAT binary)"))
}

fn tell(args: &ExportArgs, rows: u64, bytes: u64, terminal: &Terminal) -> Result<(), Failure> {
    let Some(output) = &args.output else { return Ok(()) };
    if args.json {
        let said = json!({ "what": args.what, "output": output, "rows": rows, "bytes": bytes });
        return terminal.result(&format!("{said}\n"));
    }
    let number = |n: u64| grouped(i64::try_from(n).unwrap_or(i64::MAX));
    terminal.result(&format!("{output}: {} rows, {} bytes\n", number(rows), number(bytes)))
}
