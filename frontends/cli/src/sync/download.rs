//! One file by HTTP: asked for only if it changed, taken up where it broke off, believed only when checked.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use super::cache::{Cache, Known, cannot};
use super::redirect::without_query;
use super::{check, redirect};
use crate::attempts::Attempts;
use crate::failure::{Failure, with_causes};
use crate::terminal::Terminal;

/// The longest that a server may ask us to wait; a daily job would overlap the next.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

pub enum Outcome {
    Missing,
    Unchanged(Known),
    New(Known),
}

/// Why an attempt failed.
pub enum Trouble {
    /// May pass; the server may have said when.
    Passing(String, Option<Duration>),
    Final(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        Trouble::Final(failure)
    }
}

pub struct Downloader<'a> {
    client: Client,
    /// For requests that carry a key.
    pub with_key: Client,
    attempts: u32,
    most: u64,
    terminal: &'a Terminal,
}

impl<'a> Downloader<'a> {
    pub fn new(
        attempts: u32,
        silence: Duration,
        most: u64,
        terminal: &'a Terminal,
    ) -> Result<Downloader<'a>, Failure> {
        let client = |redirects| {
            Client::builder()
                .user_agent(concat!("ntsb/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(silence)
                .read_timeout(silence)
                .redirect(redirects)
                .build()
                .map_err(|e| Failure::Other(format!("cannot use HTTP: {}", with_causes(&e))))
        };
        let (client, with_key) = (client(redirect::of_files())?, client(redirect::of_a_key())?);
        Ok(Downloader { client, with_key, attempts, most, terminal })
    }

    /// The whole of an answer, of which `most` bytes are taken; never more than a file may have.
    pub async fn body(&self, mut response: Response, most: u64) -> Result<Vec<u8>, Trouble> {
        let most = most.min(self.most);
        let too_large = |url: &Url| {
            Trouble::Final(Failure::Other(format!(
                "{}: a page has more than {most} bytes\nhint: Is this NTSB's API? --api names another.",
                without_query(url)
            )))
        };
        if response.content_length().is_some_and(|length| length > most) {
            return Err(too_large(response.url()));
        }
        let mut body = Vec::new();
        loop {
            let broke = |e: reqwest::Error| {
                Trouble::Passing(format!("the page broke off: {}", with_causes(&e)), None)
            };
            let Some(bytes) = response.chunk().await.map_err(broke)? else { return Ok(body) };
            if (body.len() + bytes.len()) as u64 > most {
                return Err(too_large(response.url()));
            }
            body.extend_from_slice(&bytes);
        }
    }

    pub async fn fetch(&self, url: &str, cache: &Cache, name: &str) -> Result<Outcome, Failure> {
        self.trying(name, async || self.once(url, cache, name).await).await
    }

    /// When the server says that a file was published; none if it has no such file.
    pub async fn published(&self, url: &str) -> Result<Option<Option<i64>>, Failure> {
        self.trying(url, async || {
            let response = sent(self.client.head(url)).await?;
            match response.status() {
                StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
                // It can only be asked for.
                StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Ok(Some(None)),
                _ => {
                    let response = accepted(url, response)?;
                    let modified = text(response.headers(), header::LAST_MODIFIED);
                    Ok(Some(modified.as_deref().and_then(seconds)))
                }
            }
        })
        .await
    }

    pub async fn trying<T>(
        &self,
        what: &str,
        work: impl AsyncFn() -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        let mut attempts = Attempts::first_of(self.attempts);
        loop {
            let (why, wait) = match work().await {
                Ok(done) => return Ok(done),
                Err(Trouble::Final(failure)) => return Err(failure),
                Err(Trouble::Passing(why, wait)) => (why, wait),
            };
            let Some(pause) = attempts.next() else {
                return Err(Failure::Other(format!(
                    "{what}: {why}\ngiven up after {} attempts\nhint: What was downloaded is kept: the next run goes on from there.",
                    attempts.made
                )));
            };
            let pause = wait.unwrap_or(pause).min(LONGEST_WAIT);
            self.terminal
                .line(&format!("{what}: {why}; trying again in {} s", pause.as_secs_f32().ceil()));
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, url: &str, cache: &Cache, name: &str) -> Result<Outcome, Trouble> {
        let known = cache.known(name)?.filter(|known| known.url == url);
        let part = Part::of(url, cache, name)?;
        let request = part.ask(self.client.get(url), known.as_ref());
        let response = sent(request).await?;
        match (response.status(), known) {
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => return Ok(Outcome::Missing),
            (StatusCode::NOT_MODIFIED, Some(known)) => return Ok(Outcome::Unchanged(known)),
            (StatusCode::RANGE_NOT_SATISFIABLE, _) => {
                cache.discard_part(name);
                let why =
                    "what was downloaded before does not fit what the server has now".to_owned();
                return Err(Trouble::Passing(why, Some(Duration::ZERO)));
            }
            (StatusCode::OK, Some(known)) if same(&known, response.headers()) => {
                return Ok(Outcome::Unchanged(known));
            }
            _ => {}
        }
        let response = accepted(url, response)?;
        let digest = check::digest(response.headers());
        let mut facts = part.receive(url, response, self.most).await?;
        if let Err(why) = check::file(&cache.path(&part.name), name, digest, &mut facts).await {
            cache.discard_part(name);
            return Err(Trouble::Passing(why, None));
        }
        match cache.known(name)? {
            // The same bytes under another tag.
            Some(known) if known.sha256 == facts.sha256 => {
                cache.discard_part(name);
                let known = Known { loaded: known.loaded, ..facts };
                cache.note(name, &known)?;
                Ok(Outcome::Unchanged(known))
            }
            _ => {
                cache.adopt(name, &facts)?;
                Ok(Outcome::New(facts))
            }
        }
    }
}

/// What an attempt left behind, for the next to go on from.
struct Part<'c> {
    cache: &'c Cache,
    name: String,
    /// What the server said of it; none where nothing usable is there.
    facts: Option<Known>,
    length: u64,
}

impl Part<'_> {
    fn of<'c>(url: &str, cache: &'c Cache, name: &str) -> Result<Part<'c>, Failure> {
        let name = format!("{name}.part");
        let facts = cache.known(&name)?;
        let facts = facts.filter(|facts| facts.url == url && facts.validator().is_some());
        let length = std::fs::metadata(cache.path(&name)).map_or(0, |m| m.len());
        let facts = facts.filter(|_| length > 0);
        Ok(Part { cache, length: if facts.is_some() { length } else { 0 }, name, facts })
    }

    fn ask(&self, request: RequestBuilder, known: Option<&Known>) -> RequestBuilder {
        if let Some(validator) = self.facts.as_ref().and_then(Known::validator) {
            return request
                .header(header::RANGE, format!("bytes={}-", self.length))
                .header(header::IF_RANGE, validator);
        }
        match known {
            Some(Known { etag: Some(etag), .. }) => request.header(header::IF_NONE_MATCH, etag),
            Some(Known { last_modified: Some(day), .. }) => {
                request.header(header::IF_MODIFIED_SINCE, day)
            }
            _ => request,
        }
    }

    /// Writes the body behind what is there, or instead of it.
    async fn receive(
        &self,
        url: &str,
        mut response: Response,
        most: u64,
    ) -> Result<Known, Trouble> {
        let goes_on = response.status() == StatusCode::PARTIAL_CONTENT;
        let start = if goes_on { self.length } else { 0 };
        if goes_on && range_start(response.headers()) != Some(start) {
            self.cache.discard_part(self.name.trim_end_matches(".part"));
            let why = "the server sent another part than was asked for".to_owned();
            return Err(Trouble::Passing(why, Some(Duration::ZERO)));
        }
        let expected = response.content_length().map(|rest| rest.saturating_add(start));
        let too_large = |length: u64| {
            Trouble::Final(Failure::Other(format!(
                "{url} has {length} bytes or more\nhint: --max-size GIB raises what a file may have, if this is right."
            )))
        };
        if let Some(length) = expected.filter(|length| *length > most) {
            return Err(too_large(length));
        }
        let mut facts = Known {
            url: url.to_owned(),
            etag: text(response.headers(), header::ETAG),
            last_modified: text(response.headers(), header::LAST_MODIFIED),
            ..Known::default()
        };
        let mut file = self.open(goes_on)?;
        self.cache.note(&self.name, &facts)?;
        facts.length = start;
        loop {
            let broke = |e: reqwest::Error| {
                Trouble::Passing(format!("the download broke off: {}", with_causes(&e)), None)
            };
            let Some(bytes) = response.chunk().await.map_err(broke)? else { break };
            facts.length += bytes.len() as u64;
            if facts.length > most {
                return Err(too_large(facts.length));
            }
            let path = self.cache.path(&self.name);
            file.write_all(&bytes).map_err(|e| cannot("write", &path, &e))?;
        }
        match expected {
            Some(expected) if expected != facts.length => {
                Err(Trouble::Passing(format!("{} of {expected} bytes came", facts.length), None))
            }
            _ => Ok(facts),
        }
    }

    fn open(&self, goes_on: bool) -> Result<File, Failure> {
        let path = self.cache.path(&self.name);
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(goes_on).truncate(!goes_on);
        options.open(&path).map_err(|e| cannot("write", &path, &e))
    }
}

