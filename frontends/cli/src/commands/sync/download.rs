//! Downloads one file by HTTP: only if it changed, resuming a partial download, and with an integrity
//! check.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use super::cache::{Cache, FileInfo, io_failure};
use super::redirect::without_query;
use super::{check, redirect};
use crate::failure::{Failure, with_causes};
use crate::output::Terminal;
use crate::runtime::retry::{Backoff, parse_retry_after};

/// Upper bound for Retry-After, so that a daily job does not overlap the next one.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(600);

pub enum FetchOutcome {
    Missing,
    Unchanged(FileInfo),
    New(FileInfo),
}

/// Why an attempt failed.
pub enum FetchError {
    /// A retry may help, after the given time if the server sent Retry-After.
    Transient(String, Option<Duration>),
    Permanent(Failure),
}

impl From<Failure> for FetchError {
    fn from(failure: Failure) -> FetchError {
        FetchError::Permanent(failure)
    }
}

pub struct Downloader<'a> {
    client: Client,
    /// For requests with an API key.
    pub api_client: Client,
    max_attempts: u32,
    max_bytes: u64,
    terminal: &'a Terminal,
}

impl<'a> Downloader<'a> {
    pub fn new(
        max_attempts: u32,
        timeout: Duration,
        max_bytes: u64,
        terminal: &'a Terminal,
    ) -> Result<Downloader<'a>, Failure> {
        let build_client = |redirects| {
            Client::builder()
                .user_agent(concat!("ntsb/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(timeout)
                .read_timeout(timeout)
                .redirect(redirects)
                .build()
                .map_err(|e| Failure::Other(format!("cannot set up HTTP: {}", with_causes(&e))))
        };
        let client = build_client(redirect::file_policy())?;
        let api_client = build_client(redirect::api_policy())?;
        Ok(Downloader { client, api_client, max_attempts, max_bytes, terminal })
    }

    /// Reads a response body of at most `max_bytes`, and never more than the limit for files.
    pub async fn read_body(
        &self,
        mut response: Response,
        max_bytes: u64,
    ) -> Result<Vec<u8>, FetchError> {
        let max_bytes = max_bytes.min(self.max_bytes);
        let too_large = |url: &Url| {
            FetchError::Permanent(Failure::Other(format!(
                "{}: a page has more than {max_bytes} bytes\nhint: Check that --api-url is the URL of \
                 NTSB's API.",
                without_query(url)
            )))
        };
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(too_large(response.url()));
        }
        let mut body = Vec::new();
        loop {
            let interrupted = |e: reqwest::Error| {
                FetchError::Transient(format!("the page is incomplete: {}", with_causes(&e)), None)
            };
            let Some(bytes) = response.chunk().await.map_err(interrupted)? else {
                return Ok(body);
            };
            if (body.len() + bytes.len()) as u64 > max_bytes {
                return Err(too_large(response.url()));
            }
            body.extend_from_slice(&bytes);
        }
    }

    /// Downloads a file if it changed, with retries.
    pub async fn fetch(
        &self,
        url: &str,
        cache: &Cache,
        name: &str,
    ) -> Result<FetchOutcome, Failure> {
        self.with_retries(name, async || self.fetch_once(url, cache, name).await).await
    }

    /// The Last-Modified time of a file in seconds since 1970, if the server sends one. Returns `None`
    /// if the file does not exist.
    pub async fn fetch_published_at(&self, url: &str) -> Result<Option<Option<i64>>, Failure> {
        self.with_retries(url, async || {
            let response = send(self.client.head(url)).await?;
            match response.status() {
                StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
                // The server does not support HEAD.
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Ok(Some(None)),
                _ => {
                    let response = check_status(url, response)?;
                    let modified = header_text(response.headers(), header::LAST_MODIFIED);
                    Ok(Some(modified.as_deref().and_then(parse_http_date)))
                }
            }
        })
        .await
    }

