//! The targets of alerts: webhooks and e-mail addresses.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::{Client, Url};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::alert::Alert;
use crate::args::NotifyArgs;
use crate::failure::{Failure, with_causes};

/// Time limit for one delivery.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(20);

const INVALID_SMTP_URL: &str = "--smtp must be the URL of a mail server, such as \
                                smtps://user:password@mail.example.org";

pub struct Target {
    /// The name in messages. It does not contain the URL of a webhook, which is a secret.
    pub name: String,
    transport: Transport,
}

enum Transport {
    Webhook { client: Client, url: Url },
    Mail { server: AsyncSmtpTransport<Tokio1Executor>, from: Mailbox, to: Mailbox },
}

pub fn parse_targets(args: &NotifyArgs) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for url in &args.webhook {
        targets.push(webhook_target(url)?);
    }
    for address in &args.mail {
        targets.push(mail_target(address, args)?);
    }
    if targets.is_empty() {
        return Err(Failure::Usage(
            "no target: give --webhook URL, or --mail ADDRESS with --smtp URL".to_owned(),
        ));
    }
    Ok(targets)
}

fn webhook_target(text: &str) -> Result<Target, Failure> {
    // The error does not repeat the URL because it is a secret.
    let url = Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let url = url.ok_or_else(|| {
        Failure::Usage("--webhook must be a URL that starts with https:// or http://".to_owned())
    })?;
    let client = Client::builder().timeout(DELIVERY_TIMEOUT).build();
    let client =
        client.map_err(|e| Failure::Other(format!("cannot set up HTTP: {}", with_causes(&e))))?;
    let fingerprint: String =
        Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("webhook {} {fingerprint}", url.host_str().unwrap_or("without a host"));
    Ok(Target { name, transport: Transport::Webhook { client, url } })
}

fn mail_target(address: &str, args: &NotifyArgs) -> Result<Target, Failure> {
    let parse = |text: &str| {
        text.parse::<Mailbox>()
            .map_err(|e| Failure::Usage(format!("invalid e-mail address {text:?}: {e}")))
    };
    let (from, to) = (parse(&args.mail_from)?, parse(address)?);
    let url = args.smtp.as_deref().unwrap_or_default();
    // The error does not repeat the URL because it may contain a password.
    let invalid = |_| Failure::Usage(INVALID_SMTP_URL.to_owned());
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(invalid)?;
    let server = server.timeout(Some(DELIVERY_TIMEOUT)).build();
    let name = format!("mail {}", to.email);
    Ok(Target { name, transport: Transport::Mail { server, from, to } })
}

impl Target {
    pub async fn deliver(&self, alert: &Alert) -> Result<(), String> {
        match &self.transport {
            Transport::Webhook { client, url } => {
                let response = client
                    .post(url.clone())
                    .header("content-type", "application/json")
                    .body(json!({ "text": alert.slack_markup() }).to_string())
                    .send()
                    .await
                    .map_err(|e| with_causes(&e.without_url()))?;
                match response.status() {
                    status if status.is_success() => Ok(()),
                    status => Err(format!("the webhook returned {status}")),
                }
            }
            Transport::Mail { server, from, to } => {
                let message = Message::builder()
                    .from(from.clone())
                    .to(to.clone())
                    .subject(format!("NTSB warehouse: {}", alert.title()))
                    .body(alert.text())
                    .map_err(|e| with_causes(&e))?;
                server.send(message).await.map(drop).map_err(|e| with_causes(&e))
            }
        }
    }
}
