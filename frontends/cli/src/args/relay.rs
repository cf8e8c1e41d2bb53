//! Arguments of `ntsb relay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::EXIT_CODES;
use super::queries::OutputArgs;

const SECRETS: &str = "\
Secrets are read from the environment or from files, never from the command line:
  NTSB_RELAY_TO        the target, which may then contain user:password@
  NTSB_RELAY_PASSWORD  password of the user in the target (Redis, Kafka: SASL PLAIN)
  NTSB_RELAY_TOKEN     sent to a webhook as Authorization: Bearer
  NTSB_RELAY_HMAC_KEY  signs each request to a webhook (webhook-signature)
Append _FILE to a name to give a file that holds the value.";

/// Send changes, alerts and predictions as CloudEvents to Redis, a webhook or Kafka
///
/// Each event is sent at least once and in order; after a crash the command continues where it stopped.
/// The cursors are in the database (ntsb.relay_cursor). Without --once it runs until SIGTERM.
#[derive(Debug, Args)]
#[command(after_help = format!("{SECRETS}\n\n{EXIT_CODES}"))]
pub struct RelayArgs {
    /// Target: redis://HOST:PORT/DB, http(s)://HOST/PATH or kafka://HOST:PORT,HOST:PORT/TOPIC
    // Not read from the environment by clap: the environment may hold a password, the command line must not.
    #[arg(long, value_name = "URL")]
    pub to: Option<String>,

    /// What to send
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "changes,alerts,predictions",
        value_name = "TOPICS"
    )]
    pub topics: Vec<Topic>,

    /// Send the pending events and exit
    #[arg(long, conflicts_with = "follow")]
    pub once: bool,

    /// Keep running and send new events as they arrive (the default)
    #[arg(long)]
    pub follow: bool,

    /// Maximum number of events per batch
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=5000))]
    pub batch: u16,

    /// Where a relay without a cursor begins
    #[arg(long, value_enum, default_value_t = Start::Start)]
    pub from: Start,

    /// Discard the cursors of this relay and begin at --from
    #[arg(long)]
    pub restart: bool,

    /// Name of the relay, to which its cursors belong [default: the target, without secrets]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// URI of this database, the source of the events [default: urn:pg-ntsb:warehouse:DATABASE]
    #[arg(long, value_name = "URI")]
    pub source: Option<String>,

    /// Redis: key of the stream
    #[arg(long, value_name = "KEY", default_value = "ntsb")]
    pub stream: String,

    /// Redis: keep about this many entries in the stream (XADD MAXLEN ~)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub maxlen: Option<u64>,

    /// Webhook: send a batch per request (application/cloudevents-batch+json) instead of one event
    #[arg(long)]
    pub batched: bool,

    /// Seconds after which a request to the target fails
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub timeout: u16,

    /// Attempts per batch before --once gives up
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts: u32,

    /// File with the password of the target's user
    #[arg(long, value_name = "FILE", env = "NTSB_RELAY_PASSWORD_FILE")]
    pub password_file: Option<PathBuf>,

    /// Webhook: file with a bearer token
    #[arg(long, value_name = "FILE", env = "NTSB_RELAY_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,

    /// Webhook: file with the HMAC key
    #[arg(long, value_name = "FILE", env = "NTSB_RELAY_HMAC_KEY_FILE")]
    pub hmac_key_file: Option<PathBuf>,

    /// Show the cursors of all relays and what is pending
    #[arg(long, conflicts_with_all = ["once", "follow", "restart"])]
    pub status: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Topic {
    /// Inserts, updates, withdrawals and returns of rows
    Changes,
    /// Alerts that were raised
    Alerts,
    /// Stored predictions, and those that supersede an earlier one
    Predictions,
}

impl Topic {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Changes => "changes",
            Topic::Alerts => "alerts",
            Topic::Predictions => "predictions",
        }
    }

    /// The channel on which the database announces new rows.
    pub fn channel(self) -> &'static str {
        match self {
            Topic::Changes => "ntsb_events",
            Topic::Alerts => "ntsb_alert",
            Topic::Predictions => "ntsb_prediction",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// All events of the database
    Start,
    /// Only later events
    Now,
}

impl Start {
    pub fn name(self) -> &'static str {
        match self {
            Start::Start => "start",
            Start::Now => "now",
        }
    }
}
