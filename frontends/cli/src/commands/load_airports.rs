//! `ntsb load-airports`: loads a list of airports in one transaction.

use tokio_postgres::Transaction;

use super::load::base_name;
use crate::args::AirportArgs;
use crate::database::{connect, stage_rows};
use crate::failure::Failure;
use crate::output::Terminal;
use crate::output::group_digits;
use crate::source::airports::{AIRPORTS, NASR_COUNTRIES, NASR_NAME};
use crate::source::table_file::TableFile;

pub async fn run(
    args: &AirportArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let file = TableFile::open(&args.file, &AIRPORTS)?;
    let countries = (file.layout().name == NASR_NAME).then_some(NASR_COUNTRIES);
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage_rows(&transaction, "airport", file, terminal).await?;
    let (report, moved_events) =
        adopt_airports(&transaction, &base_name(&args.file), countries, terminal).await?;
    transaction.commit().await?;
    if moved_events > 0 {
        // New coordinates are not in the change log, so a plain refresh would miss them.
        let _step = terminal.start_step("updating the locations of events");
        client.batch_execute("CALL ntsb_rebuild_star()").await?;
        client.batch_execute("CALL ntsb_refresh()").await?;
    }
    terminal.print(&report)
}

/// Stores the staged airports. Returns a report and the number of events whose location changed.
async fn adopt_airports(
    transaction: &Transaction<'_>,
    name: &str,
    countries: Option<&[&str]>,
    terminal: &Terminal,
) -> Result<(String, i64), Failure> {
    const ADOPT: &str = "SELECT staged, stored, refused, removed, gained, changed, lost, placed
        FROM ntsb_adopt_airports(source => $1::text, countries => $2::text[])";
    let _step = terminal.start_step("storing the airports");
    let row = transaction.query_one(ADOPT, &[&name, &countries]).await?;
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
