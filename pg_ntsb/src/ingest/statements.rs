//! The SQL of an ingest, written out for one table: its names and keys, and what all steps share.

use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::spi::quote_identifier;

pub const FILE_WORDS: &str = "SELECT gin_clean_pending_list('ntsb.narratives_words_idx')";

/// Tables that last for a moment are planned with as well from a small sample.
pub const ROUGH_STATISTICS: &str =
    "SELECT set_config('ntsb.statistics_target', current_setting('default_statistics_target'), true);
     SET LOCAL default_statistics_target = 10";
pub const USUAL_STATISTICS: &str = "SELECT set_config('default_statistics_target', current_setting('ntsb.statistics_target'), true)";

/// Statistics of a stored table, as fine as the user has set them.
pub fn analyze(table: &Table) -> String {
    format!(
        "{USUAL_STATISTICS}; ANALYZE ntsb.{}; SET LOCAL default_statistics_target = 10",
        table.name
    )
}

/// Whether any table holds rows of the batch.
pub fn anything_staged(batch: i64) -> String {
    let any = |t: &Table| {
        format!("EXISTS (SELECT FROM ntsb_staging.{} WHERE batch_id = {batch})", t.name)
    };
    format!("SELECT {}", TABLES.iter().map(any).collect::<Vec<_>>().join(" OR "))
}

/// How new a file is: the newest `lchg_date` of its events, if it holds any. A date to come is a
/// mistake, as the rule any.changed_in_future says too, and nothing is newer than now.
pub fn set_as_of(functions: &str, batch: i64) -> String {
    format!(
        "UPDATE ntsb.batch SET as_of =
             coalesce((SELECT least(max(c.lchg_date), localtimestamp(0))
                       FROM ntsb_staging.events
                       CROSS JOIN {functions}.ntsb_clean_timestamp(events.lchg_date) AS c (lchg_date)
                       WHERE batch_id = {batch} AND c.lchg_date < current_date + 2), as_of)
         WHERE batch_id = {batch}"
    )
}

/// Notes in the journal what the caller let the batch withdraw.
pub fn note_allowance(batch: i64, allowed: Option<i64>) -> String {
    let allowed = allowed.map_or("NULL".to_owned(), |events| events.to_string());
    format!("UPDATE ntsb.batch SET allow_withdraw = {allowed} WHERE batch_id = {batch}")
}

/// One table in one batch.
pub struct For {
    pub table: &'static Table,
    pub batch: i64,
    pub force: bool,
    /// Some events are archived: what a file says of them waits until they are attached.
    pub archive: bool,
}

impl For {
    /// Whether a row of the table may belong to an archived event.
    pub fn of_archive(&self) -> bool {
        self.archive && self.table.kind == Kind::Case
    }

    pub fn is_events(&self) -> bool {
        self.table.name == "events"
    }

    /// The key columns; a table without one is keyed by its content.
    pub fn key(&self) -> Vec<&'static str> {
        if self.table.key.is_empty() { vec!["content_hash"] } else { self.table.key.to_vec() }
    }

    pub fn columns(&self) -> Vec<&'static str> {
        self.table.columns.iter().chain(self.table.derived).map(|c| c.name).collect()
    }

    /// The value stored in a column. An event whose date is unknown is filed under its entry's year.
    pub fn value(&self, column: &str) -> String {
        if self.is_events() && column == "ev_year" {
            "coalesce(c.ev_year, substr(c.ev_id, 1, 4)::smallint)".to_owned()
        } else {
            format!("c.{}", quoted(column))
        }
    }

    pub fn hashed_literals(&self) -> String {
        let all = self.table.columns.iter().filter(|c| c.hashed());
        all.map(|c| format!("'{}'", c.name)).collect::<Vec<_>>().join(", ")
    }

    /// The key as text, its parts joined by `/`.
    pub fn row_key(&self, alias: &str) -> String {
        if self.table.key.is_empty() {
            return format!("encode({alias}.content_hash, 'hex')");
        }
        let parts: Vec<_> =
            self.table.key.iter().map(|k| format!("{alias}.{}", quoted(k))).collect();
        format!("concat_ws('/', {})", parts.join(", "))
    }

    pub fn ev_id(&self, alias: &str) -> String {
        match self.table.kind {
            Kind::Case => format!("{alias}.ev_id"),
            Kind::Reference => "NULL::text".to_owned(),
        }
    }

    pub fn on_key(&self, left: &str, right: &str) -> String {
        let parts = self.key();
        let parts = parts.iter().map(|k| format!("{left}.{0} = {right}.{0}", quoted(k)));
        parts.collect::<Vec<_>>().join(" AND ")
    }

    /// Belongs to an event and is not one.
    pub fn has_event_parent(&self) -> bool {
        self.table.kind == Kind::Case && !self.is_events()
    }

    /// The table that a row's parent must stand in, and the columns that name it.
    pub fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        match self.table.parent? {
            "events" => Some(("event_key", &["ev_id"])),
            name => Table::find(name).map(|t| (t.name, t.key)),
        }
    }

    pub fn parent_join(&self) -> String {
        let Some((table, keys)) = self.parent() else { return String::new() };
        let on: Vec<_> = keys.iter().map(|k| format!("p.{k} = c.{k}")).collect();
        format!("LEFT JOIN ntsb.{table} p ON {}", on.join(" AND "))
    }

    /// `l`, the file that a stored row `t` comes from, for a FROM clause. Code lists have no dates
    /// and each file holds the whole of them, so there it is the newest file that held the list.
    pub fn stored_from(&self) -> String {
        match self.table.kind {
            Kind::Case => "LATERAL (SELECT j.as_of FROM ntsb.batch j
                          WHERE j.batch_id = t.last_batch) l"
                .to_owned(),
            Kind::Reference => format!(
                "(SELECT max(j.as_of) AS as_of FROM ntsb.batch j
                  JOIN ntsb.batch_table held USING (batch_id)
                  WHERE held.table_name = '{}' AND held.staged > 0) l",
                self.table.name
            ),
        }
    }

    /// Whether the row `a` of the file was written before the stored row `b`, as far as rows of
    /// this table have dates.
    pub fn older(&self, a: &str, b: &str) -> String {
        if self.table.has("lchg_date") { older(a, b) } else { "false".to_owned() }
    }

    pub fn newer(&self, a: &str, b: &str) -> String {
        self.older(b, a)
    }

    pub fn unless_forced(&self, condition: &str) -> String {
        unless(self.force, condition)
    }
}

