//! Authentication of WebSockets: tokens, origins and close codes.

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

use crate::live_updates::{Socket, open_socket, read_until};
use crate::service::{Service, create_key};

/// Opens a socket. Fails with the HTTP status of the refusal.
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

fn read_close_frame(socket: &mut Socket) -> CloseFrame {
    loop {
        match socket.read() {
            Ok(Message::Close(frame)) => return frame.unwrap(),
            Ok(_) => {}
            Err(error) => panic!("no close frame: {error}"),
        }
    }
}

/// Creates an API key and returns its token and `key_id`.
fn create_token(service: &Service, database: &Database) -> (String, i64) {
    let (id, key) = create_key(database, "viewer", "free");
    let response = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    (response.json()["access_token"].as_str().unwrap().to_owned(), id)
}

#[test]
fn a_browser_passes_its_token_as_a_subprotocol() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("open_read", "false")]);
    let (token, _) = create_token(&service, &database);
    let protocols = format!("ntsb, bearer.{token}");
    let (mut socket, response) =
        connect(&service, &[("sec-websocket-protocol", &protocols)]).unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], "ntsb");
    read_until(&mut socket, "hello");
    for refused in ["ntsb", "ntsb, bearer.nonsense"] {
        let status = connect(&service, &[("sec-websocket-protocol", refused)]).err();
        assert_eq!(status, Some(401), "{refused}");
    }
    assert_eq!(connect(&service, &[]).err(), Some(401));
}

#[test]
fn other_origins_cannot_open_a_socket() {
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
fn a_socket_is_closed_when_its_token_ends() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let connect_with = |token: &str| {
        let bearer = format!("Bearer {token}");
        let (mut socket, _) = connect(&service, &[("authorization", &bearer)]).unwrap();
        read_until(&mut socket, "hello");
        socket
    };
    let (revoked, key) = create_token(&service, &database);
    let mut socket = connect_with(&revoked);
    database.execute(&format!("SELECT ntsb_revoke_api_key({key})"));
    let frame = read_close_frame(&mut socket);
    assert_eq!((u16::from(frame.code), frame.reason.contains("revoked")), (4401, true));

    let (id, api_key) = create_key(&database, "viewer", "free");
    database.execute(&format!(
        "UPDATE ntsb.api_key SET expires_at = now() + interval '3 s' WHERE key_id = {id}"
    ));
    let response = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key })).json();
    assert!(response["expires_in"].as_u64().unwrap() <= 3, "{response}");
    let short = response["access_token"].as_str().unwrap();
    let mut socket = connect_with(short);
    let frame = read_close_frame(&mut socket);
    assert_eq!((u16::from(frame.code), frame.reason.contains("expired")), (4401, true));
    let bearer = format!("Bearer {short}");
    let refused = service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]);
    assert_eq!(refused.status, 401, "the token is valid longer than its key");

    // The expiry of a key is moved to before that of its tokens.
    let (early, key) = create_token(&service, &database);
    let mut socket = connect_with(&early);
    database.execute(&format!("UPDATE ntsb.api_key SET expires_at = now() WHERE key_id = {key}"));
    assert_eq!(u16::from(read_close_frame(&mut socket).code), 4401);
}

#[test]
fn a_stopping_service_closes_its_sockets() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let mut sockets: Vec<Socket> = (0..20).map(|_| open_socket(&service, "")).collect();
    sockets.iter_mut().for_each(|socket| drop(read_until(socket, "hello")));
    assert!(send_signal(service.pid(), libc::SIGTERM));
    for socket in &mut sockets {
        assert_eq!(read_close_frame(socket).code, CloseCode::Away);
    }
    assert_eq!(service.stop(), Some(0));
}
