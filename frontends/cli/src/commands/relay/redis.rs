//! Redis Streams: one entry per event.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, Pipeline, RedisError};
use reqwest::Url;

use super::cursor::Event;
use super::target::SendError;
use crate::args::RelayArgs;
use crate::failure::Failure;

pub struct Redis {
    client: Client,
    stream: String,
    maxlen: Option<u64>,
    timeout: Duration,
    name: String,
    connection: Option<MultiplexedConnection>,
}

impl Redis {
    pub fn new(
        mut url: Url,
        password: Option<String>,
        args: &RelayArgs,
        timeout: Duration,
    ) -> Result<Redis, Failure> {
        let host = url.host_str().unwrap_or("localhost");
        let database = url.path().trim_matches('/');
        let database = if database.is_empty() { "0" } else { database };
        let name =
            format!("redis {host}:{}/{database} {}", url.port().unwrap_or(6379), args.stream);
        let invalid = || {
            Failure::Usage(
                "--to is no valid Redis URL: redis://[USER@]HOST:PORT/DATABASE".to_owned(),
            )
        };
        if let Some(password) = password {
            url.set_password(Some(&password)).map_err(|()| invalid())?;
        }
        // The error is not shown because it may contain the URL.
        let client = Client::open(url.as_str()).map_err(|_| invalid())?;
        let (stream, maxlen) = (args.stream.clone(), args.maxlen);
        Ok(Redis { client, stream, maxlen, timeout, name, connection: None })
    }

    pub fn describe(&self) -> String {
        self.name.clone()
    }

    pub async fn send(&mut self, events: &[Event]) -> Result<(), SendError> {
        let sent = self.try_send(events).await;
        if sent.is_err() {
            self.connection = None;
        }
        sent.map_err(classify)
    }

    async fn try_send(&mut self, events: &[Event]) -> Result<(), RedisError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(self.timeout))
                    .set_response_timeout(Some(self.timeout));
                let opened = self.client.get_multiplexed_async_connection_with_config(&config);
                none.insert(opened.await?)
            }
        };
        // MULTI … EXEC: all events of the batch or none, in order.
        let mut pipeline = Pipeline::with_capacity(events.len());
        pipeline.atomic();
        for event in events {
            let command = pipeline.cmd("XADD").arg(&self.stream);
            if let Some(maxlen) = self.maxlen {
                command.arg("MAXLEN").arg("~").arg(maxlen);
            }
            command.arg("*").arg("id").arg(&event.id).arg("type").arg(&event.kind);
            command.arg("event").arg(&event.json).ignore();
        }
        pipeline.query_async(connection).await
    }
}

/// Errors that a person has to remove: wrong password, missing permission, a key of another type. One error
/// stands for all: the commands of a batch fail for the same reason.
fn classify(error: RedisError) -> SendError {
    let is_login_refused =
        matches!(error.kind(), ErrorKind::AuthenticationFailed | ErrorKind::InvalidClientConfig);
    let text = error.to_string();
    let Some(first) = error.into_server_errors().and_then(|all| all.first().cloned()) else {
        return match is_login_refused {
            true => SendError::permanent(format!("Redis refused the events: {text}")),
            false => SendError::transient(format!("Redis did not accept the events: {text}")),
        };
    };
    let reason = format!("{} {}", first.1.code(), first.1.details().unwrap_or_default());
    let permanent = ["WRONGTYPE", "NOAUTH", "WRONGPASS", "NOPERM"];
    match is_login_refused || permanent.contains(&first.1.code()) {
        true => SendError::permanent(format!("Redis refused the events: {reason}")),
        false => SendError::transient(format!("Redis did not accept the events: {reason}")),
    }
}
