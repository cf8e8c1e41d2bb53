//! Cleans every staged row of a table and decides what to do with it.
//!
//! The steps use temporary tables:
//! - `ntsb_clean`: the columns of each staged row that decide whether it is new or changed
//! - `ntsb_duplicate`: rows whose key occurs again in the file
//! - `ntsb_verdict`: what to do with each row
//! - `ntsb_full`: all columns of the rows to be stored or quarantined
//! - `ntsb_batch_event`: the events of the file, and whether the file's version is older than the stored
//!   one; kept for the whole batch
//!
//! Most rows of most files are already stored, and cleaning a row twice is cheaper than storing all its
//! columns temporarily, so the few rows of `ntsb_full` are cleaned again. If the table is empty, all rows
//! are new: `ntsb_full` is built at once and `ntsb_clean` is a view of it.

use super::statements::{StatementBuilder, join_quoted, newer, older};
use ntsb_rules::EVENT_CONTEXT_TABLES;
use ntsb_schema::hash::ENCODING_VERSION;
use ntsb_schema::tables::Kind;

/// Counts `ntsb_verdict`, in the order of `TableCounts`.
pub const COUNT_VERDICTS: &str = "
    SELECT count(*),
           count(*) FILTER (WHERE verdict = 'insert'),
           count(*) FILTER (WHERE verdict IN ('update', 'return')),
           count(*) FILTER (WHERE verdict = 'unchanged'),
           count(*) FILTER (WHERE verdict IN ('stale', 'archived')),
           count(*) FILTER (WHERE verdict = 'duplicate'),
           count(*) FILTER (WHERE verdict IN ('rejected', 'parent_rejected', 'orphan'))
    FROM pg_temp.ntsb_verdict";

/// True if the file of the stored row (`l`) is newer than the file of this batch (`b`).
pub const LATER_FILE: &str = "coalesce(l.as_of > b.as_of, b.as_of IS NULL AND l.as_of IS NOT NULL)";

pub const ANY_TOUCHED: &str = "SELECT EXISTS (SELECT FROM pg_temp.ntsb_verdict WHERE touched)";

/// Drops the temporary tables of one table. `is_empty`: as for [`StatementBuilder::clean_rows`].
pub fn drop_temp_tables(is_empty: bool) -> String {
    let clean = if is_empty { "VIEW pg_temp.ntsb_clean" } else { "TABLE pg_temp.ntsb_clean" };
    format!(
        "DROP {clean}; DROP TABLE pg_temp.ntsb_duplicate, pg_temp.ntsb_verdict, pg_temp.ntsb_full"
    )
}

impl StatementBuilder {
    /// Cleans every staged row: all columns if the warehouse table is empty, otherwise those that decide
    /// whether the row is new or changed. `clean_args`: arguments of `ntsb_internal.clean_row` that are
    /// the same for all rows of a batch.
    pub fn clean_rows(&self, clean_args: &str, is_empty: bool) -> String {
        let (name, batch, key) = (self.table.name, self.batch, join_quoted(self.key()));
        // The planner has no statistics about the rows just copied.
        let join_key = if self.table.has("ev_id") { ", ev_id" } else { "" };
        let (into, shape) = if is_empty { ("ntsb_full", "clean") } else { ("ntsb_clean", "key") };
        let rows = self.select_clean(clean_args, shape, &format!("ntsb_staging.{name} s"));
        let view = match is_empty {
            true => "CREATE TEMP VIEW ntsb_clean AS SELECT * FROM pg_temp.ntsb_full",
            false => "",
        };
        format!(
            "ANALYZE ntsb_staging.{name} (batch_id{join_key});
             CREATE TEMP TABLE {into} ON COMMIT DROP AS {rows} WHERE s.batch_id = {batch};
             ANALYZE pg_temp.{into} ({key});
             {view}"
        )
    }

