//! Keys are taken before a transaction commits: a row may appear after one with a greater key was sent.

use std::thread;
use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::process::send_signal;
use ntsb_tests::redis_server::RedisServer;
use ntsb_tests::wait_for;
use serde_json::Value;

use super::{change_ids, first_ids, parse_events, raise_alert, relay_ok, start};

fn read_events(redis: &RedisServer) -> Vec<Value> {
    let entries = redis.read_stream("ntsb");
    let events =
        entries.iter().map(|entry| entry.iter().find(|(name, _)| name == "event").unwrap());
    parse_events(events.map(|(_, text)| text.as_str()))
}

fn alert_numbers(redis: &RedisServer) -> Vec<i64> {
    read_events(redis).iter().map(|event| event["data"]["alert_id"].as_i64().unwrap()).collect()
}

#[test]
fn an_alert_of_an_open_transaction_is_sent_when_it_commits() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = ["--to", &url, "--once", "--topics", "alerts"];
    let mut open = database.connect();
    let mut transaction = open.transaction().unwrap();
    let sql = "SELECT ntsb_raise_alert('drift', 'info', 'a model', 'first')";
    let first: i64 = transaction.query_one(sql, &[]).unwrap().get(0);
    let second = raise_alert(&mut database.connect(), "second");
    assert!(first < second);
    // The open transaction holds nothing back.
    relay_ok(&database, &arguments);
    assert_eq!(alert_numbers(&redis), [second]);
    transaction.commit().unwrap();
    relay_ok(&database, &arguments);
    assert_eq!(alert_numbers(&redis), [second, first]);
}

#[test]
fn a_prediction_of_an_open_transaction_is_sent_when_it_commits() {
    let (database, redis) = (Database::with_sample(), RedisServer::start());
    let url = redis.url();
    let arguments = ["--to", &url, "--once", "--topics", "predictions"];
    let model = register_model(&database, 1, "Production", 0.4);
    let events: Vec<String> =
        database.query_column("SELECT ev_id FROM ntsb.event_key ORDER BY ev_id LIMIT 2", &[]);
    let insert = "INSERT INTO ntsb.predictions (ev_id, model_id, severity, confidence, probabilities, decided)
                  VALUES ($1, $2, 'FATL', 0.9, '{\"FATL\": 0.9, \"NONE\": 0.1}', true)";
    let mut open = database.connect();
    let mut transaction = open.transaction().unwrap();
    transaction.execute(insert, &[&events[0], &model]).unwrap();
    database.connect().execute(insert, &[&events[1], &model]).unwrap();
    relay_ok(&database, &arguments);
    transaction.commit().unwrap();
    relay_ok(&database, &arguments);
    let sent: Vec<String> = read_events(&redis)
        .iter()
        .map(|event| event["data"]["ev_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(sent, [events[1].clone(), events[0].clone()]);
}

/// The numbers of the change log are taken under the load lock, so no load overtakes another.
#[test]
fn a_load_cannot_overtake_an_open_one() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let arguments = ["--to", &url, "--once", "--topics", "changes"];
    let load = |ev_id: &str| {
        format!(
            "SELECT ntsb_begin_batch('{ev_id}.csv');
             INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ('{ev_id}', '01/01/20', '01/02/20');
             DO $$ DECLARE batch bigint := (SELECT max(batch_id) FROM ntsb.batch); BEGIN CALL ntsb_ingest(batch); END $$;"
        )
    };
    let mut open = database.connect();
    open.batch_execute(&format!("BEGIN; {}", load("20200101X00001"))).unwrap();
    relay_ok(&database, &arguments);
    assert!(read_events(&redis).is_empty());
    let overtaking = format!("SET lock_timeout = '300ms'; BEGIN; {}", load("20200101X00002"));
    let error = database.connect().batch_execute(&overtaking).unwrap_err();
    assert_eq!(error.code().map(|code| code.code()), Some("55P03"), "{error:?}");
    let second = {
        let (server, name, sql) =
            (database.server.clone(), database.name.clone(), load("20200101X00002"));
        thread::spawn(move || {
            server.connect(&name).batch_execute(&format!("BEGIN; {sql} COMMIT")).unwrap()
        })
    };
    thread::sleep(Duration::from_millis(300));
    relay_ok(&database, &arguments);
    assert!(read_events(&redis).is_empty());
    open.batch_execute("COMMIT").unwrap();
    second.join().unwrap();
    relay_ok(&database, &arguments);
    let events = read_events(&redis);
    assert!(events.len() >= 2, "{}", events.len());
    assert_eq!(first_ids(&events), change_ids(&database));
}

/// Many sessions raise alerts, wait, and commit or roll back, while two relays follow.
#[test]
fn no_alert_of_concurrent_transactions_is_skipped() {
    const SESSIONS: u64 = 6;
    const ROUNDS: u64 = 25;
    let database = Database::empty_warehouse();
    let servers = [RedisServer::start(), RedisServer::start()];
    let relays = servers.each_ref().map(|redis| {
        start(&database, &["--to", &redis.url(), "--topics", "alerts", "--batch", "7"])
    });
    thread::scope(|scope| {
        for session in 0..SESSIONS {
            let mut client = database.connect();
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(session);
                for round in 0..ROUNDS {
                    client.batch_execute("BEGIN").unwrap();
                    for _ in 0..random.u64(1..=3) {
                        raise_alert(&mut client, &format!("session {session}, round {round}"));
                        thread::sleep(Duration::from_millis(random.u64(0..40)));
                    }
                    let end = if random.u64(0..5) == 0 { "ROLLBACK" } else { "COMMIT" };
                    client.batch_execute(end).unwrap();
                }
            });
        }
    });
    let expected: Vec<i64> =
        database.query_column("SELECT alert_id FROM ntsb.alert ORDER BY 1", &[]);
    assert!(expected.len() as u64 > SESSIONS * ROUNDS / 2);
    for redis in &servers {
        wait_for("all alerts", 60, || {
            (redis.stream_length("ntsb") >= expected.len()).then_some(())
        });
    }
    let orders = servers.each_ref().map(alert_numbers);
    assert_eq!(orders[0], orders[1], "all targets get the same order");
    let mut sorted = orders[0].clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for follower in relays {
        assert!(send_signal(follower.id(), libc::SIGTERM));
        assert_eq!(follower.finish_within(Duration::from_secs(20)).code, Some(0));
    }
}