pub async fn sent(request: RequestBuilder) -> Result<Response, Trouble> {
    let failed = |e: reqwest::Error| {
        if e.is_builder() {
            return Trouble::Final(Failure::Usage(format!("not a URL: {}", with_causes(&e))));
        }
        if e.is_redirect() {
            let why = with_causes(&e.without_url());
            return Trouble::Final(Failure::Other(format!("a redirect was not followed: {why}")));
        }
        Trouble::Passing(format!("the server does not answer: {}", with_causes(&e)), None)
    };
    request.send().await.map_err(failed)
}

/// An answer that holds what was asked for.
pub fn accepted(url: &str, response: Response) -> Result<Response, Trouble> {
    let status = response.status();
    if status.is_success() {
        let page = text(response.headers(), header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("text/html"));
        return match page {
            true => {
                Err(Trouble::Passing("the server sent a web page, not a file".to_owned(), None))
            }
            false => Ok(response),
        };
    }
    let passing = status.is_server_error()
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status);
    if passing {
        let wait = text(response.headers(), header::RETRY_AFTER).and_then(|text| pause(&text));
        return Err(Trouble::Passing(format!("the server answered {status}"), wait));
    }
    let hint = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "\nhint: NTSB's API asks for a key, which is taken from NTSB_API_KEY; a proxy may refuse as well."
        }
        _ => "",
    };
    Err(Trouble::Final(Failure::Other(format!("{url}: the server answered {status}{hint}"))))
}

/// Whether the server sent what we have, although it was asked not to.
fn same(known: &Known, headers: &HeaderMap) -> bool {
    known.etag.is_some() && known.etag == text(headers, header::ETAG)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// Of "bytes 100-199/200".
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = text(headers, header::CONTENT_RANGE)?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT".
pub fn seconds(date: &str) -> Option<i64> {
    let time = httpdate::parse_http_date(date).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Retry-After: seconds, or a time.
fn pause(text: &str) -> Option<Duration> {
    let by_time = || httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok();
    text.trim().parse().map(Duration::from_secs).ok().or_else(by_time)
}
