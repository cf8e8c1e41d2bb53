//! Redis Streams.

use std::path::Path;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::certificates::CertificateAuthority;
use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::process::{ChildProcess, send_signal};
use ntsb_tests::redis_server::{RedisServer, unused_port};
use ntsb_tests::wait_for;
use serde_json::{Value, json};

use super::{
    add_changes, change_ids, cursor, first_ids, parse_events, raise_alert, relay, relay_command,
    relay_ok, start, text,
};

fn read_events(redis: &RedisServer) -> Vec<Value> {
    let entries = redis.read_stream("ntsb");
    let field = |entry: &[(String, String)], name: &str| {
        entry.iter().find(|(field, _)| field == name).unwrap().1.clone()
    };
    for entry in &entries {
        let event: Value = serde_json::from_str(&field(entry, "event")).unwrap();
        assert_eq!(text(&event, "id"), field(entry, "id"));
        assert_eq!(text(&event, "type"), field(entry, "type"));
    }
    let texts: Vec<String> = entries.iter().map(|entry| field(entry, "event")).collect();
    parse_events(texts.iter().map(String::as_str))
}

fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let prefix = format!("pg_ntsb.{kind}.");
    events.iter().filter(|event| text(event, "type").starts_with(&prefix)).collect()
}

/// Every attribute that CloudEvents 1.0 requires, and the schema of its data.
fn assert_valid(event: &Value) {
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["datacontenttype"], "application/json");
    assert!(text(event, "source").starts_with("urn:pg-ntsb:warehouse:ntsb_test"), "{event}");
    assert_eq!(text(event, "sequence").len(), 19);
    let time = text(event, "time");
    assert!(time.len() == 27 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
    let kind = text(event, "type").split('.').nth(1).unwrap();
    assert_eq!(event["dataschema"], format!("urn:pg-ntsb:schema:{kind}:1"));
    let file = format!("{}/../docs/schemas/{kind}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(schema["$id"], event["dataschema"]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&event["data"]).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{event}: {errors:?}");
}

#[test]
fn each_event_arrives_once_and_in_order() {
    let (database, redis) = (Database::with_sample(), RedisServer::start());
    let url = redis.url();
    let arguments = ["--to", &url, "--once", "--batch", "100"];
    let first_model = register_model(&database, 1, "Production", 0.4);
    database.execute("CALL ntsb_predict_pending()");
    raise_alert(&mut database.connect(), "look");
    let output = relay_ok(&database, &arguments);
    assert!(output.stderr.contains("redis 127.0.0.1"), "{}", output.stderr);
    let events = read_events(&redis);
    events.iter().for_each(assert_valid);
    let changes: Vec<Value> = of_kind(&events, "change").into_iter().cloned().collect();
    assert_eq!(first_ids(&changes), change_ids(&database));
    assert_eq!(changes.len() as i64, database.count_rows("ntsb.change_log"));
    assert_eq!(of_kind(&events, "alert").len() as i64, database.count_rows("ntsb.alert"));
    let predictions = of_kind(&events, "prediction");
    assert!(predictions.len() > 10, "{}", predictions.len());
    assert_eq!(predictions.len() as i64, database.count_rows("ntsb.predictions"));
    assert!(predictions.iter().all(|event| text(event, "type") == "pg_ntsb.prediction.insert"));

    // Nothing is sent twice, and a later version of the model supersedes the earlier predictions.
    relay_ok(&database, &arguments);
    assert_eq!(read_events(&redis).len(), events.len());
    database.execute("UPDATE ntsb.model SET stage = 'Archived'");
    let second_model = register_model(&database, 2, "Production", 0.4);
    database.execute("CALL ntsb_predict_pending()");
    relay_ok(&database, &arguments);
    let later = read_events(&redis).split_off(events.len());
    later.iter().for_each(assert_valid);
    assert_eq!(later.len(), predictions.len());
    for event in &later {
        assert_eq!(text(event, "type"), "pg_ntsb.prediction.supersede");
        assert_eq!(event["data"]["model_id"], second_model);
        assert_eq!(event["data"]["supersedes"]["model_id"], first_model);
        assert_eq!(event["data"]["supersedes"]["version"], 1);
        // Both versions are the same model, so they agree.
        assert_eq!(event["data"]["supersedes"]["severity"], event["data"]["severity"]);
    }
}

