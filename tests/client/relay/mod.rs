//! `ntsb relay` against Redis, a misbehaving webhook and brokers that speak Kafka's protocol.

mod access;
mod commit_order;
mod crash;
mod kafka;
mod numbering;
mod redis;
mod restored;
mod webhook;

use std::process::Command;
use std::time::Duration;

use ntsb_tests::cli::ntsb_command;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput};
use serde_json::Value;

/// `ntsb relay` with arguments, without settings of the developer.
fn relay_command(database: &Database, arguments: &[&str]) -> Command {
    let mut command = ntsb_command(&database.server, &database.name);
    for name in ["TO", "PASSWORD", "TOKEN", "HMAC_KEY"] {
        command.env_remove(format!("NTSB_RELAY_{name}"));
    }
    command.arg("relay").args(arguments);
    command
}

fn start(database: &Database, arguments: &[&str]) -> ChildProcess {
    ChildProcess::start(relay_command(database, arguments))
}

fn relay(database: &Database, arguments: &[&str]) -> ProcessOutput {
    start(database, arguments).finish_within(Duration::from_secs(60))
}

fn relay_ok(database: &Database, arguments: &[&str]) -> ProcessOutput {
    let output = relay(database, arguments);
    assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.all_output());
    output
}

/// Appends updates of events to the change log. The hashes are made up.
fn add_changes(database: &Database, count: i64) {
    database.execute(&format!(
        "INSERT INTO ntsb.change_log (seq, batch_id, changed_at, table_name, row_key, ev_id, action,
             old_hash, new_hash, changes, entry_hash)
         SELECT last.seq + n, 1, now(), 'events', e.ev_id, e.ev_id, 'update', sha256('a'), sha256('b'),
             jsonb_build_object('ev_city', jsonb_build_object('old', 'A', 'new', n)),
             sha256(convert_to(n::text || random(), 'UTF8'))
         FROM generate_series(1, {count}) n,
              LATERAL (SELECT format('20200101X%s', lpad((n % 97)::text, 5, '0')) AS ev_id) e,
              (SELECT coalesce(max(seq), 0) AS seq FROM ntsb.change_log) last;
         NOTIFY ntsb_events"
    ));
}

fn raise_alert(client: &mut postgres::Client, message: &str) -> i64 {
    let sql = "SELECT ntsb_raise_alert('drift', 'warning', 'a model', $1)";
    client.query_one(sql, &[&message]).unwrap().get(0)
}

fn parse_events<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    texts.into_iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

fn text<'a>(event: &'a Value, attribute: &str) -> &'a str {
    event[attribute].as_str().unwrap_or_else(|| panic!("no {attribute} in {event}"))
}

/// The ids, each at its first occurrence.
fn first_ids(events: &[Value]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let ids = events.iter().map(|event| text(event, "id").to_owned());
    ids.filter(|id| seen.insert(id.clone())).collect()
}

/// The ids of the change log, in order.
fn change_ids(database: &Database) -> Vec<String> {
    let sql = "SELECT format('change-%s-%s', seq, left(encode(entry_hash, 'hex'), 16))
               FROM ntsb.change_log ORDER BY seq";
    database.query_column(sql, &[])
}

fn cursor(database: &Database, topic: &str) -> i64 {
    let sql = format!("SELECT position FROM ntsb.relay_cursor WHERE topic = '{topic}'");
    database.query_value(&sql)
}
