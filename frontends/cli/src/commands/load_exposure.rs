//! `ntsb load-exposure`: loads flight hours and published statistics in one transaction.

use super::load::base_name;
use crate::args::ExposureArgs;
use crate::database::{connect, stage_with};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::exposure::{COLUMNS, Defaults, read_exposure};

const ADOPT: &str =
    "SELECT staged, hours_stored, hours_changed, statistics_stored, statistics_changed
    FROM ntsb_adopt_exposure(source => $1::text)";

pub async fn run(
    args: &ExposureArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let defaults = Defaults {
        source: args.source.as_deref(),
        edition: args.edition.as_deref(),
        revision: args.revision,
    };
    let records = read_exposure(&args.file, &defaults)?;
    let name = base_name(&args.file);
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage_with(&transaction, "exposure", &COLUMNS, terminal, move |sink| {
        records.iter().try_fold(0, |rows, record| {
            record.iter().for_each(|value| sink.value(value.as_deref()));
            sink.end_row().map(|()| rows + 1)
        })
    })
    .await?;
    let row = transaction.query_one(ADOPT, &[&name]).await?;
    transaction.commit().await?;
    let count = |column: &str| row.try_get::<_, i64>(column).map(group_digits);
    terminal.print(&format!(
        "{name}: {} rows; flight hours: {} new, {} changed; published statistics: {} new, {} changed\n",
        count("staged")?,
        count("hours_stored")?,
        count("hours_changed")?,
        count("statistics_stored")?,
        count("statistics_changed")?,
    ))
}
