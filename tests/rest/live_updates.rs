//! Live updates over WebSocket: changes and alerts as they happen, and catching up after an absence.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;
use serde_json::Value;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

use crate::service::Service;

pub type Socket = WebSocket<TcpStream>;

pub fn open_socket(service: &Service, query: &str) -> Socket {
    let stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let url = format!("ws://{}/ws/live-updates{query}", service.address);
    tungstenite::client(url, stream).unwrap_or_else(|e| panic!("{e}")).0
}

/// Reads the next text message. Answers pings.
fn read_message(socket: &mut Socket) -> Value {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => socket.flush().unwrap(),
        }
    }
}

/// Reads messages until one has this type.
pub fn read_until(socket: &mut Socket, message_type: &str) -> Value {
    loop {
        let message = read_message(socket);
        if message["type"] == message_type {
            return message;
        }
    }
}

/// Lists the events that changed after an entry of the change log.
fn list_changed_events(database: &Database, since: i64) -> Vec<String> {
    let sql = "SELECT DISTINCT ev_id FROM ntsb.change_log WHERE seq > $1 AND ev_id IS NOT NULL ORDER BY 1";
    database.query_column(sql, &[&since])
}

/// Reads `count` change messages and returns their events, sorted.
fn read_changed_events(socket: &mut Socket, count: usize) -> Vec<String> {
    let read_event = |_| read_until(socket, "change")["ev_id"].as_str().unwrap().to_owned();
    let mut ids: Vec<String> = (0..count).map(read_event).collect();
    ids.sort();
    ids
}

#[test]
fn a_load_is_announced_and_an_absent_client_catches_up() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    let start = read_until(&mut socket, "hello")["cursor"].as_i64().unwrap();
    let last: i64 = database.query_value("SELECT max(seq) FROM ntsb.change_log");
    assert_eq!(start, last);

    load(&database, &[], &fixture("up08NOV.zip"));
    assert_eq!(read_until(&mut socket, "batch")["source"], "up08NOV.zip");
    let events = list_changed_events(&database, start);
    assert!(events.len() > 10);
    assert_eq!(read_changed_events(&mut socket, events.len()), events);

    let mut late = open_socket(&service, &format!("?since={start}"));
    read_until(&mut late, "hello");
    assert_eq!(read_changed_events(&mut late, events.len()), events);

    let raised: i64 =
        database.query_value("SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')");
    for reader in [&mut socket, &mut late] {
        wait_for("the alert", 10, || {
            (read_until(reader, "alert")["data"]["alert_id"] == raised).then_some(())
        });
    }
}

#[test]
fn clients_that_do_not_answer_pings_are_disconnected() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("heartbeat_ms", "1000")]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");
    // Reading a ping sends the pong.
    for _ in 0..3 {
        assert!(matches!(socket.read().unwrap(), Message::Ping(_)));
        socket.flush().unwrap();
    }
    let count_sockets = || {
        let text = service.get("/metrics").text();
        text.lines()
            .find_map(|l| l.strip_prefix("websocket_connections ").map(str::to_owned))
            .unwrap()
    };
    assert_eq!(count_sockets(), "1");
    wait_for("the silent client to be dropped", 10, || (count_sockets() == "0").then_some(()));
}

#[test]
fn slow_readers_are_asked_to_reconnect() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("socket_queue", "8"), ("heartbeat_ms", "600000")]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    read_until(&mut socket, "hello");
    // Send more than the queue and the socket buffers can hold.
    let raise_alerts = "SELECT ntsb_raise_alert('example', 'info', 'much', repeat('x', 7000))
                  FROM generate_series(1, 50)";
    let mut client = database.connect();
    let began = Instant::now();
    let mut close = None;
    for n in 0..100 {
        client.batch_execute(raise_alerts).unwrap();
        let was_dropped =
            n % 5 == 4 && service.get("/metrics").text().contains("websocket_dropped_total 1");
        if was_dropped || began.elapsed() > Duration::from_secs(40) {
            break;
        }
    }
    wait_for("the client to be dropped", 10, || {
        service.get("/metrics").text().contains("websocket_dropped_total 1").then_some(())
    });
    while let Ok(message) = socket.read() {
        if let Message::Close(frame) = message {
            close = frame;
            break;
        }
    }
    if let Some(frame) = close {
        assert_eq!(frame.code, CloseCode::Again);
        assert!(frame.reason.contains("since"), "{}", frame.reason);
    }
}

#[test]
fn a_database_restart_loses_no_messages() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let mut socket = open_socket(&service, "");
    let hello = read_until(&mut socket, "hello");
    let (start, alert) = (hello["cursor"].as_i64().unwrap(), hello["alert"].as_i64().unwrap());
    cluster.stop();
    wait_for("status 503", 10, || (service.get("/health/ready").status == 503).then_some(()));
    cluster.start_postgres();
    database.execute("SELECT ntsb_raise_alert('example', 'info', 'early', 'The server is back.')");
    // The service may not have reconnected yet.
    load(&database, &[], &fixture("up08NOV.zip"));
    let events = list_changed_events(&database, start);
    assert_eq!(read_changed_events(&mut socket, events.len()), events);
    database.execute("SELECT ntsb_raise_alert('example', 'info', 'meanwhile', 'afterwards')");
    let subjects: Vec<String> = database.query_column(
        "SELECT subject FROM ntsb.alert WHERE alert_id > $1 ORDER BY alert_id",
        &[&alert],
    );
    assert!(subjects.len() > 1, "{subjects:?}");
    let subject = |message: Value| message["data"]["subject"].as_str().unwrap().to_owned();
    let mut late = open_socket(&service, &format!("?since_alert={alert}"));
    for expected in &subjects {
        assert_eq!(&subject(read_until(&mut late, "alert")), expected);
    }
    wait_for("the alert", 10, || {
        (subject(read_until(&mut socket, "alert")) == "meanwhile").then_some(())
    });
}
