//! `ntsb load-airports`: loads a list of airports in one transaction.

use tokio_postgres::Transaction;

use super::load::base_name;
use crate::args::AirportArgs;
use crate::database::connect;
use crate::database::copy_rows;
use crate::failure::Failure;
use crate::output::Terminal;
use crate::output::group_digits;
use crate::source::RowSink;
use crate::source::airports::{AirportList, COLUMNS};

pub async fn run(
    args: &AirportArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let list = AirportList::open(&args.file)?;
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage_airports(&transaction, list, terminal).await?;
    let (report, moved_events) =
        adopt_airports(&transaction, &base_name(&args.file), terminal).await?;
    transaction.commit().await?;
    if moved_events > 0 {
        // New coordinates are not in the change log, so a plain refresh would miss them.
        let _step = terminal.start_step("updating the locations of events");
        client.batch_execute("CALL ntsb_rebuild_star()").await?;
        client.batch_execute("CALL ntsb_refresh()").await?;
    }
    terminal.print(&report)
}

async fn stage_airports(
    transaction: &Transaction<'_>,
    mut list: AirportList,
    terminal: &Terminal,
) -> Result<(), Failure> {
    // Another session may have left rows in the staging table.
    transaction.batch_execute("DELETE FROM ntsb_staging.airport").await?;
    let statement =
        format!("COPY ntsb_staging.airport ({}) FROM STDIN (FORMAT binary)", COLUMNS.join(", "));
    let read = move |sink: &mut dyn RowSink| ((), list.read(sink));
    let progress = terminal.start_table("airports", None);
    copy_rows(transaction, &statement, COLUMNS.len(), progress, read).await?;
    Ok(())
}

/// Stores the staged airports. Returns a report and the number of events whose location changed.
async fn adopt_airports(
    transaction: &Transaction<'_>,
    name: &str,
    terminal: &Terminal,
) -> Result<(String, i64), Failure> {
    const ADOPT: &str = "SELECT staged, stored, refused, removed, gained, changed, lost, placed
        FROM ntsb_adopt_airports(source => $1::text)";
    let _step = terminal.start_step("storing the airports");
    let row = transaction.query_one(ADOPT, &[&name]).await?;
    let count = |column: &str| row.try_get::<_, i64>(column).map(group_digits);
    let report = format!(
        "{name}: {} rows; airports: {} stored, {} rejected (no identifier, name or coordinates), {} \
         removed; events located by their airport: {} ({} new, {} changed, {} lost)\n",
        count("staged")?,
        count("stored")?,
        count("refused")?,
        count("removed")?,
        count("placed")?,
        count("gained")?,
        count("changed")?,
        count("lost")?,
    );
    let moved_events = ["gained", "changed", "lost"]
        .iter()
        .try_fold(0, |sum, column| row.try_get::<_, i64>(*column).map(|events| sum + events))?;
    Ok((report, moved_events))
}
