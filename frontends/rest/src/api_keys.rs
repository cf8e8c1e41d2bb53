//! API keys in the database: looks them up, and keeps the list of revoked ones current.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Row;

use crate::auth::{Caller, RevokedKeys};
use crate::config::Settings;
use crate::database::{Database, Query};
use crate::error::Problem;

/// Keys that were revoked or expired within the lifetime of a token.
const REVOKED: &str = "SELECT ntsb_internal.list_revoked_api_keys(make_interval(mins => $1))";

const CHECK: &str = "SELECT * FROM ntsb_internal.check_api_key($1)";

const MAX_KEY_BYTES: usize = 200;

pub struct ApiKeys {
    database: Arc<Database>,
    revoked: Arc<RevokedKeys>,
    token_minutes: u64,
    refresh_interval: Duration,
}

impl ApiKeys {
    pub fn new(
        settings: &Settings,
        database: Arc<Database>,
        revoked: Arc<RevokedKeys>,
    ) -> Arc<ApiKeys> {
        let refresh_interval = Duration::from_millis(settings.revoked_keys_ms.clamp(100, 5_000));
        Arc::new(ApiKeys {
            database,
            revoked,
            token_minutes: settings.jwt_minutes,
            refresh_interval,
        })
    }

    /// Finds a valid key. Only the service's own login may do this. It asks the primary, where a key that was
    /// just revoked is no longer valid.
    pub async fn find(&self, caller: &Caller, key: &str) -> Result<Option<Row>, Problem> {
        if key.len() > MAX_KEY_BYTES || key.contains('\0') {
            return Ok(None);
        }
        let query = Query::new(CHECK).text(key.to_owned());
        Ok(self.database.rows_as_login(caller, &query).await?.into_iter().next())
    }

    pub async fn refresh_revoked(&self) -> Result<(), Problem> {
        let minutes = i32::try_from(self.token_minutes + 2).unwrap_or(i32::MAX);
        let rows = self.database.service_rows(&Query::new(REVOKED).int(minutes)).await?;
        let keys = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        self.revoked.replace(keys);
        Ok(())
    }

    /// Runs forever. After a failure the last known list still applies.
    pub async fn watch_revoked(&self) {
        loop {
            if let Err(problem) = self.refresh_revoked().await {
                tracing::debug!(problem = problem.message, "could not read the revoked keys");
            }
            tokio::time::sleep(self.refresh_interval).await;
        }
    }
}
