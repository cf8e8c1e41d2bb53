//! Cases of NTSB's API that were modified since last time, page by page, into one file that is loaded.

use std::fs::{self, File};
use std::io::Write;

use reqwest::header;
use serde_json::Value;

use super::cache::{Known, cannot};
use super::download::{Trouble, accepted, sent};
use super::weekly::{day_of, iso, today};
use super::{Sync, load_file};
use crate::failure::Failure;

/// How the API wants its key.
const KEY: &str = "Ocp-Apim-Subscription-Key";

/// Where nothing is known of a last time.
const FIRST_DAYS: i32 = 30;

/// A page has a thousand cases, and there are fewer than 200,000; more pages than this go in a circle.
const MOST_PAGES: usize = 1_000;

/// The most bytes of a page: a case has some 20 kB.
const MOST_BYTES: u64 = 64 << 20;

const FILE: &str = "cases.json";

pub async fn run(sync: &Sync<'_>) -> Result<(), Failure> {
    let (args, until) = (sync.args, today());
    let since = match &args.since {
        Some(day) => day_of(day).ok_or_else(|| {
            Failure::Usage(format!("--since {day} is no day, such as 2026-11-01"))
        })?,
        None => last_time(sync)?.unwrap_or(until - FIRST_DAYS),
    };
    let path = sync.cache.path(&format!("{FILE}.part"));
    let mut file = File::create(&path).map_err(|e| cannot("write", &path, &e))?;
    let (mut marker, mut count) = (None, 0);
    for page in 1.. {
        let found = sync
            .downloader
            .trying(&format!("page {page} of cases"), async || {
                ask(sync, since, until, marker.as_deref()).await
            })
            .await?;
        file.write_all(found.to_string().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .map_err(|e| cannot("write", &path, &e))?;
        count += found.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        let next = next_marker(&found);
        if next.is_none() {
            break;
        }
        if next == marker || page >= MOST_PAGES {
            let why = format!("NTSB's API goes in a circle at page {page}");
            return Err(Failure::Other(format!("{why}\nhint: Try a later --since.")));
        }
        marker = next;
    }
    let (since, until) = (iso(since), iso(until));
    sync.terminal.line(&format!("{count} cases modified between {since} and {until}"));
    // The day is part of what was asked for next time: whatever changes later today is asked again.
    let known = Known { url: args.api.clone(), until: Some(until), ..Known::default() };
    finish(sync, &known, count).await
}

async fn finish(sync: &Sync<'_>, known: &Known, count: usize) -> Result<(), Failure> {
    let (part, path) = (sync.cache.path(&format!("{FILE}.part")), sync.cache.path(FILE));
    fs::rename(&part, &path).map_err(|e| cannot("write", &path, &e))?;
    if sync.args.no_load {
        return Ok(());
    }
    if count > 0 {
        load_file(&path, sync.dsn, sync.terminal).await?;
    }
    let length = fs::metadata(&path).map_err(|e| cannot("read", &path, &e))?.len();
    sync.cache.note(FILE, &Known { length, loaded: true, ..known.clone() })
}

/// The day up to which cases were asked for and loaded.
fn last_time(sync: &Sync<'_>) -> Result<Option<i32>, Failure> {
    let known = sync.cache.known(FILE)?.filter(|k| k.loaded && k.url == sync.args.api);
    Ok(known.and_then(|known| day_of(known.until.as_deref()?)))
}

async fn ask(
    sync: &Sync<'_>,
    since: i32,
    until: i32,
    marker: Option<&str>,
) -> Result<Value, Trouble> {
    let api = &sync.args.api;
    let mut query = vec![("startDate", iso(since)), ("endDate", iso(until))];
    query.extend(marker.map(|marker| ("marker", marker.to_owned())));
    let mut request = sync.downloader.with_key.get(api).query(&query);
    if let Some(key) = &sync.args.key {
        request = request.header(KEY, key.as_str());
    }
    let response = accepted(api, sent(request.header(header::ACCEPT, "application/json")).await?)?;
    let body = sync.downloader.body(response, MOST_BYTES).await?;
    let page: Value = serde_json::from_slice(&body)
        .map_err(|e| Trouble::Passing(format!("the page is no JSON: {e}"), None))?;
    match page.get("data").is_some_and(Value::is_array) {
        true => Ok(page),
        false => Err(Trouble::Final(Failure::Other(format!(
            "{api}: a page has no list of cases under \"data\"\nhint: Is this NTSB's API? --api names another."
        )))),
    }
}

fn next_marker(page: &Value) -> Option<String> {
    let more = page.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
    match page.get("nextMarker")? {
        _ if !more => None,
        Value::String(marker) => Some(marker.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}
