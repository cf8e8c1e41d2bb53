//! `ntsb load-airports`: a list of airports into the warehouse, in one transaction.

use tokio_postgres::Transaction;

use crate::args::AirportArgs;
use crate::connect::connect;
use crate::copy::copy_rows;
use crate::failure::Failure;
use crate::load::base_name;
use crate::report::grouped;
use crate::source::RowSink;
use crate::source::airports::{AirportList, COLUMNS};
use crate::terminal::Terminal;

pub async fn run(
    args: &AirportArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let list = AirportList::open(&args.file)?;
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage(&transaction, list, terminal).await?;
    let (said, moved) = adopt(&transaction, &base_name(&args.file), terminal).await?;
    transaction.commit().await?;
    if moved > 0 {
        // Places are no change of what NTSB says, so that no refresh would see them.
        let _step = terminal.step("taking up the places of events");
        client.batch_execute("CALL ntsb_rebuild_star()").await?;
        client.batch_execute("CALL ntsb_refresh()").await?;
    }
    terminal.result(&said)
}

async fn stage(
    transaction: &Transaction<'_>,
    mut list: AirportList,
    terminal: &Terminal,
) -> Result<(), Failure> {
    // What another session left there by hand is not of this list.
    transaction.batch_execute("DELETE FROM ntsb_staging.airport").await?;
    let statement =
        format!("COPY ntsb_staging.airport ({}) FROM STDIN (FORMAT binary)", COLUMNS.join(", "));
    let read = move |sink: &mut dyn RowSink| ((), list.read(sink));
    let progress = terminal.table("airports", None);
    copy_rows(transaction, &statement, COLUMNS.len(), progress, read).await?;
    Ok(())
}

/// Takes the staged rows up and says what became of them, and of how many events the place is another.
async fn adopt(
    transaction: &Transaction<'_>,
    name: &str,
    terminal: &Terminal,
) -> Result<(String, i64), Failure> {
    const ADOPT: &str = "SELECT staged, stored, refused, removed, gained, changed, lost, placed
        FROM ntsb_adopt_airports(source => $1::text)";
    let _step = terminal.step("taking up the airports");
    let row = transaction.query_one(ADOPT, &[&name]).await?;
    let count = |column: &str| row.try_get::<_, i64>(column).map(grouped);
    let said = format!(
        "{name}: {} rows, {} airports stored, {} without identifier, name or place, {} former ones \
         removed; {} events have a place through their airport now: {} gained it, {} have another, \
         {} lost theirs\n",
        count("staged")?,
        count("stored")?,
        count("refused")?,
        count("removed")?,
        count("placed")?,
        count("gained")?,
        count("changed")?,
        count("lost")?,
    );
    let moved = ["gained", "changed", "lost"]
        .iter()
        .try_fold(0, |sum, column| row.try_get::<_, i64>(*column).map(|events| sum + events))?;
    Ok((said, moved))
}
