//! Writing the change log: entries in order, each chained to the one before.

use crate::error::Error;
use crate::spi::one;
use ntsb_schema::tables::Table;
use pgrx::spi::SpiClient;

pub struct Log {
    batch: i64,
    /// Number and hash of the last entry; the hash as an expression of bytea, or NULL.
    last: i64,
    head: String,
}

impl Log {
    pub fn open(client: &SpiClient, batch: i64) -> Result<Log, Error> {
        let mut log = Log { batch, last: 0, head: String::new() };
        log.seek_end(client)?;
        Ok(log)
    }

    /// Appends what `changes` selects: row_key, ev_id, action, old_hash, new_hash, changes.
    /// A statement that modifies may be put before it as `with` clauses.
    pub fn write(
        &mut self,
        client: &mut SpiClient,
        table: &Table,
        changes: &str,
    ) -> Result<i64, Error> {
        self.write_with(client, table, "", changes)
    }

    pub fn write_with(
        &mut self,
        client: &mut SpiClient,
        table: &Table,
        with: &str,
        changes: &str,
    ) -> Result<i64, Error> {
        let Log { batch, last, head, .. } = self;
        let name = table.name;
        client.update(
            &format!(
                "{with} INSERT INTO ntsb.change_log (seq, batch_id, changed_at, table_name, row_key,
                     ev_id, action, old_hash, new_hash, changes, entry_hash)
                 SELECT {last} + row_number() OVER w, {batch}, now(), '{name}', row_key,
                     ev_id, action, old_hash, new_hash, changes,
                     ntsb_internal.chain({head}, {batch}::bigint, now(), '{name}', row_key,
                         ev_id, action, old_hash, new_hash, changes) OVER w
                 FROM ({changes}) c
                 WINDOW w AS (ROWS UNBOUNDED PRECEDING)"
            ),
            None,
            &[],
        )?;
        let before = self.last;
        self.seek_end(client)?;
        Ok(self.last - before)
    }

    fn seek_end(&mut self, client: &SpiClient) -> Result<(), Error> {
        let last = "FROM ntsb.change_log ORDER BY seq DESC LIMIT 1";
        self.last = one(client, &format!("SELECT seq {last}"))?.unwrap_or(0);
        let head: Option<String> =
            one(client, &format!("SELECT encode(entry_hash, 'hex') {last}"))?;
        self.head = head.map_or("NULL::bytea".into(), |hex| format!("decode('{hex}', 'hex')"));
        Ok(())
    }

    /// Notes in the journal where the chain ended, so that a cut end is found too.
    pub fn close(&mut self, client: &mut SpiClient) -> Result<(), Error> {
        let Log { batch, last, head, .. } = self;
        if *last > 0 {
            client.update(
                &format!(
                    "UPDATE ntsb.batch SET last_seq = {last}, chain_head = {head}
                     WHERE batch_id = {batch}"
                ),
                None,
                &[],
            )?;
        }
        Ok(())
    }
}
