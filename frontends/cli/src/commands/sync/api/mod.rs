//! `ntsb sync --api`: brings the warehouse up to date from NTSB's public API.
//!
//! The list of changes (v1) has only summaries, of all modes of transport. The aviation cases among them are
//! fetched as full records, by month of the event (v2) where many changed and singly where few did, and
//! loaded like a file. A day counts as done only when all its changes are stored, so a run that breaks off
//! is repeated by the next one. The position is in the database (`ntsb.source_state`). Safety recommendations
//! that changed follow in the same way.

mod client;
mod months;
mod recommendations;
mod records;
mod state;
mod summary;

use std::collections::BTreeMap;

use super::Sync;
use super::weekly::{format_date, parse_date, today};
use crate::args::LoadArgs;
use crate::commands::load;
use crate::failure::Failure;
use client::ApiClient;
use months::Month;
use records::RecordFile;
use state::{Backfill, CASES, State};
use summary::Summary;

/// The period of the first list of changes, if no earlier events are requested.
const FIRST_DAYS: i32 = 30;

/// Days per request for the list of changes, which has no pages.
const WINDOW_DAYS: i32 = 30;

/// From this number of changed cases on, all cases of their month are fetched with one request.
const MIN_CASES_FOR_MONTH: usize = 5;

pub async fn run(sync: &Sync<'_>) -> Result<(), Failure> {
    let client = ApiClient::new(&sync.downloader, sync.args)?;
    let mut run =
        ApiRun { sync, client, state: State::read(sync, CASES).await?, is_changed: false };
    let result = run.sync_all().await;
    // Also after a failure: what was loaded before it is stored.
    if run.is_changed {
        sync.arrival().await?.run_or_refresh(sync.dsn, sync.terminal).await?;
    }
    result
}

struct ApiRun<'a> {
    sync: &'a Sync<'a>,
    client: ApiClient<'a>,
    state: State,
    /// Whether a file was loaded.
    is_changed: bool,
}

impl ApiRun<'_> {
    async fn sync_all(&mut self) -> Result<(), Failure> {
        self.load_earlier_events().await?;
        self.load_changes().await?;
        self.reread_months().await?;
        recommendations::load_changes(self.sync, &self.client).await
    }

    /// Loads all events since `--since`, month by month. A later run goes on where this one stops.
    async fn load_earlier_events(&mut self) -> Result<(), Failure> {
        if let Some(since) = &self.sync.args.since {
            let since = parse_date(since).ok_or_else(|| {
                Failure::Usage(format!("--since must be a date such as 2008-01-01, got {since}"))
            })?;
            // Changes from now on are found by the list of changes.
            self.state.begin_backfill(since, today());
        }
        while let Some(Backfill { next, until, .. }) = self.state.backfill.clone() {
            if next > until {
                self.state.finish_backfill();
                return self.state.write(self.sync, CASES).await;
            }
            let month = Month::of(next);
            self.load_month(month, next.max(month.first_day()), month.last_day().min(until))
                .await?;
            self.state.backfill = self
                .state
                .backfill
                .take()
                .map(|backfill| Backfill { next: month.last_day() + 1, ..backfill });
            self.state.write(self.sync, CASES).await?;
        }
        Ok(())
    }

    /// Loads the cases that changed since the last run. The list of changes ends today, and the next run
    /// starts with today, so changes later today are not missed.
    async fn load_changes(&mut self) -> Result<(), Failure> {
        let until = today();
        let mut since = self.state.complete_until.unwrap_or(until - FIRST_DAYS + 1).min(until);
        loop {
            let end = (since + WINDOW_DAYS - 1).min(until);
            self.load_changes_between(since, end).await?;
            self.state.complete_until = Some(end);
            self.state.write(self.sync, CASES).await?;
            if end == until {
                return Ok(());
            }
            since = end + 1;
        }
    }

    async fn load_changes_between(&mut self, since: i32, until: i32) -> Result<(), Failure> {
        let changed = self.client.fetch_changes(since, until).await?;
        let aviation: Vec<&Summary> = changed.iter().filter(|case| case.is_aviation).collect();
        let others = changed.len() - aviation.len();
        let mut by_month: BTreeMap<Option<Month>, Vec<&Summary>> = BTreeMap::new();
        for case in &aviation {
            by_month.entry(case.event_day.map(Month::of)).or_default().push(case);
        }
        let mut file = RecordFile::create(self.sync, &changes_name(since, until))?;
        let (mut singly, mut months, mut missing) = (Vec::new(), 0_usize, 0_usize);
        for (month, cases) in by_month {
            if let Some(month) = month.filter(|_| cases.len() >= MIN_CASES_FOR_MONTH) {
                let (first, last) = (month.first_day(), month.last_day());
                self.client.fetch_records(first, last, &mut file).await?;
                months += 1;
            }
            // Also a case that the records of its month lack.
            singly.extend(cases.into_iter().filter(|case| !file.has(case.mkey)));
        }
        for case in singly {
            missing += usize::from(!self.client.fetch_case(case, &mut file).await?);
        }
        self.sync.terminal.message(&format!(
            "{} to {}: {} aviation cases changed ({others} of other modes); {} records fetched, \
             {months} whole months, {missing} no longer published",
            format_date(since),
            format_date(until),
            aviation.len(),
            file.count()
        ));
        self.load(file).await
    }

    /// Reads the latest months again: the list of changes may lack small edits.
    async fn reread_months(&mut self) -> Result<(), Failure> {
        let mut month = Month::of(today());
        for _ in 0..self.sync.args.reread {
            self.load_month(month, month.first_day(), month.last_day()).await?;
            month = Month::of(month.first_day() - 1);
        }
        Ok(())
    }

    async fn load_month(&mut self, month: Month, first: i32, last: i32) -> Result<(), Failure> {
        let mut file = RecordFile::create(self.sync, &format!("cases-{month}.json"))?;
        self.client.fetch_records(first, last, &mut file).await?;
        self.sync.terminal.message(&format!("{month}: {} records", file.count()));
        self.load(file).await
    }

    async fn load(&mut self, file: RecordFile) -> Result<(), Failure> {
        if file.count() == 0 {
            return file.discard();
        }
        let path = file.finish()?;
        self.sync.arrival().await?;
        let args = LoadArgs { no_refresh: true, ..super::default_load_args(&path)? };
        load::run(&args, self.sync.dsn, self.sync.terminal).await?;
        self.is_changed = true;
        Ok(())
    }
}

fn changes_name(since: i32, until: i32) -> String {
    format!("cases-changed-{}-{}.json", format_date(since), format_date(until))
}
