//! `ntsb load-registry`: loads the FAA aircraft registry in one transaction.

use std::path::Path;

use tokio_postgres::{Row, Transaction};

use super::load::base_name;
use crate::args::RegistryArgs;
use crate::database::{connect, stage_with};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::RowSink;
use crate::source::registry::{MEMBERS, RegistryFiles, RegistryMember, read_member};
use crate::source::table_file::TableFile;

pub async fn run(
    args: &RegistryArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    load_registry(&args.file, args.force, dsn, terminal).await
}

/// Loads a zip or folder, unless it is the one that was loaded last.
pub async fn load_registry(
    path: &Path,
    force: bool,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let files = RegistryFiles::find(path)?;
    let (name, digest) = (base_name(path), files.digest()?);
    let mut client = connect(dsn, terminal).await?;
    const REPEAT: &str = "SELECT ntsb_repeat_registry($1::text, $2::text)";
    if !force && client.query_one(REPEAT, &[&name, &digest]).await?.try_get(0)? {
        return terminal.print(&format!("{name}: unchanged since it was loaded\n"));
    }
    let tables = files.open()?;
    let transaction = client.transaction().await?;
    // Another session that loads the registry must not mix its rows with these.
    const LOCK: &str = "LOCK TABLE ntsb_staging.registry_master IN SHARE ROW EXCLUSIVE MODE";
    transaction.batch_execute(LOCK).await?;
    for (member, table) in MEMBERS.iter().zip(tables) {
        stage_member(&transaction, member, table, terminal).await?;
    }
    let report = {
        let _step = terminal.start_step("storing the registry");
        const ADOPT: &str =
            "SELECT * FROM ntsb_adopt_registry($1::text, digest => $2::text, force => $3)";
        transaction.query_one(ADOPT, &[&name, &digest, &force]).await?
    };
    transaction.commit().await?;
    terminal.print(&format_report(&name, &report)?)
}

async fn stage_member(
    transaction: &Transaction<'_>,
    member: &'static RegistryMember,
    mut file: TableFile,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let columns = file.layout().column_names();
    let read = move |sink: &mut dyn RowSink| read_member(member, &mut file, sink);
    stage_with(transaction, member.table, &columns, terminal, read).await?;
    Ok(())
}

fn format_report(name: &str, row: &Row) -> Result<String, Failure> {
    let count = |column: &str| row.try_get::<_, i64>(column).map(group_digits);
    Ok(format!(
        "{name}: {} registered, {} deregistered, {} former registrations, {} rejected (no valid \
         N-number); {} aircraft types, {} engine types\naccident aircraft: {} exact, {} by serial \
         number, {} with another serial number, {} without a fitting period, {} not in the registry; \
         {} ages changed\n",
        count("registered")?,
        count("deregistered")?,
        count("former")?,
        count("refused")?,
        count("aircraft_types")?,
        count("engine_types")?,
        count("exact")?,
        count("serial_agrees")?,
        count("serial_differs")?,
        count("no_period")?,
        count("not_registered")?,
        count("ages_changed")?,
    ))
}
