//! Caches responses that depend on the data alone, with their ETag, until the next change of the data.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::BodyExt;
use moka::policy::EvictionPolicy;
use sha2::{Digest, Sha256};

use crate::auth::{Caller, Role};
use crate::config::Settings;
use crate::data_version::DataVersion;
use crate::error::Problem;
use crate::metrics::Metrics;

/// Larger responses are not cached.
const MAX_RESPONSE_BYTES: u64 = 256 << 10;

/// The approximate size of an entry beside its key and response.
const ENTRY_OVERHEAD: usize = 512;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    accept: String,
    role: Role,
    version: u64,
}

#[derive(Clone)]
struct CachedResponse {
    headers: HeaderMap,
    body: Bytes,
}

pub struct Cache {
    responses: moka::sync::Cache<Key, CachedResponse>,
    is_enabled: bool,
    version: Arc<DataVersion>,
    /// Whether anonymous callers may read, so that shared caches may store their responses.
    open_read: bool,
    metrics: Arc<Metrics>,
}

impl Cache {
    pub fn new(settings: &Settings, version: Arc<DataVersion>, metrics: Arc<Metrics>) -> Cache {
        Cache {
            responses: new_store(settings.cache_bytes),
            is_enabled: settings.cache_bytes > 0,
            version,
            open_read: settings.open_read,
            metrics,
        }
    }

    /// Drops all responses after a change of the data.
    pub fn invalidate(&self) {
        self.version.advance();
        self.responses.invalidate_all();
    }

    /// Records whether notifications of changes arrive. Nothing is cached while they do not.
    pub fn set_listening(&self, is_listening: bool) {
        self.version.set_listening(is_listening);
        self.responses.invalidate_all();
    }

    /// The number of cached responses and their bytes.
    pub fn size(&self) -> (u64, u64) {
        self.responses.run_pending_tasks();
        (self.responses.entry_count(), self.responses.weighted_size())
    }

    fn key(&self, request: &Request) -> Option<Key> {
        let version = self.version.current().filter(|_| self.is_enabled)?;
        let role = request.extensions().get::<Caller>().map_or(Role::Viewer, |c| c.role);
        let accept = joined_values(request.headers(), &header::ACCEPT);
        Some(Key { path: request.uri().to_string(), accept, role, version })
    }

    fn cache_control(&self, role: Role) -> HeaderValue {
        let is_public = role == Role::Viewer && self.open_read;
        HeaderValue::from_static(if is_public { "public, no-cache" } else { "private, no-cache" })
    }
}

/// Evicts the least recently used responses when their bytes exceed the maximum.
fn new_store(max_bytes: usize) -> moka::sync::Cache<Key, CachedResponse> {
    moka::sync::Cache::builder()
        .max_capacity(max_bytes as u64)
        .weigher(|key, response| u32::try_from(entry_bytes(key, response)).unwrap_or(u32::MAX))
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

fn entry_bytes(key: &Key, response: &CachedResponse) -> usize {
    let headers = response.headers.iter().map(|(name, v)| name.as_str().len() + v.len() + 64);
    let key_bytes = key.path.len() + key.accept.len();
    response.body.len() + headers.sum::<usize>() + key_bytes + ENTRY_OVERHEAD
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

/// Middleware for routes whose responses depend on the data alone.
pub async fn serve_cached(
    State(cache): State<Arc<Cache>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let if_none_match = joined_values(request.headers(), &header::IF_NONE_MATCH);
    let role = request.extensions().get::<Caller>().map_or(Role::Viewer, |c| c.role);
    let key = cache.key(&request);
    let cached = key.as_ref().and_then(|key| cache.responses.get(key));
    cache.metrics.record_cache_lookup(cached.is_some());
    let response = match cached {
        Some(cached) => cached,
        None => match run_cacheable(&cache, role, request, next).await {
            Ok(response) => {
                if let Some(key) = key {
                    cache.responses.insert(key, response.clone());
                }
                response
            }
            Err(response) => return response,
        },
    };
    answer_conditional(response, &if_none_match)
}

/// All values of a header that is a list.
fn joined_values(headers: &HeaderMap, name: &header::HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
    values.collect::<Vec<_>>().join(", ")
}

/// Runs the handler and adds the ETag. Returns a response that cannot be cached as an error, unchanged.
async fn run_cacheable(
    cache: &Cache,
    role: Role,
    request: Request,
    next: Next,
) -> Result<CachedResponse, Response> {
    let response = next.run(request).await;
    let size = axum::body::HttpBody::size_hint(response.body()).exact();
    if response.status() != StatusCode::OK || size.is_none_or(|size| size > MAX_RESPONSE_BYTES) {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Err(Problem::internal().into_response());
    };
    parts.headers.insert(header::ETAG, etag(&body));
    parts.headers.insert(header::CACHE_CONTROL, cache.cache_control(role));
    Ok(CachedResponse { headers: parts.headers, body })
}

/// Answers 304 if the client already has this response.
fn answer_conditional(response: CachedResponse, if_none_match: &str) -> Response {
    let etag = response.headers.get(header::ETAG).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag;
    if if_none_match.is_empty() || !if_none_match.split(',').map(str::trim).any(is_same) {
        return response.into_response();
    }
    let mut not_modified = Response::new(Body::empty());
    *not_modified.status_mut() = StatusCode::NOT_MODIFIED;
    *not_modified.headers_mut() = response.headers.clone();
    not_modified.headers_mut().remove(header::CONTENT_TYPE);
    not_modified
}

fn etag(body: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(body);
    let text = BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default());
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str) -> Key {
        Key { path: path.into(), accept: String::new(), role: Role::Viewer, version: 1 }
    }

    #[test]
    fn the_least_recently_used_response_is_evicted() {
        let response = CachedResponse { headers: HeaderMap::new(), body: vec![0; 1000].into() };
        let store = new_store(5_000);
        for path in ["/a", "/b", "/c"] {
            store.insert(key(path), response.clone());
        }
        store.run_pending_tasks();
        assert_eq!(store.entry_count(), 3);
        assert!(store.get(&key("/a")).is_some());
        store.insert(key("/d"), response.clone());
        store.run_pending_tasks();
        assert!(store.get(&key("/b")).is_none() && store.get(&key("/a")).is_some());
        assert!(store.weighted_size() <= 5_000);
        let tiny = new_store(100);
        tiny.insert(key("/e"), response);
        tiny.run_pending_tasks();
        assert!(tiny.get(&key("/e")).is_none());
        store.invalidate_all();
        store.run_pending_tasks();
        assert_eq!((store.entry_count(), store.weighted_size()), (0, 0));
    }
}
