//! A webhook: one request per event, or per batch.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use ring::hmac;
use sha2::{Digest, Sha256};

use super::cursor::Event;
use super::secrets::read_secret;
use super::target::SendError;
use crate::args::RelayArgs;
use crate::failure::{Failure, with_causes};
use crate::runtime::retry::parse_retry_after;

const SINGLE: &str = "application/cloudevents+json; charset=utf-8";
const BATCH: &str = "application/cloudevents-batch+json; charset=utf-8";

pub struct Webhook {
    client: Client,
    url: Url,
    is_batched: bool,
    authorization: Option<HeaderValue>,
    signer: Option<Signer>,
    name: String,
}

impl Webhook {
    pub fn new(url: Url, args: &RelayArgs, timeout: Duration) -> Result<Webhook, Failure> {
        // A redirect could pass the events and the token to another host.
        let client = Client::builder().timeout(timeout).redirect(Policy::none()).build();
        let client = client
            .map_err(|e| Failure::Other(format!("cannot set up HTTP: {}", with_causes(&e))))?;
        let digest = Sha256::digest(url.as_str().as_bytes());
        let fingerprint: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("webhook {} {fingerprint}", url.host_str().unwrap_or("without a host"));
        let token = read_secret("NTSB_RELAY_TOKEN", args.token_file.as_deref())?;
        let key = read_secret("NTSB_RELAY_HMAC_KEY", args.hmac_key_file.as_deref())?;
        Ok(Webhook {
            client,
            url,
            is_batched: args.batched,
            authorization: token.map(|token| bearer(&token)).transpose()?,
            signer: key.map(|key| Signer::new(&key)).transpose()?,
            name,
        })
    }

    pub fn describe(&self) -> String {
        self.name.clone()
    }

    pub async fn send(&self, events: &[Event]) -> Result<(), SendError> {
        if let ([first, ..], [.., last], true) = (events, events, self.is_batched) {
            let bodies: Vec<&str> = events.iter().map(|event| event.json.as_str()).collect();
            let id = format!("{}/{}", first.id, last.id);
            return self.post(&id, BATCH, format!("[{}]", bodies.join(","))).await;
        }
        for (delivered, event) in events.iter().enumerate() {
            let sent = self.post(&event.id, SINGLE, event.json.clone()).await;
            sent.map_err(|error| SendError { delivered, ..error })?;
        }
        Ok(())
    }

    async fn post(&self, id: &str, content_type: &str, body: String) -> Result<(), SendError> {
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, content_type);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(signer) = &self.signer {
            let timestamp = unix_time();
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", timestamp)
                .header("webhook-signature", signer.sign(id, timestamp, &body));
        }
        match request.body(body).send().await {
            Ok(response) => check_response(&response),
            Err(error) if error.is_builder() => Err(SendError::permanent("the request is invalid")),
            Err(error) => {
                let reason = with_causes(&error.without_url());
                Err(SendError::transient(format!("no response from the webhook: {reason}")))
            }
        }
    }
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut value = value.map_err(|_| {
        Failure::Usage("NTSB_RELAY_TOKEN contains characters that no header may hold".to_owned())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn check_response(response: &Response) -> Result<(), SendError> {
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let is_transient = status.is_server_error()
        || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS]
            .contains(&status);
    let note = match status {
        StatusCode::GONE => "; the receiver wants no more events",
        status if status.is_redirection() => "; redirects are not followed: correct the URL",
        _ => "",
    };
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    Err(SendError {
        delivered: 0,
        is_transient,
        reason: format!("the webhook returned {status}{note}"),
        retry_after: retry_after.and_then(parse_retry_after),
    })
}

/// Signs requests as Standard Webhooks does: HMAC-SHA256 over id, timestamp and body.
struct Signer(hmac::Key);

impl Signer {
    /// A key of the form whsec_… is base64; any other text is the key itself.
    fn new(key: &str) -> Result<Signer, Failure> {
        let bytes = match key.strip_prefix("whsec_") {
            None => key.as_bytes().to_vec(),
            Some(text) => STANDARD.decode(text).map_err(|_| {
                Failure::Usage(
                    "NTSB_RELAY_HMAC_KEY starts with whsec_ but is not base64".to_owned(),
                )
            })?,
        };
        Ok(Signer(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let tag = hmac::sign(&self.0, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification of Standard Webhooks.
    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        let signer = Signer::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(Signer::new("whsec_%").is_err());
    }
}
