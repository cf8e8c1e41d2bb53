//! Writes the change log: entries in order, each chained to the previous one.

use super::client::{IngestClient, select_value};
use super::error::IngestError;
use ntsb_schema::tables::Table;

pub struct ChangeLog {
    batch: i64,
    /// Sequence number of the last entry.
    last_seq: i64,
    /// Hash of the last entry as a SQL expression of type bytea; NULL if there is none.
    head: String,
}

impl ChangeLog {
    pub fn open(client: &IngestClient, batch: i64) -> Result<ChangeLog, IngestError> {
        let mut log = ChangeLog { batch, last_seq: 0, head: String::new() };
        log.read_head(client)?;
        Ok(log)
    }

    /// Appends the rows of `changes`, a query of row_key, ev_id, action, old_hash, new_hash, changes.
    /// Returns their number.
    pub fn append(
        &mut self,
        client: &mut IngestClient,
        table: &Table,
        changes: &str,
    ) -> Result<i64, IngestError> {
        self.append_with(client, table, "", changes)
    }

    /// Appends the rows of `changes`, which may use the WITH clause `with`.
    pub fn append_with(
        &mut self,
        client: &mut IngestClient,
        table: &Table,
        with: &str,
        changes: &str,
    ) -> Result<i64, IngestError> {
        let ChangeLog { batch, last_seq, head } = self;
        let name = table.name;
        client.update(
            &format!(
                "{with} INSERT INTO ntsb.change_log (seq, batch_id, changed_at, table_name, row_key,
                     ev_id, action, old_hash, new_hash, changes, entry_hash)
                 SELECT {last_seq} + row_number() OVER w, {batch}, now(), '{name}', row_key,
                     ev_id, action, old_hash, new_hash, changes,
                     ntsb_internal.chain_hash({head}, {batch}::bigint, now(), '{name}', row_key,
                         ev_id, action, old_hash, new_hash, changes) OVER w
                 FROM ({changes}) c
                 WINDOW w AS (ROWS UNBOUNDED PRECEDING)"
            ),
            None,
            &[],
        )?;
        let before = self.last_seq;
        self.read_head(client)?;
        Ok(self.last_seq - before)
    }

    fn read_head(&mut self, client: &IngestClient) -> Result<(), IngestError> {
        let last = "FROM ntsb.change_log ORDER BY seq DESC LIMIT 1";
        self.last_seq = select_value(client, &format!("SELECT seq {last}"))?.unwrap_or(0);
        let head: Option<String> =
            select_value(client, &format!("SELECT encode(entry_hash, 'hex') {last}"))?;
        self.head = head.map_or("NULL::bytea".into(), |hex| format!("decode('{hex}', 'hex')"));
        Ok(())
    }

    /// Records the end of the chain in ntsb.batch, so that a truncated log can be detected.
    pub fn close(&self, client: &mut IngestClient) -> Result<(), IngestError> {
        let ChangeLog { batch, last_seq, head } = self;
        if *last_seq > 0 {
            client.update(
                &format!(
                    "UPDATE ntsb.batch SET last_seq = {last_seq}, chain_head = {head}
                     WHERE batch_id = {batch}"
                ),
                None,
                &[],
            )?;
        }
        Ok(())
    }
}
