//! Checks whether the service can answer: the database is reachable and holds a warehouse.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::database::{Database, Query};

const CHECK: &str = "SELECT count(*) FROM ntsb.mv_yearly_stats";

/// How long a result is reused, so that frequent probes cost little.
const MAX_AGE: Duration = Duration::from_millis(500);

pub struct ReadinessCheck {
    database: Arc<Database>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl ReadinessCheck {
    pub fn new(database: Arc<Database>) -> ReadinessCheck {
        ReadinessCheck { database, last: Mutex::default() }
    }

    pub async fn run(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return result.clone();
        }
        let rows = self.database.viewer_rows(&Query::new(CHECK)).await;
        let result = rows.map(|_| ()).map_err(|problem| problem.message);
        *last = Some((Instant::now(), result.clone()));
        result
    }
}
