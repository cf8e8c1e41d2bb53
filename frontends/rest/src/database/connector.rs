//! Opens the connections of a pool.

use std::future::Future;
use std::pin::Pin;

use deadpool_postgres::Connect;
use ntsb_connect::Settings;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error};

use crate::error::error_chain;

pub struct PoolConnector(pub Settings);

type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

impl Connect for PoolConnector {
    fn connect(&self, _: &Config) -> Connecting<'_> {
        Box::pin(async {
            let (client, connection) = self.0.connect().await?;
            let driver = tokio::spawn(async {
                if let Err(error) = connection.await {
                    tracing::debug!(error = %error_chain(&error), "a database connection failed");
                }
            });
            Ok((client, driver))
        })
    }
}
