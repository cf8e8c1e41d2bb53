//! An HTTP server on the loopback address with scripted replies and failures.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::loopback_server::LoopbackServer;

/// What the server does with one request.
#[derive(Clone)]
pub enum Reply {
    /// A file, served correctly: ranges, entity tags and 304.
    File { body: Vec<u8>, headers: Vec<(&'static str, String)> },
    /// A file, with the connection closed after `after` bytes of the body.
    TruncatedFile { body: Vec<u8>, headers: Vec<(&'static str, String)>, after: usize },
    /// A fixed response.
    Response { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// JSON that never ends, without a Content-Length.
    Endless,
    /// Closes the connection without a response.
    Hangup,
    /// Sends nothing for this long.
    Silence(Duration),
}

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    pub bytes: Vec<u8>,
}

/// The replies to come, by path.
type Script = HashMap<String, VecDeque<Reply>>;

pub struct WebServer {
    pub address: String,
    script: Arc<Mutex<Script>>,
    requests: Arc<Mutex<Vec<Request>>>,
    _server: LoopbackServer,
}

impl WebServer {
    /// Starts a server with scripted replies ([`WebServer::set_replies`]).
    pub fn start() -> WebServer {
        WebServer::start_with(|_| None)
    }

    /// Starts a server that asks `answer` first, and uses the scripted replies where it returns `None`.
    pub fn start_with(
        answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> WebServer {
        let script = Arc::new(Mutex::new(Script::new()));
        let requests = Arc::default();
        let server = LoopbackServer::start({
            let (script, requests) = (Arc::clone(&script), Arc::clone(&requests));
            move |stream| serve(stream, &answer, &script, &requests)
        });
        WebServer { address: server.address.clone(), script, requests, _server: server }
    }

    /// Sets the replies to successive requests for a path. The last one repeats.
    pub fn set_replies(&self, path: &str, replies: Vec<Reply>) {
        self.script.lock().unwrap().insert(path.to_owned(), replies.into());
    }

    /// Removes and returns the requests received so far.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Option<Reply>,
    script: &Mutex<Script>,
    requests: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let request = read_request(&mut BufReader::new(&stream))?;
    requests.lock().unwrap().push(request.clone());
    let path = request.target.split('?').next().unwrap_or_default();
    let answered = answer(&request);
    let reply = answered.or_else(|| {
        let mut script = script.lock().unwrap();
        match script.get_mut(path) {
            None => None,
            // A HEAD request does not use up a reply.
            Some(replies) if replies.len() > 1 && request.method != "HEAD" => replies.pop_front(),
            Some(replies) => replies.front().cloned(),
        }
    });
    match reply {
        None => send_response(&mut stream, &request, 404, &[], b"no such file"),
        Some(Reply::Hangup) => Ok(()),
        Some(Reply::Endless) => {
            stream.write_all(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{\"data\": [")?;
            loop {
                stream.write_all(&[b' '; 1 << 16])?;
            }
        }
        Some(Reply::Silence(time)) => {
            thread::sleep(time);
            Ok(())
        }
        Some(Reply::Response { status, headers, body }) => {
            send_response(&mut stream, &request, status, &headers, &body)
        }
        Some(Reply::File { body, headers }) => {
            send_file(&mut stream, &request, &body, &headers, None)
        }
        Some(Reply::TruncatedFile { body, headers, after }) => {
            send_file(&mut stream, &request, &body, &headers, Some(after))
        }
    }
}

fn read_request(lines: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut bytes = vec![0; length];
    lines.read_exact(&mut bytes)?;
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Request { method, target, headers, body, bytes })
}

fn send_file(
    stream: &mut TcpStream,
    request: &Request,
    body: &[u8],
    headers: &[(&'static str, String)],
    truncate_after: Option<usize>,
) -> std::io::Result<()> {
    let own_header = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value);
    let request_header = |name: &str| request.headers.get(name);
    let unchanged = request_header("if-none-match").is_some()
        && request_header("if-none-match") == own_header("ETag")
        || request_header("if-modified-since").is_some()
            && request_header("if-modified-since") == own_header("Last-Modified");
    if unchanged {
        return send_response(stream, request, 304, headers, b"");
    }
    let is_current =
        |v: &String| Some(v) == own_header("ETag") || Some(v) == own_header("Last-Modified");
    let start = request_header("range")
        .filter(|_| request_header("if-range").is_none_or(is_current))
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let mut headers = headers.to_vec();
    let (status, rest) = match start {
        Some(start) if start >= body.len() => {
            return send_response(stream, request, 416, &headers, b"");
        }
        Some(start) => {
            let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
            headers.push(("Content-Range", range));
            (206, &body[start..])
        }
        None => (200, body),
    };
    send_head(stream, status, &headers, rest.len())?;
    if request.method == "HEAD" {
        return Ok(());
    }
    stream.write_all(&rest[..truncate_after.unwrap_or(rest.len()).min(rest.len())])
}

fn send_response(
    stream: &mut TcpStream,
    request: &Request,
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    send_head(stream, status, headers, body.len())?;
    if request.method == "HEAD" { Ok(()) } else { stream.write_all(body) }
}

fn send_head(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    length: usize,
) -> std::io::Result<()> {
    let mut text =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{text}\r\n").as_bytes())
}
