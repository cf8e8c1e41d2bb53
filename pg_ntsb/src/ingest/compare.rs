//! Clean every staged row of a table, and decide what is to become of each.
//!
//! Temporary tables carry a table through: `ntsb_clean` (what of every staged row tells whether it is
//! new), `ntsb_duplicate` (rows whose key comes again), `ntsb_verdict` (what is to become of each
//! row), `ntsb_full` (the rows to be written or refused, whole). Most rows of most files are known
//! already, and cleaning is cheap beside carrying whole rows about, so the few that are not are
//! cleaned again; only where nothing is stored yet, the whole rows are made at once and `ntsb_clean`
//! is a view of them. `ntsb_batch_event` stays for the whole batch: the events of the file, and
//! whether what the file says of them is older than what is stored.

use super::statements::{For, comma, newer, older};
use ntsb_rules::JUDGED_BY_EVENT;
use ntsb_schema::hash::ENCODING_VERSION;
use ntsb_schema::tables::Kind;

/// Counts over `ntsb_verdict`, in the order of `Counts`.
pub const COUNT_VERDICTS: &str = "
    SELECT count(*),
           count(*) FILTER (WHERE verdict = 'insert'),
           count(*) FILTER (WHERE verdict IN ('update', 'return')),
           count(*) FILTER (WHERE verdict = 'unchanged'),
           count(*) FILTER (WHERE verdict IN ('stale', 'archived')),
           count(*) FILTER (WHERE verdict = 'duplicate'),
           count(*) FILTER (WHERE verdict IN ('rejected', 'parent_rejected', 'orphan'))
    FROM pg_temp.ntsb_verdict";

/// The file that what is stored comes from (`l`) is newer than this one (`b`).
pub const LATER_FILE: &str = "coalesce(l.as_of > b.as_of, b.as_of IS NULL AND l.as_of IS NOT NULL)";

pub const ANY_TOUCHED: &str = "SELECT EXISTS (SELECT FROM pg_temp.ntsb_verdict WHERE touched)";

/// What carried a table, of which whole rows were made at once or not.
pub fn drop_temporary(whole: bool) -> String {
    let clean = if whole { "VIEW pg_temp.ntsb_clean" } else { "TABLE pg_temp.ntsb_clean" };
    format!(
        "DROP {clean}; DROP TABLE pg_temp.ntsb_duplicate, pg_temp.ntsb_verdict, pg_temp.ntsb_full"
    )
}

/// Arguments of `ntsb_internal.clean_row` that are the same for each row of a batch.
#[derive(Clone, Copy)]
pub struct Cleaning<'a> {
    pub gates: &'a str,
}