#[test]
fn a_change_has_the_values_of_its_entry() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    database.execute(
        "INSERT INTO ntsb.change_log (seq, batch_id, changed_at, table_name, row_key, ev_id, action, old_hash,
             new_hash, changes, entry_hash) VALUES
         (1, 7, '2026-03-01 12:30:00.5+02', 'aircraft', '20200101X00001/1', '20200101X00001', 'update',
          '\\x01', '\\x02', '{\"regis_no\": {\"old\": \"N1\", \"new\": \"N2\"}}', '\\x0123456789abcdef0123456789abcdef'),
         (2, 7, '2026-03-01 12:30:00.5+02', 'aircraft', '20200101X00001/1', '20200101X00001', 'withdraw',
          '\\x02', NULL, NULL, '\\xff23456789abcdef0123456789abcdef'),
         (3, 8, '2026-03-01 12:30:00.5+02', 'ct_iaids', '9/1', NULL, 'return', NULL, '\\x02', NULL,
          '\\xee23456789abcdef0123456789abcdef')",
    );
    let source = "https://example.org/ntsb";
    relay_ok(&database, &["--to", &redis.url(), "--once", "--source", source]);
    let events = read_events(&redis);
    assert_eq!(
        events[0],
        json!({
            "specversion": "1.0", "id": "change-1-0123456789abcdef", "source": source,
            "type": "pg_ntsb.change.update", "subject": "aircraft/20200101X00001/1",
            "time": "2026-03-01T10:30:00.500000Z", "datacontenttype": "application/json",
            "dataschema": "urn:pg-ntsb:schema:change:1", "partitionkey": "20200101X00001",
            "sequence": "0000000000000000001",
            "data": { "seq": 1, "batch_id": 7, "table": "aircraft", "key": "20200101X00001/1",
                "ev_id": "20200101X00001", "action": "update", "old_hash": "01", "new_hash": "02",
                "entry_hash": "0123456789abcdef0123456789abcdef", "columns": ["regis_no"],
                "changes": { "regis_no": { "old": "N1", "new": "N2" } }, "is_complete": true }
        })
    );
    let kinds: Vec<&str> = events[1..].iter().map(|event| text(event, "type")).collect();
    assert_eq!(kinds, ["pg_ntsb.change.withdraw", "pg_ntsb.change.return"]);
    assert_eq!(events[1]["data"]["new_hash"], Value::Null);
    assert_eq!(events[2]["partitionkey"], "ct_iaids");
    assert_eq!(events[2]["data"]["ev_id"], Value::Null);
}

/// Kafka refuses messages above 1 MB, and one large narrative must not stop a relay.
#[test]
fn values_above_256_kib_are_omitted() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    for (seq, size) in [(1, 262_000), (2, 300_000)] {
        database.execute(&format!(
            "INSERT INTO ntsb.change_log VALUES ({seq}, 1, now(), 'narratives', 'x/1', 'x', 'update', '\\x01', '\\x02',
             jsonb_build_object('narr_cause', jsonb_build_object('old', 'a', 'new', repeat('b', {size}))), '\\x0{seq}')"
        ));
    }
    relay_ok(&database, &["--to", &redis.url(), "--once"]);
    let events = read_events(&redis);
    let value = &events[0]["data"]["changes"]["narr_cause"]["new"];
    assert_eq!(value.as_str().unwrap().len(), 262_000);
    assert_eq!(events[1]["data"]["changes"], Value::Null);
    assert_eq!(events[1]["data"]["is_complete"], false);
    assert_eq!(events[1]["data"]["columns"], json!(["narr_cause"]));
}

