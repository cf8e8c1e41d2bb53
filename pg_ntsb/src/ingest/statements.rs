//! The SQL of an ingest, written out for one table.
//!
//! Three temporary tables carry a table through: `ntsb_clean` (every staged row, cleaned),
//! `ntsb_duplicate` (rows whose key comes again), `ntsb_verdict` (what is to become of each row).
//! `ntsb_batch_event` stays for the whole batch: the events of the file and whether what the file
//! says of them is older than what is stored.

use ntsb_core::hash::ENCODING_VERSION;
use ntsb_core::source::{Kind, Table};
use pgrx::spi::quote_identifier;

/// Counts over `ntsb_verdict`, in the order of `Counts`.
pub const COUNT_VERDICTS: &str = "
    SELECT count(*),
           count(*) FILTER (WHERE verdict = 'insert'),
           count(*) FILTER (WHERE verdict IN ('update', 'return')),
           count(*) FILTER (WHERE verdict = 'unchanged'),
           count(*) FILTER (WHERE verdict = 'stale'),
           count(*) FILTER (WHERE verdict = 'duplicate'),
           count(*) FILTER (WHERE verdict IN ('key_missing', 'orphan'))
    FROM pg_temp.ntsb_verdict";

pub const ANY_TOUCHED: &str = "SELECT EXISTS (SELECT FROM pg_temp.ntsb_verdict WHERE touched)";

pub const DROP_TEMPORARY: &str =
    "DROP TABLE pg_temp.ntsb_clean, pg_temp.ntsb_duplicate, pg_temp.ntsb_verdict";

/// How new a file is: the newest `lchg_date` of its events.
pub fn set_as_of(functions: &str, batch: i64) -> String {
    format!(
        "UPDATE ntsb_staging.batch_journal SET as_of =
             (SELECT max({functions}.ntsb_clean_timestamp(lchg_date))
              FROM ntsb_staging.events WHERE batch_id = {batch})
         WHERE batch_id = {batch}"
    )
}

/// One table in one batch.
pub struct For {
    pub table: &'static Table,
    pub batch: i64,
    pub force: bool,
}