/// The condition, which nothing meets where a load is forced.
pub fn unless(force: bool, condition: &str) -> String {
    if force { "false".to_owned() } else { format!("({condition})") }
}

/// Whether `a` was written before `b`; a row without a date is older than any with one.
pub fn older(a: &str, b: &str) -> String {
    format!(
        "({b}.lchg_date IS NOT NULL AND ({a}.lchg_date IS NULL OR {a}.lchg_date < {b}.lchg_date))"
    )
}

pub fn newer(a: &str, b: &str) -> String {
    older(b, a)
}

pub fn quoted(name: &str) -> String {
    quote_identifier(name)
}

pub fn comma<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// Events that came without coordinates get those of their airport, where airports are known.
pub fn place(functions: &str, batch: i64) -> String {
    format!(
        "SELECT {functions}.ntsb_locate_by_airport({batch}::bigint) WHERE EXISTS (SELECT FROM ntsb.airport)"
    )
}

pub fn finish(functions: &str, batch: i64) -> [String; 2] {
    [
        format!(
            "UPDATE ntsb.batch
             SET finished_at = clock_timestamp(), gates = {functions}.ntsb_rules_digest()
             WHERE batch_id = {batch}"
        ),
        "DROP TABLE pg_temp.ntsb_batch_event".to_owned(),
    ]
}

/// Staged rows have done their work. `TRUNCATE` frees the space at once, but would also take rows
/// that another session has staged and not ingested yet: it needs a lock that nobody who stages rows
/// holds, taken before looking, and a snapshot taken after it. Where either cannot be had at once,
/// the rows are deleted one by one.
pub fn empty_staging(table: &Table, batch: i64) -> String {
    let name = table.name;
    format!(
        "DO $do$ BEGIN
             IF NOT EXISTS (SELECT FROM ntsb_staging.{name}) THEN
                 RETURN;
             ELSIF current_setting('transaction_isolation') = 'read committed' THEN
                 LOCK TABLE ntsb_staging.{name} IN ACCESS EXCLUSIVE MODE NOWAIT;
                 IF NOT EXISTS (SELECT FROM ntsb_staging.{name} WHERE batch_id <> {batch}) THEN
                     TRUNCATE ntsb_staging.{name};
                     RETURN;
                 END IF;
             END IF;
             DELETE FROM ntsb_staging.{name} WHERE batch_id = {batch};
         EXCEPTION WHEN lock_not_available THEN
             DELETE FROM ntsb_staging.{name} WHERE batch_id = {batch};
         END $do$"
    )
}

/// Raises alerts where people should look at what was refused, and at what was withdrawn.
pub fn alerts(batch: i64) -> [String; 2] {
    ["alert_of_batch", "alert_of_withdrawal"]
        .map(|function| format!("SELECT ntsb_internal.{function}({batch}::bigint)"))
}

/// Tells listeners of the batch, and of its new events, of which the first hundred are named.
pub fn notify(batch: i64) -> String {
    format!(
        "SELECT pg_notify('ntsb_events', json_build_object(
             'type', 'batch', 'batch_id', b.batch_id, 'source', b.source, 'mode', b.mode,
             'as_of', b.as_of, 'inserted', sum(t.inserted), 'updated', sum(t.updated),
             'withdrawn', sum(t.withdrawn),
             'new_events', sum(t.inserted) FILTER (WHERE t.table_name = 'events'))::text)
         FROM ntsb.batch b JOIN ntsb.batch_table t USING (batch_id)
         WHERE b.batch_id = {batch}
         GROUP BY b.batch_id, b.source, b.mode, b.as_of;
         SELECT pg_notify('ntsb_events', json_build_object(
             'type', 'event', 'batch_id', {batch}, 'ev_id', e.ev_id, 'ev_date', e.ev_date,
             'ev_state', e.ev_state, 'ev_highest_injury', e.ev_highest_injury)::text)
         FROM (SELECT ev_id FROM ntsb.change_log
               WHERE batch_id = {batch} AND table_name = 'events' AND action = 'insert'
               ORDER BY seq LIMIT 100) new
         JOIN ntsb.events e USING (ev_id)"
    )
}
