//! WebSockets of browsers: tokens, origins, and ends that say why.

use std::net::TcpStream;
use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::process::send_signal;
use serde_json::json;
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::client::Response;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{HandshakeError, Message};

use crate::live::{Socket, open, until};
use crate::service::{Service, make_key};

/// The socket, or the status of the refusal.
fn connect(service: &Service, headers: &[(&'static str, &str)]) -> Result<(Socket, Response), u16> {
    let stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let url = format!("ws://{}/ws/live-updates", service.address);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match tungstenite::client(request, stream) {
        Ok(open) => Ok(open),
        Err(HandshakeError::Failure(tungstenite::Error::Http(refused))) => {
            Err(refused.status().as_u16())
        }
        Err(other) => panic!("{other}"),
    }
}

fn closed(socket: &mut Socket) -> CloseFrame {
    loop {
        match socket.read() {
            Ok(Message::Close(frame)) => return frame.unwrap(),
            Ok(_) => {}
            Err(error) => panic!("no close frame: {error}"),
        }
    }
}

/// The token of a new key, and the key's number.
fn token(service: &Service, database: &Database) -> (String, i64) {
    let (id, key) = make_key(database, "viewer", "free");
    let made = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    (made.json()["access_token"].as_str().unwrap().to_owned(), id)
}

#[test]
fn a_browser_passes_its_token_as_a_subprotocol() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("open_read", "false")]);
    let (token, _) = token(&service, &database);
    let protocols = format!("ntsb, bearer.{token}");
    let (mut socket, response) =
        connect(&service, &[("sec-websocket-protocol", &protocols)]).unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "ntsb");
    until(&mut socket, "hello");
    for refused in ["ntsb", "ntsb, bearer.nonsense"] {
        let status = connect(&service, &[("sec-websocket-protocol", refused)]).err();
        assert_eq!(status, Some(401), "{refused}");
    }
    assert_eq!(connect(&service, &[]).err(), Some(401));
}

#[test]
fn pages_of_other_origins_open_no_socket() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cors_origins", r#"["https://maps.example"]"#)]);
    let own = format!("http://{}", service.address);
    for (origin, refused) in [
        (own.as_str(), None),
        ("https://maps.example", None),
        ("https://else.example", Some(403)),
        ("null", Some(403)),
    ] {
        assert_eq!(connect(&service, &[("origin", origin)]).err(), refused, "{origin}");
    }
}

#[test]
fn a_socket_ends_with_its_token() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let with = |token: &str| {
        let bearer = format!("Bearer {token}");
        let (mut socket, _) = connect(&service, &[("authorization", &bearer)]).unwrap();
        until(&mut socket, "hello");
        socket
    };
    let (revoked, key) = token(&service, &database);
    let mut socket = with(&revoked);
    database.execute(&format!("SELECT ntsb_revoke_api_key({key})"));
    let frame = closed(&mut socket);
    assert_eq!((u16::from(frame.code), frame.reason.contains("revoked")), (4401, true));

    let (id, api_key) = make_key(&database, "viewer", "free");
    database.execute(&format!(
        "UPDATE ntsb.api_key SET expires_at = now() + interval '3 s' WHERE key_id = {id}"
    ));
    let made = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key })).json();
    assert!(made["expires_in"].as_u64().unwrap() <= 3, "{made}");
    let short = made["access_token"].as_str().unwrap();
    let mut socket = with(short);
    let frame = closed(&mut socket);
    assert_eq!((u16::from(frame.code), frame.reason.contains("expired")), (4401, true));
    let bearer = format!("Bearer {short}");
    let later = service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]);
    assert_eq!(later.status, 401, "the token outlives its key");

    // One that is made to end sooner than its tokens.
    let (early, key) = token(&service, &database);
    let mut socket = with(&early);
    database.execute(&format!("UPDATE ntsb.api_key SET expires_at = now() WHERE key_id = {key}"));
    assert_eq!(u16::from(closed(&mut socket).code), 4401);
}

#[test]
fn a_service_that_ends_says_so() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let mut sockets: Vec<Socket> = (0..20).map(|_| open(&service, "")).collect();
    sockets.iter_mut().for_each(|socket| drop(until(socket, "hello")));
    assert!(send_signal(service.id(), libc::SIGTERM));
    for socket in &mut sockets {
        assert_eq!(closed(socket).code, CloseCode::Away);
    }
    assert_eq!(service.end(), Some(0));
}