#[test]
fn maxlen_limits_the_stream() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 3_000);
    relay_ok(&database, &["--to", &redis.url(), "--once", "--maxlen", "500", "--stream", "short"]);
    let length = redis.stream_length("short");
    // Redis trims whole nodes of 100 entries.
    assert!((500..=700).contains(&length), "{length}");
    assert_eq!(cursor(&database, "changes"), 3_000);
}

#[test]
fn follow_sends_at_once_and_survives_a_restart_of_redis() {
    let (database, mut redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 3);
    let url = redis.url();
    let follower = start(&database, &["--to", &url, "--follow", "--from", "now"]);
    let running = "SELECT count(*) FROM ntsb_relay_status() WHERE is_running";
    wait_for("the relay", 30, || (database.query_value::<i64>(running) == 3).then_some(()));
    let sent = |redis: &RedisServer, count| (redis.stream_length("ntsb") == count).then_some(());
    add_changes(&database, 1);
    let begin = Instant::now();
    wait_for("the change", 20, || sent(&redis, 1));
    // Without NOTIFY it would take up to 30 s.
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    redis.stop();
    add_changes(&database, 2);
    std::thread::sleep(Duration::from_secs(2));
    redis.start_again();
    wait_for("the changes after the restart", 60, || sent(&redis, 2));
    assert!(send_signal(follower.id(), libc::SIGTERM));
    let output = follower.finish_within(Duration::from_secs(20));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(output.stderr.contains("retrying in"), "{}", output.stderr);
    // The two events before the restart were lost with Redis, which stored nothing on disk.
    assert_eq!(first_ids(&read_events(&redis)), change_ids(&database)[4..]);
}

