//! The command line of `ntsb notify`.

use clap::{Args, ValueEnum};

use super::EXIT_CODES;

/// Pass alerts on to a chat or by mail, as they are raised
///
/// Each alert goes once to each target; what could not be delivered is tried again. Alerts that
/// somebody has acknowledged, and those older than a week, are not passed on.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct NotifyArgs {
    /// A webhook that takes Slack's {"text": ...}; may be given several times
    #[arg(
        long,
        value_name = "URL",
        env = "NTSB_WEBHOOK",
        hide_env_values = true,
        value_delimiter = ' '
    )]
    pub webhook: Vec<String>,

    /// A mail address; may be given several times
    #[arg(long, value_name = "ADDRESS", requires = "smtp")]
    pub mail: Vec<String>,

    /// The mail server: smtps://user:password@host, or smtp://host?tls=required
    #[arg(long, value_name = "URL", env = "NTSB_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,

    /// Who the mails are from
    #[arg(long, value_name = "ADDRESS", default_value = "ntsb@localhost")]
    pub mail_from: String,

    /// Only alerts of this weight or more
    #[arg(long, value_enum, default_value_t = Weight::Info)]
    pub least: Weight,

    /// Pass on what waits, and end
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Weight {
    Info,
    Warning,
    Critical,
}

impl Weight {
    /// The words in the database that it lets pass.
    pub fn and_above(self) -> Vec<String> {
        let all =
            [(Weight::Info, "info"), (Weight::Warning, "warning"), (Weight::Critical, "critical")];
        all.iter()
            .filter(|(weight, _)| *weight >= self)
            .map(|(_, word)| (*word).to_owned())
            .collect()
    }
}
