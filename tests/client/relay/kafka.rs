//! Kafka's protocol, spoken by librdkafka's mock brokers and read by its consumer.

use std::collections::BTreeMap;
use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::kafka_broker::{
    KafkaBrokers, MESSAGE_TOO_LARGE, NOT_LEADER, REQUEST_TIMED_OUT, Received,
};
use ntsb_tests::process::send_signal;
use ntsb_tests::wait_for;
use serde_json::Value;

use super::{
    add_changes, change_ids, cursor, first_ids, parse_events, relay, relay_ok, start, text,
};

fn url(brokers: &KafkaBrokers) -> String {
    format!("kafka://{}/events", brokers.bootstrap)
}

fn events(records: &[Received]) -> Vec<Value> {
    parse_events(records.iter().map(|record| record.value.as_str()))
}

#[test]
fn events_of_a_key_are_in_one_partition_in_order() {
    let (database, brokers) = (Database::empty_warehouse(), KafkaBrokers::start("events", 3));
    add_changes(&database, 500);
    relay_ok(&database, &["--to", &url(&brokers), "--once", "--batch", "200"]);
    let records = brokers.read("events", 3);
    assert_eq!(records.len(), 500);
    let mut partitions = BTreeMap::new();
    let mut last_seq = BTreeMap::new();
    for (record, event) in records.iter().zip(events(&records)) {
        let content_type = record.content_type.as_deref();
        assert_eq!(content_type, Some("application/cloudevents+json; charset=utf-8"));
        assert_eq!(record.key, text(&event, "partitionkey"));
        assert_eq!(
            *partitions.entry(record.key.clone()).or_insert(record.partition),
            record.partition
        );
        let seq = event["data"]["seq"].as_i64().unwrap();
        let before = last_seq.insert(record.partition, seq);
        assert!(before.is_none_or(|before| before < seq), "{before:?} before {seq}");
    }
    let used: std::collections::BTreeSet<i32> = partitions.values().copied().collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
    let mut ids = first_ids(&events(&records));
    let mut expected = change_ids(&database);
    ids.sort();
    expected.sort();
    assert_eq!(ids, expected);
}

#[test]
fn rejected_requests_are_retried_in_order() {
    let (database, brokers) = (Database::empty_warehouse(), KafkaBrokers::start("events", 1));
    add_changes(&database, 300);
    brokers.fail_next_requests(&[NOT_LEADER, REQUEST_TIMED_OUT, NOT_LEADER]);
    let output = relay_ok(&database, &["--to", &url(&brokers), "--once", "--batch", "100"]);
    assert_eq!(first_ids(&events(&brokers.read("events", 1))), change_ids(&database));
    // The client itself retries a moved leader; the relay the rest.
    assert!(output.stderr.contains("retrying in"), "{}", output.stderr);
}

#[test]
fn a_record_that_is_refused_ends_the_relay() {
    let (database, brokers) = (Database::empty_warehouse(), KafkaBrokers::start("events", 1));
    add_changes(&database, 3);
    brokers.fail_next_requests(&[MESSAGE_TOO_LARGE]);
    let output = relay(&database, &["--to", &url(&brokers)]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("Kafka refused the events"), "{}", output.stderr);
    assert_eq!(cursor(&database, "changes"), 0);
}

#[test]
fn a_restarted_broker_gets_what_it_missed() {
    let (database, brokers) = (Database::empty_warehouse(), KafkaBrokers::start("events", 1));
    add_changes(&database, 10);
    let follower = start(&database, &["--to", &url(&brokers), "--timeout", "5"]);
    wait_for("the first events", 30, || (cursor_or_zero(&database) == 10).then_some(()));
    brokers.set_down();
    add_changes(&database, 10);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(cursor(&database, "changes"), 10);
    brokers.set_up();
    wait_for("the other events", 60, || (cursor(&database, "changes") == 20).then_some(()));
    assert!(send_signal(follower.id(), libc::SIGTERM));
    let output = follower.finish_within(Duration::from_secs(20));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(first_ids(&events(&brokers.read("events", 1))), change_ids(&database));
}

fn cursor_or_zero(database: &Database) -> i64 {
    database.query_value(
        "SELECT coalesce(max(position), 0) FROM ntsb.relay_cursor WHERE topic = 'changes'",
    )
}

#[test]
fn a_missing_topic_is_named() {
    let (database, brokers) = (Database::empty_warehouse(), KafkaBrokers::start("events", 1));
    add_changes(&database, 1);
    let target = format!("kafka://{}/other", brokers.bootstrap);
    let output = relay(&database, &["--to", &target, "--once", "--attempts", "1"]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("topic other does not exist"), "{}", output.stderr);
}
