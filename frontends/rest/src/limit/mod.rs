//! The rate limit: requests per caller in any 60 s, counted in memory or, for several services, in Redis.

mod address;
mod shared;
mod window;

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use address::{Peer, caller_network};

use crate::config::Settings;
use crate::error::Problem;
use shared::SharedWindows;
use window::Windows;

pub const WINDOW: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Free,
    Premium,
}

impl Tier {
    pub fn from_name(name: &str) -> Tier {
        if name == "premium" { Tier::Premium } else { Tier::Free }
    }
}

pub struct Limiter {
    free: u32,
    premium: u32,
    local: Windows,
    shared: Option<SharedWindows>,
}

/// The state of a caller's limit after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub limit: u32,
    /// Requests in the last minute, including this one. None: this one exceeds the limit.
    pub used: Option<u32>,
    /// Time until the oldest request leaves the window.
    pub reset: Duration,
}

impl Limiter {
    pub async fn new(settings: &Settings) -> Result<Limiter, String> {
        let shared = match &settings.redis_url {
            Some(url) => Some(SharedWindows::connect(url).await?),
            None => None,
        };
        let (free, premium) = (settings.free_per_minute, settings.premium_per_minute);
        Ok(Limiter { free, premium, local: Windows::default(), shared })
    }

    /// Counts a request. If Redis does not answer, each service counts its own.
    pub async fn count(&self, rate_key: &str, tier: Tier) -> Allowance {
        let limit = match tier {
            Tier::Free => self.free,
            Tier::Premium => self.premium,
        };
        if let Some(shared) = &self.shared
            && let Some(allowance) = shared.count(rate_key, limit).await
        {
            return allowance;
        }
        self.local.count(rate_key, limit)
    }

    /// Forgets the callers without a request in the last minute.
    pub fn sweep(&self) {
        self.local.sweep();
    }
}

impl Allowance {
    pub fn retry_after(self) -> Option<u64> {
        self.used.is_none().then(|| self.seconds().max(1))
    }

    fn seconds(self) -> u64 {
        self.reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }

    pub fn write_headers(self, headers: &mut HeaderMap) {
        let remaining = self.used.map_or(0, |used| self.limit.saturating_sub(used));
        headers.insert("ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(remaining));
        headers.insert("ratelimit-reset", HeaderValue::from(self.seconds()));
    }
}

pub fn too_many_requests(seconds: u64) -> Problem {
    Problem {
        retry_after: Some(seconds),
        ..Problem::too_many("too many requests within a minute")
            .details(format!("retry after {seconds} s"))
            .hint(
                "The RateLimit-* headers show how many requests remain. A premium key allows more.",
            )
    }
}
