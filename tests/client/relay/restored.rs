//! Cursors of a database that was restored from a backup.

use ntsb_tests::database::Database;
use ntsb_tests::redis_server::RedisServer;

use super::{add_changes, cursor, raise_alert, relay, relay_ok};

const OPTIONS: [&str; 3] = ["--once", "--name", "mine"];

fn length(redis: &RedisServer) -> usize {
    redis.stream_length("ntsb")
}

#[test]
fn a_restored_database_continues_from_its_cursor() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = [&["--to", url.as_str()], &OPTIONS[..]].concat();
    add_changes(&database, 5);
    raise_alert(&mut database.connect(), "one");
    relay_ok(&database, &arguments);
    let restored = database.dump_and_restore();
    relay_ok(&restored, &arguments);
    assert_eq!(length(&redis), 6);
    add_changes(&restored, 2);
    raise_alert(&mut restored.connect(), "two");
    relay_ok(&restored, &arguments);
    assert_eq!(length(&redis), 9);
    assert_eq!((cursor(&restored, "changes"), cursor(&restored, "alerts")), (7, 2));
}

#[test]
fn a_cursor_ahead_of_the_database_is_noticed() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = [&["--to", url.as_str()], &OPTIONS[..]].concat();
    add_changes(&database, 5);
    let restored = database.dump_and_restore();
    add_changes(&database, 5);
    raise_alert(&mut database.connect(), "one");
    relay_ok(&database, &arguments);
    // The cursors are newer than the restored log.
    for (topic, position) in [("changes", 10), ("alerts", 1)] {
        restored.execute(&format!(
            "INSERT INTO ntsb.relay_cursor VALUES ('mine', '{topic}', {position}, NULL)"
        ));
        let topics = [&arguments[..], &["--topics", topic]].concat();
        let output = relay(&restored, &topics);
        assert_eq!(output.code, Some(1), "{}", output.all_output());
        let message = format!(
            "the cursor of {topic} of relay 'mine' is ahead of the database: it is at {position}"
        );
        assert!(output.stderr.contains(&message), "{}", output.stderr);
        assert!(output.stderr.contains("--restart --from start"), "{}", output.stderr);
    }
    let again = [&arguments[..], &["--restart", "--from", "now"]].concat();
    relay_ok(&restored, &again);
    assert_eq!(cursor(&restored, "changes"), 5);
    add_changes(&restored, 1);
    let before = length(&redis);
    relay_ok(&restored, &arguments);
    assert_eq!(length(&redis), before + 1);
}

#[test]
fn another_history_with_the_same_numbers_is_noticed() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = [&["--to", url.as_str()], &OPTIONS[..]].concat();
    let restored = database.dump_and_restore();
    add_changes(&database, 5);
    relay_ok(&database, &arguments);
    add_changes(&restored, 8);
    let sent: String =
        database.query_value("SELECT event_id FROM ntsb.relay_cursor WHERE topic = 'changes'");
    restored
        .execute(&format!("INSERT INTO ntsb.relay_cursor VALUES ('mine', 'changes', 5, '{sent}')"));
    let output = relay(&restored, &arguments);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(
        output.stderr.contains("does not fit the database: event 5 is now"),
        "{}",
        output.stderr
    );
    relay_ok(&restored, &[&arguments[..], &["--restart"]].concat());
    // Other ids: a receiver that drops repeated events keeps them.
    let entries = redis.read_stream("ntsb");
    let ids: std::collections::BTreeSet<&str> =
        entries.iter().map(|entry| entry[0].1.as_str()).collect();
    assert_eq!((entries.len(), ids.len()), (13, 13));
}

#[test]
fn a_missing_entry_of_the_log_is_an_error() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 5);
    database.execute(
        "ALTER TABLE ntsb.change_log DISABLE TRIGGER append_only; DELETE FROM ntsb.change_log WHERE seq = 3",
    );
    let output = relay(&database, &["--to", &redis.url(), "--once"]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("entry 3 of ntsb.change_log is missing"), "{}", output.stderr);
    assert_eq!(cursor(&database, "changes"), 0);
}

/// Deleted alerts, as by a retention rule, stop nothing, and their numbers are not used again.
#[test]
fn deleted_alerts_stop_nothing() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = [&["--to", url.as_str()], &OPTIONS[..]].concat();
    raise_alert(&mut database.connect(), "one");
    relay_ok(&database, &arguments);
    database.execute("DELETE FROM ntsb.alert");
    relay_ok(&database, &arguments);
    raise_alert(&mut database.connect(), "two");
    relay_ok(&database, &arguments);
    assert_eq!((length(&redis), cursor(&database, "alerts")), (2, 2));
}