    /// Creates `ntsb_full`: all columns of the rows to be stored or quarantined.
    pub fn clean_full_rows(&self, clean_args: &str) -> String {
        let name = self.table.name;
        let from =
            format!("pg_temp.ntsb_verdict v JOIN ntsb_staging.{name} s ON s.ctid = v.staging_ctid");
        format!(
            "CREATE TEMP TABLE ntsb_full ON COMMIT DROP AS {}
             WHERE v.verdict NOT IN ('unchanged', 'stale', 'duplicate', 'archived');
             ANALYZE pg_temp.ntsb_full (staging_ctid)",
            self.select_clean(clean_args, "clean", &from)
        )
    }

    /// Selects the staged rows `s` of `from`, cleaned into a row type.
    fn select_clean(&self, clean_args: &str, shape: &str, from: &str) -> String {
        let name = self.table.name;
        // A temporary table prevents parallel plans, so the event is joined only if rules of the table
        // need it.
        let (far_part, ev_date, joined) = if self.is_events() {
            ("a.far_part", "NULL::date", self.join_far_part("s"))
        } else if EVENT_CONTEXT_TABLES.contains(&name) {
            let event = "LEFT JOIN pg_temp.ntsb_batch_event e ON e.ev_id = s.ev_id";
            ("e.far_part", "e.ev_date", event.to_owned())
        } else {
            ("NULL::text", "NULL::date", String::new())
        };
        format!(
            "SELECT s.ctid AS staging_ctid, c.*
             FROM {from} {joined}
             CROSS JOIN LATERAL ntsb_internal.clean_row('{name}', s, {far_part}, {ev_date},
                 {clean_args}, NULL::ntsb_staging.{shape}_{name}) c"
        )
    }

