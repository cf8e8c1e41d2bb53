//! A notification is a hint: any login can send one, and it may say anything.

use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use postgres::NoTls;
use serde_json::{Value, json};
use tungstenite::Message;

use crate::live::{Socket, open, until};
use crate::service::{Service, make_key};

/// A login without any rights, who tells what is not so.
fn forge(database: &Database, notes: &[(&str, &str)]) {
    database.execute(
        "DO $$ BEGIN CREATE ROLE ntsb_forger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    );
    let command = database.server.command("true", &database.name);
    let variable = |name: &str| {
        let found = command.get_envs().find(|(key, _)| *key == name);
        found.and_then(|(_, value)| value).unwrap().to_str().unwrap().to_owned()
    };
    let text = format!(
        "host={} port={} user=ntsb_forger dbname={}",
        variable("PGHOST"),
        variable("PGPORT"),
        database.name
    );
    let mut forger = postgres::Client::connect(&text, NoTls).unwrap();
    for (channel, payload) in notes {
        forger.execute("SELECT pg_notify($1, $2)", &[channel, payload]).unwrap();
    }
}

/// What came within a while.
fn heard(socket: &mut Socket) -> Vec<Value> {
    socket.get_ref().set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    let mut all = Vec::new();
    while let Ok(message) = socket.read() {
        if let Message::Text(text) = message {
            all.push(serde_json::from_str(&text).unwrap());
        }
    }
    socket.get_ref().set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    all
}

#[test]
fn what_a_forged_notification_says_is_neither_believed_nor_told() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.hears();
    let (key, api_key) = make_key(&database, "viewer", "free");
    let token = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key }));
    let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
    let mut socket = open(&service, "");
    until(&mut socket, "hello");
    forge(
        &database,
        &[
            ("ntsb_api_key", &key.to_string()),
            ("ntsb_alert", r#"{"alert_id": 9000000, "message": "run"}"#),
            ("ntsb_events", r#"{"type" : "batch", "batch_id": 77}"#),
            ("ntsb_events", "nonsense"),
            ("ntsb_prediction", r#"{"rows": 3}"#),
            ("ntsb_refresh", "{}"),
        ],
    );
    assert_eq!(heard(&mut socket), Vec::<Value>::new());
    let path = "/api/v1/stats/summary";
    assert_eq!(service.get_with(path, &[("authorization", &bearer)]).status, 200);
    // An alert that was raised is told, whatever number was claimed before.
    let raised: i64 =
        database.query_value("SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')");
    assert_eq!(until(&mut socket, "alert")["data"]["alert_id"], raised);
    database.execute(&format!("SELECT ntsb_revoke_api_key({key})"));
    ntsb_tests::wait_for("end of the token", 5, || {
        (service.get_with(path, &[("authorization", &bearer)]).status == 401).then_some(())
    });
}

#[test]
fn alerts_are_told_in_the_order_of_their_commits() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.hears();
    let mut socket = open(&service, "");
    until(&mut socket, "hello");
    let raise = "SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')";
    let mut slow = database.connect();
    let mut slow = slow.transaction().unwrap();
    let first: i64 = slow.query_one(raise, &[]).unwrap().get(0);
    let second: i64 = database.query_value(raise);
    assert!(first < second);
    assert_eq!(until(&mut socket, "alert")["data"]["alert_id"], second);
    slow.commit().unwrap();
    assert_eq!(until(&mut socket, "alert")["data"]["alert_id"], first);
}

#[test]
fn predictions_are_told_without_the_name_of_who_asked() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    service.hears();
    let mut socket = open(&service, "");
    until(&mut socket, "hello");
    let token = service.bearer(&database, "api_user", "premium");
    let rows = json!({ "rows": [{ "acft_make": "CESSNA" }, {}] });
    let answer = service.post("/api/v1/predictions/batch", &[("authorization", &token)], &rows);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = until(&mut socket, "prediction");
    assert_eq!((&told["data"]["rows"], &told["data"]["failed"]), (&json!(2), &json!(1)));
    let names: Vec<&String> = told["data"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["failed", "rows", "took_ms"]);
    // Those that are stored are counted in the table.
    database.execute("CALL ntsb_predict_pending('2025-01-01')");
    let stored = database.count_rows("ntsb.predictions");
    let told = until(&mut socket, "prediction");
    assert!(stored > 0);
    assert_eq!(told["data"]["rows"], stored);
}
