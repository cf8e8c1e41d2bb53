//! Checks the replicas regularly against the position of the primary's log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::replicas::LsnHistory;
use super::{Database, Query};
use crate::error::Problem;

const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A log page begins with a header of 24 or 40 bytes. If only the header is reserved, there is nothing to replay
/// beyond the previous page.
const WAL_PAGE_BYTES: u64 = 8192;
const MAX_PAGE_HEADER_BYTES: u64 = 40;

const PRIMARY_POSITION: &str = "
    SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                 ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn)::int8";

impl Database {
    /// The current end of the primary's log. Everything that was committed before lies before it.
    pub async fn primary_position(&self) -> Result<u64, Problem> {
        let rows = self.service_rows(&Query::new(PRIMARY_POSITION)).await?;
        let position = rows.first().map(|row| row.try_get::<_, i64>(0)).transpose()?;
        let position = position.and_then(|lsn| u64::try_from(lsn).ok());
        position.map(skip_empty_page).ok_or_else(Problem::internal)
    }
}

/// Runs forever. Returns at once if there are no replicas.
pub async fn watch_replicas(database: Arc<Database>, max_lag_seconds: f64) {
    let max_lag = Duration::from_secs_f64(max_lag_seconds.clamp(0.0, 86_400.0));
    let mut history = LsnHistory::default();
    while !database.pools.replicas.is_empty() {
        // If the primary does not answer, its last known position still applies.
        if let Ok(position) = database.primary_position().await {
            history.add(Instant::now(), position, max_lag + CHECK_INTERVAL * 10);
        }
        for replica in &database.pools.replicas {
            replica.check(&history, max_lag).await;
        }
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

/// A position just after a page header is the end of the previous page.
fn skip_empty_page(position: u64) -> u64 {
    let offset = position % WAL_PAGE_BYTES;
    if offset <= MAX_PAGE_HEADER_BYTES { position - offset } else { position }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_only_a_header_needs_no_replay() {
        assert_eq!(skip_empty_page(3 * 8192 + 24), 3 * 8192);
        assert_eq!(skip_empty_page(16 << 20), 16 << 20);
        assert_eq!(skip_empty_page((16 << 20) + 40), 16 << 20);
        assert_eq!(skip_empty_page(3 * 8192 + 41), 3 * 8192 + 41);
    }
}
