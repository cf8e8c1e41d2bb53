//! A server of files on the loopback that fails as it is told.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::listening::Listening;

/// What the server does with one request.
#[derive(Clone)]
pub enum Reply {
    /// The file as it should be sent: ranges, tags and 304 included.
    File { body: Vec<u8>, headers: Vec<(&'static str, String)> },
    /// As a file, and cut off after so many bytes of the body.
    Cut { body: Vec<u8>, headers: Vec<(&'static str, String)>, after: usize },
    /// This and nothing else.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// JSON without an end, and without a word on its length.
    Endless,
    /// The connection is closed without a word.
    Hangup,
    /// Silence for so long.
    Silence(Duration),
}

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

type Script = HashMap<String, VecDeque<Reply>>;

pub struct Web {
    pub address: String,
    script: Arc<Mutex<Script>>,
    seen: Arc<Mutex<Vec<Request>>>,
    _listening: Listening,
}

impl Web {
    pub fn start() -> Web {
        let (script, seen) = (Arc::new(Mutex::new(Script::new())), Arc::default());
        let (plan, asked) = (Arc::clone(&script), Arc::clone(&seen));
        let listening = Listening::start(move |stream| serve(stream, &plan, &asked));
        Web { address: listening.address.clone(), script, seen, _listening: listening }
    }

    /// What follows on requests for a path, one after another; the last goes on for ever.
    pub fn plan(&self, path: &str, replies: Vec<Reply>) {
        self.script.lock().unwrap().insert(path.to_owned(), replies.into());
    }

    /// What was asked since last time.
    pub fn asked(&self) -> Vec<Request> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    script: &Mutex<Script>,
    seen: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let request = read(&mut BufReader::new(&stream))?;
    seen.lock().unwrap().push(request.clone());
    let path = request.target.split('?').next().unwrap_or_default();
    let reply = {
        let mut script = script.lock().unwrap();
        match script.get_mut(path) {
            None => None,
            // Looking at a file does not use up what happens to it.
            Some(plan) if plan.len() > 1 && request.method != "HEAD" => plan.pop_front(),
            Some(plan) => plan.front().cloned(),
        }
    };
    match reply {
        None => answer(&mut stream, &request, 404, &[], b"no such file"),
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
        Some(Reply::Answer { status, headers, body }) => {
            answer(&mut stream, &request, status, &headers, &body)
        }
        Some(Reply::File { body, headers }) => file(&mut stream, &request, &body, &headers, None),
        Some(Reply::Cut { body, headers, after }) => {
            file(&mut stream, &request, &body, &headers, Some(after))
        }
    }
}

fn read(lines: &mut impl BufRead) -> std::io::Result<Request> {
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
    let mut body = vec![0; length];
    lines.read_exact(&mut body)?;
    Ok(Request { method, target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn file(
    stream: &mut TcpStream,
    request: &Request,
    body: &[u8],
    headers: &[(&'static str, String)],
    cut: Option<usize>,
) -> std::io::Result<()> {
    let ours = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value);
    let given = |name: &str| request.headers.get(name);
    let unchanged = given("if-none-match").is_some() && given("if-none-match") == ours("ETag")
        || given("if-modified-since").is_some()
            && given("if-modified-since") == ours("Last-Modified");
    if unchanged {
        return answer(stream, request, 304, headers, b"");
    }
    let fits = |v: &String| Some(v) == ours("ETag") || Some(v) == ours("Last-Modified");
    let start = given("range")
        .filter(|_| given("if-range").is_none_or(fits))
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let mut headers = headers.to_vec();
    let (status, rest) = match start {
        Some(start) if start >= body.len() => return answer(stream, request, 416, &headers, b""),
        Some(start) => {
            let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
            headers.push(("Content-Range", range));
            (206, &body[start..])
        }
        None => (200, body),
    };
    head(stream, status, &headers, rest.len())?;
    if request.method == "HEAD" {
        return Ok(());
    }
    stream.write_all(&rest[..cut.unwrap_or(rest.len()).min(rest.len())])
}

fn answer(
    stream: &mut TcpStream,
    request: &Request,
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    head(stream, status, headers, body.len())?;
    if request.method == "HEAD" { Ok(()) } else { stream.write_all(body) }
}

fn head(
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
