//! A stub of NTSB's API: it serves made-up records by change, month and key, and fails when told to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::web_server::{Reply, Request, WebServer};

pub const CHANGES: &str = "/api/Common/v1/GetCasesByModifiedDateRange/";
pub const MONTH: &str = "/api/Common/v2/GetCasesByDateRange/";
pub const CASE: &str = "/api/Aviation/v1/GetAviationCase/";

pub const RECOMMENDATIONS: &str = "/api/SafetyRecommendations/v1/GetSafetyRecsByModifiedDateRange/";

/// What the stub holds.
#[derive(Default)]
struct Contents {
    /// Full records, by key.
    records: HashMap<u64, Value>,
    /// The list of changes: keys with the day of the change.
    changes: Vec<(u64, String)>,
    page_size: usize,
    /// Replies that precede the right ones, by path.
    faults: HashMap<&'static str, VecDeque<Reply>>,
}

pub struct CaseApi {
    pub web: WebServer,
    contents: Arc<Mutex<Contents>>,
}

impl CaseApi {
    pub fn start() -> CaseApi {
        let contents = Arc::new(Mutex::new(Contents { page_size: 1_000, ..Contents::default() }));
        let web = WebServer::start_with({
            let contents = Arc::clone(&contents);
            move |request| contents.lock().unwrap().answer(request)
        });
        CaseApi { web, contents }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.web.address)
    }

    /// Adds or replaces a record and notes its change on a day.
    pub fn publish(&self, record: &Value, day: &str) {
        let mut contents = self.contents.lock().unwrap();
        let key = record["mKey"].as_u64().unwrap();
        contents.records.insert(key, record.clone());
        contents.changes.push((key, day.to_owned()));
    }

    pub fn withdraw(&self, key: u64, day: &str) {
        let mut contents = self.contents.lock().unwrap();
        contents.records.remove(&key);
        contents.changes.push((key, day.to_owned()));
    }

    pub fn set_page_size(&self, size: usize) {
        self.contents.lock().unwrap().page_size = size;
    }

    /// The next answers of a path.
    pub fn fail(&self, path: &'static str, replies: Vec<Reply>) {
        self.contents.lock().unwrap().faults.insert(path, replies.into());
    }

    /// The requests for cases so far, as path and query.
    pub fn take_targets(&self) -> Vec<String> {
        let targets = self.web.take_requests().into_iter().map(|request| request.target);
        targets.filter(|target| !target.starts_with(RECOMMENDATIONS)).collect()
    }
}

impl Contents {
    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        if let Some(reply) = self.faults.get_mut(path).and_then(VecDeque::pop_front) {
            return Some(reply);
        }
        let query: HashMap<&str, &str> =
            query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let range = query.get("startDate").copied().zip(query.get("endDate").copied());
        match path {
            CHANGES => Some(self.list_changes(range?)),
            MONTH => Some(self.list_records(range?, query.get("marker").copied())),
            CASE => {
                let record = self.records.get(&query.get("mkey")?.parse().ok()?);
                Some(record.map_or_else(no_content, json_reply))
            }
            RECOMMENDATIONS => Some(no_content()),
            _ => None,
        }
    }

    fn list_changes(&self, (since, until): (&str, &str)) -> Reply {
        let days = |day: &String| day.as_str() >= since && day.as_str() <= until;
        let changed = self.changes.iter().filter(|(_, day)| days(day));
        let entries: Vec<Value> = changed
            .map(|(key, day)| {
                let record = self.records.get(key);
                json!({
                    "mkey": key,
                    "ntsbNumber": record.map(|r| r["ntsbNumber"].clone()),
                    "mode": record.map_or(json!("Aviation"), |r| r["mode"].clone()),
                    "eventDate": record.map(|r| r["eventDate"].clone()),
                    "lastChangeDateTimeUtc": format!("{day}T12:00:00")
                })
            })
            .collect();
        if entries.is_empty() { no_content() } else { json_reply(&json!(entries)) }
    }

    fn list_records(&self, (since, until): (&str, &str), marker: Option<&str>) -> Reply {
        let day = |record: &Value| record["eventDate"].as_str().unwrap_or_default().to_owned();
        let mut keys: Vec<_> = self
            .records
            .iter()
            .filter(|(_, r)| day(r).as_str() >= since && day(r).as_str() <= until)
            .map(|(key, _)| *key)
            .collect();
        keys.sort_unstable();
        if keys.is_empty() {
            return no_content();
        }
        let start: usize = marker.map_or(0, |marker| marker.parse().unwrap());
        let page: Vec<&Value> =
            keys.iter().skip(start).take(self.page_size).map(|key| &self.records[key]).collect();
        let next = start + self.page_size;
        let has_more = next < keys.len();
        json_reply(&json!({
            "data": page,
            "hasMore": has_more,
            "nextMarker": has_more.then(|| next.to_string())
        }))
    }
}

pub fn json_reply(body: &Value) -> Reply {
    Reply::Response {
        status: 200,
        headers: vec![("Content-Type", "application/json; charset=utf-8".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

fn no_content() -> Reply {
    Reply::Response { status: 204, headers: Vec::new(), body: Vec::new() }
}

/// A made-up record in the form of the API, of an accident on a day.
pub fn case_record(key: u64, day: &str) -> Value {
    let mut record: Value =
        serde_json::from_str(include_str!("../fixtures/api_case.json")).unwrap();
    let number = format!("XXX{}LA{:03}", &day[2..4], key % 1_000);
    for (name, value) in [
        ("mKey", json!(key)),
        ("ntsbNumber", json!(number)),
        ("eventDate", json!(day)),
        ("caseCreatedDateTimeUtc", json!(format!("{day}T13:00:00"))),
        ("publishDateTime", json!(format!("{day}T18:00:00"))),
    ] {
        record[name] = value;
    }
    record
}
