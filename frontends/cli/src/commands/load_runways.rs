//! `ntsb load-runways`: loads a list of runways in one transaction.

use super::load::base_name;
use crate::args::RunwayArgs;
use crate::database::{connect, stage_rows};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::airports::{NASR_COUNTRIES, NASR_NAME};
use crate::source::runways::RUNWAYS;
use crate::source::table_file::TableFile;

const ADOPT: &str = "SELECT staged, stored, refused, removed
    FROM ntsb_adopt_runways(source => $1::text, countries => $2::text[])";

pub async fn run(args: &RunwayArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let file = TableFile::open(&args.file, &RUNWAYS)?;
    let countries = (file.layout().name == NASR_NAME).then_some(NASR_COUNTRIES);
    let name = base_name(&args.file);
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage_rows(&transaction, "runway", file, terminal).await?;
    let step = terminal.start_step("storing the runways");
    let row = transaction.query_one(ADOPT, &[&name, &countries]).await?;
    drop(step);
    transaction.commit().await?;
    let count = |column: &str| row.try_get::<_, i64>(column).map(group_digits);
    terminal.print(&format!(
        "{name}: {} rows; runways: {} stored, {} rejected (no runway, unknown airport or duplicate), {} removed\n",
        count("staged")?,
        count("stored")?,
        count("refused")?,
        count("removed")?,
    ))
}
