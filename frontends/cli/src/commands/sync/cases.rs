//! Downloads the cases of NTSB's API that were modified since the last sync into one file and loads it.

use std::fs::{self, File};
use std::io::Write;

use reqwest::header;
use serde_json::Value;

use super::cache::{FileInfo, io_failure};
use super::download::{FetchError, check_status, send};
use super::weekly::{format_date, parse_date, today};
use super::{Sync, load_file};
use crate::failure::Failure;

/// The request header for the API key.
const KEY_HEADER: &str = "Ocp-Apim-Subscription-Key";

/// The period of the first sync.
const DEFAULT_DAYS: i32 = 30;

/// A page has 1,000 cases, and there are fewer than 200,000 cases. More pages mean that the API repeats
/// them.
const MAX_PAGES: usize = 1_000;

/// Maximum size of a page. A case has about 20 kB.
const MAX_PAGE_BYTES: u64 = 64 << 20;

const FILE: &str = "cases.json";

pub async fn sync_cases(sync: &Sync<'_>) -> Result<(), Failure> {
    let (args, until) = (sync.args, today());
    let since = match &args.since {
        Some(day) => parse_date(day).ok_or_else(|| {
            Failure::Usage(format!("--since must be a date such as 2026-11-01, got {day}"))
        })?,
        None => last_synced_day(sync)?.unwrap_or(until - DEFAULT_DAYS),
    };
    let path = sync.cache.path(&format!("{FILE}.part"));
    let mut file = File::create(&path).map_err(|e| io_failure("write", &path, &e))?;
    let (mut marker, mut count) = (None, 0);
    for number in 1.. {
        let page = sync
            .downloader
            .with_retries(&format!("page {number} of cases"), async || {
                fetch_page(sync, since, until, marker.as_deref()).await
            })
            .await?;
        file.write_all(page.to_string().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .map_err(|e| io_failure("write", &path, &e))?;
        count += page.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        let next = next_marker(&page);
        if next.is_none() {
            break;
        }
        if next == marker || number >= MAX_PAGES {
            return Err(Failure::Other(format!(
                "NTSB's API repeats its pages (page {number})\nhint: Try a later --since."
            )));
        }
        marker = next;
    }
    let (since, until) = (format_date(since), format_date(until));
    sync.terminal.message(&format!("{count} cases modified between {since} and {until}"));
    // The next sync starts with this day, so changes later today are not missed.
    let info = FileInfo { url: args.api.clone(), until: Some(until), ..FileInfo::default() };
    load_cases(sync, &info, count).await
}

async fn load_cases(sync: &Sync<'_>, info: &FileInfo, count: usize) -> Result<(), Failure> {
    let (part, path) = (sync.cache.path(&format!("{FILE}.part")), sync.cache.path(FILE));
    fs::rename(&part, &path).map_err(|e| io_failure("write", &path, &e))?;
    if sync.args.no_load {
        return Ok(());
    }
    if count > 0 {
        load_file(&path, sync.dsn, sync.terminal).await?;
    }
    let length = fs::metadata(&path).map_err(|e| io_failure("read", &path, &e))?.len();
    sync.cache.write_info(FILE, &FileInfo { length, loaded: true, ..info.clone() })
}

/// The last day of the cases that were downloaded and loaded.
fn last_synced_day(sync: &Sync<'_>) -> Result<Option<i32>, Failure> {
    let info = sync.cache.info(FILE)?.filter(|info| info.loaded && info.url == sync.args.api);
    Ok(info.and_then(|info| parse_date(info.until.as_deref()?)))
}

async fn fetch_page(
    sync: &Sync<'_>,
    since: i32,
    until: i32,
    marker: Option<&str>,
) -> Result<Value, FetchError> {
    let api = &sync.args.api;
    let mut query = vec![("startDate", format_date(since)), ("endDate", format_date(until))];
    query.extend(marker.map(|marker| ("marker", marker.to_owned())));
    let mut request = sync.downloader.api_client.get(api).query(&query);
    if let Some(key) = &sync.args.key {
        request = request.header(KEY_HEADER, key.as_str());
    }
    let response = send(request.header(header::ACCEPT, "application/json")).await?;
    let response = check_status(api, response)?;
    let body = sync.downloader.read_body(response, MAX_PAGE_BYTES).await?;
    let page: Value = serde_json::from_slice(&body)
        .map_err(|e| FetchError::Transient(format!("the page is not valid JSON: {e}"), None))?;
    match page.get("data").is_some_and(Value::is_array) {
        true => Ok(page),
        false => Err(FetchError::Permanent(Failure::Other(format!(
            "{api}: a page has no array \"data\"\nhint: Check that --api is the URL of NTSB's API."
        )))),
    }
}

fn next_marker(page: &Value) -> Option<String> {
    let has_more = page.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
    match page.get("nextMarker")? {
        _ if !has_more => None,
        Value::String(marker) => Some(marker.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}
