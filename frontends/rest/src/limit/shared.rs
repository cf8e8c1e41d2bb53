//! The same count in Redis. One script does it atomically, so that several services never exceed the limit.

use std::time::Duration;

use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::{Allowance, WINDOW};

/// How long a request waits for Redis.
const TIMEOUT: Duration = Duration::from_millis(250);

/// Uses the clock of Redis, in microseconds. Returns the number of requests in the window (0: over the limit) and
/// the milliseconds until the oldest leaves it.
const COUNT: &str = "
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local window = tonumber(ARGV[2]) * 1000
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
    local used = redis.call('ZCARD', KEYS[1])
    local allowed = used < tonumber(ARGV[1])
    if allowed then
        redis.call('ZADD', KEYS[1], now, now .. '-' .. used)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        used = used + 1
    end
    local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    local reset = window
    if first[2] then reset = tonumber(first[2]) + window - now end
    return {allowed and used or 0, math.ceil(reset / 1000)}";

pub struct SharedWindows {
    connection: ConnectionManager,
    count: Script,
}

impl SharedWindows {
    pub async fn connect(url: &str) -> Result<SharedWindows, String> {
        let client = redis::Client::open(url).map_err(|_| "redis_url is not a valid Redis URL")?;
        let config = ConnectionManagerConfig::new().set_connection_timeout(Some(TIMEOUT));
        let connection = ConnectionManager::new_lazy_with_config(client, config)
            .map_err(|error| format!("Redis: {error}"))?;
        Ok(SharedWindows { connection, count: Script::new(COUNT) })
    }

    /// None if Redis does not answer.
    pub async fn count(&self, rate_key: &str, limit: u32) -> Option<Allowance> {
        let mut connection = self.connection.clone();
        let mut call = self.count.key(format!("ntsb-rest:{rate_key}"));
        call.arg(limit).arg(WINDOW.as_millis().to_string());
        let reply = call.invoke_async::<(u32, u64)>(&mut connection);
        match tokio::time::timeout(TIMEOUT, reply).await {
            Ok(Ok((used, reset))) => Some(Allowance {
                limit,
                used: (used > 0).then_some(used),
                reset: Duration::from_millis(reset),
            }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "Redis failed to count a request");
                None
            }
            Err(_) => {
                tracing::warn!("Redis does not answer");
                None
            }
        }
    }
}
