//! Answers that stay true until the next load: kept with their ETag, thrown away when the database says
//! that something changed. While nobody listens to the database, nothing is kept.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use crate::auth::{Caller, Role};
use crate::cache_store::{CachedResponse, Key, Store};
use crate::error::Problem;
use crate::state::App;

/// Larger answers are made anew each time.
const LARGEST: usize = 256 << 10;

pub struct Cache {
    store: Mutex<Store>,
    most_bytes: usize,
    /// Counts what changed: an answer that was asked for before is not kept after.
    epoch: AtomicU64,
    is_told: AtomicBool,
}

impl Cache {
    pub fn new(most_bytes: usize) -> Cache {
        let (epoch, is_told) = (AtomicU64::new(0), AtomicBool::new(false));
        Cache { store: Mutex::default(), most_bytes, epoch, is_told }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something changed in the database.
    pub fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.store().clear();
    }

    /// Whether news arrive. In the time before, some may have been missed.
    pub fn listens(&self, is_told: bool) {
        self.is_told.store(is_told, Ordering::SeqCst);
        self.forget();
    }

    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Whether what was asked for in this epoch may be kept.
    pub fn may_keep(&self, epoch: u64) -> bool {
        self.is_told.load(Ordering::SeqCst) && self.epoch() == epoch
    }

    /// Responses and their bytes.
    pub fn size(&self) -> (usize, usize) {
        let store = self.store();
        (store.len(), store.bytes())
    }

    fn keep(&self, key: Key, response: &CachedResponse, epoch: u64) {
        if self.most_bytes == 0 {
            return;
        }
        let mut store = self.store();
        // A change between the question and now; `forget` waits for this lock.
        if self.may_keep(epoch) {
            store.insert(key, response.clone(), self.most_bytes);
        }
    }
}

/// Marks a response whose body is shared with the cache.
#[derive(Clone, Copy)]
pub struct IsShared;

impl IntoResponse for CachedResponse {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.headers_mut() = self.headers;
        response.extensions_mut().insert(IsShared);
        response
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
    let found = app.cache.store().get(&key);
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
async fn made(
    app: &App,
    key: Key,
    request: Request,
    next: Next,
) -> Result<CachedResponse, Response> {
    let epoch = app.cache.epoch();
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
    let kept = CachedResponse { headers: parts.headers, body };
    app.cache.keep(key, &kept, epoch);
    Ok(kept)
}

fn matched(kept: CachedResponse, wanted: &str) -> Response {
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
