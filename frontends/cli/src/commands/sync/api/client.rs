//! Requests to NTSB's API.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use reqwest::{StatusCode, header};
use serde_json::Value;
use tokio::time::Instant;

use super::super::download::{Downloader, FetchError, check_status, send};
use super::super::weekly::format_date;
use super::records::RecordFile;
use super::summary::{Summary, is_aviation, member};
use crate::args::SyncArgs;
use crate::failure::Failure;
use crate::source::cases::LIST_NAMES;

/// The request header for the API key.
const KEY_HEADER: &str = "Ocp-Apim-Subscription-Key";

/// Maximum size of an answer. A page has at most 1,000 cases of about 20 kB.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// A month has about 132 cases, which is one page.
const MAX_PAGES: usize = 100;

pub struct ApiClient<'a> {
    downloader: &'a Downloader<'a>,
    url: String,
    key: Option<&'a str>,
    /// The time between two requests.
    pause: Duration,
    last_request: Cell<Option<Instant>>,
}

impl<'a> ApiClient<'a> {
    pub fn new(
        downloader: &'a Downloader<'a>,
        args: &'a SyncArgs,
    ) -> Result<ApiClient<'a>, Failure> {
        Ok(ApiClient {
            downloader,
            url: args.api_url.trim_end_matches('/').to_owned(),
            key: args.key.as_deref(),
            pause: Duration::from_secs(60) / args.requests_per_minute,
            last_request: Cell::new(None),
        })
    }

    /// The cases of all modes that changed between two days, each once.
    pub async fn fetch_changes(&self, since: i32, until: i32) -> Result<Vec<Summary>, Failure> {
        let what = "the list of changes";
        let path = "/api/Common/v1/GetCasesByModifiedDateRange/";
        let Some(answer) = self.get(what, path, &date_range(since, until)).await? else {
            return Ok(Vec::new());
        };
        let entries = entries(&answer).ok_or_else(|| self.not_a_list(path))?;
        let mut keys = HashSet::new();
        let mut changes = Vec::new();
        for entry in entries {
            let summary = Summary::parse(entry).ok_or_else(|| {
                let start: String = entry.to_string().chars().take(80).collect();
                Failure::Other(format!("{}{path}: an entry has no mkey: {start}", self.url))
            })?;
            if keys.insert(summary.mkey) {
                changes.push(summary);
            }
        }
        Ok(changes)
    }

    /// The safety recommendations that changed between two days, as the API sends them.
    pub async fn fetch_recommendations(
        &self,
        since: i32,
        until: i32,
    ) -> Result<Option<Value>, Failure> {
        let path = "/api/SafetyRecommendations/v1/GetSafetyRecsByModifiedDateRange/";
        let what = "safety recommendations";
        let answer = self.get(what, path, &date_range(since, until)).await?;
        match answer.as_ref().map(next_marker) {
            None | Some(NextPage::None) => Ok(answer),
            // The description of the API knows no pages here.
            Some(_) => Err(self.bad_pages(what, "the answer has more pages")),
        }
    }

    /// Writes the records of the events between two days, page by page.
    pub async fn fetch_records(
        &self,
        first: i32,
        last: i32,
        file: &mut RecordFile,
    ) -> Result<(), Failure> {
        let path = "/api/Common/v2/GetCasesByDateRange/";
        let what = format!("cases of {} to {}", format_date(first), format_date(last));
        let (mut marker, mut seen) = (None::<String>, HashSet::new());
        for _ in 0..MAX_PAGES {
            let mut query = date_range(first, last).to_vec();
            query.push(("mode", "aviation".to_owned()));
            query.extend(marker.iter().map(|marker| ("marker", marker.clone())));
            let Some(page) = self.get(&what, path, &query).await? else { return Ok(()) };
            for record in entries(&page).ok_or_else(|| self.not_a_list(path))? {
                if is_aviation(record) {
                    file.write(record, &format!("{}{path}", self.url))?;
                }
            }
            marker = match next_marker(&page) {
                NextPage::None => return Ok(()),
                NextPage::At(marker) if seen.insert(marker.clone()) => Some(marker),
                NextPage::At(marker) => {
                    return Err(self.bad_pages(&what, &format!("the marker {marker} is repeated")));
                }
                NextPage::Unknown => {
                    return Err(self.bad_pages(&what, "there are more pages, but no marker"));
                }
            };
        }
        Err(self.bad_pages(&what, &format!("there are more than {MAX_PAGES} pages")))
    }

    /// Writes the record of one case. Returns false if it is no longer published.
    pub async fn fetch_case(&self, case: &Summary, file: &mut RecordFile) -> Result<bool, Failure> {
        if file.has(case.mkey) {
            return Ok(true);
        }
        let path = "/api/Aviation/v1/GetAviationCase/";
        let what = format!("case {}", case.mkey);
        let answer = self.get(&what, path, &[("mkey", case.mkey.to_string())]).await?;
        let Some(answer) = answer else { return Ok(false) };
        // One case, or a list of one.
        let records = match entries(&answer) {
            Some(records) => records,
            None => std::slice::from_ref(&answer),
        };
        for record in records.iter().filter(|record| is_aviation(record)) {
            file.write(record, &format!("{}{path}", self.url))?;
        }
        Ok(!records.is_empty())
    }

    /// The answer to a request, with retries. `None` if there is no content (204, or 404 for a case).
    async fn get(
        &self,
        what: &str,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Option<Value>, Failure> {
        self.downloader
            .with_retries(what, async || {
                self.wait_for_turn().await;
                self.get_once(path, query).await
            })
            .await
    }

    async fn get_once(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Option<Value>, FetchError> {
        let url = format!("{}{path}", self.url);
        let mut request = self.downloader.api_client.get(&url).query(query);
        if let Some(key) = self.key {
            request = request.header(KEY_HEADER, key);
        }
        let response = send(request.header(header::ACCEPT, "application/json")).await?;
        let is_single = query.iter().any(|(name, _)| *name == "mkey");
        if response.status() == StatusCode::NO_CONTENT
            || is_single && response.status() == StatusCode::NOT_FOUND
        {
            return Ok(None);
        }
        let response = check_status(&url, response)?;
        let body = self.downloader.read_body(response, MAX_ANSWER_BYTES).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let answer = serde_json::from_slice(&body);
        answer.map(Some).map_err(|e| {
            FetchError::Transient(format!("the answer is not complete JSON: {e}"), None)
        })
    }

    /// Keeps requests apart. NTSB documents no limit, so the rate is that of other users.
    async fn wait_for_turn(&self) {
        if let Some(last) = self.last_request.get() {
            tokio::time::sleep_until(last + self.pause).await;
        }
        self.last_request.set(Some(Instant::now()));
    }

    fn not_a_list(&self, path: &str) -> Failure {
        let url = &self.url;
        Failure::Other(format!(
            "{url}{path}: the answer is not a list of cases\nhint: Check that --api-url is the URL of NTSB's API."
        ))
    }

    fn bad_pages(&self, what: &str, reason: &str) -> Failure {
        Failure::Other(format!(
            "{what}: {reason}\nhint: Nothing of these days was loaded. Try again later; if it persists, NTSB's \
             API has changed."
        ))
    }
}

fn date_range(since: i32, until: i32) -> [(&'static str, String); 2] {
    [("startDate", format_date(since)), ("endDate", format_date(until))]
}

/// The entries of an answer: a list, or an object with a list.
fn entries(answer: &Value) -> Option<&[Value]> {
    let list = match answer {
        Value::Array(_) => Some(answer),
        _ => LIST_NAMES.iter().find_map(|name| member(answer, name)),
    };
    list?.as_array().map(Vec::as_slice)
}

#[derive(Debug, PartialEq, Eq)]
enum NextPage {
    None,
    At(String),
    /// There are more pages, but the answer does not say where.
    Unknown,
}

fn next_marker(page: &Value) -> NextPage {
    if member(page, "hasMore").and_then(Value::as_bool) != Some(true) {
        return NextPage::None;
    }
    match member(page, "nextMarker") {
        Some(Value::String(marker)) if !marker.is_empty() => NextPage::At(marker.clone()),
        Some(Value::Number(marker)) => NextPage::At(marker.to_string()),
        _ => NextPage::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn markers_and_lists_are_recognized() {
        assert_eq!(next_marker(&json!([])), NextPage::None);
        assert_eq!(next_marker(&json!({"hasMore": false, "nextMarker": "a"})), NextPage::None);
        assert_eq!(
            next_marker(&json!({"hasMore": true, "nextMarker": 7})),
            NextPage::At("7".into())
        );
        for unknown in [json!({"hasMore": true}), json!({"hasMore": true, "nextMarker": ""})] {
            assert_eq!(next_marker(&unknown), NextPage::Unknown);
        }
        assert_eq!(entries(&json!([1])).map(<[Value]>::len), Some(1));
        assert_eq!(entries(&json!({"Data": []})).map(<[Value]>::len), Some(0));
        assert_eq!(entries(&json!({"data": 1})), None);
        assert_eq!(entries(&json!({"mKey": 1})), None);
    }
}
