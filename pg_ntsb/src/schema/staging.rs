//! Staging tables, which contain the rows of a file as text, and the row types of cleaned rows.
//!
//! Neither contains permanent data, so they are recreated if they differ from the description.

use super::error::SchemaError;
use crate::spi::select_value;
use ntsb_schema::tables::{TABLES, Table};
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};

/// A staging table for a source other than NTSB's files, which `ntsb_schema::tables` does not describe.
/// All columns are text.
struct SourceStaging {
    name: &'static str,
    /// What the rows are, for the comment.
    rows: &'static str,
    /// The function that stores them.
    adopted_by: &'static str,
    columns: &'static [&'static str],
}

const OTHER_SOURCES: &[SourceStaging] = &[
    SourceStaging {
        name: "airport",
        rows: "a list of airports",
        adopted_by: "ntsb_adopt_airports",
        columns: &[
            "airport_id",
            "icao",
            "iata",
            "local_id",
            "name",
            "city",
            "region",
            "country",
            "kind",
            "elevation_ft",
            "lat",
            "lon",
        ],
    },
    SourceStaging {
        name: "asrs_report",
        rows: "voluntary reports (ASRS), each a JSON object of its values by name",
        adopted_by: "ntsb_adopt_asrs",
        columns: &["line", "fields"],
    },
    SourceStaging {
        name: "metar",
        rows: "a file of weather observations",
        adopted_by: "ntsb_adopt_metar",
        columns: &[
            "station",
            "valid",
            "lon",
            "lat",
            "tmpf",
            "dwpf",
            "drct",
            "sknt",
            "alti",
            "vsby",
            "gust",
            "skyc1",
            "skyc2",
            "skyc3",
            "skyc4",
            "skyl1",
            "skyl2",
            "skyl3",
            "skyl4",
            "wxcodes",
            "report_type",
            "metar",
        ],
    },
    SourceStaging {
        name: "safety_recommendation",
        rows: "safety recommendations, each as JSON",
        adopted_by: "ntsb_adopt_recommendations",
        columns: &["line", "record"],
    },
];

pub fn sync_staging_tables(client: &mut SpiClient) -> Result<(), SchemaError> {
    for source in OTHER_SOURCES {
        let columns: Columns = source.columns.iter().map(|name| (*name, "text")).collect();
        if describe_existing(client, source.name)? != describe_columns(&columns) {
            client.update(&create_source_table(source, &columns), None, &[])?;
        }
    }
    for table in TABLES {
        let raw = raw_columns(table);
        if describe_existing(client, table.name)? != describe_columns(&raw) {
            client.update(&create_staging_table(table, &raw), None, &[])?;
        }
        let (clean, key) = (clean_columns(table), key_columns(table));
        for (shape, columns) in [("clean", clean), ("key", key)] {
            let name = format!("{shape}_{}", table.name);
            if describe_existing(client, &name)? != describe_columns(&columns) {
                client.update(&create_row_type(table, shape, &columns), None, &[])?;
            }
        }
    }
    Ok(())
}

/// Names and types.
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

/// The columns that decide whether a row is new, changed or rejected.
fn key_columns(table: &Table) -> Columns {
    let parent_key = table.parent.and_then(Table::find).map_or(&[][..], |t| t.key);
    let needed = ["ev_id", "ev_date", "lchg_date", "lchg_userid"];
    let columns = table.columns.iter().filter(|c| {
        table.key.contains(&c.name) || parent_key.contains(&c.name) || needed.contains(&c.name)
    });
    let typed = columns.map(|c| (c.name, c.sql_type()));
    typed.chain([("content_hash", "bytea"), ("rejected_by", "text")]).collect()
}

fn create_staging_table(table: &Table, columns: &Columns) -> String {
    let name = table.name;
    format!(
        "DROP TABLE IF EXISTS ntsb_staging.{name};
         CREATE UNLOGGED TABLE ntsb_staging.{name} ({});
         COMMENT ON TABLE ntsb_staging.{name} IS
             'Raw rows of a file for ntsb.{name}, until CALL ntsb_ingest(batch_id) loads them';",
        definitions(columns)
    )
}

fn create_source_table(source: &SourceStaging, columns: &Columns) -> String {
    let SourceStaging { name, rows, adopted_by, .. } = source;
    format!(
        "DROP TABLE IF EXISTS ntsb_staging.{name};
         CREATE UNLOGGED TABLE ntsb_staging.{name} ({});
         COMMENT ON TABLE ntsb_staging.{name} IS 'Raw rows of {rows}, until {adopted_by} stores them';",
        definitions(columns)
    )
}

fn create_row_type(table: &Table, shape: &str, columns: &Columns) -> String {
    let name = table.name;
    format!(
        "DROP TYPE IF EXISTS ntsb_staging.{shape}_{name};
         CREATE TYPE ntsb_staging.{shape}_{name} AS ({});
         COMMENT ON TYPE ntsb_staging.{shape}_{name} IS
             '{} of a row of ntsb_staging.{name}, as returned by ntsb_internal.clean_row';",
        definitions(columns),
        if shape == "key" { "Columns that decide whether a row is new" } else { "Cleaned columns" }
    )
}

fn definitions(columns: &Columns) -> String {
    let list: Vec<_> =
        columns.iter().map(|(name, kind)| format!("{} {kind}", quote_identifier(name))).collect();
    list.join(", ")
}

/// Lists name and type of each column, in the same format as [`describe_existing`].
fn describe_columns(columns: &Columns) -> String {
    let list = columns
        .iter()
        .map(|(name, kind)| format!("{name} {}", kind.split(" NOT NULL").next().unwrap_or(kind)));
    list.collect::<Vec<_>>().join(", ")
}

/// Lists name and type of each column of an existing table or type; empty if it does not exist.
fn describe_existing(client: &SpiClient, relation: &str) -> Result<String, SchemaError> {
    let sql = format!(
        "SELECT pg_catalog.string_agg(
             a.attname || ' ' || replace(pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'timestamp(0) without time zone', 'timestamp(0)'), ', ' ORDER BY a.attnum)
         FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'ntsb_staging'::regnamespace AND c.relname = {}",
        quote_literal(relation)
    );
    Ok(select_value(client, &sql)?.unwrap_or_default())
}
