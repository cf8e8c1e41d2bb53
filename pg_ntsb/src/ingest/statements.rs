//! The SQL of an ingest: the builder of the statements of one table, and statements of the whole batch.

use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::spi::quote_identifier;

/// Moves the pending entries of the full-text index into its main structure.
pub const FLUSH_WORDS_INDEX: &str = "SELECT gin_clean_pending_list('ntsb.narratives_words_idx')";

/// A small sample is enough to plan queries over temporary tables.
pub const LOWER_STATISTICS_TARGET: &str =
    "SELECT set_config('ntsb.statistics_target', current_setting('default_statistics_target'), true);
     SET LOCAL default_statistics_target = 10";
pub const RESTORE_STATISTICS_TARGET: &str = "SELECT set_config('default_statistics_target', current_setting('ntsb.statistics_target'), true)";

/// Analyzes a stored table with the user's statistics target.
pub fn analyze(table: &Table) -> String {
    format!(
        "{RESTORE_STATISTICS_TARGET}; ANALYZE ntsb.{}; SET LOCAL default_statistics_target = 10",
        table.name
    )
}

/// True if any staging table contains rows of the batch.
pub fn any_row_staged(batch: i64) -> String {
    let exists = |t: &Table| {
        format!("EXISTS (SELECT FROM ntsb_staging.{} WHERE batch_id = {batch})", t.name)
    };
    format!("SELECT {}", TABLES.iter().map(exists).collect::<Vec<_>>().join(" OR "))
}

/// Sets the date of the file: the newest `lchg_date` of its events, if it contains any. A future date is
/// an error (see the rule any.changed_in_future), so the result is never later than now.
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

/// Records in ntsb.batch how many events the caller allowed the batch to withdraw.
pub fn record_allow_withdraw(batch: i64, allow_withdraw: Option<i64>) -> String {
    let value = allow_withdraw.map_or("NULL".to_owned(), |events| events.to_string());
    format!("UPDATE ntsb.batch SET allow_withdraw = {value} WHERE batch_id = {batch}")
}

/// Builds the statements that ingest one table of one batch.
pub struct StatementBuilder {
    pub table: &'static Table,
    pub batch: i64,
    /// True if an older row may overwrite a newer one.
    pub force: bool,
    /// True if any event is archived. Rows of archived events are skipped.
    pub has_archive: bool,
}

impl StatementBuilder {
    /// True if rows of the table can belong to an archived event.
    pub fn may_be_archived(&self) -> bool {
        self.has_archive && self.table.kind == Kind::Case
    }

    pub fn is_events(&self) -> bool {
        self.table.name == "events"
    }

