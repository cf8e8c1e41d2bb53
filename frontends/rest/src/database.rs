//! How the service reaches a database: settings and TLS as libpq has them.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::Connect;
use ntsb_connect::{Defaults, Settings, variable};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error};

use crate::error::chain;

pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const DEFAULTS: Defaults =
    Defaults { application_name: "ntsb-rest", dbname: "ntsb", user: Some("ntsb_rest") };

/// What a connection string says, completed by the environment, and what every connection of ours has
/// besides.
pub fn connection(text: &str) -> Result<Settings, String> {
    let settings = Settings::read(Some(text), &variable, DEFAULTS);
    let mut settings = settings.map_err(|error| format!("connection settings: {error}"))?;
    let config = settings.config_mut();
    config.connect_timeout(CONNECT_TIMEOUT).keepalives_idle(Duration::from_secs(30));
    Ok(settings)
}

/// For people to look at: without a password. What cannot be read is not shown at all.
pub fn without_password(text: &str) -> String {
    connection(text).map_or_else(|_| "(unreadable)".into(), |settings| settings.redacted())
}

/// Makes the connections of a pool.
pub struct PoolConnector(pub Settings);

type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

impl Connect for PoolConnector {
    fn connect(&self, _: &Config) -> Connecting<'_> {
        Box::pin(async {
            let (client, connection) = self.0.connect().await?;
            let driver = tokio::spawn(async {
                if let Err(error) = connection.await {
                    tracing::debug!(error = %chain(&error), "a connection to the database ended");
                }
            });
            Ok((client, driver))
        })
    }
}
