//! Kills of the relay and restarts of PostgreSQL.

use std::thread::sleep;
use std::time::Duration;

use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::send_signal;
use ntsb_tests::redis_server::RedisServer;
use ntsb_tests::{announce, wait_for};

use super::{add_changes, change_ids, first_ids, parse_events, raise_alert, relay_ok, start};

fn read_ids(redis: &RedisServer) -> Vec<serde_json::Value> {
    let entries = redis.read_stream("ntsb");
    let events =
        entries.iter().map(|entry| entry.iter().find(|(name, _)| name == "event").unwrap());
    parse_events(events.map(|(_, text)| text.as_str()))
}

fn stream_length(redis: &RedisServer) -> usize {
    redis.stream_length("ntsb")
}

#[test]
fn a_killed_relay_skips_nothing() {
    const BATCH: usize = 20;
    const KILLS: usize = 8;
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 6_000);
    let url = redis.url();
    let arguments = ["--to", &url, "--topics", "changes", "--batch", "20"];
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..KILLS {
        let before = stream_length(&redis);
        let follower = start(&database, &arguments);
        wait_for("some events", 30, || (stream_length(&redis) > before + 100).then_some(()));
        sleep(Duration::from_micros(random.u64(0..20_000)));
        follower.kill();
        assert!(stream_length(&redis) < 6_000, "the kill came too late");
    }
    // The server may need a moment to notice that the client is gone.
    let free = "SELECT NOT EXISTS (SELECT FROM ntsb_relay_status() WHERE is_running)";
    wait_for("the lock", 30, || database.query_value::<bool>(free).then_some(()));
    relay_ok(&database, &[&arguments[..], &["--once"]].concat());
    let events = read_ids(&redis);
    assert_eq!(first_ids(&events), change_ids(&database));
    let repeated = events.len() - 6_000;
    assert!(repeated <= KILLS * BATCH, "{repeated}");
    announce(&format!(
        "figure: relay killed {KILLS} times: {repeated} of 6,000 events repeated, none missing"
    ));
}

#[test]
fn a_relay_survives_a_restart_of_postgresql() {
    let mut cluster = Cluster::start(&[]);
    let redis = RedisServer::start();
    let database = cluster.warehouse();
    add_changes(&database, 3);
    let follower = start(&database, &["--to", &redis.url()]);
    // Cursors and not the length of the stream: a kill before the cursor moved repeats a batch.
    let all_sent = |count: i64| {
        let sql = "SELECT coalesce(sum(seq) FILTER (WHERE topic = 'changes'), 0)::bigint FROM ntsb_relay_status()
                   HAVING sum(pending) = 0";
        (database.query_column::<i64>(sql, &[]) == [count]).then_some(())
    };
    wait_for("the first events", 60, || all_sent(3));
    for (kill, count) in [(false, 6), (true, 9)] {
        if kill {
            cluster.kill()
        } else {
            cluster.stop()
        }
        sleep(Duration::from_secs(1));
        cluster.start_postgres();
        add_changes(&database, 3);
        raise_alert(&mut database.connect(), "after the restart");
        wait_for("the events after the restart", 120, || all_sent(count));
    }
    assert!(send_signal(follower.id(), libc::SIGTERM));
    let output = follower.finish_within(Duration::from_secs(30));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(stream_length(&redis) >= 9 + 2);
    let changes: Vec<_> =
        read_ids(&redis).into_iter().filter(|event| event["data"]["seq"].is_i64()).collect();
    assert_eq!(first_ids(&changes), change_ids(&database));
}
