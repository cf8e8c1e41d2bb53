//! The target of a relay: Redis Streams, a webhook or Kafka.

use std::time::Duration;

use reqwest::Url;

use super::cursor::Event;
use super::kafka::Kafka;
use super::redis::Redis;
use super::secrets::read_secret;
use super::webhook::Webhook;
use crate::args::RelayArgs;
use crate::failure::Failure;

const INVALID_TARGET: &str = "--to must be redis://HOST:PORT/DB, rediss://…, http(s)://HOST/PATH or \
                              kafka://HOST:PORT/TOPIC";

pub enum Target {
    Redis(Redis),
    Webhook(Webhook),
    Kafka(Kafka),
}

/// Why events were not accepted.
pub struct SendError {
    /// How many events from the first on were accepted all the same.
    pub delivered: usize,
    /// Whether a retry may help.
    pub is_transient: bool,
    /// It contains no secret and no path of a URL.
    pub reason: String,
    pub retry_after: Option<Duration>,
}

impl SendError {
    pub fn transient(reason: impl Into<String>) -> SendError {
        let reason = reason.into();
        SendError { delivered: 0, is_transient: true, reason, retry_after: None }
    }

    pub fn permanent(reason: impl Into<String>) -> SendError {
        SendError { is_transient: false, ..SendError::transient(reason) }
    }
}

impl Target {
    /// Reads the settings of the target. Does not connect.
    pub fn parse(args: &RelayArgs) -> Result<Target, Failure> {
        let text = target_url(args)?;
        let password = read_secret("NTSB_RELAY_PASSWORD", args.password_file.as_deref())?;
        let timeout = Duration::from_secs(args.timeout.into());
        if let Some(rest) = text.strip_prefix("kafka://") {
            return Ok(Target::Kafka(Kafka::parse(rest, password, timeout)?));
        }
        // The error does not repeat the URL because it may contain a password.
        let url = Url::parse(&text).map_err(|_| Failure::Usage(INVALID_TARGET.to_owned()))?;
        match url.scheme() {
            "redis" | "rediss" => Ok(Target::Redis(Redis::new(url, password, args, timeout)?)),
            "http" | "https" => Ok(Target::Webhook(Webhook::new(url, args, timeout)?)),
            _ => Err(Failure::Usage(INVALID_TARGET.to_owned())),
        }
    }

    /// The default name of the relay. It contains no secret.
    pub fn describe(&self) -> String {
        match self {
            Target::Redis(redis) => redis.describe(),
            Target::Webhook(webhook) => webhook.describe(),
            Target::Kafka(kafka) => kafka.describe(),
        }
    }

    /// Sends events in order.
    pub async fn send(&mut self, events: &[Event]) -> Result<(), SendError> {
        match self {
            Target::Redis(redis) => redis.send(events).await,
            Target::Webhook(webhook) => webhook.send(events).await,
            Target::Kafka(kafka) => kafka.send(events).await,
        }
    }
}

/// The command line is visible to other users of the machine, so it may not hold a password.
fn target_url(args: &RelayArgs) -> Result<String, Failure> {
    let Some(text) = &args.to else {
        let file = std::env::var_os("NTSB_RELAY_TO_FILE").map(std::path::PathBuf::from);
        let text = read_secret("NTSB_RELAY_TO", file.as_deref())?;
        return text.ok_or_else(|| {
            Failure::Usage(format!("no target: give --to or NTSB_RELAY_TO\n{INVALID_TARGET}"))
        });
    };
    let authority = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => Err(Failure::Usage(
            "--to must not contain a password, which other users of this machine could read: put the \
             URL into NTSB_RELAY_TO, or the password into NTSB_RELAY_PASSWORD or --password-file"
                .to_owned(),
        )),
        _ => Ok(text.clone()),
    }
}