    pub async fn with_retries<T>(
        &self,
        what: &str,
        work: impl AsyncFn() -> Result<T, FetchError>,
    ) -> Result<T, Failure> {
        let mut backoff = Backoff::new(self.max_attempts);
        loop {
            let (error, retry_after) = match work().await {
                Ok(value) => return Ok(value),
                Err(FetchError::Permanent(failure)) => return Err(failure),
                Err(FetchError::Transient(error, retry_after)) => (error, retry_after),
            };
            let Some(pause) = backoff.next_pause() else {
                return Err(Failure::Other(format!(
                    "{what}: {error}\ngave up after {} attempts\nhint: The next run resumes the \
                     download.",
                    backoff.attempt
                )));
            };
            let pause = retry_after.unwrap_or(pause).min(MAX_RETRY_AFTER);
            let seconds = pause.as_secs_f32().ceil();
            self.terminal.message(&format!("{what}: {error}; retrying in {seconds} s"));
            tokio::time::sleep(pause).await;
        }
    }

    async fn fetch_once(
        &self,
        url: &str,
        cache: &Cache,
        name: &str,
    ) -> Result<FetchOutcome, FetchError> {
        let cached = cache.info(name)?.filter(|info| info.url == url);
        let part = PartialDownload::find(url, cache, name)?;
        let request = part.add_conditions(self.client.get(url), cached.as_ref());
        let response = send(request).await?;
        match (response.status(), cached) {
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => return Ok(FetchOutcome::Missing),
            (StatusCode::NOT_MODIFIED, Some(info)) => return Ok(FetchOutcome::Unchanged(info)),
            (StatusCode::RANGE_NOT_SATISFIABLE, _) => {
                cache.discard_part(name);
                let error = "the partial download does not match the file on the server";
                return Err(FetchError::Transient(error.to_owned(), Some(Duration::ZERO)));
            }
            (StatusCode::OK, Some(info)) if has_same_etag(&info, response.headers()) => {
                return Ok(FetchOutcome::Unchanged(info));
            }
            _ => {}
        }
        let response = check_status(url, response)?;
        let digest = check::parse_digest(response.headers());
        let mut info = part.receive(url, response, self.max_bytes).await?;
        let checked = check::check_file(&cache.path(&part.name), name, digest, &mut info).await;
        if let Err(error) = checked {
            cache.discard_part(name);
            return Err(FetchError::Transient(error, None));
        }
        match cache.info(name)? {
            // The same bytes with another ETag.
            Some(cached) if cached.sha256 == info.sha256 => {
                cache.discard_part(name);
                let info = FileInfo { loaded: cached.loaded, ..info };
                cache.write_info(name, &info)?;
                Ok(FetchOutcome::Unchanged(info))
            }
            _ => {
                cache.complete_part(name, &info)?;
                Ok(FetchOutcome::New(info))
            }
        }
    }
}

/// The partial file of an earlier attempt.
struct PartialDownload<'c> {
    cache: &'c Cache,
    name: String,
    /// Its metadata, or `None` if it cannot be resumed.
    info: Option<FileInfo>,
    length: u64,
}

