//! `ntsb sync --registry`: downloads the FAA aircraft registry if it changed, and loads it.

use super::Sync;
use super::download::FetchOutcome;
use crate::commands::load_registry::load_registry;
use crate::failure::Failure;

const FILE: &str = "ReleasableAircraft.zip";

pub async fn sync_registry(sync: &Sync<'_>) -> Result<(), Failure> {
    let url = &sync.args.from_registry;
    match sync.downloader.fetch(url, &sync.cache, FILE).await? {
        FetchOutcome::Missing => {
            return Err(Failure::Other(format!(
                "the server has no file {FILE} ({url})\nhint: Set another URL with --from-registry."
            )));
        }
        FetchOutcome::Unchanged(_) => sync.terminal.message(&format!("{FILE}: unchanged")),
        FetchOutcome::New(info) => {
            sync.terminal.message(&format!("{FILE}: {} bytes, checked", info.length));
        }
    }
    if sync.args.no_load {
        return Ok(());
    }
    // The database decides by the digest whether the file is loaded.
    load_registry(&sync.cache.path(FILE), false, sync.dsn, sync.terminal).await
}
