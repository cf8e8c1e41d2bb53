//! The same count in Redis: one script, so that two services never let in one too many.

use std::time::Duration;

use redis::Script;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::{Allowance, WINDOW};

/// Requests wait no longer for a count than this.
const PATIENCE: Duration = Duration::from_millis(250);

/// By the clock of Redis, in microseconds. Answers how many were used (0: one too many) and when the
/// oldest no longer counts.
const COUNT: &str = "
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local window = tonumber(ARGV[2]) * 1000
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
    local used = redis.call('ZCARD', KEYS[1])
    local may = used < tonumber(ARGV[1])
    if may then
        redis.call('ZADD', KEYS[1], now, now .. '-' .. used)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        used = used + 1
    end
    local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    local reset = window
    if first[2] then reset = tonumber(first[2]) + window - now end
    return {may and used or 0, math.ceil(reset / 1000)}";

pub struct Shared {
    connection: ConnectionManager,
    count: Script,
}

impl Shared {
    pub async fn connect(url: &str) -> Result<Shared, String> {
        let client = redis::Client::open(url).map_err(|_| "redis_url is no address of a Redis")?;
        let config = ConnectionManagerConfig::new().set_connection_timeout(Some(PATIENCE));
        let connection = ConnectionManager::new_lazy_with_config(client, config)
            .map_err(|error| format!("Redis: {error}"))?;
        Ok(Shared { connection, count: Script::new(COUNT) })
    }

    /// None where Redis does not answer.
    pub async fn count(&self, who: &str, limit: u32) -> Option<Allowance> {
        let mut connection = self.connection.clone();
        let mut call = self.count.key(format!("ntsb-rest:{who}"));
        call.arg(limit).arg(WINDOW.as_millis().to_string());
        let answer = call.invoke_async::<(u32, u64)>(&mut connection);
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok((used, reset))) => Some(Allowance {
                limit,
                used: (used > 0).then_some(used),
                reset: Duration::from_millis(reset),
            }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "Redis does not count");
                None
            }
            Err(_) => {
                tracing::warn!("Redis does not answer");
                None
            }
        }
    }
}
