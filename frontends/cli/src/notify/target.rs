//! Those to whom alerts go.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::{Client, Url};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::alert::Alert;
use crate::args::NotifyArgs;
use crate::failure::{Failure, with_causes};

/// How long a target may take over one alert.
const PATIENCE: Duration = Duration::from_secs(20);

const NO_SERVER: &str =
    "--smtp is no URL of a mail server, such as smtps://user:password@mail.example.org";

pub struct Target {
    /// How it is called where people read it: the URL of a webhook is a secret.
    pub name: String,
    way: Way,
}

enum Way {
    Webhook { client: Client, url: Url },
    Mail { server: AsyncSmtpTransport<Tokio1Executor>, from: Mailbox, to: Mailbox },
}

pub fn all(args: &NotifyArgs) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for url in &args.webhook {
        targets.push(webhook(url)?);
    }
    for address in &args.mail {
        targets.push(mail(address, args)?);
    }
    if targets.is_empty() {
        return Err(Failure::Usage(
            "to whom? --webhook URL, or --mail ADDRESS with --smtp URL".to_owned(),
        ));
    }
    Ok(targets)
}

fn webhook(text: &str) -> Result<Target, Failure> {
    // The URL is not repeated: it is a secret.
    let url = Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    let url = url.ok_or_else(|| {
        Failure::Usage("a webhook is no URL that begins with https:// or http://".to_owned())
    })?;
    let client = Client::builder().timeout(PATIENCE).build();
    let client =
        client.map_err(|e| Failure::Other(format!("cannot use HTTP: {}", with_causes(&e))))?;
    let fingerprint: String =
        Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("webhook {} {fingerprint}", url.host_str().unwrap_or("without a host"));
    Ok(Target { name, way: Way::Webhook { client, url } })
}

fn mail(address: &str, args: &NotifyArgs) -> Result<Target, Failure> {
    let mailbox = |text: &str| {
        text.parse::<Mailbox>()
            .map_err(|e| Failure::Usage(format!("{text} is no mail address: {e}")))
    };
    let (from, to) = (mailbox(&args.mail_from)?, mailbox(address)?);
    let url = args.smtp.as_deref().unwrap_or_default();
    // Nor is this one repeated, for its password.
    let refused = |_| Failure::Usage(NO_SERVER.to_owned());
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(refused)?;
    let server = server.timeout(Some(PATIENCE)).build();
    Ok(Target { name: format!("mail {}", to.email), way: Way::Mail { server, from, to } })
}

impl Target {
    pub async fn deliver(&self, alert: &Alert) -> Result<(), String> {
        match &self.way {
            Way::Webhook { client, url } => {
                let sent = client
                    .post(url.clone())
                    .header("content-type", "application/json")
                    .body(json!({ "text": alert.markup() }).to_string())
                    .send()
                    .await
                    .map_err(|e| with_causes(&e.without_url()))?;
                match sent.status() {
                    status if status.is_success() => Ok(()),
                    status => Err(format!("the webhook answered {status}")),
                }
            }
            Way::Mail { server, from, to } => {
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
