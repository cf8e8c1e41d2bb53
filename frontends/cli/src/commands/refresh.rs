//! `ntsb refresh`: refreshes derived data.

use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;

/// The procedure returns nothing; `ntsb.refresh_state` records what it refreshed.
const STATE: &str = "SELECT count(*) FILTER (WHERE refreshed_at >= $1::text::timestamptz), count(*) FROM ntsb.refresh_state";

pub async fn run(dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let started_at: String =
        client.query_one("SELECT clock_timestamp()::text", &[]).await?.try_get(0)?;
    {
        let _step = terminal.start_step("refreshing derived data");
        client.batch_execute("CALL ntsb_refresh()").await?;
    }
    let row = client.query_one(STATE, &[&started_at]).await?;
    let (refreshed, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    terminal.print(&match refreshed {
        0 => "Everything was up to date.\n".to_owned(),
        _ => format!("Refreshed {refreshed} of {all} derived objects.\n"),
    })
}