impl For {
    pub fn clean(&self, functions: &str) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let (far_part, context) = if self.is_events() {
            (
                "a.far_part",
                format!(
                    "LEFT JOIN (SELECT ev_id, min(far_part) AS far_part FROM ntsb_staging.aircraft
                                WHERE batch_id = {batch} GROUP BY ev_id) a ON a.ev_id = s.ev_id"
                ),
            )
        } else {
            ("NULL", String::new())
        };
        format!(
            "CREATE TEMP TABLE ntsb_clean ON COMMIT DROP AS
             SELECT s.ctid AS staged_at, c.*
             FROM ntsb_staging.{name} s {context}
             CROSS JOIN LATERAL {functions}.ntsb_clean_row(
                 '{name}', s, {far_part}, NULL::ntsb_staging.clean_{name}) c
             WHERE s.batch_id = {batch};
             ANALYZE pg_temp.ntsb_clean ({})",
            comma(self.key())
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
             SELECT c.ev_id, c.ev_date, c.lchg_date, k.lchg_batch,
                    {} AS outdated
             FROM pg_temp.ntsb_clean c
             LEFT JOIN ntsb.event_key k ON k.ev_id = c.ev_id
             WHERE c.ev_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_duplicate d WHERE d.staged_at = c.staged_at);
             ANALYZE pg_temp.ntsb_batch_event",
            self.unless_forced(&older("c", "k"))
        )
    }

    /// A verdict for each staged row.
    pub fn compare(&self) -> String {
        let name = self.table.name;
        let (stale, late) = self.too_old();
        format!(
            "CREATE TEMP TABLE ntsb_verdict ON COMMIT DROP AS
             SELECT c.staged_at, t.content_hash AS old_hash,
                 CASE WHEN {no_key} THEN 'key_missing'
                      WHEN d.staged_at IS NOT NULL THEN 'duplicate'
                      WHEN {no_parent} THEN 'orphan'
                      WHEN t.content_hash IS NULL AND {late} THEN 'stale'
                      WHEN t.content_hash IS NULL THEN 'insert'
                      WHEN {same} THEN 'unchanged'
                      WHEN {stale} THEN 'stale'
                      WHEN t.withdrawn_batch IS NOT NULL THEN 'return'
                      ELSE 'update'
                 END AS verdict,
                 coalesce({same} AND {touched} AND d.staged_at IS NULL, false) AS touched
             FROM pg_temp.ntsb_clean c
             LEFT JOIN pg_temp.ntsb_duplicate d ON d.staged_at = c.staged_at
             LEFT JOIN ntsb.{name} t ON {on_key}
             {parent}
             {age};
             ANALYZE pg_temp.ntsb_verdict",
            no_key = self.any_key_null(),
            no_parent =
                self.parent().map_or("false".into(), |(_, keys)| format!("p.{} IS NULL", keys[0])),
            same = format_args!(
                "t.content_hash = c.content_hash AND t.hash_version = {ENCODING_VERSION}
                 AND t.withdrawn_batch IS NULL"
            ),
            touched = if self.table.has("lchg_date") { newer("c", "t") } else { "false".into() },
            on_key = self.on_key("c", "t"),
            parent = self.parent_join(),
            age = self.age_joins(),
        )
    }

    /// When a row that differs, and when a row not stored, is older news than what is stored.
    fn too_old(&self) -> (String, String) {
        let withdrawn_later =
            "coalesce(w.as_of > b.as_of OR b.as_of IS NULL AND w.as_of IS NOT NULL, false)";
        let (stale, late) = if self.table.kind == Kind::Reference {
            ("coalesce(n.as_of > b.as_of OR b.as_of IS NULL, false)".to_owned(), "false".to_owned())
        } else if self.is_events() {
            (format!("({} OR {withdrawn_later})", older("c", "t")), "false".to_owned())
        } else {
            (
                format!(
                    "({} OR coalesce(e.outdated, false) AND NOT coalesce({}, false) OR {withdrawn_later})",
                    older("c", "t"),
                    newer("c", "t")
                ),
                // The newer file spoke of this table and event, and did not hold the row.
                "coalesce(e.outdated, false) AND h.batch_id IS NOT NULL".to_owned(),
            )
        };
        (self.unless_forced(&stale), self.unless_forced(&late))
    }

    fn age_joins(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let this = format!("JOIN ntsb_staging.batch_journal b ON b.batch_id = {batch}");
        if self.table.kind == Kind::Reference {
            // Code lists have no dates: the newest file that held the list so far decides.
            return format!(
                "{this} CROSS JOIN (SELECT max(j.as_of) AS as_of
                     FROM ntsb_staging.batch_journal j
                     JOIN ntsb_staging.batch_table_journal bt USING (batch_id)
                     WHERE bt.table_name = '{name}' AND bt.staged > 0) n"
            );
        }
        let withdrawn = "LEFT JOIN ntsb_staging.batch_journal w ON w.batch_id = t.withdrawn_batch";
        if self.is_events() {
            return format!("{this} {withdrawn}");
        }
        format!(
            "{this} {withdrawn}
             LEFT JOIN pg_temp.ntsb_batch_event e ON e.ev_id = c.ev_id
             LEFT JOIN ntsb_staging.batch_table_journal h ON h.batch_id = e.lchg_batch
                 AND h.table_name = '{name}' AND h.staged > 0"
        )
    }

    pub fn quarantine(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let parent = self.parent().map_or("event", |(table, _)| table);
        let key = self.key().join(", ");
        format!(
            "INSERT INTO ntsb.staging_quarantine
                 (batch_id, table_name, row_key, rule_id, column_name, value, reason, payload)
             SELECT {batch}, '{name}', {row_key}, v.verdict, {column},
                    {value},
                    CASE v.verdict WHEN 'orphan' THEN 'the row of {parent} that it belongs to is not stored'
                         ELSE 'a part of its key ({key}) is missing or cannot be read' END,
                    to_jsonb(s) - 'batch_id'
             FROM pg_temp.ntsb_verdict v
             JOIN pg_temp.ntsb_clean c USING (staged_at)
             JOIN ntsb_staging.{name} s ON s.ctid = v.staged_at
             WHERE v.verdict IN ('key_missing', 'orphan')
             ON CONFLICT DO NOTHING",
            row_key = self.row_key("c"),
            column = self.table.key.first().map_or("NULL".into(), |k| format!("'{k}'")),
            value = self.table.key.first().map_or("NULL".into(), |k| format!("s.{}", quoted(k))),
        )
    }

    /// What the change log is to hold of inserts and updates, in file order.
    pub fn changes(&self) -> String {
        let name = self.table.name;
        format!(
            "SELECT {row_key} AS row_key, {ev_id} AS ev_id, v.verdict AS action, v.old_hash,
                    c.content_hash AS new_hash,
                    CASE WHEN v.verdict <> 'insert' THEN
                        (SELECT jsonb_object_agg(o.key, jsonb_build_object('old', o.value, 'new', n.value))
                         FROM jsonb_each(to_jsonb(t)) o
                         JOIN jsonb_each(to_jsonb(c)) n USING (key)
                         WHERE o.value <> n.value AND o.key IN ({columns})) END AS changes
             FROM pg_temp.ntsb_verdict v
             JOIN pg_temp.ntsb_clean c USING (staged_at)
             LEFT JOIN ntsb.{name} t ON v.verdict <> 'insert' AND {on_key}
             WHERE v.verdict IN ('insert', 'update', 'return')
             ORDER BY v.staged_at",
            row_key = self.row_key("c"),
            ev_id = self.ev_id("c"),
            columns = self.hashed_literals(),
            on_key = self.on_key("c", "t"),
        )
    }

    pub fn insert(&self) -> Vec<String> {
        let (name, batch) = (self.table.name, self.batch);
        let columns = self.columns();
        let rows = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_clean c USING (staged_at)
                    WHERE v.verdict = 'insert'";
        let mut all = Vec::new();
        if self.is_events() {
            all.push(format!(
                "INSERT INTO ntsb.event_key (ev_id, ev_year, lchg_date, lchg_batch)
                 SELECT c.ev_id, {}, c.lchg_date, {batch} {rows}",
                self.value("ev_year")
            ));
        }
        all.push(format!(
            "INSERT INTO ntsb.{name} ({}, content_hash, hash_version, first_batch, last_batch)
             SELECT {}, c.content_hash, {ENCODING_VERSION}, {batch}, {batch} {rows}",
            comma(columns.iter().copied()),
            columns.iter().map(|c| self.value(c)).collect::<Vec<_>>().join(", "),
        ));
        all
    }

    pub fn update(&self) -> Vec<String> {
        let (name, batch) = (self.table.name, self.batch);
        let set: Vec<_> =
            self.columns().iter().map(|c| format!("{} = {}", quoted(c), self.value(c))).collect();
        let of = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_clean c USING (staged_at)
                  WHERE v.verdict IN ('update', 'return')";
        let row = format!(
            "UPDATE ntsb.{name} t SET {}, content_hash = c.content_hash,
                 hash_version = {ENCODING_VERSION}, last_batch = {batch}, withdrawn_batch = NULL
             {of} AND {}",
            set.join(", "),
            self.on_key("c", "t")
        );
        if !self.is_events() {
            return vec![row];
        }
        // A corrected date may move an event to another year, in both tables at once.
        let key = format!(
            "UPDATE ntsb.event_key t SET ev_year = {}, lchg_date = c.lchg_date, lchg_batch = {batch}
             {of} AND t.ev_id = c.ev_id",
            self.value("ev_year")
        );
        let constraint = "SET CONSTRAINTS ntsb.events_event_key_fkey";
        vec![format!("{constraint} DEFERRED"), key, row, format!("{constraint} IMMEDIATE")]
    }

    /// NTSB wrote the row anew and changed nothing: only the date moves on.
    pub fn touch(&self) -> Vec<String> {
        let of = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_clean c USING (staged_at)
                  WHERE v.touched";
        let row = format!(
            "UPDATE ntsb.{} t SET lchg_date = c.lchg_date, lchg_userid = c.lchg_userid {of} AND {}",
            self.table.name,
            self.on_key("c", "t")
        );
        if !self.is_events() {
            return vec![row];
        }
        let key = format!(
            "UPDATE ntsb.event_key t SET lchg_date = c.lchg_date, lchg_batch = {} {of}
             AND t.ev_id = c.ev_id",
            self.batch
        );
        vec![row, key]
    }

    /// Defects of the rows just written take the place of older ones.
    pub fn defects(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let row_key = self.row_key("c");
        format!(
            "DELETE FROM ntsb.row_defects r USING pg_temp.ntsb_verdict v
                 JOIN pg_temp.ntsb_clean c USING (staged_at)
             WHERE v.verdict IN ('update', 'return') AND r.table_name = '{name}'
               AND r.row_key = {row_key};
             INSERT INTO ntsb.row_defects (table_name, row_key, column_name, flaw, raw_value, batch_id)
             SELECT '{name}', {row_key}, d.\"column\", d.flaw, d.raw, {batch}
             FROM pg_temp.ntsb_verdict v
             JOIN pg_temp.ntsb_clean c USING (staged_at)
             CROSS JOIN LATERAL jsonb_to_recordset(c.defects) AS d(\"column\" text, flaw text, raw text)
             WHERE v.verdict IN ('insert', 'update', 'return') AND c.defects IS NOT NULL
             ON CONFLICT DO NOTHING"
        )
    }

    fn is_events(&self) -> bool {
        self.table.name == "events"
    }

    /// The key columns; a table without one is keyed by its content.
    fn key(&self) -> Vec<&'static str> {
        if self.table.key.is_empty() { vec!["content_hash"] } else { self.table.key.to_vec() }
    }

    fn columns(&self) -> Vec<&'static str> {
        self.table.columns.iter().chain(self.table.derived).map(|c| c.name).collect()
    }

    /// The value stored in a column. An event whose date is unknown is filed under its entry's year.
    fn value(&self, column: &str) -> String {
        if self.is_events() && column == "ev_year" {
            "coalesce(c.ev_year, substr(c.ev_id, 1, 4)::smallint)".to_owned()
        } else {
            format!("c.{}", quoted(column))
        }
    }

    fn hashed_literals(&self) -> String {
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

    fn any_key_null(&self) -> String {
        let parts = self.key();
        let parts = parts.iter().map(|k| format!("c.{} IS NULL", quoted(k)));
        parts.collect::<Vec<_>>().join(" OR ")
    }

    /// The table that a row's parent must stand in, and the columns that name it.
    fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        match self.table.parent? {
            "events" => Some(("event_key", &["ev_id"])),
            name => Table::find(name).map(|t| (t.name, t.key)),
        }
    }

    fn parent_join(&self) -> String {
        let Some((table, keys)) = self.parent() else { return String::new() };
        let on: Vec<_> = keys.iter().map(|k| format!("p.{k} = c.{k}")).collect();
        format!("LEFT JOIN ntsb.{table} p ON {}", on.join(" AND "))
    }

    pub fn unless_forced(&self, condition: &str) -> String {
        if self.force { "false".to_owned() } else { format!("({condition})") }
    }
}

