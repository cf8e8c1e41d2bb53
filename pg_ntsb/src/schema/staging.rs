//! Staging tables (a file's rows as text) and the row types that cleaning makes of them.
//!
//! Both hold nothing that lasts, so where they differ from the description they are made anew.

use crate::error::Error;
use crate::spi::one;
use ntsb_schema::tables::{TABLES, Table};
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};

/// A list of airports is no file of NTSB's; `ntsb_adopt_airports` reads its rows.
const AIRPORT: &str = "
    CREATE UNLOGGED TABLE IF NOT EXISTS ntsb_staging.airport (
        airport_id text, icao text, iata text, local_id text, name text, city text, region text,
        country text, kind text, elevation_ft text, lat text, lon text
    );
    COMMENT ON TABLE ntsb_staging.airport IS
        'Rows of a list of airports as found, until ntsb_adopt_airports takes them up'";

pub fn synchronise(client: &mut SpiClient) -> Result<(), Error> {
    client.update(AIRPORT, None, &[])?;
    for table in TABLES {
        let raw = raw_columns(table);
        if columns_of(client, table.name)? != names(&raw) {
            client.update(&staging_table(table, &raw), None, &[])?;
        }
        let (clean, key) = (clean_columns(table), key_columns(table));
        for (shape, columns) in [("clean", clean), ("key", key)] {
            if columns_of(client, &format!("{shape}_{}", table.name))? != names(&columns) {
                client.update(&row_type(table, shape, &columns), None, &[])?;
            }
        }
    }
    Ok(())
}

type Columns = Vec<(&'static str, &'static str)>;

fn raw_columns(table: &Table) -> Columns {
    let batch = "bigint NOT NULL DEFAULT nullif(pg_catalog.current_setting('ntsb.batch_id', true), '')::bigint";
    table.columns.iter().map(|c| (c.name, "text")).chain([("batch_id", batch)]).collect()
}

fn clean_columns(table: &Table) -> Columns {
    let typed = table.columns.iter().chain(table.derived).map(|c| (c.name, c.sql_type()));
    typed
        .chain([("content_hash", "bytea"), ("defects", "jsonb"), ("rejected_by", "text")])
        .collect()
}

/// What tells whether a row is new, changed or refused.
fn key_columns(table: &Table) -> Columns {
    let parent = table.parent.and_then(Table::find).map_or(&[][..], |t| t.key);
    let telling = ["ev_id", "ev_date", "lchg_date", "lchg_userid"];
    let all = table.columns.iter().filter(|c| {
        table.key.contains(&c.name) || parent.contains(&c.name) || telling.contains(&c.name)
    });
    let typed = all.map(|c| (c.name, c.sql_type()));
    typed.chain([("content_hash", "bytea"), ("rejected_by", "text")]).collect()
}

fn staging_table(table: &Table, columns: &Columns) -> String {
    let name = table.name;
    format!(
        "DROP TABLE IF EXISTS ntsb_staging.{name};
         CREATE UNLOGGED TABLE ntsb_staging.{name} ({});
         COMMENT ON TABLE ntsb_staging.{name} IS
             'Rows for ntsb.{name} as found in a file, until CALL ntsb_ingest(batch_id)';",
        definitions(columns)
    )
}

fn row_type(table: &Table, shape: &str, columns: &Columns) -> String {
    let name = table.name;
    format!(
        "DROP TYPE IF EXISTS ntsb_staging.{shape}_{name};
         CREATE TYPE ntsb_staging.{shape}_{name} AS ({});
         COMMENT ON TYPE ntsb_staging.{shape}_{name} IS
             'What ntsb_internal.clean_row makes of a row of ntsb_staging.{name}{}';",
        definitions(columns),
        if shape == "key" { ", as far as it tells whether the row is new" } else { "" }
    )
}

fn definitions(columns: &Columns) -> String {
    let list: Vec<_> =
        columns.iter().map(|(name, kind)| format!("{} {kind}", quote_identifier(name))).collect();
    list.join(", ")
}

/// Name and type of each column, as [`columns_of`] reads them back.
fn names(columns: &Columns) -> String {
    let list = columns
        .iter()
        .map(|(name, kind)| format!("{name} {}", kind.split(" NOT NULL").next().unwrap_or(kind)));
    list.collect::<Vec<_>>().join(", ")
}

fn columns_of(client: &SpiClient, relation: &str) -> Result<String, Error> {
    let sql = format!(
        "SELECT pg_catalog.string_agg(
             a.attname || ' ' || replace(pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'timestamp(0) without time zone', 'timestamp(0)'), ', ' ORDER BY a.attnum)
         FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'ntsb_staging'::regnamespace AND c.relname = {}",
        quote_literal(relation)
    );
    Ok(one(client, &sql)?.unwrap_or_default())
}
