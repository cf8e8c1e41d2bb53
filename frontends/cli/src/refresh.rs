//! `ntsb refresh`: brings what is derived from the data up to date.

use crate::connect::connect;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// The procedure says nothing of what it did; `ntsb.refresh_state` does.
const STATE: &str = "SELECT count(*) FILTER (WHERE refreshed_at >= $1::text::timestamptz), count(*) FROM ntsb.refresh_state";

pub async fn run(dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let began: String =
        client.query_one("SELECT clock_timestamp()::text", &[]).await?.try_get(0)?;
    {
        let _step = terminal.step("refreshing what is derived");
        client.batch_execute("CALL ntsb_refresh()").await?;
    }
    let row = client.query_one(STATE, &[&began]).await?;
    let (done, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    terminal.result(&match done {
        0 => "Everything was up to date.\n".to_owned(),
        _ => format!("{done} of {all} derived parts brought up to date\n"),
    })
}
