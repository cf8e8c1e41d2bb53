//! Connection strings of PostgreSQL, as libpq defines them.

use std::time::Duration;

use ntsb_connect::{Defaults, Settings, env_variable};

pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const DEFAULTS: Defaults =
    Defaults { application_name: "ntsb-rest", dbname: "ntsb", user: Some("ntsb_rest") };

/// Reads a connection string, adds the environment variables, and sets the service's own options.
pub fn connection_settings(text: &str) -> Result<Settings, String> {
    let settings = Settings::read(Some(text), &env_variable, DEFAULTS);
    let mut settings = settings.map_err(|error| format!("connection settings: {error}"))?;
    let config = settings.config_mut();
    config.connect_timeout(CONNECT_TIMEOUT).keepalives_idle(Duration::from_secs(30));
    Ok(settings)
}

/// The connection string without its password, for display. An invalid one is not shown at all.
pub fn redact_password(text: &str) -> String {
    connection_settings(text).map_or_else(|_| "(unreadable)".into(), |settings| settings.redacted())
}
