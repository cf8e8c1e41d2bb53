//! The position of the synchronization, in the database: `ntsb.source_state`.

use serde_json::{Value, json};

use super::super::Sync;
use super::super::weekly::{format_date, parse_date};
use crate::database::connect;
use crate::failure::Failure;

/// The source of the cases.
pub const CASES: &str = "api_cases";

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct State {
    /// All changes up to this day (UTC) are stored, in days since 1970.
    pub complete_until: Option<i32>,
    pub backfill: Option<Backfill>,
}

/// The loading of earlier events by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The first day of events that are not loaded yet.
    pub next: i32,
    /// The last day of events to load: the day on which loading began.
    pub until: i32,
}

impl State {
    pub async fn read(sync: &Sync<'_>, source: &str) -> Result<State, Failure> {
        let client = connect(sync.dsn, sync.terminal).await?;
        const SQL: &str = "SELECT complete_until::text AS complete_until, state::text AS state
            FROM ntsb.source_state WHERE source = $1";
        let Some(row) = client.query_opt(SQL, &[&source]).await? else {
            return Ok(State::default());
        };
        let complete_until: Option<String> = row.try_get("complete_until")?;
        Ok(State {
            complete_until: complete_until.and_then(|day| parse_date(&day)),
            backfill: serde_json::from_str(row.try_get("state")?)
                .ok()
                .and_then(|state: Value| Backfill::from_json(&state)),
        })
    }

    /// Starts to load the events since a day. An unfinished run that reaches further back goes on.
    pub fn begin_backfill(&mut self, since: i32, today: i32) {
        let continued = self.backfill.as_ref().is_some_and(|backfill| backfill.next >= since);
        if !continued || self.backfill.is_none() {
            self.backfill = Some(Backfill { next: since, until: today });
        }
    }

    /// Changes since the day on which loading began are found by the list of changes.
    pub fn finish_backfill(&mut self) {
        if let Some(backfill) = self.backfill.take() {
            self.complete_until = self.complete_until.or(Some(backfill.until));
        }
    }

    pub async fn write(&self, sync: &Sync<'_>, source: &str) -> Result<(), Failure> {
        let client = connect(sync.dsn, sync.terminal).await?;
        const SQL: &str =
            "SELECT ntsb_internal.record_sync($1::text, $2::text, $3::text::date, $4::text::jsonb)";
        let state = self.backfill.as_ref().map_or_else(|| json!({}), Backfill::to_json).to_string();
        let until = self.complete_until.map(format_date);
        client.query_one(SQL, &[&source, &sync.args.api_url, &until, &state]).await?;
        Ok(())
    }
}

impl Backfill {
    fn from_json(state: &Value) -> Option<Backfill> {
        let day = |name: &str| parse_date(state.get("backfill")?.get(name)?.as_str()?);
        Some(Backfill { next: day("next")?, until: day("until")? })
    }

    fn to_json(&self) -> Value {
        let Backfill { next, until } = self;
        json!({"backfill": {"next": format_date(*next), "until": format_date(*until)}})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_events_are_loaded_from_where_the_last_run_stopped() {
        let mut state = State::default();
        state.begin_backfill(100, 1_000);
        assert_eq!(state.backfill, Some(Backfill { next: 100, until: 1_000 }));
        let json = state.backfill.as_ref().unwrap().to_json();
        assert_eq!(Backfill::from_json(&json), state.backfill);

        // The same --since on the next day goes on.
        state.backfill = Some(Backfill { next: 500, until: 1_000 });
        state.begin_backfill(100, 1_001);
        assert_eq!(state.backfill, Some(Backfill { next: 500, until: 1_000 }));
        state.finish_backfill();
        assert_eq!(state, State { complete_until: Some(1_000), backfill: None });

        // An earlier day of changes is not forgotten.
        state.begin_backfill(0, 1_200);
        state.finish_backfill();
        assert_eq!(state.complete_until, Some(1_000));
    }
}