    /// The key columns. The key of a table without key columns is its content hash.
    pub fn key(&self) -> Vec<&'static str> {
        if self.table.key.is_empty() { vec!["content_hash"] } else { self.table.key.to_vec() }
    }

    pub fn columns(&self) -> Vec<&'static str> {
        self.table.columns.iter().chain(self.table.derived).map(|c| c.name).collect()
    }

    /// The value stored in a column. An event without a date is stored under the year in its ev_id.
    pub fn value(&self, column: &str) -> String {
        if self.is_events() && column == "ev_year" {
            "coalesce(c.ev_year, substr(c.ev_id, 1, 4)::smallint)".to_owned()
        } else {
            format!("c.{}", quote(column))
        }
    }

    pub fn hashed_literals(&self) -> String {
        let all = self.table.columns.iter().filter(|c| c.is_hashed());
        all.map(|c| format!("'{}'", c.name)).collect::<Vec<_>>().join(", ")
    }

    /// The key as text, with its parts separated by `/`.
    pub fn row_key(&self, alias: &str) -> String {
        if self.table.key.is_empty() {
            return format!("encode({alias}.content_hash, 'hex')");
        }
        let parts: Vec<_> =
            self.table.key.iter().map(|k| format!("{alias}.{}", quote(k))).collect();
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
        let parts = parts.iter().map(|k| format!("{left}.{0} = {right}.{0}", quote(k)));
        parts.collect::<Vec<_>>().join(" AND ")
    }

    /// True if the rows of the table belong to an event.
    pub fn has_event_parent(&self) -> bool {
        self.table.kind == Kind::Case && !self.is_events()
    }

    /// The table that must contain the parent of a row, and its key columns.
    pub fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        match self.table.parent? {
            "events" => Some(("event_key", &["ev_id"])),
            name => Table::find(name).map(|t| (t.name, t.key)),
        }
    }

    pub fn join_parent(&self) -> String {
        let Some((table, keys)) = self.parent() else { return String::new() };
        let on: Vec<_> = keys.iter().map(|k| format!("p.{k} = c.{k}")).collect();
        format!("LEFT JOIN ntsb.{table} p ON {}", on.join(" AND "))
    }

    /// Returns a FROM item `l` with the date of the file of the stored row `t`. Rows of code lists have no
    /// dates, and every file contains complete code lists, so for them it is the newest file with the list.
    pub fn stored_file(&self) -> String {
        match self.table.kind {
            Kind::Case => "LATERAL (SELECT j.as_of FROM ntsb.batch j
                          WHERE j.batch_id = t.last_batch) l"
                .to_owned(),
            Kind::Reference => format!(
                "(SELECT max(j.as_of) AS as_of FROM ntsb.batch j
                  JOIN ntsb.batch_table loaded USING (batch_id)
                  WHERE loaded.table_name = '{}' AND loaded.staged > 0) l",
                self.table.name
            ),
        }
    }

    /// True if row `a` of the file is older than the stored row `b`; false if the table has no dates.
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

/// Returns the condition, or false if the load is forced.
pub fn unless(force: bool, condition: &str) -> String {
    if force { "false".to_owned() } else { format!("({condition})") }
}

/// True if `a` is older than `b`. A row without a date is older than any row with one.
pub fn older(a: &str, b: &str) -> String {
    format!(
        "({b}.lchg_date IS NOT NULL AND ({a}.lchg_date IS NULL OR {a}.lchg_date < {b}.lchg_date))"
    )
}

pub fn newer(a: &str, b: &str) -> String {
    older(b, a)
}

pub fn quote(name: &str) -> String {
    quote_identifier(name)
}

pub fn join_quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Gives events without coordinates those of their airport, if airports are loaded.
pub fn locate_events(functions: &str, batch: i64) -> String {
    format!(
        "SELECT {functions}.ntsb_locate_by_airport({batch}::bigint) WHERE EXISTS (SELECT FROM ntsb.airport)"
    )
}

pub fn finish_batch(functions: &str, batch: i64) -> [String; 2] {
    [
        format!(
            "UPDATE ntsb.batch
             SET finished_at = clock_timestamp(), rules_digest = {functions}.ntsb_rules_digest()
             WHERE batch_id = {batch}"
        ),
        "DROP TABLE pg_temp.ntsb_batch_event".to_owned(),
    ]
}

/// Removes the staged rows of the batch. TRUNCATE frees the space at once but would also remove rows that
/// another session has staged. So it is used only if an exclusive lock is available at once and a snapshot
/// taken after the lock sees no other rows. Otherwise the rows are deleted.
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

/// Raises alerts if the batch quarantined or withdrew rows that need attention.
pub fn raise_alerts(batch: i64) -> [String; 2] {
    ["raise_batch_alert", "raise_withdrawal_alert"]
        .map(|function| format!("SELECT ntsb_internal.{function}({batch}::bigint)"))
}

/// True if the batch moves events of this shard to another one.
pub fn any_event_moved(batch: i64) -> String {
    format!("SELECT EXISTS (SELECT FROM ntsb.moved_event WHERE batch_id = {batch})")
}

/// Fails if this database is a shard and the batch stored an event of another shard's years.
pub fn check_shard(batch: i64) -> String {
    format!("SELECT ntsb_internal.check_shard_years({batch}::bigint)")
}

/// Notifies listeners of the batch and of its first hundred new events.
pub fn notify_listeners(batch: i64) -> String {
    format!("SELECT ntsb_internal.notify_batch({batch}::bigint)")
}