    /// Joins `a`, the smallest FAR part of the aircraft of each event in the file.
    fn join_far_part(&self, alias: &str) -> String {
        format!(
            "LEFT JOIN (SELECT ev_id, min(far_part) AS far_part FROM ntsb_staging.aircraft
                        WHERE batch_id = {} GROUP BY ev_id) a ON a.ev_id = {alias}.ev_id",
            self.batch
        )
    }

    /// Creates `ntsb_duplicate`. Of the rows with one key, the newest is kept, and of equally new rows the
    /// last one.
    pub fn find_duplicates(&self) -> String {
        let keys = join_quoted(self.key());
        let newest = if self.table.has("lchg_date") { "lchg_date DESC NULLS LAST, " } else { "" };
        format!(
            "CREATE TEMP TABLE ntsb_duplicate ON COMMIT DROP AS
             SELECT staging_ctid FROM (
                 SELECT staging_ctid, row_number() OVER
                     (PARTITION BY {keys} ORDER BY {newest}staging_ctid DESC) AS place
                 FROM pg_temp.ntsb_clean
                 JOIN (SELECT {keys} FROM pg_temp.ntsb_clean
                       GROUP BY {keys} HAVING count(*) > 1) again USING ({keys})) r
             WHERE place > 1"
        )
    }

    /// Creates `ntsb_batch_event`, before any event of the file is stored.
    pub fn create_batch_events(&self) -> String {
        format!(
            "CREATE TEMP TABLE ntsb_batch_event ON COMMIT DROP AS
             SELECT c.ev_id, c.ev_date, a.far_part, c.lchg_date, k.lchg_batch,
                    c.rejected_by IS NOT NULL AS rejected,
                    {} AS outdated
             FROM pg_temp.ntsb_clean c {far_parts}
             JOIN ntsb.batch b ON b.batch_id = {batch}
             LEFT JOIN ntsb.event_key k ON k.ev_id = c.ev_id
             LEFT JOIN ntsb.batch l ON l.batch_id = k.lchg_batch
             WHERE c.ev_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_duplicate d WHERE d.staging_ctid = c.staging_ctid);
             ANALYZE pg_temp.ntsb_batch_event",
            self.unless_forced(&format!(
                "{} OR NOT {} AND {LATER_FILE}",
                older("c", "k"),
                newer("c", "k")
            )),
            far_parts = self.join_far_part("c"),
            batch = self.batch,
        )
    }

    /// Creates `ntsb_verdict`, which decides what to do with each staged row.
    pub fn decide_verdicts(&self) -> String {
        let name = self.table.name;
        let (stale, late) = self.stale_conditions();
        format!(
            "CREATE TEMP TABLE ntsb_verdict ON COMMIT DROP AS
             SELECT c.staging_ctid, t.content_hash AS old_hash,
                 CASE WHEN d.staging_ctid IS NOT NULL THEN 'duplicate'
                      WHEN {archived} THEN 'archived'
                      WHEN c.rejected_by IS NOT NULL THEN 'rejected'
                      WHEN {parent_rejected} THEN 'parent_rejected'
                      WHEN {no_parent} THEN 'orphan'
                      WHEN t.content_hash IS NULL AND {late} THEN 'stale'
                      WHEN t.content_hash IS NULL THEN 'insert'
                      WHEN {same} THEN 'unchanged'
                      WHEN {stale} THEN 'stale'
                      WHEN t.withdrawn_batch IS NOT NULL THEN 'return'
                      ELSE 'update'
                 END AS verdict,
                 coalesce({same} AND {touched} AND d.staging_ctid IS NULL
                          AND c.rejected_by IS NULL, false) AS touched
             FROM pg_temp.ntsb_clean c
             LEFT JOIN pg_temp.ntsb_duplicate d ON d.staging_ctid = c.staging_ctid
             LEFT JOIN ntsb.{name} t ON {on_key}
             {parent}
             {age}
             {archive};
             ANALYZE pg_temp.ntsb_verdict",
            parent_rejected =
                if self.has_event_parent() { "coalesce(e.rejected, false)" } else { "false" },
            no_parent =
                self.parent().map_or("false".into(), |(_, keys)| format!("p.{} IS NULL", keys[0])),
            same = format_args!(
                "t.content_hash = c.content_hash AND t.hash_version = {ENCODING_VERSION}
                 AND t.withdrawn_batch IS NULL"
            ),
            touched = self.newer("c", "t"),
            on_key = self.on_key("c", "t"),
            parent = self.join_parent(),
            age = self.join_batches(),
            archived = if self.may_be_archived() { "g.ev_id IS NOT NULL" } else { "false" },
            archive = match self.may_be_archived() {
                true => "LEFT JOIN ntsb.archived_event g ON g.ev_id = c.ev_id",
                false => "",
            },
        )
    }

    /// Returns the conditions under which a changed row, and a row that is not stored, are older than the
    /// stored data. If the dates of the rows do not decide, the newer file wins.
    fn stale_conditions(&self) -> (String, String) {
        if self.table.kind == Kind::Reference {
            return (self.unless_forced(LATER_FILE), "false".to_owned());
        }
        let outdated = if self.is_events() { "false" } else { "coalesce(e.outdated, false)" };
        let stale = format!(
            "{} OR NOT {} AND ({LATER_FILE} OR {outdated})
             OR t.withdrawn_batch IS NOT NULL AND {LATER_FILE}",
            self.older("c", "t"),
            self.newer("c", "t"),
        );
        // The newer file contained the table and the event, but not this row.
        let late = if self.is_events() { "false" } else { "e.outdated AND h.batch_id IS NOT NULL" };
        (self.unless_forced(&stale), self.unless_forced(late))
    }

    /// Joins `b`, this batch, and `l`, the batch of the stored row.
    fn join_batches(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let (this, last) = (
            format!("JOIN ntsb.batch b ON b.batch_id = {batch}"),
            "LEFT JOIN ntsb.batch l ON l.batch_id = t.last_batch",
        );
        match self.table.kind {
            Kind::Reference => format!("{this} CROSS JOIN {}", self.stored_file()),
            Kind::Case if self.is_events() => format!("{this} {last}"),
            Kind::Case => format!(
                "{this} {last}
                 LEFT JOIN pg_temp.ntsb_batch_event e ON e.ev_id = c.ev_id
                 LEFT JOIN ntsb.batch_table h ON h.batch_id = e.lchg_batch
                     AND h.table_name = '{name}' AND h.staged > 0"
            ),
        }
    }
}
