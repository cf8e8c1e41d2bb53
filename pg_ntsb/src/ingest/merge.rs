//! Statements that carry out the verdicts: log, insert, update, quarantine.

use super::statements::{StatementBuilder, join_quoted, quote};
use ntsb_schema::hash::ENCODING_VERSION;
use ntsb_schema::tables::BOOKKEEPING;

impl StatementBuilder {
    /// Quarantines the rows that cannot be stored, with the values of the file.
    pub fn insert_quarantine(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let parent = self.table.parent.unwrap_or("events");
        // The raw value of the file can have any length, but an indexed value cannot.
        let ev_id = if self.table.has("ev_id") { "left(s.ev_id, 100)" } else { "NULL" };
        format!(
            "INSERT INTO ntsb.staging_quarantine (batch_id, table_name, row_key, ev_id, rule_id,
                 column_name, value, reason, payload)
             SELECT {batch}, '{name}', {row_key}, {ev_id},
                    CASE v.verdict WHEN 'rejected' THEN c.rejected_by ELSE 'schema.' || v.verdict END,
                    CASE v.verdict WHEN 'rejected' THEN d.column ELSE 'ev_id' END,
                    CASE v.verdict WHEN 'rejected' THEN d.raw ELSE {ev_id} END,
                    CASE v.verdict
                        WHEN 'rejected' THEN d.reason
                        WHEN 'orphan' THEN 'the row of {parent} that it belongs to is not stored'
                        ELSE 'its event was rejected' END,
                    to_jsonb(s) - 'batch_id'
             FROM pg_temp.ntsb_verdict v
             JOIN pg_temp.ntsb_full c USING (staging_ctid)
             JOIN ntsb_staging.{name} s ON s.ctid = v.staging_ctid
             LEFT JOIN LATERAL (SELECT * FROM jsonb_to_recordset(c.defects)
                     AS d(\"column\" text, defect text, raw text, action text, reason text)
                 WHERE d.action = 'reject' AND d.defect = c.rejected_by LIMIT 1) d ON true
             WHERE v.verdict IN ('rejected', 'parent_rejected', 'orphan')
             ON CONFLICT DO NOTHING",
            row_key = self.row_key("c"),
        )
    }

    /// Selects the change log entries of inserts and updates, in file order.
    pub fn select_changes(&self) -> String {
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
             JOIN pg_temp.ntsb_full c USING (staging_ctid)
             LEFT JOIN ntsb.{name} t ON v.verdict <> 'insert' AND {on_key}
             WHERE v.verdict IN ('insert', 'update', 'return')
             ORDER BY v.staging_ctid",
            row_key = self.row_key("c"),
            ev_id = self.ev_id("c"),
            columns = self.hashed_literals(),
            on_key = self.on_key("c", "t"),
        )
    }

    pub fn insert_rows(&self) -> Vec<String> {
        let (name, batch) = (self.table.name, self.batch);
        let columns = self.columns();
        let rows = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_full c USING (staging_ctid)
                    WHERE v.verdict = 'insert'";
        let mut statements = Vec::new();
        if self.is_events() {
            statements.push(format!(
                "INSERT INTO ntsb.event_key (ev_id, ev_year, lchg_date, lchg_batch)
                 SELECT c.ev_id, {}, c.lchg_date, {batch} {rows}",
                self.value("ev_year")
            ));
        }
        statements.push(format!(
            "INSERT INTO ntsb.{name} ({}, content_hash, hash_version, first_batch, last_batch)
             SELECT {}, c.content_hash, {ENCODING_VERSION}, {batch}, {batch} {rows}",
            join_quoted(columns.iter().copied()),
            columns.iter().map(|c| self.value(c)).collect::<Vec<_>>().join(", "),
        ));
        statements
    }

    pub fn update_rows(&self) -> Vec<String> {
        let (name, batch) = (self.table.name, self.batch);
        let set: Vec<_> =
            self.columns().iter().map(|c| format!("{} = {}", quote(c), self.value(c))).collect();
        let rows = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_full c USING (staging_ctid)
                    WHERE v.verdict IN ('update', 'return')";
        let row = format!(
            "UPDATE ntsb.{name} t SET {}, content_hash = c.content_hash,
                 hash_version = {ENCODING_VERSION}, last_batch = {batch}, withdrawn_batch = NULL
             {rows} AND {}",
            set.join(", "),
            self.on_key("c", "t")
        );
        if !self.is_events() {
            return vec![row];
        }
        // A corrected date can move an event to another year, which changes both tables.
        let key = format!(
            "UPDATE ntsb.event_key t SET ev_year = {}, lchg_date = c.lchg_date, lchg_batch = {batch}
             {rows} AND t.ev_id = c.ev_id",
            self.value("ev_year")
        );
        let constraint = "SET CONSTRAINTS ntsb.events_event_key_fkey";
        vec![format!("{constraint} DEFERRED"), key, row, format!("{constraint} IMMEDIATE")]
    }

    /// Updates the bookkeeping of rows that NTSB saved again without changes.
    pub fn touch_rows(&self) -> Vec<String> {
        let rows = "FROM pg_temp.ntsb_verdict v JOIN pg_temp.ntsb_clean c USING (staging_ctid)
                    WHERE v.touched";
        let columns = BOOKKEEPING.iter().filter(|column| self.table.has(column));
        let set: Vec<_> = columns.map(|column| format!("{column} = c.{column}")).collect();
        let row = format!(
            "UPDATE ntsb.{} t SET {} {rows} AND {}",
            self.table.name,
            set.join(", "),
            self.on_key("c", "t")
        );
        if !self.is_events() {
            return vec![row];
        }
        let key = format!(
            "UPDATE ntsb.event_key t SET lchg_date = c.lchg_date, lchg_batch = {} {rows}
             AND t.ev_id = c.ev_id",
            self.batch
        );
        vec![row, key]
    }

    /// Replaces the defects of the rows just written.
    pub fn replace_defects(&self) -> String {
        let (name, batch) = (self.table.name, self.batch);
        let row_key = self.row_key("c");
        format!(
            "DELETE FROM ntsb.row_defects r USING pg_temp.ntsb_verdict v
                 JOIN pg_temp.ntsb_full c USING (staging_ctid)
             WHERE v.verdict IN ('update', 'return') AND r.table_name = '{name}'
               AND r.row_key = {row_key};
             INSERT INTO ntsb.row_defects (table_name, row_key, column_name, defect, raw_value, batch_id,
                 action, reason)
             SELECT '{name}', {row_key}, d.\"column\", d.defect, d.raw, {batch}, d.action, d.reason
             FROM pg_temp.ntsb_verdict v
             JOIN pg_temp.ntsb_full c USING (staging_ctid)
             CROSS JOIN LATERAL jsonb_to_recordset(c.defects) 
                 AS d(\"column\" text, defect text, raw text, action text, reason text)
             WHERE v.verdict IN ('insert', 'update', 'return') AND c.defects IS NOT NULL
             ON CONFLICT DO NOTHING"
        )
    }
}
