//! How often somebody may ask: so many requests in any minute, counted here or, for several services
//! together, in Redis.

mod address;
mod shared;
mod window;

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use address::{Peer, caller_network};

use crate::config::Settings;
use crate::error::Problem;
use shared::Shared;
use window::Windows;

pub const WINDOW: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Free,
    Premium,
}

impl Tier {
    pub fn named(name: &str) -> Tier {
        if name == "premium" { Tier::Premium } else { Tier::Free }
    }
}

pub struct Limiter {
    free: u32,
    premium: u32,
    here: Windows,
    shared: Option<Shared>,
}

/// What is left to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub limit: u32,
    /// Requests of the last minute, this one included; none: it was one too many.
    pub used: Option<u32>,
    /// Until the oldest request of the last minute no longer counts.
    pub reset: Duration,
}

impl Limiter {
    pub async fn new(settings: &Settings) -> Result<Limiter, String> {
        let shared = match &settings.redis_url {
            Some(url) => Some(Shared::connect(url).await?),
            None => None,
        };
        let (free, premium) = (settings.free_per_minute, settings.premium_per_minute);
        Ok(Limiter { free, premium, here: Windows::default(), shared })
    }

    /// Where Redis does not answer, each service counts by itself.
    pub async fn count(&self, who: &str, tier: Tier) -> Allowance {
        let limit = match tier {
            Tier::Free => self.free,
            Tier::Premium => self.premium,
        };
        if let Some(shared) = &self.shared
            && let Some(allowance) = shared.count(who, limit).await
        {
            return allowance;
        }
        self.here.count(who, limit)
    }

    /// Those who did not ask lately need no place.
    pub fn sweep(&self) {
        self.here.sweep();
    }
}

impl Allowance {
    pub fn retry_after(self) -> Option<u64> {
        self.used.is_none().then(|| self.seconds().max(1))
    }

    fn seconds(self) -> u64 {
        self.reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }

    pub fn tell(self, headers: &mut HeaderMap) {
        let left = self.used.map_or(0, |used| self.limit.saturating_sub(used));
        headers.insert("ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(left));
        headers.insert("ratelimit-reset", HeaderValue::from(self.seconds()));
    }
}

pub fn too_many(seconds: u64) -> Problem {
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem {
        retry_after: Some(seconds),
        ..Problem::new(status, "rate_limited", "too many requests in a minute")
            .details(format!("ask again in {seconds} s"))
            .hint("The headers RateLimit-* say how many are left; a premium key has more.")
    }
}
