//! What happens, as it happens, and what happened meanwhile.

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

pub fn open(service: &Service, query: &str) -> Socket {
    let stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let url = format!("ws://{}/ws/live-updates{query}", service.address);
    tungstenite::client(url, stream).unwrap_or_else(|e| panic!("{e}")).0
}

/// The next message that is text; what else comes is answered.
fn next(socket: &mut Socket) -> Value {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => socket.flush().unwrap(),
        }
    }
}

/// Reads until a message of this kind.
pub fn until(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let message = next(socket);
        if message["type"] == kind {
            return message;
        }
    }
}

/// Events that the log says changed after an entry.
fn changed(database: &Database, since: i64) -> Vec<String> {
    let sql = "SELECT DISTINCT ev_id FROM ntsb.change_log WHERE seq > $1 AND ev_id IS NOT NULL ORDER BY 1";
    database.query_column(sql, &[&since])
}

fn told(socket: &mut Socket, count: usize) -> Vec<String> {
    let one = |_| until(socket, "change")["ev_id"].as_str().unwrap().to_owned();
    let mut ids: Vec<String> = (0..count).map(one).collect();
    ids.sort();
    ids
}

#[test]
fn a_load_is_told_and_who_was_away_catches_up() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.hears();
    let mut socket = open(&service, "");
    let start = until(&mut socket, "hello")["cursor"].as_i64().unwrap();
    let last: i64 = database.query_value("SELECT max(seq) FROM ntsb.change_log");
    assert_eq!(start, last);

    load(&database, &[], &fixture("up08NOV.zip"));
    assert_eq!(until(&mut socket, "batch")["source"], "up08NOV.zip");
    let events = changed(&database, start);
    assert!(events.len() > 10);
    assert_eq!(told(&mut socket, events.len()), events);

    let mut late = open(&service, &format!("?since={start}"));
    until(&mut late, "hello");
    assert_eq!(told(&mut late, events.len()), events);

    let raised: i64 =
        database.query_value("SELECT ntsb_raise_alert('drift', 'info', 'model', 'It drifts.')");
    for reader in [&mut socket, &mut late] {
        wait_for("alert", 10, || {
            (until(reader, "alert")["data"]["alert_id"] == raised).then_some(())
        });
    }
}

#[test]
fn hearts_beat_and_who_does_not_answer_is_left() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("heartbeat_ms", "1000")]);
    service.hears();
    let mut socket = open(&service, "");
    until(&mut socket, "hello");
    // Reading answers the pings.
    for _ in 0..3 {
        assert!(matches!(socket.read().unwrap(), Message::Ping(_)));
        socket.flush().unwrap();
    }
    let sockets = || {
        let text = service.get("/metrics").text();
        text.lines()
            .find_map(|l| l.strip_prefix("websocket_connections ").map(str::to_owned))
            .unwrap()
    };
    assert_eq!(sockets(), "1");
    wait_for("end of the silent", 10, || (sockets() == "0").then_some(()));
}

#[test]
fn who_reads_too_slowly_is_told_to_come_again() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("socket_queue", "8"), ("heartbeat_ms", "600000")]);
    service.hears();
    let mut socket = open(&service, "");
    until(&mut socket, "hello");
    // More than the queue and the buffers of the system hold, while nobody reads.
    let filler = "SELECT ntsb_raise_alert('example', 'info', 'much', repeat('x', 7000))
                  FROM generate_series(1, 50)";
    let mut client = database.connect();
    let began = Instant::now();
    let mut close = None;
    for n in 0..100 {
        client.batch_execute(filler).unwrap();
        let dropped =
            n % 5 == 4 && service.get("/metrics").text().contains("websocket_dropped_total 1");
        if dropped || began.elapsed() > Duration::from_secs(40) {
            break;
        }
    }
    wait_for("drop", 10, || {
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
fn a_restart_of_the_database_loses_nothing() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let service = Service::start(&database, &[]);
    service.hears();
    let mut socket = open(&service, "");
    let hello = until(&mut socket, "hello");
    let (start, alert) = (hello["cursor"].as_i64().unwrap(), hello["alert"].as_i64().unwrap());
    cluster.stop();
    wait_for("503", 10, || (service.get("/health/ready").status == 503).then_some(()));
    cluster.start_postgres();
    database.execute("SELECT ntsb_raise_alert('example', 'info', 'early', 'The server is back.')");
    // Before the service may have found the database again.
    load(&database, &[], &fixture("up08NOV.zip"));
    let events = changed(&database, start);
    assert_eq!(told(&mut socket, events.len()), events);
    database.execute("SELECT ntsb_raise_alert('example', 'info', 'meanwhile', 'afterwards')");
    let subjects: Vec<String> = database.query_column(
        "SELECT subject FROM ntsb.alert WHERE alert_id > $1 ORDER BY alert_id",
        &[&alert],
    );
    assert!(subjects.len() > 1, "{subjects:?}");
    let subject = |message: Value| message["data"]["subject"].as_str().unwrap().to_owned();
    let mut late = open(&service, &format!("?since_alert={alert}"));
    for expected in &subjects {
        assert_eq!(&subject(until(&mut late, "alert")), expected);
    }
    wait_for("alert", 10, || (subject(until(&mut socket, "alert")) == "meanwhile").then_some(()));
}
