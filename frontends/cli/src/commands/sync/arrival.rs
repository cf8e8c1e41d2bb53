//! The pipeline `arrival`, which runs after a synchronization that changed something. Without it, the loads
//! refresh derived data themselves.

use tokio_postgres::Client;

use crate::commands::refresh;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;

const DAG: &str = "arrival";

/// A batch of an earlier run may be unfinished, so its number alone says nothing.
const HAS_CHANGES: &str = "
    SELECT EXISTS (SELECT FROM ntsb.batch_table WHERE batch_id > $1 AND inserted + updated + withdrawn > 0)";

/// The state of the warehouse before the first load.
pub struct Arrival {
    is_defined: bool,
    last_batch_id: i64,
}

impl Arrival {
    pub async fn read(dsn: Option<&str>, terminal: &Terminal) -> Result<Arrival, Failure> {
        let client = connect(dsn, terminal).await?;
        let tables =
            "SELECT to_regclass('ntsb.dag') IS NOT NULL, to_regclass('ntsb.batch') IS NOT NULL";
        let row = client.query_one(tables, &[]).await?;
        let (has_dags, has_batches): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Arrival {
            is_defined: has_dags && is_defined(&client).await?,
            last_batch_id: if has_batches { last_batch_id(&client).await? } else { 0 },
        })
    }

    /// Whether the pipeline refreshes derived data, so that the loads need not.
    pub fn is_defined(&self) -> bool {
        self.is_defined
    }

    /// Runs the pipeline if the loads changed something. A failure is only a warning, because the data are stored.
    pub async fn run(&self, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
        let client = connect(dsn, terminal).await?;
        if !client.query_one(HAS_CHANGES, &[&self.last_batch_id]).await?.try_get::<_, bool>(0)? {
            return Ok(());
        }
        let _step = terminal.start_step(format!("running pipeline {DAG}"));
        if let Err(error) = client.execute("CALL ntsb_run_dag($1)", &[&DAG]).await {
            terminal.warn(&format!(
                "the data were loaded, but pipeline {DAG} did not succeed: {}\n\
                 hint: See ntsb dag list; fix the cause, then run: ntsb dag run {DAG}",
                Failure::from(error)
            ));
        }
        Ok(())
    }

    /// Runs the pipeline, or refreshes derived data where it is not defined.
    pub async fn run_or_refresh(
        &self,
        dsn: Option<&str>,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        if self.is_defined {
            self.run(dsn, terminal).await
        } else {
            refresh::run(dsn, terminal).await
        }
    }
}

async fn is_defined(client: &Client) -> Result<bool, Failure> {
    let sql = "SELECT EXISTS (SELECT FROM ntsb.dag WHERE dag = $1 AND is_enabled)";
    Ok(client.query_one(sql, &[&DAG]).await?.try_get(0)?)
}

async fn last_batch_id(client: &Client) -> Result<i64, Failure> {
    let sql = "SELECT coalesce(max(batch_id), 0)::bigint FROM ntsb.batch";
    Ok(client.query_one(sql, &[]).await?.try_get(0)?)
}
