//! Notifications are only hints: any login can send one with any payload.

use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use postgres::NoTls;
use serde_json::{Value, json};
use tungstenite::Message;

use crate::live_updates::{Socket, open_socket, read_until};
use crate::service::{Service, create_key};

/// Sends notifications from a login without any privileges.
fn send_forged_notifications(database: &Database, notifications: &[(&str, &str)]) {
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
    for (channel, payload) in notifications {
        forger.execute("SELECT pg_notify($1, $2)", &[channel, payload]).unwrap();
    }
}

/// Reads all messages that arrive within 0.7 s of each other.
fn read_messages(socket: &mut Socket) -> Vec<Value> {
    socket.get_ref().set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    let mut messages = Vec::new();
    while let Ok(message) = socket.read() {
        if let Message::Text(text) = message {
            messages.push(serde_json::from_str(&text).unwrap());
        }
    }
    socket.get_ref().set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    messages
}

#[test]
fn forged_notifications_are_neither_trusted_nor_forwarded() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let (key, api_key) = create_key(&database, "viewer", "free");
    let token = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key }));
    let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");
    send_forged_notifications(
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
    assert_eq!(read_messages(&mut socket), Vec::<Value>::new());
    let path = "/api/v1/stats/summary";
    assert_eq!(service.get_with(path, &[("authorization", &bearer)]).status, 200);
    // A real alert is sent, whatever alert_id the forged notification had.
    let raised: i64 =
        database.query_value("SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')");
    assert_eq!(read_until(&mut socket, "alert")["data"]["alert_id"], raised);
    database.execute(&format!("SELECT ntsb_revoke_api_key({key})"));
    ntsb_tests::wait_for("the token to be rejected", 5, || {
        (service.get_with(path, &[("authorization", &bearer)]).status == 401).then_some(())
    });
}

#[test]
fn alerts_are_sent_in_commit_order() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");
    let raise = "SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')";
    let mut slow = database.connect();
    let mut slow = slow.transaction().unwrap();
    let first: i64 = slow.query_one(raise, &[]).unwrap().get(0);
    let second: i64 = database.query_value(raise);
    assert!(first < second);
    assert_eq!(read_until(&mut socket, "alert")["data"]["alert_id"], second);
    slow.commit().unwrap();
    assert_eq!(read_until(&mut socket, "alert")["data"]["alert_id"], first);
}

#[test]
fn prediction_messages_do_not_name_the_caller() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");
    let token = service.create_bearer(&database, "api_user", "premium");
    let rows = json!({ "rows": [{ "acft_make": "CESSNA" }, {}] });
    let response = service.post("/api/v1/predictions/batch", &[("authorization", &token)], &rows);
    assert_eq!(response.status, 200, "{}", response.text());
    let message = read_until(&mut socket, "prediction");
    assert_eq!((&message["data"]["rows"], &message["data"]["failed"]), (&json!(2), &json!(1)));
    let names: Vec<&String> = message["data"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["failed", "rows", "took_ms"]);
    // Stored predictions are counted in the table.
    database.execute("CALL ntsb_predict_pending('2025-01-01')");
    let stored = database.count_rows("ntsb.predictions");
    let message = read_until(&mut socket, "prediction");
    assert!(stored > 0);
    assert_eq!(message["data"]["rows"], stored);
}