/// Whether `a` was written before `b`; a row without a date is older than any with one.
pub fn older(a: &str, b: &str) -> String {
    format!(
        "({b}.lchg_date IS NOT NULL AND ({a}.lchg_date IS NULL OR {a}.lchg_date < {b}.lchg_date))"
    )
}

fn newer(a: &str, b: &str) -> String {
    older(b, a)
}

fn quoted(name: &str) -> String {
    quote_identifier(name)
}

fn comma<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

pub fn finish(batch: i64) -> [String; 2] {
    [
        format!(
            "UPDATE ntsb_staging.batch_journal SET finished_at = clock_timestamp()
             WHERE batch_id = {batch}"
        ),
        "DROP TABLE pg_temp.ntsb_batch_event".to_owned(),
    ]
}

/// Staged rows have done their work. `TRUNCATE` frees the space at once, but would also take rows
/// of a batch that another session has staged and not ingested yet.
pub fn empty_staging(table: &Table, batch: i64) -> String {
    let name = table.name;
    format!(
        "DO $do$ BEGIN
             IF EXISTS (SELECT FROM ntsb_staging.{name} WHERE batch_id <> {batch}) THEN
                 DELETE FROM ntsb_staging.{name} WHERE batch_id = {batch};
             ELSE
                 TRUNCATE ntsb_staging.{name};
             END IF;
         END $do$"
    )
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
