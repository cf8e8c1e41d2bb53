//! `ntsb load-metar`: loads files of weather observations, each in one transaction.

use std::path::Path;

use tokio_postgres::{Client, Transaction};

use super::load::base_name;
use crate::args::MetarArgs;
use crate::database::{connect, stage_rows};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::metar::METAR;
use crate::source::table_file::TableFile;
use crate::source::{SourceError, digest};

pub async fn run(args: &MetarArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    // A file of another kind is refused before a connection is opened.
    for path in &args.files {
        TableFile::open(path, &METAR)?;
    }
    let mut client = connect(dsn, terminal).await?;
    for path in &args.files {
        let report = load_file(&mut client, path, args.recheck, terminal).await?;
        terminal.print(&report)?;
    }
    Ok(())
}

async fn load_file(
    client: &mut Client,
    path: &Path,
    is_recheck: bool,
    terminal: &Terminal,
) -> Result<String, Failure> {
    const REPEAT: &str = "SELECT ntsb_repeat_metar($1::text, $2::text)::text";
    let (name, digest) = (base_name(path), digest::hash_files([path])?);
    let file = TableFile::open(path, &METAR)?;
    let transaction = client.transaction().await?;
    let loaded_at: Option<String> =
        transaction.query_one(REPEAT, &[&name, &digest]).await?.try_get(0)?;
    if let Some(loaded_at) = loaded_at.filter(|_| !is_recheck) {
        transaction.commit().await?;
        return Ok(format!("{name}: skipped, loaded on {loaded_at}; --recheck loads it again\n"));
    }
    // Two sessions would wait for each other at the end.
    transaction.batch_execute("LOCK TABLE ntsb_staging.metar IN SHARE ROW EXCLUSIVE MODE").await?;
    if stage_rows(&transaction, "metar", file, terminal).await? == 0 {
        return Err(SourceError::NoRows { path: path.to_owned() }.into());
    }
    let report = adopt_metar(&transaction, &name, &digest, terminal).await?;
    transaction.commit().await?;
    Ok(report)
}

/// Stores the staged observations and returns a report.
async fn adopt_metar(
    transaction: &Transaction<'_>,
    name: &str,
    digest: &str,
    terminal: &Terminal,
) -> Result<String, Failure> {
    const ADOPT: &str = "SELECT staged, added, changed, unchanged, refused, stations, unlocated
        FROM ntsb_adopt_metar(source => $1::text, digest => $2::text)";
    let _step = terminal.start_step("storing the observations");
    let row = transaction.query_one(ADOPT, &[&name, &digest]).await?;
    let count = |column: &str| row.try_get::<_, i64>(column).map(group_digits);
    Ok(format!(
        "{name}: {} rows; observations: {} new, {} changed, {} unchanged, {} rejected (no station, time \
         or value, or the time is not that of the report); stations: {}, {} without coordinates\n",
        count("staged")?,
        count("added")?,
        count("changed")?,
        count("unchanged")?,
        count("refused")?,
        count("stations")?,
        count("unlocated")?,
    ))
}