impl For {
    /// Cleans and checks every staged row, whole or as far as it tells what is new.
    pub fn clean(&self, cleaning: Cleaning, whole: bool) -> String {
        let (name, batch, key) = (self.table.name, self.batch, comma(self.key()));
        // The planner knows nothing of rows just copied.
        let join_key = if self.table.has("ev_id") { ", ev_id" } else { "" };
        let (into, shape) = if whole { ("ntsb_full", "clean") } else { ("ntsb_clean", "key") };
        let rows = self.cleaned(cleaning, shape, &format!("ntsb_staging.{name} s"));
        let view = match whole {
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

    /// The rows that are to be written or refused, whole.
    pub fn full(&self, cleaning: Cleaning) -> String {
        let name = self.table.name;
        let from =
            format!("pg_temp.ntsb_verdict v JOIN ntsb_staging.{name} s ON s.ctid = v.staged_at");
        format!(
            "CREATE TEMP TABLE ntsb_full ON COMMIT DROP AS {}
             WHERE v.verdict NOT IN ('unchanged', 'stale', 'duplicate', 'archived');
             ANALYZE pg_temp.ntsb_full (staged_at)",
            self.cleaned(cleaning, "clean", &from)
        )
    }

    /// Staged rows `s` of `from`, cleaned into a row type.
    fn cleaned(&self, cleaning: Cleaning, shape: &str, from: &str) -> String {
        let (name, Cleaning { gates }) = (self.table.name, cleaning);
        // What rows are judged by beside themselves. A temporary table keeps PostgreSQL from
        // cleaning with both hands, so it is joined only where rules ask.
        let (far_part, ev_date, joined) = if self.is_events() {
            ("a.far_part", "NULL::date", self.far_parts("s"))
        } else if JUDGED_BY_EVENT.contains(&name) {
            let event = "LEFT JOIN pg_temp.ntsb_batch_event e ON e.ev_id = s.ev_id";
            ("e.far_part", "e.ev_date", event.to_owned())
        } else {
            ("NULL::text", "NULL::date", String::new())
        };
        format!(
            "SELECT s.ctid AS staged_at, c.*
             FROM {from} {joined}
             CROSS JOIN LATERAL ntsb_internal.clean_row('{name}', s, {far_part}, {ev_date},
                 {gates}, NULL::ntsb_staging.{shape}_{name}) c"
        )
    }

    /// `a`, the FAR part of the first aircraft of an event in the file.
    fn far_parts(&self, alias: &str) -> String {
        format!(
            "LEFT JOIN (SELECT ev_id, min(far_part) AS far_part FROM ntsb_staging.aircraft
                        WHERE batch_id = {} GROUP BY ev_id) a ON a.ev_id = {alias}.ev_id",
            self.batch
        )
    }

    /// All but the newest, then the last, of the rows that share a key.
    pub fn duplicates(&self) -> String {
        let keys = comma(self.key());
        let newest = if self.table.has("lchg_date") { "lchg_date DESC NULLS LAST, " } else { "" };
        format!(
            "CREATE TEMP TABLE ntsb_duplicate ON COMMIT DROP AS
             SELECT staged_at FROM (
                 SELECT staged_at, row_number() OVER
                     (PARTITION BY {keys} ORDER BY {newest}staged_at DESC) AS place
                 FROM pg_temp.ntsb_clean
                 JOIN (SELECT {keys} FROM pg_temp.ntsb_clean
                       GROUP BY {keys} HAVING count(*) > 1) again USING ({keys})) r
             WHERE place > 1"
        )
    }

    /// The events of the file, before anything of them is stored.
    pub fn batch_events(&self) -> String {
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
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_duplicate d WHERE d.staged_at = c.staged_at);
             ANALYZE pg_temp.ntsb_batch_event",
            self.unless_forced(&format!(
                "{} OR NOT {} AND {LATER_FILE}",
                older("c", "k"),
                newer("c", "k")
            )),
            far_parts = self.far_parts("c"),
            batch = self.batch,
        )
    }

    /// A verdict for each staged row.
    pub fn compare(&self) -> String {
        let name = self.table.name;
        let (stale, late) = self.too_old();
        format!(
            "CREATE TEMP TABLE ntsb_verdict ON COMMIT DROP AS
             SELECT c.staged_at, t.content_hash AS old_hash,
                 CASE WHEN d.staged_at IS NOT NULL THEN 'duplicate'
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
                 coalesce({same} AND {touched} AND d.staged_at IS NULL
                          AND c.rejected_by IS NULL, false) AS touched
             FROM pg_temp.ntsb_clean c
             LEFT JOIN pg_temp.ntsb_duplicate d ON d.staged_at = c.staged_at
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
            parent = self.parent_join(),
            age = self.age_joins(),
            archived = if self.of_archive() { "g.ev_id IS NOT NULL" } else { "false" },
            archive = match self.of_archive() {
                true => "LEFT JOIN ntsb.archived_event g ON g.ev_id = c.ev_id",
                false => "",
            },
        )
    }

    /// When a row that differs, and when a row not stored, is older news than what is stored. Where
    /// the rows' own dates do not tell, the newer file is right.
    fn too_old(&self) -> (String, String) {
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
        // The newer file spoke of this table and event, and did not hold the row.
        let late = if self.is_events() { "false" } else { "e.outdated AND h.batch_id IS NOT NULL" };
        (self.unless_forced(&stale), self.unless_forced(late))
    }

    /// `b` is this batch and `l` the one that what is stored comes from.
    fn age_joins(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let (this, last) = (
            format!("JOIN ntsb.batch b ON b.batch_id = {batch}"),
            "LEFT JOIN ntsb.batch l ON l.batch_id = t.last_batch",
        );
        match self.table.kind {
            Kind::Reference => format!("{this} CROSS JOIN {}", self.stored_from()),
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
