//! Answers that stay true until the next load: kept with their ETag, thrown away when the database says
//! that something changed. While nobody listens to the database, nothing is kept.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use dashmap::DashMap;
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::auth::{Caller, Role};
use crate::error::Problem;
use crate::state::App;

/// Larger answers are made anew each time.
const LARGEST: usize = 256 << 10;

#[derive(Clone)]
pub struct Kept {
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    accept: String,
    role: Role,
}

#[derive(Default)]
pub struct Cache {
    kept: DashMap<Key, Kept>,
    most: usize,
    /// Counts what changed: an answer that was asked for before is not kept after.
    epoch: AtomicU64,
    is_told: AtomicBool,
}

impl Cache {
    pub fn new(most: usize) -> Cache {
        Cache { most, ..Cache::default() }
    }

    /// Something changed in the database.
    pub fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.kept.clear();
    }

    /// Whether news arrive. In the time before, some may have been missed.
    pub fn listens(&self, is_told: bool) {
        self.is_told.store(is_told, Ordering::SeqCst);
        self.forget();
    }

    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn keep(&self, key: Key, kept: &Kept, epoch: u64) {
        if !self.is_told.load(Ordering::SeqCst) || self.most == 0 {
            return;
        }
        if self.kept.len() >= self.most {
            self.kept.clear();
        }
        self.kept.insert(key.clone(), kept.clone());
        // A change between the question and now.
        if self.epoch.load(Ordering::SeqCst) != epoch {
            self.kept.remove(&key);
        }
    }
}

/// Around the routes whose answers follow from the data alone.
pub async fn cached(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let role = request.extensions().get::<Caller>().map_or(Role::Viewer, |c| c.role);
    let accept = text(request.headers(), &header::ACCEPT);
    let wanted = text(request.headers(), &header::IF_NONE_MATCH);
    let key = Key { path: request.uri().to_string(), accept, role };
    let found = app.cache.kept.get(&key).map(|kept| kept.clone());
    app.metrics.cache_asked(found.is_some());
    let answer = match found {
        Some(kept) => Ok(kept),
        None => made(&app, key, request, next).await,
    };
    match answer {
        Ok(kept) => matched(kept, &wanted),
        Err(response) => response,
    }
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

/// The answer anew; as it is where it cannot be kept.
async fn made(app: &App, key: Key, request: Request, next: Next) -> Result<Kept, Response> {
    let epoch = app.cache.epoch.load(Ordering::SeqCst);
    let response = next.run(request).await;
    let streams = axum::body::HttpBody::size_hint(response.body()).exact();
    if response.status() != StatusCode::OK || streams.is_none_or(|size| size > LARGEST as u64) {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Err(Problem::internal().into_response());
    };
    parts.headers.insert(header::ETAG, etag(&body));
    let whose =
        if key.role == Role::Viewer && app.settings.open_read { "public" } else { "private" };
    if let Ok(control) = HeaderValue::from_str(&format!("{whose}, no-cache")) {
        parts.headers.insert(header::CACHE_CONTROL, control);
    }
    let kept = Kept { headers: parts.headers, body };
    app.cache.keep(key, &kept, epoch);
    Ok(kept)
}

fn matched(kept: Kept, wanted: &str) -> Response {
    let etag = kept.headers.get(header::ETAG).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let same = |w: &str| w == "*" || w.strip_prefix("W/").unwrap_or(w) == etag;
    if wanted.is_empty() || !wanted.split(',').map(str::trim).any(same) {
        return kept.into_response();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.headers_mut() = kept.headers.clone();
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

fn etag(body: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(body);
    let text = BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default());
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}
