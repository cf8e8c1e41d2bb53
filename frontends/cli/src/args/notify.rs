//! Arguments of `ntsb notify`.

use clap::{Args, ValueEnum};

use super::EXIT_CODES;

/// Send alerts to a webhook or by e-mail
///
/// Each alert is delivered once to each target; failed deliveries are retried. Acknowledged alerts and
/// alerts older than a week are not sent.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct NotifyArgs {
    /// Webhook that accepts Slack's {"text": ...} (repeatable)
    #[arg(
        long,
        value_name = "URL",
        env = "NTSB_WEBHOOK",
        hide_env_values = true,
        value_delimiter = ' '
    )]
    pub webhook: Vec<String>,

    /// E-mail address of a recipient (repeatable)
    #[arg(long, value_name = "ADDRESS", requires = "smtp")]
    pub mail: Vec<String>,

    /// Mail server: smtps://user:password@host or smtp://host?tls=required
    #[arg(long, value_name = "URL", env = "NTSB_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,

    /// Sender address
    #[arg(long, value_name = "ADDRESS", default_value = "ntsb@localhost")]
    pub mail_from: String,

    /// Minimum severity of alerts to send
    #[arg(long = "min-severity", value_enum, default_value_t = MinSeverity::Info)]
    pub min_severity: MinSeverity,

    /// Send the pending alerts and exit
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum MinSeverity {
    Info,
    Warning,
    Critical,
}

impl MinSeverity {
    /// The values of `ntsb.alert.severity` that are at least this severe.
    pub fn matching_severities(self) -> Vec<String> {
        let all = [
            (MinSeverity::Info, "info"),
            (MinSeverity::Warning, "warning"),
            (MinSeverity::Critical, "critical"),
        ];
        all.iter()
            .filter(|(severity, _)| *severity >= self)
            .map(|(_, name)| (*name).to_owned())
            .collect()
    }
}
