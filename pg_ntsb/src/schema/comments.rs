//! Sets the comments on NTSB's tables and columns from their description in `ntsb_schema::tables`.

use super::error::SchemaError;
use crate::spi::table_exists;
use ntsb_schema::tables::{TABLES, Table};
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};

/// Columns that change tracking adds to every table.
const TRACKING_COLUMNS: &[(&str, &str)] = &[
    (
        "content_hash",
        "SHA-256 of NTSB's columns of the cleaned row as JSON, without lchg_date and lchg_userid",
    ),
    ("hash_version", "Version of the encoding of content_hash"),
    ("first_batch", "Batch that inserted the row; see ntsb.batch"),
    ("last_batch", "Batch that last changed the row"),
    ("withdrawn_batch", "Batch whose file no longer contained the row; null if the row is current"),
];

/// Columns and tables that NTSB files do not have.
const OTHER_OBJECTS: &[(&str, &str)] = &[
    ("COLUMN ntsb.events.geog", "PostGIS point of (lat, lon), WGS 84"),
    (
        "COLUMN ntsb.narratives.words",
        "Full-text search vector with weights: A probable cause, B factual and incident, C preliminary",
    ),
    (
        "TABLE ntsb.event_key",
        "One row per event; makes ev_id unique across the partitions of ntsb.events",
    ),
    ("COLUMN ntsb.event_key.ev_id", "NTSB's identifier of the event"),
    ("COLUMN ntsb.event_key.ev_year", "Partition key of the event in ntsb.events"),
    ("COLUMN ntsb.event_key.lchg_date", "Newest lchg_date loaded of the event"),
    ("COLUMN ntsb.event_key.lchg_batch", "Batch that loaded lchg_date"),
];

pub fn set_comments(client: &mut SpiClient) -> Result<(), SchemaError> {
    let mut sql = String::new();
    for table in TABLES {
        comment_on_table(&mut sql, table);
    }
    // A coordinator of shards has foreign partitions instead.
    if table_exists(client, "ntsb.events_other")? {
        comment_on_partitions(&mut sql);
    }
    for (object, text) in OTHER_OBJECTS {
        comment_on(&mut sql, object, text);
    }
    client.update(&sql, None, &[])?;
    Ok(())
}

fn comment_on_table(sql: &mut String, table: &Table) {
    let name = table.name;
    comment_on(sql, &format!("TABLE ntsb.{name}"), table.comment);
    let ntsb_columns = table.columns.iter().chain(table.derived).map(|c| (c.name, c.comment));
    for (column, text) in ntsb_columns.chain(TRACKING_COLUMNS.iter().copied()) {
        let column = quote_identifier(column);
        comment_on(sql, &format!("COLUMN ntsb.{name}.{column}"), text);
    }
}

/// `\dt+` lists the partitions as separate tables.
fn comment_on_partitions(sql: &mut String) {
    for decade in ["1960s", "1970s", "1980s", "1990s", "2000s", "2010s", "2020s", "other"] {
        let text = format!("Partition of ntsb.events: {decade}");
        comment_on(sql, &format!("TABLE ntsb.events_{decade}"), &text);
    }
}

fn comment_on(sql: &mut String, object: &str, text: &str) {
    sql.push_str(&format!("COMMENT ON {object} IS {};\n", quote_literal(text)));
}