#[test]
fn passwords_come_from_the_environment_and_are_never_printed() {
    let database = Database::empty_warehouse();
    let redis = RedisServer::start_with(&["--requirepass", "tr0ub4dor"]);
    add_changes(&database, 1);
    let run = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = relay_command(&database, arguments);
        command.envs(variables.iter().copied());
        let output = ChildProcess::start(command).finish_within(Duration::from_secs(60));
        assert!(!output.all_output().contains("tr0ub4dor"), "{}", output.all_output());
        output
    };
    let url = redis.url();
    let with_password = format!("redis://:tr0ub4dor@127.0.0.1:{}", redis.port);
    let refused = run(&[], &["--to", &with_password, "--once"]);
    assert_eq!(refused.code, Some(2), "{}", refused.all_output());
    assert!(refused.stderr.contains("must not contain a password"), "{}", refused.stderr);

    for (variables, arguments) in [
        (&[][..], &["--to", url.as_str(), "--once"][..]),
        (&[("NTSB_RELAY_PASSWORD", "tr0ub4dor-but-wrong")], &["--to", url.as_str(), "--once"]),
    ] {
        let output = run(variables, arguments);
        assert_eq!(output.code, Some(1), "{}", output.all_output());
        assert!(output.stderr.contains("gave up after 1 attempt"), "{}", output.stderr);
    }
    assert_eq!(cursor(&database, "changes"), 0);
    let output = run(&[("NTSB_RELAY_PASSWORD", "tr0ub4dor")], &["--to", &url, "--once"]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    add_changes(&database, 1);
    let output = run(&[("NTSB_RELAY_TO", &with_password)], &["--once"]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(cursor(&database, "changes"), 2);
}

/// A key of another type needs a person; memory may become free.
#[test]
fn errors_of_redis_are_told_apart() {
    let database = Database::empty_warehouse();
    let redis = RedisServer::start();
    add_changes(&database, 2);
    redis.cli(&["SET", "ntsb", "text"]);
    let output = relay(&database, &["--to", &redis.url(), "--follow"]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("Redis refused the events: WRONGTYPE"), "{}", output.stderr);
    redis.cli(&["DEL", "ntsb"]);
    redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let follower = start(&database, &["--to", &redis.url()]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(cursor(&database, "changes"), 0);
    redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    wait_for("the changes", 60, || (redis.stream_length("ntsb") == 2).then_some(()));
    assert!(send_signal(follower.id(), libc::SIGTERM));
    let output = follower.finish_within(Duration::from_secs(20));
    assert!(output.stderr.contains("OOM"), "{}", output.stderr);
}

#[test]
fn rediss_verifies_the_certificate() {
    let database = Database::empty_warehouse();
    let authority = CertificateAuthority::new();
    let files = authority.sign("redis", "IP:127.0.0.1");
    let port = unused_port().to_string();
    let (certificate, key) = (files.certificate.to_str().unwrap(), files.key.to_str().unwrap());
    let root = authority.root_certificate();
    let redis = RedisServer::start_with(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        certificate,
        "--tls-key-file",
        key,
        "--tls-ca-cert-file",
        root.to_str().unwrap(),
        "--tls-auth-clients",
        "no",
    ]);
    add_changes(&database, 2);
    let run = |trusted: &Path| {
        let url = format!("rediss://127.0.0.1:{port}");
        let arguments = ["--to", &url, "--once", "--attempts", "1", "--name", "tls"];
        let mut command = relay_command(&database, &arguments);
        command.env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR");
        ChildProcess::start(command).finish_within(Duration::from_secs(60))
    };
    let refused = run(&CertificateAuthority::new().root_certificate());
    assert_eq!(refused.code, Some(1), "{}", refused.all_output());
    assert_eq!(cursor(&database, "changes"), 0);
    let output = run(&root);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(redis.stream_length("ntsb"), 2);
}

#[test]
fn only_one_relay_of_a_name_runs() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let url = redis.url();
    let first = start(&database, &["--to", &url, "--name", "mine"]);
    let running = "SELECT count(*) FROM ntsb_relay_status() WHERE target = 'mine' AND is_running";
    wait_for("the relay", 30, || (database.query_value::<i64>(running) == 3).then_some(()));
    let second = relay(&database, &["--to", &url, "--name", "mine", "--once"]);
    assert_eq!(second.code, Some(1), "{}", second.all_output());
    assert!(second.stderr.contains("another ntsb relay named \"mine\""), "{}", second.stderr);
    relay_ok(&database, &["--to", &url, "--name", "other", "--once"]);
    assert!(send_signal(first.id(), libc::SIGTERM));
    assert_eq!(first.finish_within(Duration::from_secs(20)).code, Some(0));
    relay_ok(&database, &["--to", &url, "--name", "mine", "--once"]);
}

#[test]
fn status_shows_what_is_pending() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 5);
    relay_ok(
        &database,
        &["--to", &redis.url(), "--once", "--name", "mine", "--topics", "changes,alerts"],
    );
    add_changes(&database, 2);
    raise_alert(&mut database.connect(), "new");
    let output = relay_ok(&database, &["--status", "--output", "json"]);
    let rows: Value = serde_json::from_str(&output.stdout).unwrap();
    let row = |topic: &str| {
        rows.as_array().unwrap().iter().find(|row| row["topic"] == topic).unwrap().clone()
    };
    let changes = row("changes");
    assert_eq!((&changes["seq"], &changes["last_seq"]), (&json!(5), &json!(7)));
    assert_eq!((&changes["pending"], &changes["is_running"]), (&json!(2), &json!(false)));
    assert!(changes["pending_since"].is_string());
    assert_eq!((&row("alerts")["seq"], &row("alerts")["pending"]), (&json!(0), &json!(1)));
    let table = relay_ok(&database, &["--status"]).stdout;
    assert!(table.contains("pending") && table.contains("mine"), "{table}");
}

#[test]
fn throughput_of_ten_thousand_changes() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    add_changes(&database, 10_000);
    let begin = Instant::now();
    relay_ok(&database, &["--to", &redis.url(), "--once"]);
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(redis.stream_length("ntsb"), 10_000);
    announce(&format!(
        "figure: relay of 10,000 changes to Redis: {seconds:.2} s, {:.0} events/s",
        10_000.0 / seconds
    ));
}
