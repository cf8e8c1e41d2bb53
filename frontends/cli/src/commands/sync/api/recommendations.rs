//! Safety recommendations that changed since the last run.

use std::fs;

use super::super::Sync;
use super::super::cache::io_failure;
use super::super::weekly::{format_date, parse_date, today};
use super::client::ApiClient;
use super::state::State;
use super::{FIRST_DAYS, months};
use crate::commands::load_recommendations::load_recommendations;
use crate::database::connect;
use crate::failure::Failure;

const SOURCE: &str = "safety_recommendations";

/// Loads the recommendations that changed, year by year. With `--since`, those since that day.
pub async fn load_changes(sync: &Sync<'_>, client: &ApiClient<'_>) -> Result<(), Failure> {
    let mut state = State::read(sync, SOURCE).await?;
    let until = today();
    let first = sync.args.since.as_deref().and_then(parse_date);
    let first = first.or(state.complete_until).unwrap_or(until - FIRST_DAYS + 1);
    let mut since = first.min(until);
    loop {
        let end = (since + months::DAYS_PER_YEAR - 1).min(until);
        load_between(sync, client, since, end).await?;
        state.complete_until = state.complete_until.max(Some(end));
        state.write(sync, SOURCE).await?;
        if end == until {
            return Ok(());
        }
        since = end + 1;
    }
}

async fn load_between(
    sync: &Sync<'_>,
    client: &ApiClient<'_>,
    since: i32,
    until: i32,
) -> Result<(), Failure> {
    let Some(answer) = client.fetch_recommendations(since, until).await? else { return Ok(()) };
    let name = format!("recommendations-{}-{}.json", format_date(since), format_date(until));
    let path = sync.cache.path(&name);
    fs::write(&path, answer.to_string()).map_err(|e| io_failure("write", &path, &e))?;
    let mut database = connect(sync.dsn, sync.terminal).await?;
    let report = load_recommendations(&path, &mut database, sync.terminal).await?;
    sync.terminal.print(&report)
}