impl PartialDownload<'_> {
    fn find<'c>(url: &str, cache: &'c Cache, name: &str) -> Result<PartialDownload<'c>, Failure> {
        let name = format!("{name}.part");
        let info = cache.info(&name)?;
        let info = info.filter(|info| info.url == url && info.validator().is_some());
        let length = std::fs::metadata(cache.path(&name)).map_or(0, |m| m.len());
        let info = info.filter(|_| length > 0);
        let length = if info.is_some() { length } else { 0 };
        Ok(PartialDownload { cache, length, name, info })
    }

    /// Requests the rest of a partial download, or the file if it changed.
    fn add_conditions(&self, request: RequestBuilder, cached: Option<&FileInfo>) -> RequestBuilder {
        if let Some(validator) = self.info.as_ref().and_then(FileInfo::validator) {
            return request
                .header(header::RANGE, format!("bytes={}-", self.length))
                .header(header::IF_RANGE, validator);
        }
        match cached {
            Some(FileInfo { etag: Some(etag), .. }) => request.header(header::IF_NONE_MATCH, etag),
            Some(FileInfo { last_modified: Some(date), .. }) => {
                request.header(header::IF_MODIFIED_SINCE, date)
            }
            _ => request,
        }
    }

    /// Appends the body to the partial file, or replaces the file.
    async fn receive(
        &self,
        url: &str,
        mut response: Response,
        max_bytes: u64,
    ) -> Result<FileInfo, FetchError> {
        let is_resumed = response.status() == StatusCode::PARTIAL_CONTENT;
        let start = if is_resumed { self.length } else { 0 };
        if is_resumed && range_start(response.headers()) != Some(start) {
            self.cache.discard_part(self.name.trim_end_matches(".part"));
            let error = "the server sent another range than requested".to_owned();
            return Err(FetchError::Transient(error, Some(Duration::ZERO)));
        }
        let expected = response.content_length().map(|rest| rest.saturating_add(start));
        let too_large = |length: u64| {
            FetchError::Permanent(Failure::Other(format!(
                "{url} has at least {length} bytes, more than allowed\nhint: If this is correct, \
                 raise the limit with --max-size GIB."
            )))
        };
        if let Some(length) = expected.filter(|length| *length > max_bytes) {
            return Err(too_large(length));
        }
        let mut info = FileInfo {
            url: url.to_owned(),
            etag: header_text(response.headers(), header::ETAG),
            last_modified: header_text(response.headers(), header::LAST_MODIFIED),
            ..FileInfo::default()
        };
        let mut file = self.open(is_resumed)?;
        self.cache.write_info(&self.name, &info)?;
        info.length = start;
        loop {
            let interrupted = |e: reqwest::Error| {
                let error = format!("the download was interrupted: {}", with_causes(&e));
                FetchError::Transient(error, None)
            };
            let Some(bytes) = response.chunk().await.map_err(interrupted)? else { break };
            info.length += bytes.len() as u64;
            if info.length > max_bytes {
                return Err(too_large(info.length));
            }
            let path = self.cache.path(&self.name);
            file.write_all(&bytes).map_err(|e| io_failure("write", &path, &e))?;
        }
        match expected {
            Some(expected) if expected != info.length => {
                let error = format!("received {} of {expected} bytes", info.length);
                Err(FetchError::Transient(error, None))
            }
            _ => Ok(info),
        }
    }

    fn open(&self, append: bool) -> Result<File, Failure> {
        let path = self.cache.path(&self.name);
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        options.open(&path).map_err(|e| io_failure("write", &path, &e))
    }
}

pub async fn send(request: RequestBuilder) -> Result<Response, FetchError> {
    let failed = |e: reqwest::Error| {
        if e.is_builder() {
            return FetchError::Permanent(Failure::Usage(format!(
                "invalid URL: {}",
                with_causes(&e)
            )));
        }
        if e.is_redirect() {
            let reason = with_causes(&e.without_url());
            let error = format!("a redirect was not followed: {reason}");
            return FetchError::Permanent(Failure::Other(error));
        }
        FetchError::Transient(format!("no response from the server: {}", with_causes(&e)), None)
    };
    request.send().await.map_err(failed)
}

/// Fails unless the response is successful and not a web page.
pub fn check_status(url: &str, response: Response) -> Result<Response, FetchError> {
    let status = response.status();
    if status.is_success() {
        let is_web_page = header_text(response.headers(), header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("text/html"));
        return match is_web_page {
            true => {
                let error = "the server sent a web page instead of a file".to_owned();
                Err(FetchError::Transient(error, None))
            }
            false => Ok(response),
        };
    }
    let is_transient = status.is_server_error()
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
    if is_transient {
        let retry_after = header_text(response.headers(), header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|text| parse_retry_after(&text));
        return Err(FetchError::Transient(format!("the server returned {status}"), retry_after));
    }
    let hint = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "\nhint: NTSB's API needs a key in NTSB_API_KEY. A proxy may also reject the request."
        }
        _ => "",
    };
    let error = format!("{url}: the server returned {status}{hint}");
    Err(FetchError::Permanent(Failure::Other(error)))
}

/// Whether the server sent the cached content although the request was conditional.
fn has_same_etag(cached: &FileInfo, headers: &HeaderMap) -> bool {
    cached.etag.is_some() && cached.etag == header_text(headers, header::ETAG)
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The start of a Content-Range such as "bytes 100-199/200".
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = header_text(headers, header::CONTENT_RANGE)?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// Parses "Sun, 06 Nov 1994 08:49:37 GMT" to seconds since 1970.
pub fn parse_http_date(date: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(date).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}
