//! Public keys of an issuer: a JSON Web Key Set, in a file or at a URL. One at a URL is fetched again now and
//! then, and at once (but not more often than some seconds) when a token names a key that is not in it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{JwkSet, PublicKeyUse};
use reqwest::{Client, Url};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::chain;

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST_SET: usize = 1 << 20;
/// Made-up key names must not become requests to the issuer.
const PAUSE: Duration = Duration::from_secs(5);

pub type Keys = HashMap<String, DecodingKey>;

pub struct Jwks {
    source: Source,
    keys: RwLock<Arc<Keys>>,
    /// When a fetch last began; locked while one is under way.
    fetched: Mutex<Option<Instant>>,
}

enum Source {
    File(PathBuf),
    Url(Box<(Client, Url)>),
}

impl Jwks {
    /// `place`: a path, or an http or https URL. A file has to be readable now; a URL may answer later.
    pub fn new(place: &str) -> Result<Jwks, String> {
        let is_url = place.starts_with("https://") || place.starts_with("http://");
        let source = if is_url { url(place)? } else { Source::File(place.into()) };
        let keys = match &source {
            Source::File(path) => {
                let bytes = std::fs::read(path).map_err(|e| format!("jwks {place}: {e}"))?;
                parse(&bytes).map_err(|e| format!("jwks {place}: {e}"))?
            }
            Source::Url(_) => Keys::new(),
        };
        Ok(Jwks { source, keys: RwLock::new(Arc::new(keys)), fetched: Mutex::default() })
    }

    pub fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the set if it is at a URL and was not fetched just now. The old one holds until there is a new one.
    pub async fn refresh(&self) {
        let Source::Url(place) = &self.source else { return };
        let mut fetched = self.fetched.lock().await;
        if fetched.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        match fetch(&place.0, &place.1).await {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            }
            Err(why) => tracing::warn!(why, "the issuer's keys (jwks) could not be fetched"),
        }
        *fetched = Some(Instant::now());
    }

    /// Never ends where the set is at a URL.
    pub async fn keep_fresh(&self, every: Duration) {
        if matches!(self.source, Source::File(_)) {
            return;
        }
        loop {
            self.refresh().await;
            // Without any key no token is valid: do not wait long.
            let is_empty = self.keys().is_empty();
            tokio::time::sleep(if is_empty { PAUSE.min(every) } else { every }).await;
        }
    }
}

fn url(place: &str) -> Result<Source, String> {
    let url = Url::parse(place).map_err(|e| format!("jwks {place}: {e}"))?;
    // Fails where it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(FETCH_TIMEOUT)
        .user_agent(concat!("ntsb-rest/", env!("CARGO_PKG_VERSION")))
        // Keys that come from anywhere else are not the issuer's.
        .redirect(reqwest::redirect::Policy::none())
        .https_only(url.scheme() == "https")
        .build()
        .map_err(|e| format!("jwks: {}", chain(&e)))?;
    Ok(Source::Url(Box::new((client, url))))
}

async fn fetch(client: &Client, url: &Url) -> Result<Keys, String> {
    let response = client.get(url.clone()).send().await.map_err(|e| chain(&e.without_url()))?;
    if !response.status().is_success() {
        return Err(format!("the answer is {}", response.status()));
    }
    let mut response = response;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| chain(&e.without_url()))? {
        body.extend_from_slice(&part);
        if body.len() > LARGEST_SET {
            return Err(format!("the set is larger than {LARGEST_SET} bytes"));
        }
    }
    let keys = parse(&body)?;
    if keys.is_empty() { Err("the set holds no key for signatures".into()) } else { Ok(keys) }
}

/// Keys of a kind that is not known here are another service's; they do not spoil the others.
fn parse(bytes: &[u8]) -> Result<Keys, String> {
    let set: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|e| format!("not a JSON Web Key Set: {e}"))?;
    let keys = set.get("keys").and_then(|keys| keys.as_array());
    let keys = keys.ok_or("not a JSON Web Key Set: it has no list \"keys\"")?;
    let known = keys.iter().filter_map(|key| {
        serde_json::from_value::<JwkSet>(serde_json::json!({ "keys": [key] })).ok()?.keys.pop()
    });
    let for_signatures =
        known.filter(|key| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption)));
    Ok(for_signatures
        .filter_map(|jwk| {
            let key = DecodingKey::from_jwk(&jwk).ok()?;
            Some((jwk.common.key_id.unwrap_or_default(), key))
        })
        .collect())
}
