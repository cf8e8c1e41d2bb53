//! The public keys of an issuer: a JSON Web Key Set in a file or at a URL. A set at a URL is fetched regularly,
//! and at once if a token names an unknown key, but at most every few seconds.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{JwkSet, PublicKeyUse};
use reqwest::{Client, Url};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::error_chain;

const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_SET_BYTES: usize = 1 << 20;
/// The minimum time between two fetches. Invented key names must not flood the issuer with requests.
const FETCH_INTERVAL: Duration = Duration::from_secs(5);

pub type Keys = HashMap<String, DecodingKey>;

pub struct Jwks {
    source: Source,
    keys: RwLock<Arc<Keys>>,
    /// When the last fetch ended. Locked during a fetch.
    fetched_at: Mutex<Option<Instant>>,
}

enum Source {
    File(PathBuf),
    Url(Box<(Client, Url)>),
}

impl Jwks {
    /// `location` is a path, or an http or https URL. A file must be readable now. A URL may fail at first.
    pub fn new(location: &str) -> Result<Jwks, String> {
        let is_url = location.starts_with("https://") || location.starts_with("http://");
        let source = if is_url { parse_url(location)? } else { Source::File(location.into()) };
        let keys = match &source {
            Source::File(path) => {
                let bytes = std::fs::read(path).map_err(|e| format!("jwks {location}: {e}"))?;
                parse_keys(&bytes).map_err(|e| format!("jwks {location}: {e}"))?
            }
            Source::Url(_) => Keys::new(),
        };
        Ok(Jwks { source, keys: RwLock::new(Arc::new(keys)), fetched_at: Mutex::default() })
    }

    pub fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the set if it is at a URL and was not fetched just now. Keeps the old set if the fetch fails.
    pub async fn refresh(&self) {
        let Source::Url(source) = &self.source else { return };
        let mut fetched_at = self.fetched_at.lock().await;
        if fetched_at.is_some_and(|at| at.elapsed() < FETCH_INTERVAL) {
            return;
        }
        match fetch(&source.0, &source.1).await {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
            }
            Err(error) => tracing::warn!(error, "could not fetch the issuer's keys (jwks)"),
        }
        *fetched_at = Some(Instant::now());
    }

    /// Runs forever if the set is at a URL. Returns at once if it is a file.
    pub async fn refresh_regularly(&self, interval: Duration) {
        if matches!(self.source, Source::File(_)) {
            return;
        }
        loop {
            self.refresh().await;
            // Without any key no token is valid, so the next attempt comes soon.
            let is_empty = self.keys().is_empty();
            tokio::time::sleep(if is_empty { FETCH_INTERVAL.min(interval) } else { interval })
                .await;
        }
    }
}

fn parse_url(location: &str) -> Result<Source, String> {
    let url = Url::parse(location).map_err(|e| format!("jwks {location}: {e}"))?;
    ntsb_connect::install_crypto_provider();
    let client = Client::builder()
        .timeout(FETCH_TIMEOUT)
        .user_agent(concat!("ntsb-rest/", env!("CARGO_PKG_VERSION")))
        // A redirect could lead to keys that are not the issuer's.
        .redirect(reqwest::redirect::Policy::none())
        .https_only(url.scheme() == "https")
        .build()
        .map_err(|e| format!("jwks: {}", error_chain(&e)))?;
    Ok(Source::Url(Box::new((client, url))))
}

async fn fetch(client: &Client, url: &Url) -> Result<Keys, String> {
    let response =
        client.get(url.clone()).send().await.map_err(|e| error_chain(&e.without_url()))?;
    if !response.status().is_success() {
        return Err(format!("the issuer answered with status {}", response.status()));
    }
    let mut response = response;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| error_chain(&e.without_url()))? {
        body.extend_from_slice(&part);
        if body.len() > MAX_SET_BYTES {
            return Err(format!("the key set is larger than {MAX_SET_BYTES} bytes"));
        }
    }
    let keys = parse_keys(&body)?;
    if keys.is_empty() { Err("the key set has no signature key".into()) } else { Ok(keys) }
}

/// Skips keys of unknown types and encryption keys, which may belong to another service.
fn parse_keys(bytes: &[u8]) -> Result<Keys, String> {
    let set: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|e| format!("not a JSON Web Key Set: {e}"))?;
    let keys = set.get("keys").and_then(|keys| keys.as_array());
    let keys = keys.ok_or("not a JSON Web Key Set: the array \"keys\" is missing")?;
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
