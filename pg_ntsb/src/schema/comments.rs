//! Comments on NTSB's tables and columns, from the one description of them.

use crate::error::Error;
use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};

/// Columns that change capture adds to every table.
const OURS: &[(&str, &str)] = &[
    (
        "content_hash",
        "SHA-256 of NTSB's columns of the cleaned row as JSON, without lchg_date and lchg_userid",
    ),
    ("hash_version", "Encoding of content_hash"),
    ("first_batch", "The load that brought the row; see ntsb.batch"),
    ("last_batch", "The load that last changed the row"),
    ("withdrawn_batch", "The load whose file no longer held the row; null while it stands"),
];

/// Columns and tables that have no counterpart in a file.
const EXTRA: &[(&str, &str)] = &[
    ("COLUMN ntsb.events.geog", "The point (lat, lon) for PostGIS, WGS 84"),
    (
        "COLUMN ntsb.narratives.words",
        "Words for search, weighted: A cause, B factual and incident, C preliminary",
    ),
    (
        "TABLE ntsb.event_key",
        "One row per event: makes ev_id unique over the partitions of ntsb.events",
    ),
    ("COLUMN ntsb.event_key.ev_id", "NTSB's identifier of the event"),
    ("COLUMN ntsb.event_key.ev_year", "The partition in which ntsb.events holds it"),
    ("COLUMN ntsb.event_key.lchg_date", "Newest lchg_date seen of the event"),
    ("COLUMN ntsb.event_key.lchg_batch", "The load that brought that date"),
];

pub fn apply(client: &mut SpiClient) -> Result<(), Error> {
    let mut all = String::new();
    for table in TABLES {
        describe(&mut all, table);
    }
    for (what, text) in EXTRA {
        comment(&mut all, what, text);
    }
    client.update(&all, None, &[])?;
    Ok(())
}

fn describe(all: &mut String, table: &Table) {
    let name = table.name;
    comment(all, &format!("TABLE ntsb.{name}"), table.comment);
    let theirs = table.columns.iter().chain(table.derived).map(|c| (c.name, c.comment));
    for (column, text) in theirs.chain(OURS.iter().copied()) {
        let column = quote_identifier(column);
        comment(all, &format!("COLUMN ntsb.{name}.{column}"), text);
    }
    if table.kind == Kind::Case && table.name == "events" {
        partitions(all);
    }
}

/// Partitions are tables of their own in `\dt+`.
fn partitions(all: &mut String) {
    for decade in ["1960s", "1970s", "1980s", "1990s", "2000s", "2010s", "2020s", "other"] {
        let text = format!("Partition of ntsb.events: {decade}");
        comment(all, &format!("TABLE ntsb.events_{decade}"), &text);
    }
}

fn comment(all: &mut String, what: &str, text: &str) {
    all.push_str(&format!("COMMENT ON {what} IS {};\n", quote_literal(text)));
}
